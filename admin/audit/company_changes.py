"""What was done at one organisation, from the audit: for its administrators, who read no more of it
than that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from state import audit
from state.audit import AuditEvent, AuditRow, EventTag

MOST_ROWS: Final = 101  # a page, and one row more
# Events of logins, and attempts of strangers, are no changes.
KINDS: Final[Mapping[str, frozenset[EventTag]]] = MappingProxyType(
    {
        "machtigingen": frozenset(
            {
                EventTag.MANDATE_GRANTED,
                EventTag.MANDATE_CHANGED,
                EventTag.MANDATE_REVOKED,
                EventTag.MANDATE_RESTORED,
                EventTag.MANDATE_LAPSED,
                EventTag.CHAIN_MANDATE_GRANTED,
                EventTag.CHAIN_MANDATE_CHANGED,
                EventTag.CHAIN_MANDATE_REVOKED,
                EventTag.CHAIN_MANDATE_RESTORED,
                EventTag.CHAIN_MANDATE_LAPSED,
                EventTag.CLIENTS_ALLOCATED,
            }
        ),
        "verzoeken": frozenset(
            {
                EventTag.MANDATE_REQUESTED,
                EventTag.MANDATE_REQUEST_REFUSED,
                EventTag.MANDATE_REQUEST_LAPSED,
                EventTag.CHAIN_REQUEST_SENT,
                EventTag.CHAIN_REQUEST_WITHDRAWN,
                EventTag.CHAIN_REQUEST_GRANTED,
                EventTag.CHAIN_REQUEST_REFUSED,
                EventTag.CHAIN_REQUEST_TAKEN_BACK,
            }
        ),
        "gebruikers": frozenset(
            {
                EventTag.MEMBERSHIP_GIVEN,
                EventTag.MEMBERSHIP_CHANGED,
                EventTag.MEMBERSHIP_ENDED,
                EventTag.ADMINISTRATOR_EXTENDED,
                EventTag.INVITATION_SENT,
                EventTag.INVITATION_WITHDRAWN,
                EventTag.INVITATION_ACCEPTED,
            }
        ),
        "groepen": frozenset(
            {
                EventTag.GROUP_MADE,
                EventTag.GROUP_RENAMED,
                EventTag.GROUP_COMPANY_ADDED,
                EventTag.GROUP_COMPANY_REMOVED,
                EventTag.GROUP_MEMBER_ADDED,
                EventTag.GROUP_MEMBER_REMOVED,
                EventTag.GROUP_ROLE_CHANGED,
            }
        ),
        "middelen": frozenset(
            {
                EventTag.MEANS_ASKED,
                EventTag.MEANS_IDENTIFIED,
                EventTag.MEANS_APPROVED,
                EventTag.MEANS_REFUSED,
                EventTag.MEANS_LETTER_SENT,
                EventTag.IDENTITY_DOCUMENT_BROUGHT,
                EventTag.IDENTITY_DOCUMENT_REFUSED,
                EventTag.IDENTITY_DOCUMENT_SEEN,
                EventTag.IDENTITY_DOCUMENT_ERASED,
                EventTag.MEANS_ACTIVATED,
                EventTag.MEANS_CHANGED,
                EventTag.MEANS_ENDED,
            }
        ),
        "organisatie": frozenset(
            {
                EventTag.ORGANISATION_CHANGED,
                EventTag.ORGANISATION_RELINKED,
                EventTag.BILLING_CHANGED,
                EventTag.FORM_SENT,
                EventTag.FORM_WITHDRAWN,
                EventTag.FORM_TAKEN,
                EventTag.FORM_DECIDED,
            }
        ),
        "vestigingen": frozenset({EventTag.ESTABLISHMENT_ENDED}),
        "bestanden": frozenset({EventTag.EXPORT_MADE, EventTag.IMPORT_MADE}),
    }
)


@dataclass(frozen=True)
class WantedChanges:
    """Every condition that is given must be met. ``kind`` is a key of KINDS."""

    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None  # this moment too


@dataclass(frozen=True)
class NumberedEvent:
    """An event and the number of its row."""

    id: int
    event: AuditEvent


def newest(
    session: Session,
    organisation_id: str,
    wanted: WantedChanges,
    *,
    limit: int,
    before: int | None = None,
) -> Sequence[NumberedEvent]:
    """Newest first; ``before``: those with a lower number. At most MOST_ROWS."""
    query = statement(organisation_id, wanted, before).limit(min(limit, MOST_ROWS))
    return [NumberedEvent(row.id, audit.event_of(row)) for row in session.scalars(query)]


def statement(
    organisation_id: str, wanted: WantedChanges, before: int | None = None
) -> Select[AuditRow]:
    """The statement behind the list."""
    query = select(AuditRow).where(
        AuditRow.organisation_id == organisation_id, AuditRow.tag.in_(tags_of(wanted.kind))
    )
    if before is not None:
        query = query.where(AuditRow.id < before)
    if wanted.since is not None:
        query = query.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditRow.at <= wanted.until)
    return query.order_by(AuditRow.id.desc())


def tags_of(kind: str | None) -> Collection[EventTag]:
    """Of this kind, or of all."""
    wanted = KINDS.values() if kind is None else (KINDS[kind],)
    return sorted(tag for tags in wanted for tag in tags)
