"""SAML on the wire: what a form carries becomes bytes, within bounds; what we send becomes a URL or
a form.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from keys.keyring import PrivateKey
from keys.xml.encodings import without_mark
from keys.xml.guard import MAX_BYTES
from keys.xml.names import RSA_SHA256
from providers.saml.wire.refused import WireRefused
from state.query_strings import query_string

_SIGNED_WITH: Final = "&" + query_string({"SigAlg": RSA_SHA256})
MAX_BASE64: Final = MAX_BYTES * 4 // 3 + 4096  # line breaks included


def message_bytes(value: str | None, name: str = "SAMLResponse") -> bytes:
    """The message in the value of the form field ``name`` (Bindings §3.5.4). Raises WireRefused:
    message_missing, too_large, base64.
    """
    if not value:
        raise WireRefused("message_missing", element="form", seen="nothing", expected=name)
    if len(value) > MAX_BASE64:
        raise WireRefused("too_large", element=name, seen=len(value), expected=MAX_BASE64)
    found = _decoded(value) or _decoded(compact := "".join(value.split()))
    if not found:
        raise _no_base64(name, compact)
    return without_mark(found)


def _decoded(value: str) -> bytes | None:
    """Strictly: this alphabet, padding at the end as long as it must be, nothing after it."""
    try:
        return binascii.a2b_base64(value, strict_mode=True)
    except ValueError:
        return None


def _no_base64(name: str, value: str) -> WireRefused:
    seen = f"{len(value)} signs of something else"
    return WireRefused("base64", element=name, seen=seen, expected="base64")


def redirect_url(location: str, message: bytes, relay_state: str, key: PrivateKey | None) -> str:
    """The address for HTTP-Redirect, signed over the octets as sent (Bindings §3.4.4.1); without a
    key it is not signed.
    """
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = compressor.compress(message) + compressor.flush()
    separator = "&" if "?" in location else "?"
    query = f"SAMLRequest={_quoted(deflated)}&{query_string({'RelayState': relay_state})}"
    if key is None:
        return location + separator + query
    query += _SIGNED_WITH
    assert isinstance(key.key, rsa.RSAPrivateKey)
    signature = key.key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{location}{separator}{query}&Signature={_quoted(signature)}"


def _quoted(data: bytes) -> str:
    """Base64 as a value of a query. Three of its signs are quoted there; to look at each sign, as
    ``quote`` does, costs as much as the signature.
    """
    value = base64.b64encode(data).decode()
    return value.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def form_value(message: bytes) -> str:
    """The value of SAMLRequest for HTTP-POST."""
    return base64.b64encode(message).decode()
