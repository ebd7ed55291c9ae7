"""The answer as the browser carries it: the Response in a form, or a reference to it."""

from __future__ import annotations

from typing import Final

from providers.interface import Callback, ProviderRefused
from providers.saml.wire.artifact import NAME
from providers.saml.wire.bindings import message_bytes

_MESSAGES: Final = ("SAMLResponse", "SAMLRequest", NAME)
_SETTING: Final = "saml.response_binding"


def response_bytes(callback: Callback) -> bytes:
    """The Response of an HTTP-POST (Bindings §3.5.4). Raises ProviderRefused: binding,
    repeated_parameter; WireRefused: message_missing, too_large, base64.
    """
    if _carried(callback) == [NAME]:
        raise _other_way(NAME, "SAMLResponse", "artifact")
    if callback.method != "POST":
        raise ProviderRefused("binding", element="HTTP", seen=callback.method, expected="POST")
    _check_alone(callback, "SAMLResponse")
    return message_bytes(callback.one("SAMLResponse"))


def check_artifact(callback: Callback) -> None:
    """Nothing but a reference, in a query or a form (Bindings §3.6.3). Raises ProviderRefused:
    binding, repeated_parameter.
    """
    if _carried(callback) == ["SAMLResponse"]:
        raise _other_way("SAMLResponse", NAME, "post")
    _check_alone(callback, NAME)


def _carried(callback: Callback) -> list[str]:
    return [name for name in _MESSAGES if callback.one(name) is not None]


def _check_alone(callback: Callback, name: str) -> None:
    others = [one for one in _carried(callback) if one != name]
    if others:
        raise ProviderRefused(
            "binding",
            "another message beside the response",
            element="form",
            seen=", ".join(others),
            expected=name,
        )


def _other_way(seen: str, expected: str, written: str) -> ProviderRefused:
    """It may be how this makelaar answers; who registered it knows."""
    return ProviderRefused(
        "binding",
        element="form",
        seen=seen,
        expected=expected,
        setting=_SETTING,
        line=f"response_binding: {written}",
    )
