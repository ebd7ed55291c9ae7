"""What remains of an answer to a document: who can prove what afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assurance.accepted_factor import AcceptedFactor
from assurance.levels import AssuranceLevel
from broker.journey import document_receipt
from consent.authority import Authority, AuthorityKind, Party, PartyIdType
from consent.documents import Amount, Answer, AskedDocument
from directory import people
from state import audit
from state.db import writing
from state.outbox import Message
from tests.broker.facts import (
    IDENTITY,
    a_configuration,
    a_context,
    a_login,
    a_makelaar,
    a_page,
    a_runtime,
    asking,
)
from tests.clocks import START
from tests.deliveries import waiting_in

DOCUMENT = AskedDocument(
    "Opdracht 12",
    "Tekst",
    "https://portaal.example/a",
    "4f2a" * 16,
    "text/plain",
    9,
    amount=Amount("1284.50", "EUR"),
)
ANSWER = Answer(DOCUMENT.shown, True, "Graag voor mei", False, START)
BAKERY = Authority(
    Party(PartyIdType.KVK, "90001201", "De Korenmolen"),
    AuthorityKind.DIRECT,
    AssuranceLevel.EH3,
    "urn:x",
)


def kept(session: Session, **changes: Any) -> None:
    """What the end of a login with this document writes."""
    rt = a_runtime(session, a_configuration(makelaars=[a_makelaar()]))
    known = people.find_or_create(
        session,
        rt.sealer,
        provider_id=IDENTITY.provider_id,
        subject=IDENTITY.subject,
        display_name="Roos Willems",
        email=changes.pop("email", "roos@x.example"),
        now=START,
    )
    facts: dict[str, Any] = {
        "request": asking(document=DOCUMENT),
        "identity": IDENTITY,
        "provider_id": IDENTITY.provider_id,
        "person_id": known.person_id,
        "answer": ANSWER,
    }
    login = a_login(**{**facts, **changes})
    with a_page(), writing(session) as sql:
        document_receipt.keep(sql, rt, login, a_context(rt, login))


def the_receipt(session: Session) -> Message:
    (message,) = waiting_in(session, a_runtime().sealer)
    return message


@pytest.mark.parametrize("missing", [{"request": asking()}, {"answer": None}])
def test_where_nothing_was_answered_nothing_is_kept(
    session: Session, missing: dict[str, Any]
) -> None:
    kept(session, **missing)
    assert audit.recent(session) == [] and waiting_in(session, a_runtime().sealer) == []


@pytest.mark.parametrize(
    ("changes", "outcome", "details"),
    [
        ({}, "agreed", {"confirmed_with": "makelaar", "deposit": False}),
        (
            {"answer": replace(ANSWER, agrees=False)},
            "declined",
            {"confirmed_with": "makelaar", "deposit": False},
        ),
        (
            {
                "answer": replace(ANSWER, deposit=True),
                "confirmed": AcceptedFactor("f", "sms", START),
            },
            "agreed",
            {"confirmed_with": "sms", "deposit": True},
        ),
    ],
)
def test_the_audit_keeps_what_was_answered_to_which_file_and_how_it_was_confirmed(
    session: Session, changes: dict[str, Any], outcome: str, details: dict[str, object]
) -> None:
    kept(session, **changes)
    (event,) = audit.recent(session)
    assert (event.tag, event.outcome) == (audit.EventTag.DOCUMENT_ANSWERED, outcome)
    assert event.details == {"digest": DOCUMENT.digest, **details}


def test_the_receipt_tells_what_was_answered_for_whom_and_when(session: Session) -> None:
    kept(session, authority=BAKERY)
    receipt = the_receipt(session)
    assert receipt.recipient == "roos@x.example"
    lines = receipt.text.splitlines()
    assert lines[0] == "U ging akkoord."
    assert "Document: Opdracht 12" in lines and "Bedrag: €\xa01.284,50" in lines
    assert "Namens: De Korenmolen" in lines and "Voor: Vergunningen, Portaal" in lines
    assert "Wanneer: 2 november 2026, 10.00 uur" in lines  # as the clock in the Netherlands says
    assert "Website: https://portaal.example/" in lines
    assert "Opmerking: Graag voor mei" in lines
    assert f"Controlegetal: {DOCUMENT.control}" in lines
    assert "Code voor de helpdesk: ABCD-1234" in lines


def test_a_receipt_leaves_out_what_there_is_not(session: Session) -> None:
    answer = replace(ANSWER, agrees=False, remark="")
    kept(session, answer=answer, request=asking(document=replace(DOCUMENT, amount=None)))
    text = the_receipt(session).text
    assert text.startswith("U ging niet akkoord.")
    assert not any(word in text for word in ("Bedrag", "Namens", "Opmerking", "None"))


def test_an_organisation_without_a_name_stands_there_by_its_number(session: Session) -> None:
    kept(session, authority=replace(BAKERY, represented=Party(PartyIdType.KVK, "90001201")))
    assert "Namens: 90001201" in the_receipt(session).text


def test_who_has_no_address_gets_no_receipt_and_the_audit_knows_it_all_the_same(
    session: Session,
) -> None:
    kept(session, email=None)
    assert waiting_in(session, a_runtime().sealer) == []
    assert len(audit.recent(session)) == 1


def test_a_receipt_for_a_branch_says_which(session: Session) -> None:
    kept(session, authority=replace(BAKERY, branches=("000090012021",)))
    assert "Namens: De Korenmolen, vestiging 0000 9001 2021" in the_receipt(session).text
