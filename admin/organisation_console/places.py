"""In which of the own companies somebody is at work: chosen once, kept with the session, and where
a next session begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from admin.mandates.companies import Company
from broker.console.sessions import ConsoleSession
from directory.consoles import BEHEER
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.ephemeral import Get, Put

REMEMBERED_SECONDS: Final = 30 * 24 * 3600


def current(session: ConsoleSession, own: Sequence[Company]) -> Company:
    """The company of this session: the one that was chosen, the last one of an earlier session, or
    the first that the person administers. It stays the same until another is chosen, here.
    """
    by_id = {one.id: one for one in own}
    here, last = session.rt.store.batch(
        [Get(_of_session(session.grant_id)), Get(_of_person(session.person.id))]
    )
    for kept in (here, last):
        company = by_id.get(kept.decode()) if isinstance(kept, bytes) else None
        if company is not None:
            break
    else:
        company = next((one for one in own if one.is_administered), own[0])
    if not isinstance(here, bytes) or here.decode() != company.id:
        _keep(session, company)
    return company


def switch(session: ConsoleSession, before: Company, company: Company) -> None:
    """Go to another of the own companies; audited."""
    with writing(session.rt.session) as sql:
        audit.record(
            sql,
            AuditEvent(
                EventTag.PARTY_SWITCHED,
                session.now,
                person_id=session.person.id,
                client_id=BEHEER.client_id,
                organisation_id=company.id,
                details={"from": before.id},
            ),
        )
    _keep(session, company)


def _keep(session: ConsoleSession, company: Company) -> None:
    hours = session.rt.settings.login.session_hours
    value = company.id.encode()
    session.rt.store.batch(
        [
            Put(_of_session(session.grant_id), value, hours * 3600),
            Put(_of_person(session.person.id), value, REMEMBERED_SECONDS),
        ]
    )


def _of_session(grant_id: str) -> str:
    return f"console-company:{grant_id}"


def _of_person(person_id: str) -> str:
    return f"console-company-last:{person_id}"
