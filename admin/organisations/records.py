"""Facts of an organisation: taken from the trade register, or entered and confirmed by an operator.

Name, address and branches follow the register; an RSIN is filled in where there was none and never
changed by it. An organisation that left the register is suspended until the register says
otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin.actor import WORKER, Actor
from admin.trade_register import lookup
from admin.trade_register.entries import ABOUT_ONE, RegisterEntry, RegisterTrouble, is_rsin
from admin.trade_register.lookup import HasRegister
from broker.texts.quoting import one_line
from directory import dates, organisation_records
from directory.organisation_records import OrganisationRecord, RecordSource
from directory.organisations import Establishment, Organisation
from state import audit
from state.audit import AuditEvent, EventTag
from state.clock import Clock
from state.db import writing

MOST_AT_ONCE: Final = 20  # in one run of the worker
_OLDEST: Final = date(1901, 1, 1)
log = structlog.get_logger()


class NoSuchOrganisation(Exception):
    """No organisation is registered under this number."""


class NotInRegister(Exception):
    """The register does not know this number."""


class FactsRefused(Exception):
    """What an operator entered cannot be kept; ``fields``: which."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


@dataclass(frozen=True)
class Taken:
    """What an answer changed. ``fields``: their names; ``unknown``: branches that stand here and
    not in the register, which nothing here ends; ``is_ended``: the organisation left the register.
    """

    fields: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    is_ended: bool = False


@dataclass(frozen=True)
class ConfirmedFacts:
    """As an operator enters them; empty: not known."""

    name: str
    address: str = ""
    rsin: str = ""
    telephone: str = ""


class Working(HasRegister, Protocol):
    """A process, or the runtime of a view."""

    @property
    def clock(self) -> Clock: ...


HasSessions = Callable[[], AbstractContextManager[Session]]


def organisation_at(session: Session, kvk: str, *, held: bool = False) -> Organisation:
    """The one with this number. Raises NoSuchOrganisation."""
    query = select(Organisation).where(Organisation.kvk == kvk)
    if held:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).first()
    if found is None:
        raise NoSuchOrganisation(kvk)
    return found


def refresh(session: Session, within: Working, kvk: str, *, actor: Actor) -> Taken:
    """Ask the register and take what it says, in a transaction of its own. Raises
    NoSuchOrganisation, NotInRegister, RegisterTrouble.
    """
    organisation_at(session, kvk)
    found = lookup.look_up(session, within, kvk)
    if found.entry is None:
        raise NotInRegister(kvk)
    with writing(session):
        organisation = organisation_at(session, kvk, held=True)
        source = RecordSource(within.settings.trade_register.adapter)
        return take(session, organisation, found.entry, source, actor=actor, now=within.clock())


def take(
    session: Session,
    organisation: Organisation,
    entry: RegisterEntry,
    source: RecordSource,
    *,
    actor: Actor,
    now: datetime,
) -> Taken:
    """What the register says becomes what is known here; with the transaction of the caller."""
    record, changed = _record(session, organisation, source, now), []
    if organisation.name != entry.name:
        organisation.name = entry.name
        changed.append("name")
    if organisation.rsin is None and entry.rsin is not None and is_rsin(entry.rsin):
        organisation.rsin = entry.rsin
        changed.append("rsin")
    if record.address != entry.address:
        record.address = entry.address
        changed.append("address")
    if _take_branches(session, organisation, entry):
        changed.append("branches")
    is_ended = entry.ended is not None and entry.ended <= dates.day_of(now)
    if _take_end(organisation, record, entry, is_ended=is_ended):
        changed.append("ended")
    record.confirmed_by = None
    session.flush()
    if changed:
        _note(session, organisation, source, changed, actor, now)
    unknown = _unknown(session, organisation, entry)
    return Taken(tuple(changed), unknown, is_ended)


def confirm(
    session: Session, kvk: str, facts: ConfirmedFacts, *, actor: Actor, now: datetime
) -> Taken:
    """What an operator saw with own eyes. Raises NoSuchOrganisation, FactsRefused. The caller
    commits.
    """
    name, address = one_line(facts.name), one_line(facts.address) or None
    telephone, rsin = one_line(facts.telephone) or None, "".join(facts.rsin.split()) or None
    wrong = [
        field
        for field, is_wrong in (
            ("name", not name),
            ("rsin", rsin is not None and not is_rsin(rsin)),
            ("telephone", telephone is not None and len(telephone) > 20),
        )
        if is_wrong
    ]
    if wrong:
        raise FactsRefused(tuple(wrong))
    organisation = organisation_at(session, kvk, held=True)
    record = _record(session, organisation, RecordSource.OPERATOR, now)
    pairs = (
        (organisation, "name", name),
        (organisation, "rsin", rsin),
        (record, "address", address),
        (record, "telephone", telephone),
    )
    changed = [field for row, field, value in pairs if getattr(row, field) != value]
    for row, field, value in pairs:
        setattr(row, field, value)
    record.confirmed_by = actor.person_id
    session.flush()
    _note(session, organisation, RecordSource.OPERATOR, changed, actor, now)
    return Taken(tuple(changed))


