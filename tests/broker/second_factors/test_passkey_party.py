"""Who we are to a passkey."""

from __future__ import annotations

from assurance.webauthn import PasskeyParty
from broker.second_factors.passkey_party import party
from tests.broker.facts import a_runtime, some_settings


def test_a_passkey_is_bound_to_the_address_that_people_see_and_to_no_other() -> None:
    settings = some_settings(ui={"name": "Inloggen bij de polder"})
    found = party(a_runtime(settings=settings))
    assert found == PasskeyParty("https://sluis.example", "Inloggen bij de polder")
    assert found.id == "sluis.example"
