"""Export: what documents gave, as the YAML that apply reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.registrations import row_export
from admin.registrations.row_export import Exported
from keys.sealing import Sealer
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.registrations import all_registrations


def export(
    session: Session,
    sealer: Sealer,
    kinds: Collection[str] = (),
    *,
    actor: Actor,
    now: datetime,
) -> str:
    """One YAML document each, of these kinds or of all; beside it, as a comment, what stands and is
    in no document. People in it make it an export for the audit.
    """
    found = [*_registrations(session), *row_export.documents(session, sealer, now)]
    wanted = [each for each in found if not kinds or each.document["kind"] in kinds]
    if not wanted:
        return "# Nothing is registered.\n"
    if any(each.person is not None for each in wanted):
        with writing(session):
            event = AuditEvent(
                EventTag.EXPORT_MADE,
                now,
                person_id=actor.person_id,
                details={"kind": "registrations", "documents": len(wanted)},
            )
            audit.record(session, event)
    return "---\n".join(_written(each) for each in wanted)


def _registrations(session: Session) -> Iterator[Exported]:
    for row in all_registrations(session):
        # A makelaar's own ``kind`` (its protocol) follows from its section when it is read again.
        document: dict[str, Any] = {**row.document, "kind": str(row.kind)}
        yield Exported({"kind": document["kind"], **document})


def _written(each: Exported) -> str:
    beside = "".join(f"# stays, in no document: {one}\n" for one in each.stays)
    return beside + yaml.safe_dump(each.document, sort_keys=False, allow_unicode=True)
