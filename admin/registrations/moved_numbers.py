"""KvK numbers in documents that became others (``admin.organisations.relinking``): a document that
still names one would make the organisation of before anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.registrations.documents import Entry
from directory.organisation_records import OldNumber
from directory.organisations import Organisation


def mistakes(session: Session, entries: Sequence[Entry]) -> Iterator[str]:
    """A line for each document that names an old number, with the one to write."""
    query = select(OldNumber.kvk, Organisation.kvk).join(
        Organisation, Organisation.id == OldNumber.organisation_id
    )
    became = {row[0]: row[1] for row in session.execute(query)}
    for entry in entries if became else ():
        for field, number in _named(entry):
            if number in became:
                yield f"{entry.place}: {field}: {number} became {became[number]}; write that number"


def _named(entry: Entry) -> Iterator[tuple[str, str]]:
    document = entry.model
    match entry.kind:
        case "Organisation":
            yield "kvk", document.kvk
        case "Mandate":
            yield "organisation", document.organisation
        case "ChainMandate":
            yield "organisation", document.organisation
            yield "intermediary", document.intermediary
        case "Person":
            for place in document.organisations:
                yield "organisations", place.kvk
