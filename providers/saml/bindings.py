"""The Response as a form carries it."""

from __future__ import annotations

from providers.interface import Callback, ProviderRefused
from providers.saml.wire.bindings import message_bytes


def response_bytes(callback: Callback) -> bytes:
    """The Response of an HTTP-POST (Bindings §3.5.4). Raises ProviderRefused: binding,
    repeated_parameter; WireRefused: message_missing, too_large, base64.
    """
    if callback.method != "POST":
        raise ProviderRefused("binding", element="HTTP", seen=callback.method, expected="POST")
    if callback.one("SAMLRequest") is not None or callback.one("SAMLart") is not None:
        raise ProviderRefused(
            "binding",
            "another message beside the response",
            element="form",
            seen="SAMLRequest or SAMLart",
            expected="SAMLResponse",
        )
    return message_bytes(callback.one("SAMLResponse"))
