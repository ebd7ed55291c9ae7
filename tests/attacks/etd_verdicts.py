"""What must happen to an answer in a Dutch dialect, with the direct mandate as good twin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from providers.interface import ProviderRefused
from tests.providers.saml.etd import (
    DIRECT,
    NUMBER,
    PERSON,
    SERVICE_NAMED,
    Etd,
    Said,
    company,
    logged_in,
    person,
)

FULL = "000012345678"
OTHER_SERVICE = "11111111-0000-4000-8000-000000000000"
OTHER_ID = "urn:etoegang:DV:00000004000000001000:services:0009"


def refused(answer: Etd, reason: str, **settings: Any) -> Mapping[str, str | int]:
    """The direct mandate is accepted with these settings, this answer is refused."""
    assert logged_in(DIRECT, **settings).authority
    with pytest.raises(ProviderRefused) as caught:
        logged_in(answer, **settings)
    assert caught.value.reason == reason, caught.value
    everything = " ".join(str(value) for value in caught.value.measured.values())
    for number in (PERSON, "90001201", "90001542", NUMBER, FULL):
        assert number not in everything
    return caught.value.measured


def said(*more: Said) -> Etd:
    """A direct mandate with this beside it."""
    return Etd((person(), company(), *more, *SERVICE_NAMED))
