"""What a makelaar knows of the broker: its metadata and keys, fetched when first needed and again
after a minute.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc.jwk import KeySet

from sandbox.makelaar.metadata import ServiceProvider, read_service_provider
from sandbox.wire import HttpWire, Wire

KEEP_SECONDS = 60.0


@dataclass
class Broker:
    """The broker at ``base_url``."""

    base_url: str
    wire: Wire = field(default_factory=HttpWire)
    _kept: dict[str, tuple[float, Any]] = field(default_factory=dict)

    def service_provider(self) -> ServiceProvider:
        """Its SAML metadata."""
        return self._fetch("/saml/metadata", read_service_provider)

    def client_keys(self) -> KeySet:
        """Its keys for private_key_jwt."""
        return self._fetch("/oidc/client-jwks", lambda raw: KeySet.import_key_set(json.loads(raw)))

    def tell_ended(self, slug: str, logout_token: str) -> int:
        """Say by the back channel that a session ended; the status of its answer."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({"logout_token": logout_token})
        url = f"{self.base_url}/oidc/backchannel-logout/{slug}"
        return self.wire.request("POST", url, body, form).status

    def _fetch(self, path: str, read: Any) -> Any:
        kept = self._kept.get(path)
        if kept is None or time.monotonic() - kept[0] > KEEP_SECONDS:
            answer = self.wire.request("GET", self.base_url + path)
            kept = self._kept[path] = (time.monotonic(), read(answer.body))
        return kept[1]
