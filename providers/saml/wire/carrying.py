"""How a message of ours travels, signed whatever the binding: in an address, in a form, or in an
envelope (Bindings §3.2, §3.4, §3.5).
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import quote_plus, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from keys.keyring import PrivateKey
from keys.xml.names import RSA_SHA256
from keys.xml.signature import sign_enveloped
from providers.saml.wire.names import REDIRECT

Field = Literal["SAMLRequest", "SAMLResponse"]
_BEHIND_ISSUER: Final = 1


@dataclass(frozen=True)
class Carried:
    """What the browser takes along: an address, or a form for it where there are ``fields``."""

    url: str
    fields: Mapping[str, str] = field(default_factory=dict)


def by_browser(
    message: etree._Element,
    url: str,
    binding: str,
    name: Field,
    key: PrivateKey,
    relay_state: str | None = None,
) -> Carried:
    """By HTTP-Redirect, the signature beside the message, else by HTTP-POST with it inside."""
    if binding == REDIRECT:
        return Carried(_address(message, url, name, key, relay_state))
    sign_enveloped(message, key, position=_BEHIND_ISSUER)
    fields: dict[str, str] = {name: base64.b64encode(_octets(message)).decode()}
    if relay_state is not None:
        fields["RelayState"] = relay_state
    return Carried(url, fields)


def signed_inside(message: etree._Element, key: PrivateKey) -> etree._Element:
    """The same message with an enveloped signature, for an envelope."""
    sign_enveloped(message, key, position=_BEHIND_ISSUER)
    return message


def _address(
    message: etree._Element, url: str, name: Field, key: PrivateKey, relay_state: str | None
) -> str:
    """Signed over the octets as sent (§3.4.4.1)."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = compressor.compress(_octets(message)) + compressor.flush()
    parts: dict[str, str] = {name: base64.b64encode(deflated).decode()}
    if relay_state is not None:
        parts["RelayState"] = relay_state
    query = urlencode({**parts, "SigAlg": RSA_SHA256})
    assert isinstance(key.key, rsa.RSAPrivateKey)
    signature = key.key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
    value = quote_plus(base64.b64encode(signature).decode())
    return f"{url}{'&' if '?' in url else '?'}{query}&Signature={value}"


def _octets(message: etree._Element) -> bytes:
    return bytes(etree.tostring(message))
