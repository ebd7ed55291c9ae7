"""Products that say in an attribute that they asked a second factor, beside the class."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from assurance.levels import AssuranceLevel as L
from providers.interface import ProviderLevelUnknown
from tests.providers.saml.habits.messages import (
    AC,
    ENTRA,
    ENTRA_METHODS,
    ENTRA_PASSWORD,
    MULTIPLE,
    attribute,
)
from tests.providers.saml.maker import callback, provider_for, remembered

LEVELS: Final = {AC + "Password": "EH2", MULTIPLE: "EH2+"}
BOTH: Final = (ENTRA_PASSWORD, MULTIPLE)


def logged_in(said: str, methods: tuple[str, ...], **settings: Any) -> tuple[L, str | None]:
    """The level of a login at Entra ID, and the word that it rests on."""
    saying = attribute(ENTRA_METHODS, *methods) if methods else ""
    product = replace(ENTRA, said=AC + said, attributes=saying)
    registered = {**product.record(), "levels": LEVELS, "level_attribute": ENTRA_METHODS}
    provider = provider_for(**{**registered, **settings})
    found = provider.finish(remembered(L.EH2), callback(product.raw()))
    return found.authentication, found.said


@pytest.mark.parametrize(
    ("said", "methods"),
    [
        ("Password", BOTH),
        ("Password", (f" {MULTIPLE}\n",)),
        ("unspecified", BOTH),  # a class that nobody wrote down
    ],
)
def test_entra_id_says_a_second_factor_in_authnmethodsreferences(
    said: str, methods: tuple[str, ...]
) -> None:
    """Its class is that of the first factor. Known from descriptions of its assertions."""
    assert logged_in(said, methods) == (L.EH2_PLUS, MULTIPLE)


@pytest.mark.parametrize(
    ("methods", "settings"),
    [
        ((ENTRA_PASSWORD,), {}),
        ((), {}),
        (("urn:of:nobody", ENTRA_PASSWORD), {}),
        (("urn:etoegang:core:assurance-class:loa4",), {}),  # of a scheme, and written nowhere here
        (BOTH, {"level_attribute": None}),
        (BOTH, {"level_attribute": "urn:another"}),
    ],
)
def test_what_nobody_wrote_down_lifts_nothing(
    methods: tuple[str, ...], settings: dict[str, Any]
) -> None:
    assert logged_in("Password", methods, **settings) == (L.EH2, AC + "Password")


def test_without_a_word_that_counts_the_login_is_refused() -> None:
    with pytest.raises(ProviderLevelUnknown):
        logged_in("unspecified", (ENTRA_PASSWORD,))
