"""What tells one mandate of documents from another."""

from __future__ import annotations

from typing import NamedTuple

from admin.registrations.documents import MandateDocument
from consent.mandates import Mandate


class Key(NamedTuple):
    """``organisation`` is a KvK number."""

    person: str
    organisation: str
    service: str | None
    branches: tuple[str, ...]


def key_of(document: MandateDocument) -> Key:
    """Of a document."""
    branches = tuple(sorted(set(document.branches)))
    return Key(document.person, document.organisation, document.service, branches)


def key_of_row(row: Mandate) -> Key:
    """The same of what stands."""
    branches = tuple(sorted(set(row.branches)))
    return Key(row.person_id, row.organisation.kvk, row.service_uuid, branches)
