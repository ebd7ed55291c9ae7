"""What remains of a login: audit, trace and the history of its person, each with its own share."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from broker.downstream import RefusalCode
from broker.journey import login_records, trace_steps
from broker.journey.login import Ended, Login, Stopped
from broker.journey.login_records import OUTCOMES
from consent.authority import Authority, AuthorityKind, Party, PartyIdType
from directory import history
from directory.people import Person
from state import audit, trace
from state.audit import EventTag
from state.db import writing
from state.trace import Trace
from tests.broker.facts import LOGIN, REQUEST, UUID, a_login, a_runtime
from tests.clocks import START

EH3 = AssuranceLevel.EH3
STOPPED = Stopped(RefusalCode.MANDATE_MISSING, "mandate_missing")
BAKERY = Authority(
    Party(PartyIdType.KVK, "90001201", "De Korenmolen"),
    AuthorityKind.DIRECT,
    EH3,
    "urn:x",
    mandate_id="the-mandate",
)


def wrote(
    session: Session,
    login: Login = LOGIN,
    tag: EventTag = EventTag.LOGIN_REFUSED,
    reason: str | None = "a_reason",
    level: AssuranceLevel | None = None,
    **more: Any,
) -> None:
    with writing(session):
        login_records.write_ending(
            session, a_runtime(session), login, tag, reason=reason, level=level, **more
        )


@pytest.mark.parametrize(
    ("tag", "outcome"),
    [
        (EventTag.LOGIN_SUCCEEDED, "success"),
        (EventTag.LOGIN_REFUSED, "refused"),
        (EventTag.LOGIN_CANCELLED, "cancelled"),
        (EventTag.LOGIN_EXPIRED, "expired"),
    ],
)
def test_each_ending_has_one_word_everywhere(
    session: Session, roos: Person, tag: EventTag, outcome: str
) -> None:
    wrote(session, a_login(person_id=roos.id), tag)
    (event,) = audit.recent(session)
    record = trace.find(session, LOGIN.reference)
    (entry,) = history.recent(session, roos.id)
    assert record is not None
    assert (event.tag, event.outcome, record.outcome, entry.outcome) == (tag, *[outcome] * 3)
    assert event.reference == record.reference == entry.reference == LOGIN.reference
    # The last step says why it ended, unless an answer did.
    ends = [step.step for step in record.steps]
    assert ends == ([] if tag is EventTag.LOGIN_SUCCEEDED else ["ended"])


def test_every_ending_of_a_login_is_known() -> None:
    endings = {tag for tag in EventTag if tag.startswith("login.")}
    endings.remove(EventTag.LOGIN_DISOWNED)  # said by its person, when it had ended long ago
    assert set(OUTCOMES) == endings


def noted(session: Session, reason: str, at_step: str) -> None:
    login = a_login(stopped=Stopped(RefusalCode.UNAVAILABLE, reason))
    login = trace_steps.step(login, START, at_step, "refused", reason)
    login_records.note(a_runtime(session), login)


def test_what_another_try_met_takes_the_place_of_the_first(session: Session) -> None:
    for reason in ("client_refused", "name_not_found"):
        noted(session, reason, "authenticate")
        record = trace.find(session, LOGIN.reference)
        assert record is not None and (record.cause, record.outcome) == (reason, "refused")
    assert session.scalar(select(func.count()).select_from(Trace)) == 1


@pytest.mark.parametrize("tag", [EventTag.LOGIN_SUCCEEDED, EventTag.LOGIN_REFUSED])
def test_a_tab_that_is_late_changes_nothing_of_an_end(session: Session, tag: EventTag) -> None:
    noted(session, "client_refused", "authenticate")
    wrote(session, a_login(is_noted=True), tag, reason=None)
    before = trace.find(session, LOGIN.reference)
    noted(session, "name_not_found", "authenticate")
    assert trace.find(session, LOGIN.reference) == before


def test_nobody_known_has_no_history_and_leaves_audit_and_trace(session: Session) -> None:
    wrote(session)
    (event,) = audit.recent(session)
    assert (event.person_id, event.client_id) == (None, REQUEST.client_id)
    assert (event.service_uuid, event.reason) == (UUID, "a_reason")
    assert trace.find(session, LOGIN.reference) is not None
    assert session.scalar(select(func.count()).select_from(history.HistoryEntry)) == 0


def test_a_success_keeps_level_mandate_and_session_and_what_the_person_may_see(
    session: Session, roos: Person
) -> None:
    login = a_login(person_id=roos.id, provider_id="polder", authority=BAKERY)
    wrote(
        session,
        login,
        EventTag.LOGIN_SUCCEEDED,
        None,
        EH3,
        session_id="the-session",
        new_browser=True,
    )
    (event,) = audit.recent(session)
    assert event.details == {"mandate": "the-mandate", "session": "the-session"}
    assert (event.level, event.provider_id) == (EH3, "polder")
    (entry,) = history.recent(session, roos.id)
    assert (entry.level, entry.represented, entry.new_browser) == (EH3, "90001201", True)


def test_what_is_not_there_is_no_detail(session: Session) -> None:
    wrote(session)
    assert audit.recent(session)[0].details == {}


@pytest.mark.parametrize(
    "change", [{"stopped": STOPPED}, {"ended": Ended(RefusalCode.NOT_ALLOWED, "mandate_missing")}]
)
def test_who_calls_from_the_page_is_found_before_the_login_ends(
    session: Session, change: dict[str, Any]
) -> None:
    login = a_login(**change)
    login_records.note(a_runtime(session), login)
    login_records.note(a_runtime(session), login)  # another tab: one trace
    record = trace.find(session, LOGIN.reference)
    assert record is not None
    assert (record.outcome, record.reason) == ("refused", "mandate_missing")
    assert session.scalar(select(func.count()).select_from(Trace)) == 1


def test_the_ending_takes_the_place_of_the_note(session: Session) -> None:
    login = a_login(stopped=STOPPED, is_noted=True)
    login_records.note(a_runtime(session), login)
    wrote(session, login, EventTag.LOGIN_CANCELLED, "cancelled")
    record = trace.find(session, LOGIN.reference)
    assert record is not None and record.outcome == "cancelled"
    assert session.scalar(select(func.count()).select_from(Trace)) == 1
