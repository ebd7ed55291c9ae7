"""A means ends now, on a day or with its contract; an organisation keeps an administrator."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.means import changing, ending, overview
from admin.means.changing import ChangeWish
from admin.means.ending import EndMoment, EndRefused, EndWish
from assurance.factors import FactorKind
from assurance.levels import AssuranceLevel
from assurance.means_requests import Contact
from broker.sso.logout import LogoutNotifier
from consent.mandates import Mandate
from directory import dates
from directory.organisations import Organisation
from directory.people import Membership, Role
from providers import accounts
from providers.accounts import WrongPassword
from providers.password_check import verify
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.means.conftest import Held, Made, around
from tests.clocks import START
from tests.keys_for_tests import make_sealer

DAY: Final = timedelta(days=1)
PLUS: Final = AssuranceLevel.EH2_PLUS
NOW: Final = EndWish("m-roos", ("bakery",), EndMoment.NOW)


def notifier(now: datetime = START) -> LogoutNotifier:
    return LogoutNotifier(make_sealer(), {}, {}, now)


def end(session: Session, wish: EndWish = NOW, *, by: str = "jan", **more: Any) -> None:
    with writing(session):
        ending.end(session, around(by, **more), wish)


def place(session: Session, person_id: str, organisation_id: str = "bakery") -> Membership:
    query = select(Membership).where(
        Membership.person_id == person_id, Membership.organisation_id == organisation_id
    )
    return session.scalars(query).one()


def test_now_ends_account_place_and_mandates(session: Session, held: Held) -> None:
    held()
    end(session)
    assert accounts.of_person(session, "roos") is None
    assert place(session, "roos").until == START
    assert session.scalars(select(Mandate.revoked_at)).all() == [START]
    assert overview.one(session, "bakery", "roos", START) is None, "what ended is not listed"
    (event,) = audit.recent(session, tags=[EventTag.MEANS_ENDED])
    assert (event.person_id, event.details["person"]) == ("jan", "roos")
    with pytest.raises(EndRefused, match="gone"):
        end(session)


def test_on_a_day_everything_holds_until_then_and_not_longer(session: Session, held: Held) -> None:
    held()
    day = dates.day_of(START) + 10 * DAY
    end(session, replace(NOW, moment=EndMoment.DAY, day=day))
    at = dates.end_of(day)
    assert place(session, "roos").until == at
    assert session.scalars(select(Mandate.valid_until)).all() == [at]
    assert accounts.of_person(session, "roos") is not None
    last = verify(session, name="roos", password="x", now=at)
    assert isinstance(last, WrongPassword) and last.reason == "password"
    assert ending.end_due(session, notifier(at - DAY)) == 0
    with writing(session):
        assert ending.end_due(session, notifier(at)) == 1
    assert accounts.of_person(session, "roos") is None
    assert ending.end_due(session, notifier(at)) == 0


def test_with_the_contract_where_there_is_one(session: Session, held: Held) -> None:
    held(contract_until=START + 100 * DAY)
    end(session, replace(NOW, moment=EndMoment.CONTRACT))
    assert place(session, "roos").until == START + 100 * DAY


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"moment": EndMoment.CONTRACT}, "no_contract"),
        ({"moment": EndMoment.DAY}, "no_day"),
        ({"moment": EndMoment.DAY, "day": dates.day_of(START)}, "no_day"),
        ({"organisations": ("other",)}, "gone"),
        ({"organisations": ()}, "gone"),
        ({"means_id": "nothing"}, "gone"),
    ],
)
def test_what_cannot_be_says_why(
    session: Session, held: Held, facts: dict[str, Any], why: str
) -> None:
    held()
    with pytest.raises(EndRefused, match=why):
        end(session, replace(NOW, **facts))
    assert accounts.of_person(session, "roos") is not None


def test_M_02_nobody_ends_a_means_above_the_own_level(session: Session, held: Held) -> None:
    held()
    with pytest.raises(EndRefused, match="above_own_level"):
        end(session, level=AssuranceLevel.EH2)


def test_at_another_organisation_it_stays(session: Session, held: Held) -> None:
    held(at=("bakery", "garden"))
    end(session)
    assert accounts.of_person(session, "roos") is not None
    assert place(session, "roos", "garden").until is None
    end(session, replace(NOW, organisations=("garden",)), organisation_id="garden")
    assert accounts.of_person(session, "roos") is None


def test_M_04_the_last_administrator_stays(session: Session, held: Held) -> None:
    held("jan", role=Role.ADMINISTRATOR)
    with pytest.raises(EndRefused, match="last_administrator"):
        end(session, replace(NOW, means_id="m-jan"))
    held("roos", role=Role.ADMINISTRATOR)
    held("petra")
    end(session, replace(NOW, means_id="m-jan"))
    with pytest.raises(EndRefused, match="last_administrator"):
        end(session, replace(NOW, means_id="m-roos"), by="roos")


def test_M_04_an_administrator_until_tomorrow_is_no_successor(session: Session, held: Held) -> None:
    held("jan", role=Role.ADMINISTRATOR)
    held("roos", role=Role.ADMINISTRATOR)
    with writing(session):
        place(session, "roos").until = START + DAY
    wish = replace(NOW, means_id="m-jan", moment=EndMoment.DAY, day=dates.day_of(START) + 5 * DAY)
    with pytest.raises(EndRefused, match="last_administrator"):
        end(session, wish)


def test_M_04_an_administrator_whose_role_is_over_is_no_successor(
    session: Session, held: Held
) -> None:
    held("jan", role=Role.ADMINISTRATOR)
    held("roos", role=Role.ADMINISTRATOR)
    with writing(session):
        place(session, "roos").since = START - 2200 * DAY
    with pytest.raises(EndRefused, match="last_administrator"):
        end(session, replace(NOW, means_id="m-jan"))
    with writing(session):
        place(session, "roos").role_since = START - DAY
    end(session, replace(NOW, means_id="m-jan"))


def test_who_is_the_last_of_all_ends_the_company_after_saying_so_twice(
    session: Session, held: Held
) -> None:
    held("jan", role=Role.ADMINISTRATOR)
    held("roos")
    end(session)
    own = replace(NOW, means_id="m-jan")
    with pytest.raises(EndRefused, match="ends_company"):
        end(session, own)
    assert session.get_one(Organisation, "bakery").suspended_at is None
    end(session, replace(own, ends_company=True))
    assert session.get_one(Organisation, "bakery").suspended_at == START
    assert accounts.of_person(session, "jan") is None
    (event,) = audit.recent(session, tags=[EventTag.ORGANISATION_CHANGED])
    assert (event.person_id, event.organisation_id) == ("jan", "bakery")


def test_a_request_is_withdrawn_by_ending_it(session: Session, asked: Made) -> None:
    request = asked()
    end(session, replace(NOW, means_id=request.means_id))
    assert (request.outcome, request.contact) == ("withdrawn", b"")
    assert overview.at(session, "bakery", START) == {}


def test_who_leaves_others_behind_ends_no_company_whatever_was_typed(
    session: Session, held: Held
) -> None:
    held("roos", role=Role.ADMINISTRATOR)
    held("petra")
    end(session, replace(NOW, means_id="m-petra", ends_company=True))
    assert session.get_one(Organisation, "bakery").suspended_at is None
    end(session, replace(NOW, ends_company=True), by="roos")
    assert place(session, "roos").until == START
    assert session.get_one(Organisation, "bakery").suspended_at is None, "Jan administers it"


def test_what_an_organisation_asked_of_a_means_that_it_ends_is_asked_no_more(
    session: Session, held: Held
) -> None:
    held(at=("bakery", "garden"))
    wanted = ChangeWish("m-roos", AssuranceLevel.EH3, Role.MEMBER, factor=FactorKind.TOTP)
    with writing(session):
        request = changing.change(
            session, around(), replace(wanted, contact=Contact(("Straat 1", "Plaats")))
        )
    end(session, replace(NOW, organisations=("garden",)), organisation_id="garden")
    assert request.is_pending, "another organisation did not ask it"
    end(session)
    assert (request.outcome, request.contact) == ("withdrawn", b"")


def test_M_07_a_last_day_makes_no_mandate_count_again_of_who_left(
    session: Session, held: Held
) -> None:
    """Shortening gives anew what a document gave."""
    held()
    with writing(session):
        row = session.scalars(select(Mandate)).one()
        row.granted_by, row.valid_from = None, START - 2 * DAY
        place(session, "roos").until = START - DAY
    end(session, replace(NOW, moment=EndMoment.DAY, day=dates.day_of(START) + 10 * DAY))
    (only,) = session.scalars(select(Mandate)).all()
    assert (only.id, only.confirmed_at, only.revoked_at) == (row.id, None, None)
