"""For which clients somebody at an intermediary acts; and every link of a chain: what is taken away
anywhere stops what is below it, at the choice and at the last look alike.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest

from assurance.levels import AssuranceLevel as L
from consent import allocations, chains
from consent.allocations import EVERY_CLIENT, Client, Clients, may_act
from consent.authority import Authority, AuthorityRefusal, RefusalReason
from consent.chains import ChainMandate
from consent.mandates import Mandate
from consent.options import options
from consent.recheck import PersonGone, recheck
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from tests.clocks import START
from tests.consent.conftest import (
    BAKERY,
    GARDEN,
    OFFICE,
    OTHER_SERVICE,
    SERVICE,
    YEAR,
    Register,
    Rules,
    terms,
)

R = RefusalReason
HOUR: Final = timedelta(hours=1)


@pytest.mark.parametrize(
    ("clients", "may"),
    [
        (EVERY_CLIENT, True),
        (frozenset(), False),  # a limit that names nobody is no missing limit
        (frozenset({Client("garden", None)}), True),
        (frozenset({Client("garden", SERVICE)}), True),
        (frozenset({Client("garden", OTHER_SERVICE)}), False),
        (frozenset({Client("bakery", None)}), False),
        (frozenset({Client("bakery", None), Client("garden", SERVICE)}), True),
    ],
)
def test_the_rule(clients: Clients | None, may: bool) -> None:
    assert may_act(clients, "garden", SERVICE) is may


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        (None, None),
        ([], R.NOT_ALLOCATED),
        ([(GARDEN, None)], None),
        ([(GARDEN, SERVICE)], None),
        ([(GARDEN, OTHER_SERVICE)], R.NOT_ALLOCATED),
        ([(BAKERY, None)], R.NOT_ALLOCATED),
    ],
)
def test_a_login_and_its_last_look_know_the_rule(
    register: Register, named: list[tuple[str, str | None]] | None, reason: R | None
) -> None:
    authority = through(register)
    put(register, named)
    offered = options(register.session, "jan", terms())
    found = {one.authority.represented.value for one in offered.usable}
    assert (GARDEN in found) is (reason is None)
    assert OFFICE in found, "for the office itself as ever"
    assert [one.reason for one in offered.refused] == ([reason] if reason else [])
    assert fault(register, authority) is reason


def test_a_limit_at_one_office_is_none_at_another(register: Register) -> None:
    authority = through(register)
    allocations.put(
        register.session, register.organisations[BAKERY], "jan", [], by="sanne", now=START
    )
    assert fault(register, authority) is None


def test_clients_are_read_and_replaced(register: Register) -> None:
    session, office = register.session, register.organisations[OFFICE]
    assert allocations.of_person(session, office, "jan") is EVERY_CLIENT
    put(register, [(GARDEN, SERVICE)])
    garden = Client(register.organisations[GARDEN], SERVICE)
    assert allocations.of_person(session, office, "jan") == {garden}
    assert allocations.of_people(session, office) == {"jan": {garden}}
    put(register, [])
    assert allocations.of_person(session, office, "jan") == frozenset()
    put(register, None)
    assert allocations.of_person(session, office, "jan") is EVERY_CLIENT
    assert allocations.of_people(session, office) == {}


def through(register: Register, place: bool = True) -> Authority:
    """Jan of the office acts for the garden firm."""
    register.mandate(OFFICE)
    register.chain()
    if place:
        register.session.add(
            Membership(
                person_id="jan",
                organisation_id=register.organisations[OFFICE],
                role=Role.MEMBER,
                since=START - YEAR,
            )
        )
    register.session.flush()
    offered = options(register.session, "jan", terms())
    return next(one.authority for one in offered.usable if one.authority.chain_mandate_id)


def put(register: Register, named: list[tuple[str, str | None]] | None) -> None:
    clients = None
    if named is not None:
        clients = [Client(register.organisations[kvk], uuid) for kvk, uuid in named]
    allocations.put(
        register.session, register.organisations[OFFICE], "jan", clients, by="sanne", now=START
    )
    register.session.flush()


def fault(register: Register, authority: Authority, rules: Rules | None = None) -> object:
    found = recheck(register.session, "jan", authority, terms(rules))
    return found.reason if isinstance(found, AuthorityRefusal) else found


def _chain(register: Register) -> ChainMandate:
    return register.session.query(ChainMandate).one()


def _mandate(register: Register) -> Mandate:
    return register.session.query(Mandate).one()


def _place(register: Register) -> Membership:
    return register.session.query(Membership).one()


def _company(register: Register, kvk: str) -> Organisation:
    return register.session.get_one(Organisation, register.organisations[kvk])


# Each link of the chain, what happens to it, and what the last look says then.
LINKS: dict[str, tuple[Callable[[Register], None], object]] = {
    "nothing": (lambda r: None, None),
    "the client takes it back": (lambda r: setattr(_chain(r), "revoked_at", START), R.REVOKED),
    "it is over": (lambda r: setattr(_chain(r), "valid_until", START), R.EXPIRED),
    "it is moved to later": (
        lambda r: setattr(_chain(r), "valid_from", START + HOUR),
        R.NOT_YET_VALID,
    ),
    "it goes to another service": (
        lambda r: setattr(_chain(r), "service_uuid", OTHER_SERVICE),
        R.OTHER_SERVICE,
    ),
    "its level falls": (lambda r: setattr(_chain(r), "level", L.EH2), R.MANDATE_LEVEL),
    "the client is suspended": (
        lambda r: setattr(_company(r, GARDEN), "suspended_at", START),
        R.SUSPENDED,
    ),
    "the intermediary is suspended": (
        lambda r: setattr(_company(r, OFFICE), "suspended_at", START),
        R.SUSPENDED,
    ),
    "it goes to another intermediary": (
        lambda r: setattr(_chain(r), "intermediary_id", r.organisations[BAKERY]),
        R.REVOKED,
    ),
    "the mandate of the person": (
        lambda r: setattr(_mandate(r), "revoked_at", START),
        R.REVOKED,
    ),
    "that mandate ends": (lambda r: setattr(_mandate(r), "valid_until", START), R.EXPIRED),
    "that mandate is for a branch now": (
        lambda r: setattr(_mandate(r), "branches", ["000090015421"]),
        R.REVOKED,
    ),
    "the client goes to a colleague": (lambda r: put(r, [(BAKERY, None)]), R.NOT_ALLOCATED),
    "the person leaves the intermediary": (
        lambda r: setattr(_place(r), "until", START),
        R.PLACE_ENDED,
    ),
    "the person will leave": (lambda r: setattr(_place(r), "until", START + HOUR), None),
    "the person is blocked": (
        lambda r: setattr(r.session.get_one(Person, "jan"), "blocked_at", START),
        PersonGone.BLOCKED,
    ),
}


@pytest.mark.parametrize("link", LINKS)
def test_M_07_what_is_taken_away_at_any_link_stops_all_below_it(
    register: Register, link: str
) -> None:
    authority = through(register)
    change, expected = LINKS[link]
    change(register)
    register.session.flush()
    register.session.expire_all()
    assert fault(register, authority) is expected
    usable = {one.key for one in options(register.session, "jan", terms()).usable}
    is_offered = f"{GARDEN}.{OFFICE}." in usable
    if expected is PersonGone.BLOCKED:
        return  # a login asks that elsewhere, before it comes here
    assert is_offered is (expected is None)


def test_M_07_a_service_that_knows_chains_no_more_stops_it(register: Register) -> None:
    authority = through(register)
    assert fault(register, authority, Rules(chain_mandates=False)) is R.CHAIN_NOT_ALLOWED
    assert fault(register, authority, Rules(chain_level=L.EH4)) is R.MANDATE_LEVEL


def test_who_never_had_a_place_acts_by_the_mandate_alone(register: Register) -> None:
    assert fault(register, through(register, place=False)) is None


def test_M_07_a_chain_is_never_passed_on(register: Register) -> None:
    """The garden firm lets the office act, the office lets the bakery: the bakery acts for the
    office alone.
    """
    register.chain(GARDEN, OFFICE)
    register.chain(OFFICE, BAKERY)
    register.mandate(BAKERY)
    found = {one.key for one in options(register.session, "jan", terms()).usable}
    assert found == {f"{BAKERY}..", f"{OFFICE}.{BAKERY}."}


def test_of_two_mandates_within_an_office_the_one_that_does_counts(register: Register) -> None:
    register.mandate(OFFICE, branches=("000090015421",))
    register.mandate(OFFICE)
    register.mandate(OFFICE, level=L.EH2)
    register.chain()
    found = {one.key for one in options(register.session, "jan", terms()).usable}
    assert f"{GARDEN}.{OFFICE}." in found


@pytest.mark.parametrize("suspended", [None, GARDEN, OFFICE])
def test_what_is_shown_to_a_person_ends_with_either_organisation(
    register: Register, suspended: str | None
) -> None:
    through(register)
    session = register.session
    if suspended is not None:
        session.get_one(Organisation, register.organisations[suspended]).suspended_at = START
        session.flush()
    found = chains.through(session, "jan", START, most=9, link_level=None)
    assert [one.organisation_id for one in found] == (
        [register.organisations[GARDEN]] if suspended is None else []
    )
