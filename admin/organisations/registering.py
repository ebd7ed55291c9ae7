"""An organisation that nobody registered yet, from the trade register: it gets a name and a number
here, and nobody any right.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.organisations.records import NotInRegister, Working, take
from admin.trade_register import lookup
from admin.trade_register.entries import RegisterEntry, RegisterTrouble
from directory import dates
from directory.organisation_records import RecordSource
from directory.organisations import Organisation
from state.locks import Held, one_at_a_time


def known(session: Session, kvk: str) -> Organisation | None:
    """The one with this number, as it is registered here; also one that was suspended."""
    return session.scalars(select(Organisation).where(Organisation.kvk == kvk)).first()


def entry_of(session: Session, within: Working, kvk: str) -> RegisterEntry:
    """What the trade register says of a number that nobody has here. Raises NotInRegister where it
    knows none that exists today, or no register is chosen; RegisterTrouble where it cannot be
    asked.
    """
    try:
        found = lookup.look_up(session, within, kvk)
    except RegisterTrouble as trouble:
        if trouble.reason == "none":
            raise NotInRegister(kvk) from None
        raise
    entry, today = found.entry, dates.day_of(within.clock())
    if found.moved_to is not None or entry is None:
        raise NotInRegister(kvk)
    if entry.kvk != kvk or (entry.ended is not None and entry.ended <= today):
        raise NotInRegister(kvk)
    return entry


def register(session: Session, within: Working, entry: RegisterEntry, *, actor: Actor) -> str:
    """The id of the organisation of this entry, registered where it was not, with the transaction
    of the caller.
    """
    one_at_a_time(session, Held.REGISTER, entry.kvk)
    found = known(session, entry.kvk)
    if found is None:
        found = Organisation(kvk=entry.kvk, name=entry.name)
        session.add(found)
        session.flush()
        source = RecordSource(within.settings.trade_register.adapter)
        take(session, found, entry, source, actor=actor, now=within.clock())
    return found.id
