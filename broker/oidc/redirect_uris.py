"""Redirect URIs: compared as strings, byte for byte. Native apps may choose the port on loopback
(RFC 8252 §7.3).
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from directory.services import OidcClient

_LOOPBACK = ("127.0.0.1", "[::1]")


def is_registered(client: OidcClient, uri: str) -> bool:
    """True where this client registered exactly this address, and it is one."""
    if not is_address(uri):
        return False
    if uri in client.redirect_uris:
        return True
    return (
        client.application_type == "native"
        and _without_port(uri) is not None
        and any(_without_port(uri) == _without_port(known) for known in client.redirect_uris)
    )


def is_address(uri: str) -> bool:
    """What can stand in a header and be taken apart. Registrations from before the rules of
    ``directory.web_addresses`` may hold something else.
    """
    try:
        _ = urlsplit(uri).port
    except ValueError:
        return False
    return uri.isprintable()


def _without_port(uri: str) -> str | None:
    """A loopback address without its port; None for any other address."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    host = parts.netloc.removesuffix(f":{port}") if port is not None else parts.netloc
    if parts.scheme != "http" or host not in _LOOPBACK or "#" in uri:
        return None
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
