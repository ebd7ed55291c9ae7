"""PSKC files (RFC 6030): what is read, and what is refused with the device that is wrong."""

from __future__ import annotations

import base64

import pytest

from assurance import pskc
from assurance.pskc import PskcRefused
from assurance.totp import TotpParameters

KEY = bytes.fromhex("12345678901234567890123456789012")
SEED = b"12345678901234567890"
XENC = (
    'xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
)
# The sealed values of RFC 6030 §6.1.
SEALED = "AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv"
VALUE_MAC = "Su+NvtQfmvfJzF6bmQiJqoLRExc="
MAC_KEY = "ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX"
AES = '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
HEADER = (
    "<EncryptionKey><ds:KeyName>Pre-shared-key</ds:KeyName></EncryptionKey>"
    '<MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"><MACKey>'
    f"{AES}<xenc:CipherData><xenc:CipherValue>{MAC_KEY}</xenc:CipherValue></xenc:CipherData>"
    "</MACKey></MACMethod>"
)
ENCRYPTED = (
    f"<EncryptedValue>{AES}<xenc:CipherData><xenc:CipherValue>{SEALED}</xenc:CipherValue>"
    f"</xenc:CipherData></EncryptedValue><ValueMAC>{VALUE_MAC}</ValueMAC>"
)


def plain(seed: bytes = SEED) -> str:
    return f"<PlainValue>{base64.b64encode(seed).decode()}</PlainValue>"


def package(
    serial: str = "987654321",
    *,
    secret: str | None = None,
    algorithm: str = pskc.TOTP,
    suite: str = "HMAC-SHA256",
    form: str = 'Length="8" Encoding="DECIMAL"',
    period: str = "60",
    more: str = "",
) -> str:
    return (
        f"<KeyPackage><DeviceInfo><Manufacturer>Fabriek</Manufacturer><SerialNo>{serial}</SerialNo>"
        f'</DeviceInfo><Key Id="{serial}" Algorithm="{algorithm}"><AlgorithmParameters>'
        f"<Suite>{suite}</Suite><ResponseFormat {form}/></AlgorithmParameters><Data><Secret>"
        f"{secret or plain()}</Secret>"
        f"<TimeInterval><PlainValue>{period}</PlainValue></TimeInterval>"
        f"{more}</Data></Key></KeyPackage>"
    )


def container(*packages: str, header: str = "") -> bytes:
    inside = header + "".join(packages)
    return (
        f'<KeyContainer Version="1.0" xmlns="{pskc.PSKC}" {XENC}>{inside}</KeyContainer>'.encode()
    )


def test_devices_are_read_with_how_they_make_codes() -> None:
    found = pskc.read(container(package(), package("B-2", suite="SHA1", period="30")))
    assert not found.is_sealed
    first, second = found.devices
    assert (first.serial, base64.b32decode(first.seed)) == ("987654321", SEED)
    assert first.parameters == TotpParameters(60, 8, "sha256")
    assert second.parameters == TotpParameters(30, 8, "sha1")
    assert "seed" not in repr(first)


def test_the_sealed_example_of_the_standard_is_opened_with_its_key() -> None:
    found = pskc.read(container(package(secret=ENCRYPTED), header=HEADER), KEY)
    assert found.is_sealed
    assert base64.b32decode(found.devices[0].seed) == SEED


def test_a_whole_delivery_is_read() -> None:
    devices = [package(f"{number:08}") for number in range(1000)]
    assert len(pskc.read(container(*devices)).devices) == 1000


@pytest.mark.parametrize(
    ("raw", "key", "says"),
    [
        (b"", None, "no XML"),
        (b"<a/>", None, "no PSKC"),
        (b"<!DOCTYPE a><a/>", None, "dtd"),
        (container(), None, "no device"),
        (container(package(), package()), None, "twice"),
        (container(package(serial="")), None, "serial"),
        (container(package(serial="a\nb")), None, "serial"),
        (container(package(algorithm=pskc.TOTP.replace("totp", "hotp"))), None, "no TOTP"),
        (container(package(suite="HMAC-SHA512")), None, "suite"),
        (container(package(form='Length="7" Encoding="DECIMAL"')), None, "6 or 8"),
        (container(package(form='Length="8" Encoding="HEXADECIMAL"')), None, "6 or 8"),
        (container(package(period="10")), None, "30 or 60"),
        (container(package(more="<Time><PlainValue>9</PlainValue></Time>")), None, "epoch"),
        (container(package(secret=plain(b"short"))), None, "5 bytes"),
        (container(package(secret=plain(b"x" * 65))), None, "65 bytes"),
        (container(package(secret="<PlainValue>?</PlainValue>")), None, "base64"),
        (container(package(secret=ENCRYPTED), header=HEADER), None, "--key-file"),
        (container(package(secret=ENCRYPTED), header=HEADER), KEY[::-1], "key"),
        (container(package(secret=ENCRYPTED), header=HEADER), KEY * 2, "16 bytes"),
        (container(package(secret=ENCRYPTED), header="<EncryptionKey/>"), KEY, "MAC"),
        (container(package(secret=ENCRYPTED)), KEY, "encrypted otherwise"),
        (container(package(), header=HEADER), KEY, "encrypted otherwise"),
    ],
)
def test_what_cannot_be_used_is_refused(raw: bytes, key: bytes | None, says: str) -> None:
    with pytest.raises(PskcRefused) as refused:
        pskc.read(raw, key)
    assert says in str(refused.value)
    assert base64.b64encode(SEED).decode() not in str(refused.value)


def test_a_changed_secret_is_seen_before_it_is_opened() -> None:
    changed = ENCRYPTED.replace(SEALED, SEALED.replace("IUqGv", "IUqGw"))
    with pytest.raises(PskcRefused) as refused:
        pskc.read(container(package(secret=changed), header=HEADER), KEY)
    assert "was changed" in str(refused.value)
