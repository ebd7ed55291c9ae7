"""The makelaar's certificate is expired or not yet valid (S-31)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import structlog
from cryptography import x509

from keys.certificates import VALID_FOR, self_signed
from providers.interface import ProviderRefused
from tests.clocks import START
from tests.keys_for_tests import rsa_key
from tests.providers.saml.maker import SUBJECT, Recipe, finish, metadata_of, provider_for

FETCHED = {"metadata_url": "https://makelaar.example/metadata"}


def made(at: datetime) -> x509.Certificate:
    return self_signed(rsa_key("makelaar"), "makelaar", at)


DATES = [
    pytest.param(START - VALID_FOR - timedelta(days=1), id="S-31 expired"),
    pytest.param(START + timedelta(days=1), id="S-31 not yet valid"),
]


@pytest.mark.parametrize("at", DATES)
def test_a_registered_key_goes_on_with_a_warning(at: datetime) -> None:
    with structlog.testing.capture_logs() as lines:
        assert finish(Recipe(), provider_for(metadata_of(made(START)))).subject == SUBJECT
        assert not lines
        assert finish(Recipe(), provider_for(metadata_of(made(at)))).subject == SUBJECT
    assert [line["event"] for line in lines] == ["makelaar.certificate_not_valid"]


@pytest.mark.parametrize("at", DATES)
def test_a_fetched_key_is_refused_outside_its_dates(at: datetime) -> None:
    valid = provider_for(metadata_of(made(START)), **FETCHED)
    assert finish(Recipe(), valid).subject == SUBJECT
    with pytest.raises(ProviderRefused) as caught:
        finish(Recipe(), provider_for(metadata_of(made(at)), **FETCHED))
    assert caught.value.reason == "signature_key"


def test_S_31_a_valid_key_beside_an_expired_one_is_used() -> None:
    old = START - VALID_FOR - timedelta(days=1)
    provider = provider_for(metadata_of(made(old), made(START)), **FETCHED)
    assert finish(Recipe(), provider).subject == SUBJECT
