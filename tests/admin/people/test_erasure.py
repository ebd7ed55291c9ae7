"""Somebody is forgotten: nothing leads to a human any more, and the audit tells who did it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.operators import roles
from admin.operators.roles import OperatorRole
from admin.people.erasure import Forgotten, StillOperator, forget
from assurance import session_names
from assurance.identity_documents import (
    DocumentSide,
    IdentityDocumentFile,
    IdentityDocumentKind,
)
from assurance.levels import AssuranceLevel
from assurance.session_names import SessionName, SessionNameRow
from broker.sso.grants import Grant
from directory.organisations import Organisation
from directory.people import NoSuchPerson, Person
from keys.person_key import PersonKey, PersonKeys
from providers import browser_counts
from providers.accounts import Account
from providers.browser_counts import AccountBrowser
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from tests.clocks import START
from tests.keys_for_tests import make_keyring, make_sealer


def forgotten(session: Session, person_id: str) -> Forgotten:
    actor = Actor.operator("robin")
    with writing(session):
        return forget(session, make_sealer(), make_keyring(), person_id, actor=actor, now=START)


def test_the_name_goes_from_the_register_and_from_the_audit(session: Session, roos: Person) -> None:
    with writing(session):
        event = AuditEvent(EventTag.CONSENT_GIVEN, START, person_id=roos.id)
        audit.record(session, event)
    assert forgotten(session, roos.id) == Forgotten(events=1)
    session.expire_all()
    row = session.get_one(Person, roos.id)
    assert (row.display_name, row.email, row.blocked_at) == ("", None, START)
    (given,) = audit.recent(session, tags=[EventTag.CONSENT_GIVEN])
    (done,) = audit.recent(session, tags=[EventTag.PERSON_FORGOTTEN])
    assert (given.person_id, done.person_id) == (None, "robin")


def test_nobody_and_operators_are_not_forgotten(session: Session, roos: Person) -> None:
    with pytest.raises(NoSuchPerson):
        forgotten(session, "nobody")
    with writing(session):
        roles.assign(session, roos.id, {OperatorRole.VIEWER}, START)
    with pytest.raises(StillOperator):
        forgotten(session, roos.id)


def test_accounts_go_with_what_was_counted_in_their_browsers(
    session: Session, roos: Person
) -> None:
    with writing(session):
        account = Account(
            person_id=roos.id, user_name="roos", level=AssuranceLevel.EH3, created_at=START
        )
        session.add(account)
        session.flush()
        browser_counts.count(session, account.id, "a" * 16, START)
    forgotten(session, roos.id)
    for model in (Account, AccountBrowser):
        assert session.scalars(select(model)).all() == []


def test_what_portals_and_makelaars_call_somebody_goes_and_that_of_others_stays(
    session: Session, roos: Person
) -> None:
    sealer = make_sealer()
    with writing(session):
        for identifier, person in (("a" * 26, roos.id), ("b" * 26, "mo")):
            if person == "mo":
                session.add(Person(id="mo", display_name="Mo", created_at=START))
                session.flush()
            session.add(
                Grant(
                    id=identifier,
                    client_id="waterkaart",
                    person_id=person,
                    service_uuid="s",
                    created_at=START,
                    expires_at=START + timedelta(hours=1),
                )
            )
            session_names.keep(
                session,
                sealer,
                [SessionName(person)],
                holder=identifier,
                party="portal:waterkaart",
                until=START + timedelta(hours=1),
            )
    forgotten(session, roos.id)
    assert [one.holder for one in session.scalars(select(SessionNameRow))] == ["b" * 26]


def test_scans_of_identity_documents_go_with_their_key(session: Session, roos: Person) -> None:
    """Those of the person, and those that the person brought for others and never sent."""
    sealer = make_sealer()
    with writing(session):
        session.add(Organisation(id="bakery", kvk="90001201", name="De Korenmolen"))
        session.add(Person(id="piet", display_name="Piet", created_at=START))
        session.flush()
        keys = PersonKeys(session, sealer)
        for number, (whose, by) in enumerate(
            ((roos.id, "piet"), ("nobody-yet", roos.id), ("piet", "piet"))
        ):
            row = IdentityDocumentFile(
                id=f"scan{number}",
                person_id=whose,
                organisation_id="bakery",
                brought_by=by,
                brought_at=START,
                draft_id=f"draft{number}",
                kind=IdentityDocumentKind.PASSPORT,
                side=DocumentSide.WHOLE,
                expires_on=START.date(),
                media_type="application/pdf",
                size=4,
                scanner="clamd",
            )
            row.content = keys.seal_content(whose, b"scan", row.context, 0, START)
            session.add(row)
    forgotten(session, roos.id)
    assert session.scalars(select(IdentityDocumentFile.id)).all() == ["scan2"]
    assert session.get(PersonKey, roos.id) is None
