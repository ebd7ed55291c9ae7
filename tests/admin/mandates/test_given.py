"""Mandates that stand: who sees them, who takes one back, once, and who undoes that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import given
from admin.mandates.administrators import NotAdministrator
from admin.mandates.given import NoSuchMandate, Revocation, TooLateToUndo
from broker.sso.logout import LogoutNotifier
from consent.mandates import Mandate
from directory.fields import LocalizedText
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.mandates.conftest import UUID, YEAR, Made
from tests.admin.mandates.test_ending import login, standing
from tests.clocks import START
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer

WANTED = Revocation(
    Actor.administrator("jan"),
    LocalizedText(nl="Vergunningen", en="Permits"),
    START,
    LogoutNotifier(make_sealer(), {}, {}, START),
)


@pytest.mark.parametrize(
    ("facts", "is_seen"),
    [
        ({}, True),
        ({"granted_by": None}, True),  # of a file: an administrator decides about it as well
        ({"revoked_at": START}, False),
        ({"valid_until": START}, False),
        ({"valid_until": START + timedelta(seconds=1)}, True),
    ],
)
def test_what_administrators_gave_and_what_stands_can_be_taken_back(
    session: Session, mandate_of_roos: Made, facts: dict[str, Any], is_seen: bool
) -> None:
    mandate_of_roos(**facts)
    if is_seen:
        assert given.one_mandate(session, "jan", "given", START).id == "given"
    else:
        with pytest.raises(NoSuchMandate):
            given.one_mandate(session, "jan", "given", START)


def test_a_mandate_at_another_organisation_is_nobodys_to_take_back(
    session: Session, mandate_of_roos: Made
) -> None:
    mandate_of_roos()
    mandate_of_roos("elsewhere", organisation_id="garden")
    for person_id, mandate_id in (("jan", "elsewhere"), ("roos", "given")):
        with pytest.raises(NotAdministrator):
            given.one_mandate(session, person_id, mandate_id, START)


def test_a_mandate_is_taken_back_once_and_the_person_is_told(
    session: Session, mandate_of_roos: Made
) -> None:
    mandate = mandate_of_roos()
    with writing(session):
        assert given.revoke(session, mandate, WANTED)
        assert not given.revoke(session, mandate, WANTED)
    row = session.get_one(Mandate, "given")
    assert (row.revoked_at, row.revoked_by) == (START, "jan")
    (event,) = audit.recent(session)
    assert (event.tag, event.person_id) == (EventTag.MANDATE_REVOKED, "jan")
    assert (event.service_uuid, event.organisation_id) == (UUID, "bakery")
    assert event.details == {"mandate": "given", "person": "roos"}
    (mail,) = waiting_in(session, make_sealer())
    assert (mail.recipient, mail.reference) == ("roos@x.example", event.reference)


@pytest.mark.parametrize(
    ("represented", "left"), [("90001201", []), ("90001639", ["login"])], ids=["there", "elsewhere"]
)
def test_what_a_mandate_gave_ends_when_it_is_taken_back(
    session: Session, mandate_of_roos: Made, represented: str, left: list[str]
) -> None:
    mandate = mandate_of_roos()
    login(session, "login", represented=represented)
    with writing(session):
        assert given.revoke(session, mandate, WANTED)
    assert standing(session) == left


def at(seconds: float, by: str = "jan") -> Revocation:
    """So much later than it was taken back."""
    now = START + timedelta(seconds=seconds)
    return replace(WANTED, actor=Actor.administrator(by), now=now)


@pytest.mark.parametrize(
    ("seconds", "by", "is_undone"),
    [(0, "jan", True), (30, "jan", True), (30.001, "jan", False), (1, "eva", False)],
    ids=["at once", "the last moment", "too late", "somebody else"],
)
def test_who_took_it_back_undoes_that_for_thirty_seconds(
    session: Session, mandate_of_roos: Made, seconds: float, by: str, is_undone: bool
) -> None:
    mandate = mandate_of_roos()
    with writing(session):
        given.revoke(session, mandate, WANTED)
    if is_undone:
        with writing(session):
            given.restore(session, mandate, at(seconds, by))
    else:
        with pytest.raises(TooLateToUndo), writing(session):
            given.restore(session, mandate, at(seconds, by))
    row = session.get_one(Mandate, "given", populate_existing=True)
    assert (row.revoked_at is None) is is_undone
    assert row.valid_until == START + YEAR
    tags = [event.tag for event in audit.recent(session)]
    assert (EventTag.MANDATE_RESTORED in tags) is is_undone


def test_what_stands_beside_it_goes_and_comes_with_it(
    session: Session, mandate_of_roos: Made
) -> None:
    """A document and an administrator gave the same; another branch and another level stay."""
    mandate = mandate_of_roos()
    mandate_of_roos("of a file", granted_by=None, valid_until=START + 2 * YEAR)
    mandate_of_roos("of a branch", branches=["000090012021"])
    mandate_of_roos("general", service_uuid=None)
    with writing(session):
        given.revoke(session, mandate, WANTED)
    assert _standing(session) == {"of a branch", "general"}
    with writing(session):
        given.restore(session, mandate, at(5))
    assert _standing(session) == {"given", "of a file", "of a branch", "general"}


def _standing(session: Session) -> set[str]:
    rows = session.query(Mandate).populate_existing().where(Mandate.revoked_at.is_(None))
    return {row.id for row in rows}
