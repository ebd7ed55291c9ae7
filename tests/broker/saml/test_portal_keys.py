"""Keys in the metadata of a portal that cannot be used, beside others that can: in metadata of
Shibboleth, which are kept by hand, an old one stays for years.
"""

from __future__ import annotations

from typing import Final

import pytest

from broker.saml.portal_metadata import (
    PortalMetadata,
    PortalMetadataRefused,
    read_portal_metadata,
    sealing_certificate,
)
from tests.broker.saml.portals import ENTITY, certificate, key_descriptor, metadata
from tests.clocks import START

GOOD: Final = key_descriptor(certificate("portal"))
UNREADABLE: Final = key_descriptor("AAAA")
WEAK: Final = key_descriptor(certificate("weak", bits=1024))
NAMELESS: Final = key_descriptor("").replace("<ds:X509Certificate></ds:X509Certificate>", "")
TO_ENCRYPT: Final = key_descriptor(certificate("portal"), "encryption")


def read(*keys: str) -> PortalMetadata:
    return read_portal_metadata(metadata(keys="".join(keys)), ENTITY)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (UNREADABLE, "a certificate in KeyDescriptor 1 cannot be read"),
        (WEAK, "the key in KeyDescriptor 1 is RSA of 1024 bits"),
        (NAMELESS, "KeyDescriptor 1 holds no X509Certificate"),
    ],
)
def test_a_signing_key_of_shibboleth_that_cannot_be_used_leaves_the_others(
    other: str, told: str
) -> None:
    found = read(other, GOOD)
    assert found.signing == read(GOOD).signing
    assert any(told in one for one in found.left_out)


def test_without_a_signing_key_that_can_be_read_nothing_is_taken() -> None:
    with pytest.raises(PortalMetadataRefused, match="KeyDescriptor 1 cannot be read"):
        read(UNREADABLE)
    with pytest.raises(PortalMetadataRefused, match="KeyDescriptor 2 cannot be read"):
        read(WEAK, UNREADABLE)


@pytest.mark.parametrize("use", ["encryption", None])
def test_a_key_to_encrypt_for_that_cannot_be_read_is_never_passed_over(use: str | None) -> None:
    """It may be the only one that the portal still has."""
    assert sealing_certificate(read(GOOD, TO_ENCRYPT), START) is not None
    for keys in (
        (GOOD, TO_ENCRYPT, key_descriptor("AAAA", use)),
        (GOOD, key_descriptor("AAAA", use), TO_ENCRYPT),
    ):
        number = 1 + keys.index(key_descriptor("AAAA", use))
        with pytest.raises(PortalMetadataRefused, match=f"KeyDescriptor {number}, for encryption"):
            read(*keys)
