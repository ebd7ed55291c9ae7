"""New browsers: whoever logged in where they never did before is told by mail, soon after, so that
nobody uses an account unseen.

The login itself only marks its row of the history; what it takes to tell costs the user nothing.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from broker.process import Process
from broker.texts import notices
from broker.texts.outside_request import texts
from directory import history
from directory.history import HistoryEntry
from directory.people import Person
from providers.accounts import PROVIDER_ID
from state.db import writing
from state.outbox import enqueue


def tell_new_browsers(process: Process) -> None:
    """One transaction each: what was not told comes again, and nothing is told twice."""
    with process.sessions() as session:
        found = history.in_new_browsers(session)
    for entry in found:
        with process.sessions() as session, writing(session):
            if history.take_new_browser(session, entry.id):
                _tell(process, session, entry)


def _tell(process: Process, session: Session, entry: HistoryEntry) -> None:
    person = session.get_one(Person, entry.person_id)
    if person.email is None or not history.succeeded_before(session, person.id, entry.at):
        return
    configuration = process.holder.current
    service = configuration.services.get(entry.service_uuid)
    makelaar = configuration.providers.get(entry.provider_id or "")
    site = process.settings.ui.name
    with texts():
        message = notices.new_browser(
            process.settings.base_url,
            person,
            at=entry.at,
            service=service.name.in_(person.locale) if service else site,
            way=site if makelaar is None or entry.provider_id == PROVIDER_ID else makelaar.name,
            reference=entry.reference,
        )
    enqueue(session, process.sealer, message, process.clock())
