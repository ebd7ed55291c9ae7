"""Documents that are kept whole, as registrations: written, and exported as apply reads them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

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
        document = _dumped(model)
        if before is not None:
            before = _with_defaults(type(model), before)
        if row is None:
            row = registrations.add(applier.session, kind, name, document, applier.now)
            applier.at_hand.wrote(row)
        elif document == before or not registrations.change(
            applier.session, row, document, applier.now
        ):
            return DocumentOutcome(entry.kind, name, "unchanged")
        if before is None:
            return DocumentOutcome(entry.kind, name, "created", of_new(model))
        return DocumentOutcome(entry.kind, name, "changed", between(before, document))

    return write


def _dumped(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_none=True, by_alias=True)


def _with_defaults(model: type[BaseModel], kept: dict[str, Any]) -> dict[str, Any]:
    """What is kept, with the fields that the version which kept it did not know. Written for these
    alone it would say nothing new, and processes of that version could not read it any more.
    """
    try:
        return _dumped(model.model_validate(kept))
    except ValidationError:
        return kept


def of_new(model: BaseModel) -> tuple[Difference, ...]:
    """Only what was said: defaults would hide it."""
    return between({}, model.model_dump(mode="json", exclude_defaults=True, by_alias=True))
