"""WayOut: through which proxy messages leave, and whose certificates are believed. The addresses
that they go to come from the settings, so who may be called is no question here.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

import urllib3

from state.adapters.watched_pools import watched
from state.outgoing import resolve
from state.outgoing_proxy import Proxy
from state.outgoing_tls import tls_of_this_machine

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class WayOut:
    """Without a proxy calls go straight. ``tls`` is left as it is: others use it too."""

    proxy: Proxy | None
    tls: ssl.SSLContext

    @staticmethod
    def straight() -> WayOut:
        """No proxy, and the authorities of the system."""
        return WayOut(None, tls_of_this_machine())

    def pool(self, url: str) -> urllib3.PoolManager:
        """Connections for this address."""
        return self._straight if self.proxy_for(url) is None else self._proxied

    def proxy_for(self, url: str) -> Proxy | None:
        """The proxy that this address is called through; None: it is called directly."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if self.proxy is None or host in LOOPBACK or self._goes_around(self.proxy, host, port):
            return None
        return self.proxy

    def _goes_around(self, proxy: Proxy, host: str, port: int) -> bool:
        if proxy.goes_around(host, port):
            return True
        if proxy.resolves or not proxy.direct.parties:
            return False
        try:
            return proxy.goes_around(host, port, resolve(host, port))
        except OSError:
            return False

    @cached_property
    def _straight(self) -> urllib3.PoolManager:
        return watched(urllib3.PoolManager(retries=False, ssl_context=self.tls))

    @cached_property
    def _proxied(self) -> urllib3.PoolManager:
        assert self.proxy is not None
        login = self.proxy.authorization
        pool = urllib3.ProxyManager(
            self.proxy.url,
            proxy_headers={"Proxy-Authorization": login} if login else None,
            ssl_context=self.tls,
            proxy_ssl_context=self.tls,
            retries=False,
        )
        return watched(pool)
