"""Documents that are kept whole, as registrations: written, and exported as apply reads them."""

from __future__ import annotations

from pydantic import BaseModel

from admin.registrations.applier import Applier, Write
from admin.registrations.differences import Difference, DocumentOutcome, between
from admin.registrations.documents import Entry
from state import registrations
from state.registrations import Kind


def writer(kind: Kind) -> Write:
    """Writes documents of one kind by their names."""

    def write(applier: Applier, entry: Entry) -> DocumentOutcome:
        model, name = entry.model, entry.model.key
        row = applier.at_hand.registration(kind, name)
        before = None if row is None or row.withdrawn_at is not None else dict(row.document)
        document = model.model_dump(mode="json", exclude_none=True, by_alias=True)
        if row is None:
            row = registrations.add(applier.session, kind, name, document, applier.now)
            applier.at_hand.wrote(row)
        elif not registrations.change(applier.session, row, document, applier.now):
            return DocumentOutcome(entry.kind, name, "unchanged")
        if before is None:
            return DocumentOutcome(entry.kind, name, "created", of_new(model))
        return DocumentOutcome(entry.kind, name, "changed", between(before, document))

    return write


def of_new(model: BaseModel) -> tuple[Difference, ...]:
    """Only what was said: defaults would hide it."""
    return between({}, model.model_dump(mode="json", exclude_defaults=True, by_alias=True))
