"""Withdrawals: a registration leaves, and what was given because of it ends in the same
transaction. Its row stays, so that history keeps its name.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.registrations.dependents import Dependent
from admin.registrations.kinds import REGISTERED
from broker.sso.logout import LogoutNotifier
from keys.sealing import Sealer
from state import audit, party_metadata, registrations
from state.audit import AuditEvent, EventTag
from state.registrations import Kind


def dependents(
    session: Session, sealer: Sealer, kind: Kind, name: str, now: datetime
) -> tuple[Dependent, ...]:
    """What people would miss if this registration left now; nothing for what is only told."""
    found = REGISTERED[kind].counts(session, sealer, name, now)
    return tuple(one for one in found if one.number)


def withdraw(
    session: Session, notifier: LogoutNotifier, kind: Kind, name: str, *, actor: Actor
) -> bool:
    """Withdraw with the transaction of the caller: tokens and consents of a portal or service end
    and open requests are closed; so do sessions that began at a makelaar, which portals are told.
    False when it did not stand.
    """
    if not registrations.withdraw(session, kind, name, notifier.now):
        return False
    party_metadata.forget(session, kind, name)
    withdrawal = REGISTERED[kind]
    ended = withdrawal.ends(session, notifier, name)
    audit.record(
        session,
        AuditEvent(
            EventTag.REGISTRATION_REMOVED,
            notifier.now,
            person_id=actor.person_id,
            outcome="removed",
            service_uuid=name if withdrawal.field == "service_uuid" else None,
            client_id=name if withdrawal.field == "client_id" else None,
            provider_id=name if withdrawal.field == "provider_id" else None,
            details={"kind": str(kind), "name": name, **ended},
        ),
    )
    return True
