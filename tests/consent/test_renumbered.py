"""An organisation has another number since the login, or went up in another: what the login would
say of it is not so any more.
"""

from __future__ import annotations

import pytest

from consent.authority import Authority, AuthorityRefusal, RefusalReason
from consent.options import options
from consent.recheck import recheck
from directory.organisations import Organisation
from tests.consent.conftest import BAKERY, GARDEN, OFFICE, Register, terms

NEW = "90009999"
RSIN, OTHER = "001234567", "007654321"


def organisation(register: Register, kvk: str) -> Organisation:
    return register.session.get_one(Organisation, register.organisations[kvk])


def fault(register: Register, authority: Authority) -> RefusalReason | None:
    register.session.flush()
    found = recheck(register.session, "jan", authority, terms())
    assert found is None or isinstance(found, AuthorityRefusal)
    return None if found is None else found.reason


def chosen(register: Register, kvk: str) -> Authority:
    """What a login chose for this organisation, and stands."""
    register.session.flush()
    usable = options(register.session, "jan", terms()).usable
    (one,) = (each.authority for each in usable if each.authority.represented.value == kvk)
    assert fault(register, one) is None
    return one


def test_a_number_of_before_is_not_said(register: Register) -> None:
    register.mandate()
    before, garden = chosen(register, BAKERY), organisation(register, GARDEN)
    garden.kvk = "90008888"
    assert fault(register, before) is None  # of nobody in this login
    organisation(register, BAKERY).kvk = NEW
    assert fault(register, before) is RefusalReason.RENUMBERED
    chosen(register, NEW)


def test_the_organisation_in_which_it_went_up_is_another(register: Register) -> None:
    row = register.mandate()
    before = chosen(register, BAKERY)
    row.organisation_id = register.organisations[GARDEN]
    assert fault(register, before) is RefusalReason.RENUMBERED
    chosen(register, GARDEN)


@pytest.mark.parametrize(
    ("then", "now", "reason"),
    [
        (RSIN, RSIN, None),
        (RSIN, OTHER, RefusalReason.RENUMBERED),
        (RSIN, None, RefusalReason.RENUMBERED),
        (None, RSIN, None),  # nothing that is said is untrue
    ],
)
def test_so_with_its_rsin(
    register: Register, then: str | None, now: str | None, reason: RefusalReason | None
) -> None:
    organisation(register, BAKERY).rsin = then
    register.mandate()
    before = chosen(register, BAKERY)
    organisation(register, BAKERY).rsin = now
    assert fault(register, before) is reason


@pytest.mark.parametrize("renumbered", [GARDEN, OFFICE])
def test_in_a_chain_both_are_what_they_were(register: Register, renumbered: str) -> None:
    register.mandate(OFFICE)
    register.chain()
    before = chosen(register, GARDEN)
    organisation(register, BAKERY).kvk = "90008888"
    assert fault(register, before) is None
    organisation(register, renumbered).kvk = NEW
    assert fault(register, before) is RefusalReason.RENUMBERED
    chosen(register, NEW if renumbered == GARDEN else GARDEN)
