"""An import from the file to the audit: read, try, do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from admin.imports import mandates, people
from admin.imports.columns import (
    EMAIL,
    MANDATES,
    NAME,
    PEOPLE,
    SERVICE,
    UNTIL,
    SheetRow,
    rows_of,
)
from admin.imports.drafts import ImportKind
from admin.imports.faults import RowFault
from admin.imports.mandates import MandatesPlan
from admin.imports.people import PeoplePlan
from admin.imports.reading import lines_of
from admin.mandates.giving import Circumstances
from state import audit
from state.audit import AuditEvent, EventTag

COLUMNS: Final = {ImportKind.PEOPLE: PEOPLE, ImportKind.MANDATES: MANDATES}
_NEEDED: Final = {ImportKind.PEOPLE: (NAME, EMAIL), ImportKind.MANDATES: (SERVICE, UNTIL)}


def read(kind: ImportKind, body: bytes) -> tuple[list[SheetRow], list[RowFault]]:
    """The rows of a file, and what of them cannot be read. Raises SheetRefused."""
    return rows_of(lines_of(body), COLUMNS[kind], _NEEDED[kind])


def try_out(
    session: Session,
    around: Circumstances,
    kind: ImportKind,
    rows: Sequence[SheetRow],
    unreadable: Sequence[RowFault] = (),
) -> PeoplePlan | MandatesPlan:
    """What it would change now; nothing is written."""
    if kind is ImportKind.PEOPLE:
        return people.plan(session, around, rows, unreadable)
    return mandates.plan(session, around, rows, unreadable)


def do(
    session: Session,
    around: Circumstances,
    kind: ImportKind,
    rows: Sequence[SheetRow],
    *,
    shown: str,
) -> int:
    """All of it, with the event of the audit; how many rows changed something. Raises
    NotAdministrator, LoginNotEnough, MandateRefused, PlanChanged, NothingToDo. The caller commits,
    or rolls back.
    """
    if kind is ImportKind.PEOPLE:
        number = len(people.do(session, around, rows, shown=shown))
    else:
        number = len(mandates.do(session, around, rows, shown=shown))
    kinds = {ImportKind.PEOPLE: "people", ImportKind.MANDATES: "mandates"}
    audit.record(
        session,
        AuditEvent(
            EventTag.IMPORT_MADE,
            around.now,
            person_id=around.actor.logged_in,
            organisation_id=around.organisation_id,
            details={"kind": kinds[kind], "rows": len(rows), "changed": number},
        ),
    )
    return number