def refresh_due(within: Working, sessions: HasSessions) -> int:
    """The organisations whose facts are oldest, a few at a time; of how many. Trouble with one
    keeps no other waiting, and with the register itself ends the run.
    """
    chosen, now = within.settings.trade_register, within.clock()
    if chosen.adapter == "none":
        return 0
    before = now - timedelta(days=chosen.refresh_days)
    with sessions() as session:
        query = (
            select(Organisation.kvk)
            .outerjoin(OrganisationRecord)
            .where(
                or_(
                    OrganisationRecord.organisation_id.is_(None),
                    OrganisationRecord.looked_at < before,
                )
            )
            .order_by(OrganisationRecord.looked_at.nulls_first(), Organisation.kvk)
            .limit(MOST_AT_ONCE)
        )
        due = session.scalars(query).all()
    for number, kvk in enumerate(due):
        with sessions() as session:
            try:
                refresh(session, within, kvk, actor=WORKER)
            except NoSuchOrganisation:
                continue
            except NotInRegister:
                _looked(session, within, kvk)
            except RegisterTrouble as trouble:
                log.warning("register.not_asked", reason=trouble.reason)
                if trouble.reason not in ABOUT_ONE:
                    return number
                _looked(session, within, kvk)
    return len(due)


def _looked(session: Session, within: Working, kvk: str) -> None:
    """It says nothing of this one that can be used: others come first the next time."""
    with writing(session):
        organisation = organisation_at(session, kvk, held=True)
        source = RecordSource(within.settings.trade_register.adapter)
        _record(session, organisation, source, within.clock())


def _record(
    session: Session, organisation: Organisation, source: RecordSource, now: datetime
) -> OrganisationRecord:
    record = organisation_records.record_of(session, organisation.id)
    if record is None:
        record = OrganisationRecord(organisation_id=organisation.id)
        session.add(record)
    record.source, record.looked_at = source, now
    return record


def _take_branches(session: Session, organisation: Organisation, entry: RegisterEntry) -> bool:
    """Adds what is new and brings names and addresses up to date. A branch of another organisation
    stays there, and one that ended here stays ended: somebody decided that.
    """
    changed = False
    for branch in entry.branches:
        known = session.get(Establishment, branch.number, populate_existing=True)
        if known is None:
            known = Establishment(number=branch.number, organisation_id=organisation.id, name="")
            session.add(known)
        elif known.organisation_id != organisation.id:
            continue
        address = branch.address or known.address
        changed |= (known.name, known.address) != (branch.name, address)
        known.name, known.address = branch.name, address
    return changed


def _take_end(
    organisation: Organisation,
    record: OrganisationRecord,
    entry: RegisterEntry,
    *,
    is_ended: bool,
) -> bool:
    """An organisation that the register ended is suspended from that day on, which tells it from
    one that somebody here ended, or that went up in another: of those no register has a say.
    """
    was, is_theirs = record.ended, is_of_the_register(organisation, record)
    record.ended = entry.ended
    if is_theirs:
        organisation.suspended_at = None  # the register takes its own word back
    if entry.ended is not None and is_ended and organisation.suspended_at is None:
        organisation.suspended_at = _since(entry.ended)
    return was != entry.ended


def is_of_the_register(organisation: Organisation, record: OrganisationRecord) -> bool:
    """Did the register suspend it, and nobody here?"""
    return record.ended is not None and organisation.suspended_at == _since(record.ended)


def _since(ended: date) -> datetime:
    return dates.start_of(max(ended, _OLDEST))


def _unknown(session: Session, organisation: Organisation, entry: RegisterEntry) -> tuple[str, ...]:
    query = select(Establishment.number).where(
        Establishment.organisation_id == organisation.id, Establishment.ended_at.is_(None)
    )
    said = {branch.number for branch in entry.branches}
    return tuple(sorted(number for number in session.scalars(query) if number not in said))


def _note(
    session: Session,
    organisation: Organisation,
    source: RecordSource,
    changed: list[str],
    actor: Actor,
    now: datetime,
) -> None:
    audit.record(
        session,
        AuditEvent(
            EventTag.ORGANISATION_CHANGED,
            now,
            person_id=actor.person_id,
            organisation_id=organisation.id,
            reason=str(source),
            details={"fields": " ".join(changed)},
        ),
    )
