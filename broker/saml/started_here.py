"""A login that begins here: an address per portal, for lists of applications and links in mails,
that ends in a Response nobody asked for (Profiles §4.1.5). Off unless the registration says so.

Whoever makes the link chooses what stands in it, so of that nothing may lead away from the portal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from broker.downstream import DownstreamName, LoginRequest
from broker.saml.authn_request import default_of
from broker.saml.errors import RefusedRequest, UntrustedRequest
from broker.saml.messages import LONGEST_RELAY_STATE
from broker.saml.portal_metadata import PortalMetadata, sealing_certificate
from broker.saml.reply_to import SamlReplyTo
from broker.saml.request_target import shown, valid_metadata
from directory.saml_portals import SamlServiceProvider
from directory.services import Service

SERVICE: Final = "service"
RELAY_STATE: Final = "RelayState"
_NAMES: Final = (SERVICE, RELAY_STATE)
_OF_THE_PAGE: Final = ("ui",)  # the language of a page of error
_WORD: Final = re.compile(r"[A-Za-z0-9._~-]{1,80}")  # 80: Bindings §3.4.3
# No second slash, no backslash: browsers take both for the host of another website.
_PATH: Final = re.compile(r"/(?:[^/\\\s][^\\\s]*)?")
_USUAL: Final = {"https": 443, "http": 80}
_ADDRESS: Final = re.compile(r"https?://[^\\\s@]+")


def start(
    fields: Sequence[tuple[str, str]],
    portal: SamlServiceProvider,
    services: Mapping[str, Service],
    now: datetime,
) -> LoginRequest:
    """What a link with these fields asks. Raises UntrustedRequest, also for a field that has no
    meaning here: it may have been meant as a limit.
    """
    if not portal.saml.idp_initiated:
        raise UntrustedRequest(
            RefusedRequest.START_OFF, "client", "idp_initiated", client_id=portal.client_id
        )
    metadata = valid_metadata(portal, now)
    said = _read(fields, portal)
    _check_encryption(portal, metadata, now)
    service = _service(said.get(SERVICE), portal, metadata, services)
    return LoginRequest(
        downstream=DownstreamName.SAML,
        client_id=portal.client_id,
        service_uuid=service.uuid,
        level=service.level,
        reply_to=SamlReplyTo(
            acs_url=metadata.default_answer.url,
            request_id=None,
            relay_state=_relay_state(said.get(RELAY_STATE), portal, metadata),
            name_id=portal.saml.name_id,
        ).stored(),
    )


def unknown(client_id: str) -> UntrustedRequest:
    """No portal has this name, or one that does not speak SAML."""
    return UntrustedRequest(
        RefusedRequest.START_OFF, "client", "client_id", sent=shown(client_id) or None
    )


def _refused(portal: SamlServiceProvider, detail: str, **found: str | None) -> UntrustedRequest:
    return UntrustedRequest(
        RefusedRequest.START, "received", detail, client_id=portal.client_id, **found
    )


def _read(fields: Sequence[tuple[str, str]], portal: SamlServiceProvider) -> dict[str, str]:
    for name, _ in fields:
        if name not in (*_NAMES, *_OF_THE_PAGE):
            raise _refused(portal, "parameter", sent=shown(name), expected=", ".join(_NAMES))
    if len(dict(fields)) != len(fields):
        raise _refused(portal, "repeated_parameter")
    return dict(fields)


def _check_encryption(portal: SamlServiceProvider, metadata: PortalMetadata, now: datetime) -> None:
    """Nobody logs in for an answer that cannot be given."""
    always = portal.saml.encrypt_assertion == "always"
    if always and sealing_certificate(metadata, now) is None:
        raise UntrustedRequest(
            RefusedRequest.ADDRESS,
            "client",
            "encryption key",
            client_id=portal.client_id,
            failure="the registered metadata hold no encryption key that is valid now",
        )


def _service(
    named: str | None,
    portal: SamlServiceProvider,
    metadata: PortalMetadata,
    services: Mapping[str, Service],
) -> Service:
    """By ServiceUUID or ServiceID; else the default of this portal."""
    offered = [services[uuid] for uuid in portal.services if uuid in services]
    only = portal.services[0] if len(portal.services) == 1 else None
    wanted = named
    if wanted is None:
        wanted = portal.default_service or only or default_of(portal, metadata, services)
    found = [one for one in offered if wanted in (one.uuid, one.service_id)]
    if not found:
        raise _refused(
            portal,
            "service",
            sent=shown(named) if named else None,
            expected=", ".join(one.uuid for one in offered)[:300],
        )
    return found[0]


def _relay_state(
    sent: str | None, portal: SamlServiceProvider, metadata: PortalMetadata
) -> str | None:
    """A word, a path, or an address of the portal: products send the browser there."""
    if sent is None or sent == "":
        return None
    fits = len(sent.encode()) <= LONGEST_RELAY_STATE and sent.isprintable()
    if fits and (_WORD.fullmatch(sent) or _PATH.fullmatch(sent)):
        return sent
    if fits and _ADDRESS.fullmatch(sent) and _origin(sent) in _own(portal, metadata):
        return sent
    raise _refused(
        portal,
        "relay_state",
        sent=shown(sent),
        expected=" ".join(sorted(_own(portal, metadata)))[:300],
    )


def _own(portal: SamlServiceProvider, metadata: PortalMetadata) -> set[str]:
    """The origins of the portal: of its registered addresses."""
    known = [one.url for one in metadata.answers]
    return {_origin(one) for one in (*known, portal.home_url) if one} - {""}


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    at = "" if port in (None, _USUAL.get(parts.scheme)) else f":{port}"
    return f"{parts.scheme}://{(parts.hostname or '').lower()}{at}"
