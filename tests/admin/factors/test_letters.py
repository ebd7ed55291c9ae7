"""A letter makes a factor count that somebody added alone."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE
from admin.factors import letters
from admin.factors.letters import AddressRefused, LetterSent, NoFactorWaits
from assurance.means import BoundBy, FactorKind
from assurance.second_factor import bind_totp
from directory.people import NoSuchPerson, Person
from state import audit
from state.audit import EventTag
from state.db import writing
from state.outbox_queries import listed
from tests.clocks import START
from tests.keys_for_tests import make_sealer


def send(session: Session, person_id: str, address: str = "R. Willems, Kade 1") -> LetterSent:
    with writing(session):
        return letters.send(
            session,
            make_sealer(),
            "https://sluis.example",
            person_id,
            address,
            actor=COMMAND_LINE,
            now=START,
        )


def bind(session: Session, person: Person, by: BoundBy) -> None:
    with writing(session):
        bind_totp(
            session,
            make_sealer(),
            person_id=person.id,
            seed="JBSWY3DPEHPK3PXP",
            label="",
            now=START,
            bound_by=by,
        )


def test_a_letter_waits_in_the_outbox_and_is_audited(session: Session, roos: Person) -> None:
    bind(session, roos, BoundBy.SELF)
    assert send(session, roos.id) == LetterSent(FactorKind.TOTP, 30)
    assert [message.channel for message in listed(session)] == ["letter"]
    (event,) = audit.recent(session, tags=[EventTag.FACTOR_LETTER_SENT])
    assert (event.person_id, event.details) == (roos.id, {"kind": "totp"})


def test_nothing_is_sent_where_nothing_waits_or_the_address_is_none(
    session: Session, roos: Person
) -> None:
    with pytest.raises(NoFactorWaits):
        send(session, roos.id)
    bind(session, roos, BoundBy.ADMINISTRATOR)
    with pytest.raises(NoFactorWaits):  # it counts already
        send(session, roos.id)
    for address in (" ", "two\nlines"):
        with pytest.raises(AddressRefused):
            send(session, roos.id, address)
    with pytest.raises(NoSuchPerson):
        send(session, "nobody")
    assert listed(session) == []
