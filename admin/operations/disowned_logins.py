"""Logins of which their person said that it was somebody else: operators are told by mail, soon
after. The person's own request only marks the row; whoever is told is looked up here.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from admin.operators.addresses import addresses
from admin.operators.roles import OperatorRole
from broker.process import Process
from broker.texts import disowned_mails
from broker.texts.disowned_mails import DisownedLogin
from broker.texts.outside_request import texts
from directory import history
from directory.consoles import CONSOLES
from directory.history import HistoryEntry
from state.db import writing
from state.outbox import enqueue


def tell_disowned(process: Process) -> None:
    """One transaction each: what was not told comes again, and nothing is told twice."""
    with process.sessions() as session:
        found = history.disowned_untold(session)
    for entry in found:
        with process.sessions() as session, writing(session):
            if history.take_disowned(session, entry.id):
                _tell(process, session, entry)


def _tell(process: Process, session: Session, entry: HistoryEntry) -> None:
    """The help desk, and who set the makelaars up."""
    now = process.clock()
    people = [
        *addresses(session, OperatorRole.HELPDESK, now),
        *addresses(session, OperatorRole.CONFIGURATOR, now),
    ]
    with texts():
        for to in dict.fromkeys(people):
            login = _login(process, entry, to.locale)
            message = disowned_mails.to_operator(
                to.email, to.locale, process.settings.base_url, login
            )
            enqueue(session, process.sealer, message, now)


def _login(process: Process, entry: HistoryEntry, locale: str) -> DisownedLogin:
    known = process.holder.current
    consoles = {console.service.uuid: console.service for console in CONSOLES}
    service = known.services.get(entry.service_uuid) or consoles.get(entry.service_uuid)
    makelaar = known.providers.get(entry.provider_id or "")
    site = process.settings.ui.name
    return DisownedLogin(
        entry.at,
        service.name.in_(locale) if service else entry.service_uuid,
        makelaar.name if makelaar else entry.provider_id or site,
        entry.reference,
    )
