"""PSKC (RFC 6030): the file in which OTP devices are delivered, plain or under a key that was
agreed before (§6.1). Passwords (§6.2) and certificates (§6.3) are not read.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from assurance.totp import TotpParameters
from keys.xml import guard
from keys.xml.encryption import open_cbc
from keys.xml.guard import XmlRefused
from keys.xml.names import CBC, xenc

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_ELEMENTS: Final = 200_000  # some five thousand devices
PSKC: Final = "urn:ietf:params:xml:ns:keyprov:pskc"
TOTP: Final = "urn:ietf:params:xml:ns:keyprov:pskc:totp"
_SUITES: Final = {
    "": "sha1",
    "sha1": "sha1",
    "hmacsha1": "sha1",
    "sha256": "sha256",
    "hmacsha256": "sha256",
}
_MACS: Final = {
    "http://www.w3.org/2000/09/xmldsig#hmac-sha1": "sha1",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256": "sha256",
}
_SERIAL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,39}")


class PskcRefused(Exception):
    """The file cannot be used; the message says which device and why, never a seed."""


@dataclass(frozen=True)
class Device:
    """One device. ``seed`` is base32."""

    serial: str
    seed: str
    parameters: TotpParameters

    def __repr__(self) -> str:
        return f"Device(serial={self.serial!r})"


@dataclass(frozen=True)
class Delivery:
    """What the file holds. ``is_sealed``: its seeds were encrypted."""

    devices: tuple[Device, ...]
    is_sealed: bool


@dataclass(frozen=True)
class _Opener:
    """Opens the secrets of one file: the key that was agreed, and the key of its MAC."""

    key: bytes | None
    mac_key: bytes | None
    mac: str

    def secret(self, key_data: etree._Element, serial: str) -> bytes:
        secret = key_data.find(f"{_name('Data')}/{_name('Secret')}")
        if secret is None:
            raise PskcRefused(f"{serial}: no secret")
        plain = secret.findtext(_name("PlainValue"))
        if plain is not None and self.key is None:
            return _decoded(plain, serial)
        sealed = secret.find(_name("EncryptedValue"))
        if self.key is None or self.mac_key is None or sealed is None:
            raise PskcRefused(f"{serial}: its secret is encrypted otherwise than the file says")
        content = _cipher(sealed, self.key, serial)
        given = _decoded(secret.findtext(_name("ValueMAC")) or "", serial)
        # The MAC is judged before anything is opened: CBC alone tells too much (RFC 6030 §6.1.1).
        if not hmac.compare_digest(hmac.digest(self.mac_key, content, self.mac), given):
            raise PskcRefused(f"{serial}: the key does not fit, or the file was changed")
        return _opened(self.key, content, serial)


def read(raw: bytes, key: bytes | None = None) -> Delivery:
    """The devices of a file. ``key``: 16 or 32 bytes that were agreed with who made it. Raises
    PskcRefused at the first device that cannot be used.
    """
    try:
        root = guard.parse(raw, max_bytes=MAX_BYTES, max_elements=MAX_ELEMENTS, strict_ids=False)
    except XmlRefused as refused:
        raise PskcRefused(f"the file is no XML that may be read ({refused.reason})") from None
    if root.tag != _name("KeyContainer"):
        raise PskcRefused("the file is no PSKC KeyContainer")
    opener = _opener(root, key)
    devices = tuple(_device(package, opener) for package in root.iter(_name("KeyPackage")))
    serials = [device.serial for device in devices]
    if not devices:
        raise PskcRefused("the file holds no device")
    if len(set(serials)) < len(serials):
        raise PskcRefused("a serial number stands twice in the file")
    return Delivery(devices, is_sealed=opener.key is not None)


def _opener(root: etree._Element, key: bytes | None) -> _Opener:
    sealed = root.find(_name("EncryptionKey")) is not None
    if not sealed:
        return _Opener(None, None, "sha1")
    if key is None:
        raise PskcRefused("the secrets are encrypted: name the file with the key (--key-file)")
    method = root.find(_name("MACMethod"))
    mac = _MACS.get(str(method.get("Algorithm")) if method is not None else "")
    wrapped = method.find(_name("MACKey")) if method is not None else None
    if mac is None or wrapped is None:
        raise PskcRefused("the file has no MAC method that is known; it cannot be checked")
    mac_key = _opened(key, _cipher(wrapped, key, "MAC key"), "MAC key")
    return _Opener(key, mac_key, mac)


def _device(package: etree._Element, opener: _Opener) -> Device:
    serial = (package.findtext(f"{_name('DeviceInfo')}/{_name('SerialNo')}") or "").strip()
    if not _SERIAL.fullmatch(serial):
        raise PskcRefused("a device has no usable serial number")
    keys = package.findall(_name("Key"))
    if len(keys) != 1 or keys[0].get("Algorithm") != TOTP:
        raise PskcRefused(f"{serial}: it is no TOTP device")
    parameters = _parameters(keys[0], serial)
    secret = opener.secret(keys[0], serial)
    if not 16 <= len(secret) <= 64:  # bytes (RFC 4226 §4 R6)
        raise PskcRefused(f"{serial}: its secret has {len(secret)} bytes; 16 to 64 are accepted")
    return Device(serial, base64.b32encode(secret).decode().rstrip("="), parameters)


def _parameters(key: etree._Element, serial: str) -> TotpParameters:
    asked = key.find(_name("AlgorithmParameters"))
    suite = (asked.findtext(_name("Suite")) or "") if asked is not None else ""
    algorithm = _SUITES.get(suite.strip().lower().replace("-", ""))
    if algorithm is None:
        raise PskcRefused(f"{serial}: suite {suite[:20]!r}; SHA1 and SHA256 are accepted")
    shape = asked.find(_name("ResponseFormat")) if asked is not None else None
    digits = shape.get("Length") if shape is not None else None
    if shape is None or shape.get("Encoding") != "DECIMAL" or digits not in ("6", "8"):
        raise PskcRefused(f"{serial}: its codes are not of 6 or 8 digits")
    interval = key.findtext(f"{_name('Data')}/{_name('TimeInterval')}/{_name('PlainValue')}")
    period = (interval or "30").strip()
    if period not in ("30", "60"):
        raise PskcRefused(f"{serial}: its codes do not change every 30 or 60 seconds")
    for start in _times(key):
        if start != "0":
            raise PskcRefused(f"{serial}: its time does not start at the Unix epoch")
    return TotpParameters(int(period), int(digits), algorithm)


def _times(key: etree._Element) -> Iterator[str]:
    """``Time`` is the moment of the last code in some files and 0 in most; only 0 is TOTP as we
    count.
    """
    found = key.findtext(f"{_name('Data')}/{_name('Time')}/{_name('PlainValue')}")
    if found is not None:
        yield found.strip()


def _cipher(sealed: etree._Element, key: bytes, what: str) -> bytes:
    method = sealed.find(xenc("EncryptionMethod"))
    size = CBC.get(str(method.get("Algorithm")) if method is not None else "")
    if size is None:
        raise PskcRefused(f"{what}: only AES-CBC of 128 or 256 bits is known")
    if size != len(key):
        raise PskcRefused(f"{what}: the key must have {size} bytes")
    return _decoded(sealed.findtext(f"{xenc('CipherData')}/{xenc('CipherValue')}") or "", what)


def _opened(key: bytes, content: bytes, what: str) -> bytes:
    try:
        return open_cbc(key, content)
    except ValueError:
        raise PskcRefused(f"{what}: the key does not fit") from None


def _decoded(text: str, what: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (ValueError, binascii.Error):
        raise PskcRefused(f"{what}: not base64") from None


def _name(local: str) -> str:
    return f"{{{PSKC}}}{local}"
