"""A letter makes a factor count that somebody added alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE
from admin.factors import letters
from admin.factors.letters import AddressRefused, LetterSent, NoFactorWaits, SeveralWait
from assurance.factors import BoundBy, FactorKind
from assurance.second_factor import bind_totp
from directory.people import NoSuchPerson, Person
from state import audit
from state.audit import EventTag
from state.db import writing
from state.outbox_queries import listed
from tests.clocks import START
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer


def send(
    session: Session,
    person_id: str,
    address: str = "R. Willems, Kade 1",
    factor_id: str | None = None,
) -> LetterSent:
    with writing(session):
        return letters.send(
            session,
            make_sealer(),
            "https://sluis.example",
            person_id,
            address,
            factor_id,
            actor=COMMAND_LINE,
            now=START,
        )


def bind(
    session: Session, person: Person, by: BoundBy, label: str = "", now: datetime = START
) -> str:
    with writing(session):
        made = bind_totp(
            session,
            make_sealer(),
            person_id=person.id,
            seed="JBSWY3DPEHPK3PXP",
            label=label,
            now=now,
            bound_by=by,
        )
        session.flush()
        return made.id


def test_a_letter_waits_in_the_outbox_and_is_audited(session: Session, roos: Person) -> None:
    factor_id = bind(session, roos, BoundBy.SELF)
    sent = send(session, roos.id)
    assert (sent.factor.id, sent.factor.kind, sent.days) == (factor_id, FactorKind.TOTP, 30)
    assert [message.channel for message in listed(session)] == ["letter"]
    (event,) = audit.recent(session, tags=[EventTag.FACTOR_LETTER_SENT])
    assert (event.person_id, event.details) == (
        roos.id,
        {"kind": "totp", "factor": factor_id},
    )


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


def test_F_13_of_several_that_wait_the_letter_is_for_the_one_that_is_named(
    session: Session, roos: Person
) -> None:
    """Somebody with a stolen password added one beside that of the owner."""
    own = bind(session, roos, BoundBy.SELF, "Mijn telefoon")
    other = bind(session, roos, BoundBy.SELF, "Mijn telefoon", START + timedelta(days=1))
    bind(session, roos, BoundBy.ADMINISTRATOR)
    with pytest.raises(SeveralWait) as several:
        send(session, roos.id)
    assert [one.id for one in several.value.waiting] == [own, other]
    assert listed(session) == []
    assert send(session, roos.id, factor_id=own).factor.id == own
    with pytest.raises(NoFactorWaits):
        send(session, roos.id, factor_id="of somebody else")


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("nl", ("Soort: App met codes", "Naam: “Mijn telefoon”", "29 november 2026")),
        ("en", ("Kind: App with codes", "Name: “Mijn telefoon”", "29 November 2026")),
    ],
)
def test_the_letter_says_which_factor_it_is_for(
    session: Session, roos: Person, locale: str, words: tuple[str, ...]
) -> None:
    """Late in the evening it is the next day in the Netherlands."""
    with writing(session):
        session.get_one(Person, roos.id).locale = locale
    late = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
    bind(session, roos, BoundBy.SELF, "Mijn\n telefoon\u202e", late)
    send(session, roos.id)
    (letter,) = waiting_in(session, make_sealer())
    for word in words:
        assert word in letter.text, letter.text
