"""What was done at one organisation, from the audit: for its administrators, who read no more of it
than that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from directory import organisation_records
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
                EventTag.CHAIN_REQUEST_LAPSED,
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

# Of an organisation that went up in another: what stayed with it, and its lists that were taken.
NOT_ALONG: Final = frozenset(
    {
        EventTag.BILLING_CHANGED,
        EventTag.EXPORT_MADE,
        EventTag.IMPORT_MADE,
        EventTag.ORGANISATION_CHANGED,
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
    """An event and the number of its row. ``place``: the name of the organisation where it was,
    where that has gone up in this one since; empty for here.
    """

    id: int
    event: AuditEvent
    place: str = ""


def newest(
    session: Session,
    organisation_id: str,
    wanted: WantedChanges,
    *,
    limit: int,
    before: int | None = None,
) -> Sequence[NumberedEvent]:
    """Newest first, also what was done at organisations that went up in this one, as far as that is
    of this one now; ``before``: those with a lower number. At most MOST_ROWS. Each organisation is
    looked up by itself, so that an index gives the rows in their order.
    """
    most = min(limit, MOST_ROWS)
    query = statement(organisation_id, wanted, before).limit(most)
    found = [NumberedEvent(row.id, audit.event_of(row)) for row in session.scalars(query)]
    for gone in organisation_records.merged_into(session, organisation_id):
        until = gone.until if wanted.until is None else min(wanted.until, gone.until)
        query = statement(gone.id, replace(wanted, until=until), before, without=NOT_ALONG)
        rows = session.scalars(query.limit(most))
        found += [NumberedEvent(row.id, audit.event_of(row), gone.name) for row in rows]
    return sorted(found, key=lambda one: one.id, reverse=True)[:most]


def statement(
    organisation_id: str,
    wanted: WantedChanges,
    before: int | None = None,
    *,
    without: Collection[EventTag] = (),
) -> Select[AuditRow]:
    """The statement behind the list. ``without``: tags that are left out."""
    tags = [tag for tag in tags_of(wanted.kind) if tag not in without]
    query = select(AuditRow).where(
        AuditRow.organisation_id == organisation_id, AuditRow.tag.in_(tags)
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
