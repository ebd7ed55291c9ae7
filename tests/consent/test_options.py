"""The ways to act according to the register, and the last look before the answer goes out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from assurance.levels import AssuranceLevel
from consent import mandates
from consent.authority import AuthorityRefusal, RefusalReason
from consent.mandates import Mandate, MandateRefused
from consent.options import Options, options
from consent.recheck import IdentityKey, PersonGone, mark_used, recheck
from directory import people
from directory.organisations import Establishment, Organisation
from directory.people import ExternalIdentity, Person
from tests.clocks import START
from tests.consent.conftest import (
    BAKERY,
    GARDEN,
    OFFICE,
    OTHER_SERVICE,
    YEAR,
    Register,
    Rules,
    terms,
)

L, R = AssuranceLevel, RefusalReason


def found(register: Register, **changes: object) -> Options:
    return options(register.session, "jan", terms(**changes))  # type: ignore[arg-type]


def keys(offered: Options) -> list[str]:
    return [option.key for option in offered.usable]


def reasons(offered: Options) -> list[RefusalReason]:
    return [refusal.reason for refusal in offered.refused]


def test_who_has_nothing_gets_nothing(register: Register) -> None:
    assert found(register) == Options((), ())


def test_a_mandate_for_this_service_and_a_general_one(register: Register) -> None:
    register.mandate(BAKERY)
    register.mandate(GARDEN, service=None, level=L.EH4)
    assert keys(found(register)) == [f"{BAKERY}..", f"{GARDEN}.."]


def test_a_mandate_for_another_service_is_not_even_shown(register: Register) -> None:
    register.mandate(service=OTHER_SERVICE)
    assert found(register) == Options((), ())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"until": -timedelta(days=1)}, R.EXPIRED),
        ({"until": timedelta(0)}, R.EXPIRED),
        ({"since": timedelta(days=1)}, R.NOT_YET_VALID),
        ({"revoked": True}, R.REVOKED),
        ({"level": L.EH2_PLUS}, R.MANDATE_LEVEL),
    ],
)
def test_what_falls_short_says_why(
    register: Register, changes: dict[str, object], reason: RefusalReason
) -> None:
    register.mandate(**changes)  # type: ignore[arg-type]
    offered = found(register)
    assert (offered.usable, reasons(offered)) == ((), [reason])
    register.mandate()  # the good twin
    assert len(found(register).usable) == 1


def test_each_branch_is_an_option(register: Register) -> None:
    register.mandate(branches=("000090012021", "000090012022"))
    assert keys(found(register)) == [f"{BAKERY}..000090012021", f"{BAKERY}..000090012022"]
    assert reasons(found(register, rules=Rules(branch_restrictions=False))) == [R.BRANCH]


def test_a_chain_goes_through_the_office_where_the_person_may_act(register: Register) -> None:
    register.chain()
    assert found(register).usable == ()
    register.mandate(OFFICE)
    assert keys(found(register)) == [f"{GARDEN}.{OFFICE}.", f"{OFFICE}.."]


def test_a_chain_needs_the_service_and_the_level(register: Register) -> None:
    register.mandate(OFFICE)
    register.chain(level=L.EH2_PLUS)
    assert reasons(found(register)) == [R.MANDATE_LEVEL]
    assert found(register, rules=Rules(chain_mandates=False)).refused == ()


@pytest.mark.parametrize(
    "changes",
    [{"until": -timedelta(days=1)}, {"revoked": True}, {"since": timedelta(days=1)}],
    ids=["ended", "revoked", "of later"],
)
def test_a_mandate_that_is_not_in_force_opens_no_chain(
    register: Register, changes: dict[str, Any]
) -> None:
    register.mandate(OFFICE, **changes)
    register.chain()
    assert found(register).usable == ()


def test_a_chain_is_as_strong_as_the_mandate_within_the_office(register: Register) -> None:
    register.mandate(OFFICE, level=L.EH2_PLUS)
    register.chain(level=L.EH3)
    offered = found(register)
    assert (offered.usable, reasons(offered)) == ((), [R.MANDATE_LEVEL, R.MANDATE_LEVEL])


def test_who_may_act_for_one_branch_of_an_office_acts_for_none_of_its_clients(
    register: Register,
) -> None:
    register.mandate(OFFICE, branches=("000090015421",))
    register.chain()
    offered = found(register)
    assert keys(offered) == [f"{OFFICE}..000090015421"]
    assert reasons(offered) == [R.BRANCH]


def test_a_suspended_organisation_is_nobody(register: Register) -> None:
    register.mandate()
    register.session.get_one(Organisation, register.organisations[BAKERY]).suspended_at = START
    register.session.flush()
    assert found(register) == Options((), ())


def test_two_mandates_for_one_party_are_one_choice(register: Register) -> None:
    register.mandate(until=timedelta(days=10))
    longest = register.mandate(service=None, until=timedelta(days=90))
    offered = found(register)
    assert [o.authority.mandate_id for o in offered.usable] == [longest.id]


def test_what_a_newer_mandate_makes_up_for_is_not_told(register: Register) -> None:
    """An older one that is over, and one of a branch beside the whole."""
    register.mandate(until=timedelta(days=-1))
    register.mandate(until=timedelta(days=-1), branches=("000012345678",))
    assert len(found(register).refused) == 2
    register.mandate(until=timedelta(days=90))
    offered = found(register)
    assert len(offered.usable) == 1 and offered.refused == ()


def test_M_06_the_last_look_sees_what_changed(register: Register) -> None:
    mandate = register.mandate()
    authority = found(register).usable[0].authority
    session = register.session
    assert recheck(session, "jan", authority, terms()) is None
    assert mandates.revoke(session, mandate.id, by="sanne", now=START)
    session.flush()
    assert recheck(session, "jan", authority, terms()) == AuthorityRefusal(R.REVOKED, authority)
    assert not mandates.revoke(session, mandate.id, by="sanne", now=START)


def test_M_06_the_last_look_at_a_chain_sees_both_links(register: Register) -> None:
    register.mandate(OFFICE)
    chain = register.chain()
    authority = found(register).usable[0].authority
    assert recheck(register.session, "jan", authority, terms()) is None
    chain.revoked_at = START
    register.session.flush()
    assert recheck(register.session, "jan", authority, terms()) == AuthorityRefusal(
        R.REVOKED, authority
    )


@pytest.mark.parametrize("suspended", [OFFICE, GARDEN])
def test_the_last_look_sees_an_organisation_that_was_suspended(
    register: Register, suspended: str
) -> None:
    """The one behind the mandate, and the one behind the chain."""
    register.mandate(OFFICE)
    register.chain()
    through, own = (one.authority for one in found(register).usable)
    session = register.session
    assert recheck(session, "jan", through, terms()) is None
    session.get_one(Organisation, register.organisations[suspended]).suspended_at = START
    session.flush()
    assert recheck(session, "jan", through, terms()) == AuthorityRefusal(R.SUSPENDED, through)
    assert (recheck(session, "jan", own, terms()) is None) is (suspended == GARDEN)


def test_M_06_a_mandate_that_is_gone_or_over_counts_no_more(register: Register) -> None:
    mandate = register.mandate(until=timedelta(hours=1))
    authority = found(register).usable[0].authority
    later = terms(now=START + timedelta(hours=1))
    fault = recheck(register.session, "jan", authority, later)
    assert isinstance(fault, AuthorityRefusal)
    assert fault.reason is R.EXPIRED
    register.session.delete(mandate)
    register.session.flush()
    fault = recheck(register.session, "jan", authority, terms())
    assert isinstance(fault, AuthorityRefusal)
    assert fault.reason is R.REVOKED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"level": L.EH4}, None),
        ({"level": L.EH2}, R.MANDATE_LEVEL),
        ({"service_uuid": None}, None),
        ({"service_uuid": "0" * 36}, R.OTHER_SERVICE),
        ({"branches": ["000099990001"]}, R.REVOKED),
        ({"person_id": "piet"}, R.REVOKED),
        ({"valid_until": START}, R.EXPIRED),
        ({"valid_until": START + timedelta(hours=1)}, None),
        ({"valid_from": START + timedelta(hours=1)}, R.NOT_YET_VALID),
    ],
)
def test_the_last_look_sees_a_mandate_that_became_narrower(
    register: Register, change: dict[str, Any], reason: R | None
) -> None:
    mandate = register.mandate()
    authority = found(register).usable[0].authority
    register.session.add(Person(id="piet", display_name="Piet", created_at=START))
    register.session.flush()
    for name, value in change.items():
        setattr(mandate, name, value)
    register.session.flush()
    fault = recheck(register.session, "jan", authority, terms())
    assert (fault.reason if isinstance(fault, AuthorityRefusal) else fault) is reason


@pytest.mark.parametrize(
    ("now_for", "stands"),
    [([], True), (["000000000001", "000000000002"], True), (["000000000002"], False)],
)
def test_the_last_look_sees_whether_the_chosen_branch_is_still_among_them(
    register: Register, now_for: list[str], stands: bool
) -> None:
    mandate = register.mandate(branches=["000000000001"])
    authority = found(register).usable[0].authority
    mandate.branches = now_for
    register.session.flush()
    assert (recheck(register.session, "jan", authority, terms()) is None) is stands


def test_the_last_look_sees_who_was_blocked_or_removed(register: Register) -> None:
    session = register.session
    assert recheck(session, "jan", None, terms()) is None
    assert recheck(session, "nobody", None, terms()) is PersonGone.BLOCKED
    session.get_one(Person, "jan").blocked_at = START
    session.flush()
    assert recheck(session, "jan", None, terms()) is PersonGone.BLOCKED


@pytest.mark.parametrize("becomes", ["ended", "moved"])
def test_the_last_look_sees_an_identity_that_ended_or_moved(
    register: Register, becomes: str
) -> None:
    session, came_by = register.session, IdentityKey("veerhuis", "x" * 64)
    row = ExternalIdentity(
        provider_id=came_by.provider_id,
        subject_hash=came_by.subject_hash,
        person_id="jan",
        created_at=START,
    )
    session.add_all([row, Person(id="els", display_name="Els", created_at=START)])
    session.flush()
    assert recheck(session, "jan", None, terms(), identity=came_by) is None
    if becomes == "ended":
        session.delete(row)
    else:
        row.person_id = "els"
    session.flush()
    assert recheck(session, "jan", None, terms(), identity=came_by) is PersonGone.MOVED
    assert recheck(session, "jan", None, terms()) is None  # an account of Sluis has none


@pytest.mark.parametrize(("minutes", "is_over"), [(-1, True), (0, True), (1, False)])
def test_a_login_from_before_its_person_logged_out_everywhere_is_over(
    register: Register, minutes: int, is_over: bool
) -> None:
    session = register.session
    people.log_out(session, "jan", START)
    begun = START + timedelta(minutes=minutes)
    fault = recheck(session, "jan", None, terms(), begun=begun)
    assert fault is (PersonGone.LOGGED_OUT if is_over else None)


@pytest.mark.parametrize("becomes", ["ended", "moved"])
def test_a_branch_that_ended_or_moved_is_no_way_to_act(register: Register, becomes: str) -> None:
    first, second = "000090012021", "000090012022"
    session = register.session
    register.mandate(branches=(first, second))
    one, other = (option.authority for option in found(register).usable)
    shop = Establishment(
        number=first, organisation_id=register.organisations[BAKERY], name="winkel"
    )
    session.add(shop)
    session.flush()
    assert len(found(register).usable) == 2
    assert recheck(session, "jan", one, terms()) is None
    if becomes == "ended":
        shop.ended_at = START
    else:
        shop.organisation_id = register.organisations[GARDEN]
    session.flush()
    assert keys(found(register)) == [f"{BAKERY}..{second}"]
    assert recheck(session, "jan", one, terms()) == AuthorityRefusal(R.BRANCH_ENDED, one)
    assert recheck(session, "jan", other, terms()) is None
    session.add(
        Establishment(
            number=second,
            organisation_id=register.organisations[BAKERY],
            name="bakkerij",
            ended_at=START,
        )
    )
    session.flush()
    offered = found(register)
    assert (offered.usable, reasons(offered)) == ((), [R.BRANCH_ENDED])


def test_use_is_noted(register: Register) -> None:
    register.mandate(OFFICE)
    chain = register.chain()
    authority = found(register).usable[0].authority
    mark_used(register.session, authority, START)
    register.session.expire_all()
    assert chain.last_used_at == START
    assert register.session.get_one(Mandate, authority.mandate_id).last_used_at == START


def test_a_new_mandate_counts_at_once_and_ends_in_time(register: Register) -> None:
    facts = {
        "person_id": "jan",
        "organisation_id": register.organisations[BAKERY],
        "service_uuid": None,
        "level": L.EH3,
        "granted_by": "sanne",
        "own_level": L.EH3,
        "now": START,
        "max_years": 5,
    }
    for until, reason in ((START, "ends_before_tomorrow"), (START + 6 * YEAR, "too_long")):
        with pytest.raises(MandateRefused, match=reason):
            mandates.grant(register.session, until=until, **facts)  # type: ignore[arg-type]
    for own_level in (L.EMAIL, L.EH2, L.EH2_PLUS):
        lower = {**facts, "own_level": own_level}
        with pytest.raises(MandateRefused, match="above_own_level"):
            mandates.grant(register.session, until=START + YEAR, **lower)  # type: ignore[arg-type]
    mandates.grant(register.session, until=START + 5 * YEAR, **facts)  # type: ignore[arg-type]
    assert len(found(register).usable) == 1
