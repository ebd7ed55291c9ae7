"""How calls leave this installation, from its settings: whom they may reach, through which proxy,
and whose certificates are believed.
"""

from __future__ import annotations

import ssl

from broker.outgoing_settings import Outgoing
from broker.settings import Settings, SettingsError
from state.adapters.way_out import WayOut
from state.outgoing import PORTS, OutgoingClient
from state.outgoing_allow import read_allowed
from state.outgoing_proxy import Proxy, read_proxy
from state.outgoing_tls import tls_context, tls_showing


def outgoing_client(settings: Settings) -> OutgoingClient:
    """Makes the calls to registered parties. Raises SettingsError for a file that is of no use."""
    chosen = settings.outgoing
    tls = None if chosen.ca_file is None else _tls(chosen)
    return OutgoingClient(
        settings.development.loopback,
        allow=chosen.allow,
        proxy=_proxy(chosen),
        tls=tls,
        showing=lambda certificate: tls_showing(certificate, chosen.ca_file),
        most_slow=max(1, settings.web.threads // 2),
    )


def way_out(settings: Settings) -> WayOut:
    """The same way for addresses that the settings name themselves. Raises SettingsError."""
    tls = _tls(settings.outgoing)
    return WayOut(_proxy(settings.outgoing), tls)


def _tls(chosen: Outgoing) -> ssl.SSLContext:
    try:
        return tls_context(chosen.ca_file)
    except ValueError as error:
        raise SettingsError(f"outgoing.ca_file: {error}") from None


def _proxy(chosen: Outgoing) -> Proxy | None:
    if chosen.proxy is None:
        return None
    try:
        return read_proxy(
            chosen.proxy,
            _password(chosen),
            resolves=chosen.proxy_resolves,
            direct=read_allowed(chosen.no_proxy, PORTS),
        )
    except ValueError as error:
        raise SettingsError(f"outgoing.proxy: {error}") from None


def _password(chosen: Outgoing) -> str | None:
    file = chosen.proxy_password_file
    if file is None:
        return None
    try:
        found = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = f"{file} cannot be read ({type(error).__name__})"
        raise SettingsError(f"outgoing.proxy_password_file: {why}") from None
    if not found:
        raise SettingsError(f"outgoing.proxy_password_file: {file} is empty")
    return found
