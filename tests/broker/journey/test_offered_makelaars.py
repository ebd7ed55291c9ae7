"""Which makelaars a login is offered, in which order, and how many of them are looked at."""

from __future__ import annotations

import pytest

from assurance.levels import AssuranceLevel as L
from broker.downstream import LoginRequest
from broker.journey.offered_makelaars import OfferedMakelaars
from providers.members import Makelaars
from providers.registry import ProviderRecord
from tests.broker.examples import a_request
from tests.broker.facts import a_configuration, a_makelaar, a_service

MANY = 1_000


def offered(*makelaars: ProviderRecord, asked: L = L.EH3, **service: object) -> OfferedMakelaars:
    found = a_service(**service)
    request: LoginRequest = a_request(level=asked, service_uuid=found.uuid)
    return OfferedMakelaars(a_configuration((found,), makelaars), found, request)


def test_they_stand_by_name_whatever_their_capitals() -> None:
    made = (a_makelaar().model_copy(update={"id": one, "name": one}) for one in ("c", "B", "a"))
    assert [one.name for one in offered(*made).registered] == ["a", "B", "c"]


@pytest.mark.parametrize(
    ("allowed", "names", "several"),
    [
        (None, ["Brug", "Polder", "Zeker"], True),
        (["zeker", "brug"], ["Brug", "Zeker"], True),
        (["polder"], ["Polder"], False),
        ([], [], False),
    ],
)
def test_those_that_the_service_admits(
    allowed: list[str] | None, names: list[str], several: bool
) -> None:
    makelaars = (a_makelaar(name) for name in ("zeker", "brug", "polder"))
    found = offered(*makelaars, makelaars=allowed)
    assert [one.name for one in found.registered] == names
    assert found.are_several is several


@pytest.mark.parametrize(
    ("ceilings", "highest"),
    [((L.EH2, L.EH3), None), ((L.EH2, L.EH2_PLUS), L.EH2_PLUS), ((L.EH2,), L.EH2)],
)
def test_the_highest_counts_where_none_gets_to_the_level(
    ceilings: tuple[L, ...], highest: L | None
) -> None:
    makelaars = [a_makelaar(f"m{number}", one) for number, one in enumerate(ceilings)]
    assert offered(*makelaars).highest == highest


def test_a_login_looks_at_no_more_of_a_thousand_than_it_must(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = a_makelaar()
    many = (one.model_copy(update={"id": f"m{n}", "name": f"M {n}"}) for n in range(MANY))
    found = offered(*many)
    seen: list[str] = []
    monkeypatch.setattr(found, "admits", lambda record: seen.append(record.id) or True)
    assert found.highest is None and len(seen) == 1
    assert found.are_several and len(seen) == 3


def test_a_makelaar_is_found_by_its_entity_id_and_the_first_of_two() -> None:
    saml = {"entity_id": "https://one.example", "metadata_url": "https://one.example/metadata"}
    made = [a_makelaar(name, oidc=None, saml=saml) for name in ("first", "second")]
    makelaars = Makelaars({one.id: one for one in (a_makelaar("other"), *made)})
    found = makelaars.by_entity_id("https://one.example")
    assert found is not None and found.id == "first"
    assert makelaars.by_entity_id("https://ONE.example") is None
