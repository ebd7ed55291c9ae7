"""Allocating clients to the people of an intermediary: all of them, or those that are named alone.
What that takes away ends at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import administrators, colleagues, decision_rules, ending
from admin.mandates.decision_rules import DeciderLogin
from admin.mandates.ending import EndedMandate
from admin.mandates.giving import NothingToDo
from broker.sso.logout import LogoutNotifier
from broker.texts import allocation_mails
from consent import allocations, chains
from consent.allocations import EVERY_CLIENT, Client, Clients
from consent.chains import ChainMandate
from consent.mandate_locks import hold
from directory.organisations import Organisation
from directory.people import Person
from providers.registry import ProviderRecord
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.trace import new_reference


@dataclass(frozen=True)
class Allocating:
    """At which intermediary, by whom, with which login and when; ``notifier``: for the portals
    that hear that what they hold has ended.
    """

    intermediary_id: str
    actor: Actor
    login: DeciderLogin
    makelaars: Mapping[str, ProviderRecord]
    notifier: LogoutNotifier
    now: datetime


class NoSuchColleague(Exception):
    """Nobody of this organisation has this id."""


class NoSuchClient(Exception):
    """This organisation lets the intermediary do nothing there."""


def allocate(
    session: Session, around: Allocating, person_id: str, clients: Clients | None
) -> Clients | None:
    """From now on this person acts for these clients, or for EVERY_CLIENT; what was before. Who is
    named may be a client of today alone. More than before takes a login of the last minutes. Raises
    NotAdministrator, NoSuchColleague, NoSuchClient, NothingToDo, LoginNotEnough. The caller
    commits, or rolls back.
    """
    by, now, here = around.actor.logged_in, around.now, around.intermediary_id
    hold(session, here)
    place = administrators.demand(session, by, here, now)
    person = colleagues.one(session, around.makelaars, here, person_id, now)
    if person is None:
        raise NoSuchColleague(person_id)
    standing = chains.of_intermediary(session, here, now)
    before = allocations.of_person(session, here, person_id)
    demand_clients(standing, set(clients or ()) - set(before or ()))
    if before == clients:
        raise NothingToDo
    if gives_more(before, clients):
        decision_rules.demand(decision_rules.lack_to_decide(around.login, now))
    allocations.put(session, here, person_id, clients, by=by, now=now)
    people = frozenset({person_id})
    lost = [
        EndedMandate(row.organisation_id, row.service_uuid, people)
        for row in standing
        if allocations.may_act(before, row.organisation_id, row.service_uuid)
        and not allocations.may_act(clients, row.organisation_id, row.service_uuid)
    ]
    ending.reach(session, around.notifier, lost)
    reference = new_reference()
    _note(session, around, person_id, clients, len(lost), reference)
    _tell(session, around, place, session.get_one(Person, person_id), clients, reference)
    return before


def gives_more(before: Clients | None, clients: Clients | None) -> bool:
    """Is any client named that was not before?"""
    if before is EVERY_CLIENT:
        return False
    return clients is EVERY_CLIENT or not clients <= before


def demand_clients(standing: Iterable[ChainMandate], named: Iterable[Client]) -> None:
    """Whoever is named lets the intermediary act there. Raises NoSuchClient."""
    rows = list(standing)
    for client in named:
        if not any(client.holds(row.organisation_id, row.service_uuid) for row in rows):
            raise NoSuchClient(client.organisation_id)


def _note(
    session: Session,
    around: Allocating,
    person_id: str,
    clients: Clients | None,
    lost: int,
    reference: str,
) -> None:
    number = None if clients is EVERY_CLIENT else len({one.organisation_id for one in clients})
    audit.record(
        session,
        AuditEvent(
            tag=EventTag.CLIENTS_ALLOCATED,
            at=around.now,
            reference=reference,
            person_id=around.actor.logged_in,
            organisation_id=around.intermediary_id,
            reason="every_client" if number is None else "named_clients",
            details={"person": person_id, "clients": number, "lost": lost},
        ),
    )


def _tell(
    session: Session,
    around: Allocating,
    place: Organisation,
    person: Person,
    clients: Clients | None,
    reference: str,
) -> None:
    if not person.email:
        return
    names = None
    if clients is not EVERY_CLIENT:
        ids = {one.organisation_id for one in clients}
        query = select(Organisation.name).where(Organisation.id.in_(ids))
        names = sorted(session.scalars(query))
    by = administrators.name_to_tell(session, place, around.actor.logged_in)
    mail = allocation_mails.allocated(
        person.email, person.locale, place.name, names, reference, by=by
    )
    outbox.enqueue(session, around.notifier.sealer, mail, around.now)
