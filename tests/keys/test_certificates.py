from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509

from keys.certificates import from_pem, self_signed, to_pem
from tests.clocks import START
from tests.keys_for_tests import rsa_key


def test_a_certificate_carries_the_key_and_verifies() -> None:
    certificate = self_signed(rsa_key(), "Sluis SAML signing", START)
    assert certificate.public_key() == rsa_key().public_key()
    certificate.verify_directly_issued_by(certificate)
    assert certificate.not_valid_before_utc < START
    assert certificate.not_valid_after_utc > START + timedelta(days=4 * 365)
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert not constraints.value.ca and constraints.critical


def test_a_certificate_survives_pem() -> None:
    certificate = self_signed(rsa_key(), "Sluis SAML signing", START)
    assert from_pem(to_pem(certificate)) == certificate
    with pytest.raises(ValueError, match="PEM"):
        from_pem("no certificate")
