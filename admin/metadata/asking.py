"""Somebody wants to know now what the addresses of metadata say."""

from __future__ import annotations

from collections.abc import Collection

from admin.actor import Actor
from admin.metadata import parties, refreshing
from admin.metadata.looks import Look
from admin.metadata.refreshing import Which
from broker.process import Process
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.registrations import Kind


def look_now(process: Process, which: Collection[Which], *, actor: Actor) -> list[Look]:
    """Look at the addresses of these, due or not, and do with what they say what the worker would.
    That it was asked is in the audit before anything leaves; what came of it, as ever.
    """
    now = process.clock()
    with process.sessions() as session, writing(session):
        parties.settle(session, now)
        for kind, name in which:
            event = AuditEvent(
                EventTag.METADATA_LOOK_ASKED,
                now,
                person_id=actor.person_id,
                client_id=name if kind is Kind.CLIENT else None,
                provider_id=name if kind is Kind.IDENTITY_PROVIDER else None,
                details={"by": str(actor.kind), "kind": str(kind), "name": name},
            )
            audit.record(session, event)
    return refreshing.refresh(process, which)
