"""SAML on the wire: what a form carries becomes bytes, within bounds; what we send becomes a URL or
a form.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from typing import Final
from urllib.parse import quote_plus, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from keys.keyring import PrivateKey
from keys.xml.guard import MAX_BYTES
from keys.xml.names import RSA_SHA256
from providers.interface import Callback, ProviderRefused

MAX_BASE64: Final = MAX_BYTES * 4 // 3 + 4096  # line breaks included
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def response_bytes(callback: Callback) -> bytes:
    """The Response of an HTTP-POST (Bindings §3.5.4). Raises ProviderRefused: binding,
    message_missing, base64.
    """
    if callback.method != "POST":
        raise ProviderRefused("binding")
    if callback.one("SAMLRequest") is not None or callback.one("SAMLart") is not None:
        raise ProviderRefused("binding", "another message beside the response")
    value = callback.one("SAMLResponse")
    if not value:
        raise ProviderRefused("message_missing")
    if len(value) > MAX_BASE64:
        raise ProviderRefused("too_large")
    compact = "".join(value.split())
    if not _BASE64.fullmatch(compact):
        raise ProviderRefused("base64")
    try:
        return base64.b64decode(compact, validate=True)
    except (ValueError, binascii.Error):
        raise ProviderRefused("base64") from None


def redirect_url(location: str, message: bytes, relay_state: str, key: PrivateKey | None) -> str:
    """The address for HTTP-Redirect, signed over the octets as sent (Bindings §3.4.4.1); without a
    key it is not signed.
    """
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = compressor.compress(message) + compressor.flush()
    separator = "&" if "?" in location else "?"
    parts = {"SAMLRequest": base64.b64encode(deflated).decode(), "RelayState": relay_state}
    if key is None:
        return location + separator + urlencode(parts)
    query = urlencode({**parts, "SigAlg": RSA_SHA256})
    assert isinstance(key.key, rsa.RSAPrivateKey)
    signature = key.key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
    signed = f"{query}&Signature={quote_plus(base64.b64encode(signature).decode())}"
    return location + separator + signed


def form_value(message: bytes) -> str:
    """The value of SAMLRequest for HTTP-POST."""
    return base64.b64encode(message).decode()
