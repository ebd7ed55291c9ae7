"""New browsers: whoever logged in where they never did before is told by mail, soon after, so that
nobody uses an account unseen.

The login itself only marks its row of the history; what it takes to tell costs the user nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy import select

from broker.process import Process
from broker.texts import notices
from broker.texts.outside_request import texts
from directory import history
from directory.history import HistoryEntry
from directory.people import Person
from providers.accounts import PROVIDER_ID
from state import outages
from state.db import writing
from state.outbox import Message, enqueue

BATCH: Final = 50  # in one transaction; logins wait for its writing
log = structlog.get_logger()


def tell_new_browsers(process: Process) -> bool:
    """Some, oldest first; True where more wait. What was not told comes again, and nothing is told
    twice. One that cannot be told holds up no other.
    """
    with process.sessions() as session:
        found = history.in_new_browsers(session, BATCH)
    if not found:
        return False
    try:
        _tell(process, found)
    except Exception as error:
        log.warning("new_browsers.one_by_one", error=outages.named(error))
        told = [_is_told(process, entry) for entry in found]
        return len(found) == BATCH and any(told)
    return len(found) == BATCH


def _is_told(process: Process, entry: HistoryEntry) -> bool:
    try:
        _tell(process, [entry])
    except Exception as error:
        reason = type(error).__name__
        log.warning("new_browsers.untold", reference=entry.reference, error=reason)
        return False
    return True


def _tell(process: Process, entries: Sequence[HistoryEntry]) -> None:
    ids = [entry.id for entry in entries]
    with process.sessions() as session:
        people = {entry.person_id for entry in entries}
        known = {
            one.id: one for one in session.scalars(select(Person).where(Person.id.in_(people)))
        }
        again = history.not_the_first(session, ids)
        # Before the transaction: nobody waits for the writing of a mail.
        with texts():
            mails = {
                entry.id: _mail(process, entry, known[entry.person_id])
                for entry in entries
                if entry.id in again and known[entry.person_id].email is not None
            }
        with writing(session):
            for taken in history.take_new_browsers(session, ids) & mails.keys():
                enqueue(session, process.sealer, mails[taken], process.clock())


def _mail(process: Process, entry: HistoryEntry, person: Person) -> Message:
    configuration = process.holder.current
    service = configuration.services.get(entry.service_uuid)
    makelaar = configuration.providers.get(entry.provider_id or "")
    site = process.settings.ui.name
    return notices.new_browser(
        process.settings.base_url,
        person,
        at=entry.at,
        service=service.name.in_(person.locale) if service else site,
        way=site if makelaar is None or entry.provider_id == PROVIDER_ID else makelaar.name,
        reference=entry.reference,
    )
