"""Decryption of XML elements: AES-GCM under RSA-OAEP (XML Encryption 1.1 §5.2.4, §5.5).

Every failure reads the same from outside, whatever went wrong inside (padding oracles). AES-CBC is
not authenticated and only opened where the caller knows that a verified signature covers it, or
verifies one inside and tells every failure alike.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from keys.keyring import PrivateKey
from keys.xml import guard
from keys.xml.children import child, children
from keys.xml.guard import XmlRefused, local_name
from keys.xml.key_names import is_called
from keys.xml.names import CBC, DS, GCM, OAEP, OAEP11, XENC11, ds, short, xenc

_FAILED: Final = "decryption_failed"
_BLOCK: Final = 16
MAX_KEYS: Final = 16  # of one message; each costs an operation with a private key
_MGF: Final[dict[str, Callable[[], hashes.HashAlgorithm]]] = {
    XENC11 + "mgf1sha1": hashes.SHA1,
    XENC11 + "mgf1sha256": hashes.SHA256,
    XENC11 + "mgf1sha384": hashes.SHA384,
    XENC11 + "mgf1sha512": hashes.SHA512,
}
# SHA-1 inside OAEP is no signature; it is what the widespread form of OAEP means.
_OAEP_DIGESTS: Final[dict[str, Callable[[], hashes.HashAlgorithm]]] = {
    DS + "sha1": hashes.SHA1,
    "http://www.w3.org/2001/04/xmlenc#sha256": hashes.SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384,
    "http://www.w3.org/2001/04/xmlenc#sha512": hashes.SHA512,
}


def decrypt_element(
    encrypted: etree._Element,
    keys: Sequence[PrivateKey],
    *,
    allow_cbc: bool = False,
    recipient: str | None = None,
    own_only: bool = False,
) -> etree._Element:
    """The element inside an ``EncryptedAssertion`` and the like, as the root of a guarded document
    of its own. ``recipient``: our name, by which one of several keys is for us; ``own_only``: one
    that names another is never tried.

    Raises XmlRefused: encryption_algorithm before anything is decrypted, decryption_failed for all
    the rest.
    """
    data, wrapped = _parts(encrypted, recipient, own_only=own_only)
    size = _content_key_size(data, allow_cbc=allow_cbc)
    schemes = _schemes(wrapped)
    content = _cipher(data)
    sealed = [(scheme, _cipher(one), one) for scheme, one in schemes]
    pairs = [(key, *one) for key in keys for one in sealed]
    named = [pair for pair in pairs if is_called(pair[0], _key_name(pair[3]))]
    for key, scheme, sealed_key, _ in named or pairs:
        if isinstance(key.key, rsa.RSAPrivateKey):
            plain = _open(key.key, scheme, sealed_key, content, size, _algorithm(data))
            if plain is not None:
                return _parse(plain, encrypted)
    raise XmlRefused(_FAILED)


def is_cbc(encrypted: etree._Element) -> bool:
    """Is the content under a cipher that authenticates nothing?"""
    return any(_algorithm(data) in CBC for data in children(encrypted, xenc("EncryptedData")))


def _key_name(wrapped: etree._Element) -> str:
    """What this key says that it can be opened with; a name of ours makes others needless."""
    return (wrapped.findtext(f"{ds('KeyInfo')}/{ds('KeyName')}") or "").strip()


def _parts(
    encrypted: etree._Element, recipient: str | None, *, own_only: bool
) -> tuple[etree._Element, list[etree._Element]]:
    """The data and the keys that may open it: inside its KeyInfo, or beside it (SAML Core §2.3.4),
    whatever a RetrievalMethod points at. Of several those that name us, else those that name
    nobody, else all.
    """
    found = children(encrypted, xenc("EncryptedData"))
    if len(found) != 1:
        raise XmlRefused(_FAILED)
    keys = found[0].findall(f"{ds('KeyInfo')}/{xenc('EncryptedKey')}")
    keys += children(encrypted, xenc("EncryptedKey"))
    if not 0 < len(keys) <= MAX_KEYS:
        raise XmlRefused(_FAILED)
    ours = [one for one in keys if recipient is not None and one.get("Recipient") == recipient]
    unnamed = [one for one in keys if one.get("Recipient") is None]
    usable = ours or unnamed or ([] if own_only else keys)
    if not usable:
        raise XmlRefused(_FAILED)
    return found[0], usable


def _algorithm(element: etree._Element) -> str:
    method = child(element, xenc("EncryptionMethod"))
    return str(method.get("Algorithm")) if method is not None else ""


def _content_key_size(data: etree._Element, *, allow_cbc: bool) -> int:
    algorithm = _algorithm(data)
    known = {**GCM, **CBC} if allow_cbc else GCM
    if algorithm not in known:
        raise _refused(data, algorithm, known)
    return known[algorithm]


def _refused(at: etree._Element, seen: str, known: Iterable[str]) -> XmlRefused:
    """By its name in the message, before anything is opened."""
    return XmlRefused(
        "encryption_algorithm",
        element=local_name(at),
        seen=seen or "none",
        expected=short(known),
    )


def _schemes(wrapped: Sequence[etree._Element]) -> list[tuple[rsa_padding.OAEP, etree._Element]]:
    """The keys under a transport that is accepted. Where none is, the first says why."""
    found, first = [], None
    for one in wrapped:
        try:
            found.append((_oaep(one), one))
        except XmlRefused as refused:
            first = first or refused
    if first is not None and not found:
        raise first
    return found


def _oaep(wrapped: etree._Element) -> rsa_padding.OAEP:
    """The key transport; RSA 1.5 is refused by its name, before a key is touched."""
    algorithm = _algorithm(wrapped)
    if algorithm not in (OAEP, OAEP11):
        raise _refused(wrapped, algorithm, (OAEP, OAEP11))
    method = child(wrapped, xenc("EncryptionMethod"))
    assert method is not None
    digest = child(method, ds("DigestMethod"))
    mask = method.find(f"{{{XENC11}}}MGF")
    name = str(digest.get("Algorithm")) if digest is not None else DS + "sha1"
    mask_name = str(mask.get("Algorithm")) if mask is not None else XENC11 + "mgf1sha1"
    if name not in _OAEP_DIGESTS:
        raise _refused(wrapped, name, _OAEP_DIGESTS)
    if mask_name not in _MGF:
        raise _refused(wrapped, mask_name, _MGF)
    return rsa_padding.OAEP(rsa_padding.MGF1(_MGF[mask_name]()), _OAEP_DIGESTS[name](), None)


def _cipher(element: etree._Element) -> bytes:
    value = element.findtext(f"{xenc('CipherData')}/{xenc('CipherValue')}") or ""
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (ValueError, binascii.Error):
        raise XmlRefused(_FAILED) from None


def _open(
    key: rsa.RSAPrivateKey,
    scheme: rsa_padding.OAEP,
    sealed_key: bytes,
    content: bytes,
    size: int,
    algorithm: str,
) -> bytes | None:
    try:
        secret = key.decrypt(sealed_key, scheme)
        if len(secret) != size:
            return None
        if algorithm in GCM:
            return AESGCM(secret).decrypt(content[:12], content[12:], None)
        return open_cbc(secret, content)
    except (ValueError, InvalidTag):
        return None


def open_cbc(secret: bytes, content: bytes) -> bytes:
    """What AES-CBC sealed, after its IV. Only for what something else authenticates. Raises
    ValueError.
    """
    decryptor = Cipher(algorithms.AES(secret), modes.CBC(content[:_BLOCK])).decryptor()
    padded = decryptor.update(content[_BLOCK:]) + decryptor.finalize()
    if not padded or not 1 <= padded[-1] <= _BLOCK:
        raise ValueError
    # XML Encryption §5.2.3 leaves the other padding bytes free.
    exact = padded[: -padded[-1]] + bytes([padded[-1]]) * padded[-1]
    unpadder = padding.PKCS7(_BLOCK * 8).unpadder()
    return unpadder.update(exact) + unpadder.finalize()


def _parse(plain: bytes, context: etree._Element) -> etree._Element:
    """The element, with the namespaces that were in scope where it stood."""
    if plain.lstrip().startswith(b"<?"):
        raise XmlRefused(_FAILED)
    names = "".join(
        f' xmlns{":" + prefix if prefix else ""}="{uri}"'
        for prefix, uri in context.nsmap.items()
        if uri is not None and '"' not in uri and "<" not in uri and "&" not in uri
    )
    try:
        root = guard.parse(f"<context{names}>".encode() + plain + b"</context>")
    except XmlRefused:
        raise XmlRefused(_FAILED) from None
    if len(root) != 1 or (root.text or "").strip() or (root[0].tail or "").strip():
        raise XmlRefused(_FAILED)
    return root[0]
