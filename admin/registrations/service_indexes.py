"""Two services under one AttributeConsumingServiceIndex: a makelaar could not say which it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from admin.registrations.documents import Entry
from directory.services import Service
from state.registrations import Kind, all_registrations, read_as


def conflicts(session: Session, entries: Sequence[Entry]) -> Iterable[str]:
    """What stands beside the documents at hand counts as well."""
    given = {entry.model.key for entry in entries}
    standing = (
        read_as(row, Service)
        for row in all_registrations(session)
        if row.kind is Kind.SERVICE and row.name not in given
    )
    taken = {one.attribute_consuming_service_index: one.uuid for one in standing}
    for entry in entries:
        service = entry.model
        if not isinstance(service, Service) or service.attribute_consuming_service_index is None:
            continue
        index = service.attribute_consuming_service_index
        other = taken.setdefault(index, service.uuid)
        if other != service.uuid:
            yield (
                f"{entry.place}: attribute_consuming_service_index: {index} is that of Service "
                f"{other} already; give each service another number"
            )
