"""The role of an administrator is extended by somebody else, in its last half year or after it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from admin.actor import COMMAND_LINE, Actor
from admin.mandates.administrators import NotAdministrator
from admin.mandates.decision_rules import DeciderLogin, LoginNotEnough
from admin.terms import role_extension
from admin.terms.role_extension import ExtensionFault, ExtensionRefused, ExtensionWish
from assurance.levels import AssuranceLevel
from directory import administrator_role
from directory.people import Membership
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.terms.conftest import DAY, Bakery
from tests.clocks import START
from tests.keys_for_tests import make_sealer

FIVE_YEARS = timedelta(days=5 * 365)


def wish(
    person: str, actor: Actor = COMMAND_LINE, login_age: timedelta = timedelta()
) -> ExtensionWish:
    login = DeciderLogin(AssuranceLevel.EH3, START - login_age)
    return ExtensionWish("bakery", person, actor, login, make_sealer(), START)


def began(bakery: Bakery, person: str, ago: timedelta) -> None:
    def change(session: object) -> None:
        bakery.session.get_one(Membership, person).since = START - ago

    bakery.change(change)


@pytest.mark.parametrize("ago", [FIVE_YEARS - 100 * DAY, FIVE_YEARS + 100 * DAY])
@pytest.mark.parametrize("actor", [COMMAND_LINE, Actor.administrator("eva"), Actor.operator("eva")])
def test_it_holds_five_years_from_now(bakery: Bakery, ago: timedelta, actor: Actor) -> None:
    began(bakery, "jan", ago)
    with writing(bakery.session):
        place = role_extension.extend(bakery.session, wish("jan", actor))
        last = administrator_role.last_day(place)
    assert last.isoformat() == "2031-11-02"
    (event,) = audit.recent(bakery.session, tags=[EventTag.ADMINISTRATOR_EXTENDED])
    assert (event.person_id, event.details["person"]) == (actor.person_id, "jan")
    (mail,) = bakery.mails()
    assert mail.recipient == "jan@x.example" and "tot en met 2 november 2031" in mail.text


@pytest.mark.parametrize(
    ("person", "by", "ago", "why"),
    [
        ("jan", "jan", FIVE_YEARS - DAY, ExtensionFault.OWN),
        ("jan", "eva", 30 * DAY, ExtensionFault.EARLY),
        ("roos", "eva", FIVE_YEARS - DAY, ExtensionFault.NO_ADMINISTRATOR),
        ("nobody", "eva", None, ExtensionFault.NO_ADMINISTRATOR),
    ],
)
def test_else_it_stays_as_it_is(
    bakery: Bakery, person: str, by: str, ago: timedelta | None, why: ExtensionFault
) -> None:
    if ago is not None:
        began(bakery, person, ago)
    with pytest.raises(ExtensionRefused) as refused, writing(bakery.session):
        role_extension.extend(bakery.session, wish(person, Actor.administrator(by)))
    assert refused.value.why is why and bakery.mails() == []


def test_whose_own_role_ended_extends_no_other(bakery: Bakery) -> None:
    began(bakery, "jan", FIVE_YEARS - DAY)
    began(bakery, "eva", FIVE_YEARS + 3 * DAY)
    with pytest.raises(NotAdministrator), writing(bakery.session):
        role_extension.extend(bakery.session, wish("jan", Actor.administrator("eva")))


def test_it_takes_a_login_of_now(bakery: Bakery) -> None:
    began(bakery, "jan", FIVE_YEARS - DAY)
    asked = wish("jan", Actor.administrator("eva"), timedelta(hours=1))
    with pytest.raises(LoginNotEnough), writing(bakery.session):
        role_extension.extend(bakery.session, asked)
