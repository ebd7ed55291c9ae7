"""Who somebody is at a makelaar: names that another one chose, and people who act for others."""

from __future__ import annotations

import pytest

from providers.interface import ProviderRefused
from tests.attacks.test_saml_loosened import CBC, GOOD_NAME, PERSON, sealed_name, typed
from tests.providers.saml.maker import finish, spoilt
from tests.providers.saml.sealing import Envelope
from tests.providers.saml.verdicts import refused


def test_S_35_a_name_is_never_opened_under_cbc_by_whomever_it_is_signed() -> None:
    """Who signs may have put the ciphertext of somebody else in it."""
    edit = sealed_name(Envelope(name="EncryptedID", content=CBC))
    settings = {"allow_cbc": True, "allow_cbc_signed_inside": True}
    refused(spoilt(edit, settings=settings), "encryption_algorithm")
    assert finish(spoilt(sealed_name(GOOD_NAME), settings=settings)).subject == PERSON


@pytest.mark.parametrize(
    "name", ["naturalperson/representative/PersonIdentifier", "legalperson/LegalName"]
)
def test_S_68_a_representative_of_eidas_is_not_who_is_represented(name: str) -> None:
    with pytest.raises(ProviderRefused) as caught:
        finish(spoilt(typed(f"http://eidas.europa.eu/attributes/{name}", "ES/NL/1")))
    assert caught.value.reason == "legal_subject"
