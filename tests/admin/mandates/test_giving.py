"""Giving mandates: what it would change, what cannot be, and who hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from babel.dates import format_date
from sqlalchemy.orm import Session

from admin.mandates import end_date, giving
from admin.mandates.administrators import NotAdministrator
from admin.mandates.decision_rules import LoginLack, LoginNotEnough
from admin.mandates.giving import Circumstances, NothingToDo, PlanChanged
from admin.mandates.requests import AlreadyDecided
from assurance.levels import AssuranceLevel as L
from broker.console.sessions import RECENT
from consent import requests
from consent.changes import TermChange
from consent.mandates import Mandate, MandateRefused
from consent.requests import MandateRequest, RequestState
from directory import dates
from directory.people import Membership, Person, Role
from directory.services import MandateRule, OidcClient
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.mandates.conftest import UUID, YEAR, Made
from tests.clocks import START
from tests.deliveries import waiting_in
from tests.giving import around, chosen, known, makelaar, service
from tests.keys_for_tests import make_sealer

TODAY = dates.day_of(START)
NEXT_YEAR = dates.years_after(TODAY, 1)
HERE = around({UUID: service(UUID)})
WISH = chosen("roos", UUID, NEXT_YEAR)


@pytest.fixture(autouse=True)
def roos_can_log_in(session: Session, bakery: str) -> None:
    with writing(session):
        session.add(known("roos"))


def give(
    session: Session,
    wish: giving.Chosen = WISH,
    place: Circumstances = HERE,
    **more: Any,
) -> None:
    with writing(session):
        shown = giving.plan(session, place, wish).digest
        giving.give(session, place, wish, **{"shown": shown, **more})


def only(session: Session) -> Mandate:
    return session.query(Mandate).populate_existing().where(Mandate.revoked_at.is_(None)).one()


def test_giving_is_audited_and_told(session: Session) -> None:
    give(session)
    mandate = only(session)
    assert (mandate.person_id, mandate.organisation_id) == ("roos", "bakery")
    assert (mandate.service_uuid, mandate.level, mandate.granted_by) == (UUID, L.EH3, "jan")
    assert mandate.valid_from == START and mandate.valid_until == dates.end_of(NEXT_YEAR)
    (event,) = audit.recent(session)
    assert (event.tag, event.person_id, event.reason) == (EventTag.MANDATE_GRANTED, "jan", "new")
    assert event.details == {"person": "roos", "until": NEXT_YEAR.isoformat(), "was": None}
    (mail,) = waiting_in(session, make_sealer())
    assert mail.recipient == "roos@x.example" and "Vergunningen: nieuw" in mail.text


@pytest.mark.parametrize("given_by", ["jan", None], ids=["of an administrator", "of a document"])
@pytest.mark.parametrize(
    ("years", "change"),
    [(2, TermChange.EXTENDED), (1, TermChange.UNCHANGED), (0, TermChange.SHORTENED)],
)
def test_what_stands_is_made_longer_or_shorter(
    session: Session, mandate_of_roos: Made, given_by: str | None, years: int, change: TermChange
) -> None:
    mandate_of_roos(granted_by=given_by, valid_until=dates.end_of(NEXT_YEAR))
    until = dates.years_after(TODAY, years) if years else TODAY + timedelta(days=1)
    wish = replace(WISH, until=until)
    (planned,) = giving.plan(session, HERE, wish).changes
    assert (planned.change, planned.current) == (change, NEXT_YEAR)
    if change is TermChange.UNCHANGED:
        with pytest.raises(NothingToDo):
            give(session, wish)
        return
    give(session, wish)
    standing = session.query(Mandate).populate_existing().where(Mandate.revoked_at.is_(None)).all()
    assert max(row.valid_until for row in standing) == dates.end_of(until)
    (event,) = audit.recent(session, tags=[EventTag.MANDATE_CHANGED])
    assert (event.reason, event.details["was"]) == (change, NEXT_YEAR.isoformat())


def test_a_mandate_for_a_branch_stands_beside_one_for_all(
    session: Session, mandate_of_roos: Made
) -> None:
    mandate_of_roos(branches=["000090012021"])
    (planned,) = giving.plan(session, HERE, WISH).changes
    assert planned.change is TermChange.NEW


@pytest.mark.parametrize(
    ("general", "change"), [(L.EH3, TermChange.EXTENDED), (L.EH2_PLUS, TermChange.NEW)]
)
def test_a_general_mandate_at_another_level_is_another(
    session: Session, mandate_of_roos: Made, general: L, change: TermChange
) -> None:
    mandate_of_roos(service_uuid=None)
    wish = replace(WISH, services=(), general=general, until=dates.years_after(TODAY, 2))
    (planned,) = giving.plan(session, HERE, wish).changes
    assert planned.change is change


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (around({}), None),  # nothing is left of the wish
        (around({UUID: service(UUID, mandate=MandateRule.NONE)}), "no_service"),
        (around({UUID: service(UUID)}, level=L.EH2_PLUS), "above_own_level"),
        (around({UUID: service(UUID, L.EH4)}, level=L.EH4), "means_level"),
        (around({UUID: service(UUID)}, makelaars={"polderpoort": makelaar(L.EH2)}), "means_level"),
        (around({UUID: service(UUID)}, makelaars={}), "means_none"),
        (around({UUID: service(UUID)}, organisation_id="garden"), "no_colleague"),
    ],
)
def test_M_02_what_cannot_be_is_told_and_not_given(
    session: Session, place: Circumstances, why: str | None
) -> None:
    plan = giving.plan(session, place, WISH)
    assert plan.changes == () and [one.why for one in plan.impossible] == [why] * bool(why)
    with pytest.raises((NothingToDo, NotAdministrator)):
        give(session, place=place)
    assert session.query(Mandate).all() == []


@pytest.mark.parametrize(("general", "is_possible"), [(L.EH3, True), (L.EH4, False)])
def test_M_02_no_general_mandate_stands_above_the_own_level(
    session: Session, general: L, is_possible: bool
) -> None:
    place = around({UUID: service(UUID)}, makelaars={"polderpoort": makelaar(L.EH4)})
    plan = giving.plan(session, place, replace(WISH, services=(), general=general))
    assert [one.why for one in plan.impossible] == ([] if is_possible else ["above_own_level"])
    assert len(plan.changes) == is_possible


@pytest.mark.parametrize("until", [TODAY, TODAY - timedelta(days=1), dates.years_after(TODAY, 6)])
def test_a_day_that_cannot_be_is_refused(session: Session, until: Any) -> None:
    with pytest.raises(MandateRefused):
        give(session, replace(WISH, until=until))
    assert session.query(Mandate).all() == [] and audit.recent(session) == []


@pytest.mark.parametrize(
    ("age", "level", "lack"),
    [
        (RECENT, L.EH3, None),
        (RECENT + timedelta(seconds=1), L.EH3, LoginLack.TOO_OLD),
        (RECENT + timedelta(seconds=1), L.EH4, LoginLack.TOO_OLD),
    ],
)
def test_giving_asks_a_login_of_now(
    session: Session, age: timedelta, level: L, lack: LoginLack | None
) -> None:
    place = around({UUID: service(UUID)}, level=level, at=START - age)
    if lack is None:
        give(session, place=place)
        assert only(session)
        return
    with pytest.raises(LoginNotEnough) as why:
        give(session, place=place)
    assert why.value.why is lack and session.query(Mandate).all() == []


def test_M_01_who_administers_elsewhere_gives_nothing_here(session: Session) -> None:
    with pytest.raises(NotAdministrator):
        give(session, place=around({UUID: service(UUID)}, by="roos"))
    assert session.query(Mandate).all() == []


def test_what_changed_since_it_was_shown_is_shown_again(
    session: Session, mandate_of_roos: Made
) -> None:
    shown = giving.plan(session, HERE, WISH).digest
    mandate_of_roos(valid_until=dates.end_of(dates.years_after(TODAY, 2)))
    with pytest.raises(PlanChanged):
        give(session, shown=shown)


def test_another_last_day_is_not_what_was_shown(session: Session) -> None:
    """As where another tab changed the draft."""
    shown = giving.plan(session, HERE, WISH).digest
    with pytest.raises(PlanChanged):
        give(session, chosen("roos", UUID, dates.years_after(TODAY, 3)), shown=shown)


def test_what_was_asked_is_answered_with_what_is_given(
    session: Session, request_of_roos: Made
) -> None:
    request_of_roos()
    request_of_roos("higher", level=L.EH4)
    request_of_roos("elsewhere", organisation_id="garden")
    give(session, request_id="asked")
    states = {row.id: row.state for row in session.query(MandateRequest)}
    assert states == {
        "asked": RequestState.GRANTED,
        "higher": RequestState.OPEN,
        "elsewhere": RequestState.OPEN,
    }
    (mail,) = waiting_in(session, make_sealer())
    assert mail.subject == "Uw verzoek is goedgekeurd: Vergunningen"
    (event,) = audit.recent(session)
    assert event.reference == "ABCD1234"


@pytest.mark.parametrize("shares", [True, False])
@pytest.mark.parametrize("is_asked", [True, False], ids=["asked for", "given"])
def test_who_gets_a_mandate_reads_who_gave_it_and_until_when(
    session: Session, request_of_roos: Made, shares: bool, is_asked: bool
) -> None:
    """Who asked for it also reads where to begin."""
    portal = OidcClient.model_validate(
        {
            "client_id": "portaal",
            "name": {"nl": "Portaal", "en": "Portal"},
            "services": (UUID,),
            "redirect_uris": ("https://portaal.example/terug",),
            "home_url": "https://portaal.example/",
        }
    )
    # A request above what is given is not answered with it.
    asked = request_of_roos("asked", level=L.EH3 if is_asked else L.EH4)
    with writing(session):
        asked.organisation.shares_administrators = shares
    give(session, place=around({UUID: service(UUID)}, portals=(portal,)))
    (mail,) = waiting_in(session, make_sealer())
    assert f"tot en met {format_date(NEXT_YEAR, 'd MMMM y', 'nl')}" in mail.text
    assert (session.get_one(Person, "jan").display_name in mail.text) is shares
    assert ("https://portaal.example/" in mail.text) is is_asked


def test_a_general_mandate_answers_every_request_up_to_its_level(
    session: Session, request_of_roos: Made
) -> None:
    request_of_roos()
    request_of_roos("higher", level=L.EH4)
    give(session, replace(WISH, services=(), general=L.EH3))
    states = {row.id: row.state for row in session.query(MandateRequest)}
    assert states == {"asked": RequestState.GRANTED, "higher": RequestState.OPEN}


def test_a_request_that_somebody_decided_gives_nothing(
    session: Session, request_of_roos: Made
) -> None:
    request = request_of_roos()
    with writing(session):
        requests.refuse(session, request, by="eva", now=START, reason="Nee.")
    with pytest.raises(AlreadyDecided):
        give(session, request_id="asked")
    assert session.query(Mandate).all() == []


def test_a_request_that_asks_more_than_its_service_gets_that(
    session: Session, request_of_roos: Made
) -> None:
    place = around({UUID: service(UUID, L.EH2_PLUS)})
    request_of_roos(level=L.EH3)
    give(session, replace(WISH, floor=L.EH3), place, request_id="asked")
    assert only(session).level is L.EH3


@pytest.fixture
def colleagues(session: Session, bakery: str) -> None:
    """Eva and Max are administrators as well, Max without an address."""
    with writing(session):
        session.add(known("jan"))
        for name, address in (("eva", "eva@x.example"), ("max", None)):
            session.add(Person(id=name, display_name=name, email=address, created_at=START))
            session.flush()
            session.add(
                Membership(
                    person_id=name,
                    organisation_id=bakery,
                    role=Role.ADMINISTRATOR,
                    since=START - YEAR,
                )
            )
        session.get_one(Person, "jan").email = "jan@x.example"


@pytest.mark.usefixtures("colleagues")
def test_giving_to_oneself_is_told_to_the_other_administrators(session: Session) -> None:
    give(session, chosen("jan", UUID, NEXT_YEAR))
    mails = {mail.recipient: mail for mail in waiting_in(session, make_sealer())}
    assert set(mails) == {"jan@x.example", "eva@x.example"}
    assert "veranderde eigen machtigingen" in mails["eva@x.example"].subject
    (event,) = audit.recent(session)
    assert event.details["to_oneself"] is True


@pytest.mark.usefixtures("colleagues")
def test_giving_to_somebody_else_is_told_to_that_person_alone(session: Session) -> None:
    give(session)
    assert [mail.recipient for mail in waiting_in(session, make_sealer())] == ["roos@x.example"]
    assert all("to_oneself" not in event.details for event in audit.recent(session))


@pytest.mark.parametrize(
    ("own", "years", "lack"),
    [(L.EH2_PLUS, 2, LoginLack.TOO_LOW), (L.EH3, 2, None), (L.EH2_PLUS, 0, None)],
    ids=["longer, too low", "longer", "shorter, lower"],
)
def test_M_02_nobody_makes_longer_what_stands_above_the_own_level(
    session: Session, mandate_of_roos: Made, own: L, years: int, lack: LoginLack | None
) -> None:
    mandate = mandate_of_roos()
    until = dates.years_after(TODAY, years) if years else TODAY + timedelta(days=1)
    place = around({UUID: service(UUID)}, level=own)
    if lack is not None:
        with pytest.raises(LoginNotEnough), writing(session):
            end_date.change(session, place, mandate, until)
        return
    with writing(session):
        end_date.change(session, place, mandate, until)
    assert dates.day_of(only(session).valid_until) == until


def test_a_higher_mandate_beside_a_lower_one_is_not_made_longer_with_it(
    session: Session, mandate_of_roos: Made
) -> None:
    """Both let Roos in; the one at EH4 is above the level of Jan."""
    lower = mandate_of_roos(valid_until=START + 2 * YEAR)
    mandate_of_roos("higher", level=L.EH4)
    with writing(session):
        end_date.change(session, HERE, lower, dates.years_after(TODAY, 3))
    assert session.get_one(Mandate, "higher").valid_until == START + YEAR
