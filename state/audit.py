"""Audit: who did what and when, written in the transaction of the change, never changed afterwards.

Not logging: an event that cannot be written stops the change. ``details`` holds machine words and
identifiers of ours; no names, addresses, numbers of people, tokens or messages.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Index,
    Integer,
    LargeBinary,
    String,
    event,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from assurance.levels import AssuranceLevel
from state.db import Base, LevelColumn, UtcDateTime, enum_column_type, table_of
from state.prepared import PreparedStatement, insert_into

Detail = str | int | bool | None
PEOPLE: Final = ("person", "approved_by", "operator")  # details that hold the id of a person


class EventTag(enum.StrEnum):
    """What happened; the value is what stands in the table and in exports."""

    LOGIN_SUCCEEDED = "login.succeeded"
    LOGIN_REFUSED = "login.refused"
    LOGIN_CANCELLED = "login.cancelled"
    LOGIN_EXPIRED = "login.expired"
    LOGIN_DISOWNED = "login.disowned"
    MESSAGE_REJECTED = "message.rejected"
    MESSAGE_GIVEN_UP = "message.given_up"
    MESSAGE_RETRIED = "message.retried"
    CODE_REUSED = "code.reused"
    ARTIFACT_REFUSED = "artifact.refused"
    PASSWORD_CHANGED = "password.changed"
    PASSWORD_RECOVERED = "password.recovered"
    RECOVERY_ASKED = "recovery.asked"
    ACCOUNT_PAUSED = "account.paused"
    FACTOR_ADDED = "factor.added"
    FACTOR_REMOVED = "factor.removed"
    FACTOR_FAILED = "factor.failed"
    FACTOR_RENAMED = "factor.renamed"
    FACTOR_COUNTS = "factor.counts"
    FACTOR_WAITS = "factor.waits"
    FACTOR_RESET = "factor.reset"
    FACTOR_RESET_ASKED = "factor.reset_asked"
    FACTOR_RESET_REJECTED = "factor.reset_rejected"
    FACTOR_RESET_WITHDRAWN = "factor.reset_withdrawn"
    FACTOR_RESET_EXPIRED = "factor.reset_expired"
    FACTOR_RESET_STALE = "factor.reset_stale"
    FACTOR_LETTER_SENT = "factor.letter_sent"
    PASSKEY_COUNTER_BACK = "passkey.counter_back"
    DEVICES_IMPORTED = "devices.imported"
    FACTOR_LOCKED = "factor.locked"
    SMS_STOPPED = "sms.stopped"
    RECOVERY_CODE_USED = "recovery_code.used"
    CONSENT_GIVEN = "consent.given"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    DOCUMENT_ANSWERED = "document.answered"
    MANDATE_REQUESTED = "mandate.requested"
    MANDATE_REQUEST_REFUSED = "mandate.request_refused"
    MANDATE_GRANTED = "mandate.granted"
    MANDATE_CHANGED = "mandate.changed"
    MANDATE_REVOKED = "mandate.revoked"
    MANDATE_RESTORED = "mandate.restored"
    CHAIN_MANDATE_GRANTED = "chain_mandate.granted"
    CHAIN_MANDATE_CHANGED = "chain_mandate.changed"
    CHAIN_MANDATE_REVOKED = "chain_mandate.revoked"
    CHAIN_MANDATE_RESTORED = "chain_mandate.restored"
    CHAIN_MANDATE_LAPSED = "chain_mandate.lapsed"
    CHAIN_REQUEST_SENT = "chain_request.sent"
    CHAIN_REQUEST_WITHDRAWN = "chain_request.withdrawn"
    CHAIN_REQUEST_GRANTED = "chain_request.granted"
    CHAIN_REQUEST_REFUSED = "chain_request.refused"
    CHAIN_REQUEST_TAKEN_BACK = "chain_request.taken_back"
    CHAIN_REQUEST_LAPSED = "chain_request.lapsed"
    MANDATE_LAPSED = "mandate.lapsed"
    MANDATE_REQUEST_LAPSED = "mandate.request_lapsed"
    ADMINISTRATOR_EXTENDED = "administrator.extended"
    MEANS_ASKED = "means.asked"
    MEANS_IDENTIFIED = "means.identified"
    MEANS_APPROVED = "means.approved"
    MEANS_REFUSED = "means.refused"
    IDENTITY_DOCUMENT_BROUGHT = "identity_document.brought"
    IDENTITY_DOCUMENT_REFUSED = "identity_document.refused"
    IDENTITY_DOCUMENT_SEEN = "identity_document.seen"
    IDENTITY_DOCUMENT_ERASED = "identity_document.erased"
    MEANS_LETTER_SENT = "means.letter_sent"
    MEANS_ACTIVATED = "means.activated"
    INVITATION_SENT = "invitation.sent"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    INVITATION_ACCEPTED = "invitation.accepted"
    ORGANISATION_CHANGED = "organisation.changed"
    ORGANISATION_RELINKED = "organisation.relinked"
    MEANS_CHANGED = "means.changed"
    MEANS_ENDED = "means.ended"
    BILLING_CHANGED = "billing.changed"
    FORM_SENT = "form.sent"
    FORM_WITHDRAWN = "form.withdrawn"
    FORM_TAKEN = "form.taken"
    FORM_DECIDED = "form.decided"
    MEMBERSHIP_GIVEN = "membership.given"
    MEMBERSHIP_CHANGED = "membership.changed"
    GROUP_MADE = "group.made"
    GROUP_RENAMED = "group.renamed"
    GROUP_COMPANY_ADDED = "group.company_added"
    GROUP_COMPANY_REMOVED = "group.company_removed"
    GROUP_MEMBER_ADDED = "group.member_added"
    GROUP_MEMBER_REMOVED = "group.member_removed"
    GROUP_ROLE_CHANGED = "group.role_changed"
    CLIENTS_ALLOCATED = "clients.allocated"
    MEMBERSHIP_ENDED = "membership.ended"
    IDENTITY_ENDED = "identity.ended"
    ACCOUNT_MADE = "account.made"
    ACCOUNT_ENDED = "account.ended"
    ESTABLISHMENT_ENDED = "establishment.ended"
    PERSON_BLOCKED = "person.blocked"
    PERSON_UNBLOCKED = "person.unblocked"
    ADDRESS_CHANGED = "person.address_changed"
    PERSON_LOOKED_UP = "person.looked_up"
    SESSION_ENDED = "session.ended"
    LOGOUT_PARTIAL = "logout.partial"
    PARTY_SWITCHED = "party.switched"
    OPERATOR_ADDED = "operator.added"
    OPERATOR_RECOVERED = "operator.recovered"
    OPERATOR_SET_UP = "operator.set_up"
    OPERATOR_ENDED = "operator.ended"
    ACCESS_DENIED = "access.denied"
    EXPORT_MADE = "export.made"
    IMPORT_MADE = "import.made"
    REGISTRATION_CHANGED = "registration.changed"
    REGISTRATION_REMOVED = "registration.removed"
    METADATA_TAKEN = "metadata.taken"
    METADATA_WAITS = "metadata.waits"
    METADATA_REFUSED = "metadata.refused"
    METADATA_APPROVED = "metadata.approved"
    METADATA_REJECTED = "metadata.rejected"
    METADATA_RECONSIDERED = "metadata.reconsidered"
    METADATA_LOOK_ASKED = "metadata.look_asked"
    KEY_REQUESTED = "key.requested"
    KEY_CREATED = "key.created"
    KEY_DATED = "key.dated"
    KEY_ACTIVATED = "key.activated"
    KEY_RETIRING = "key.retiring"
    KEY_RETIRED = "key.retired"
    MASTER_KEY_RESEALED = "master_key.resealed"
    MASTER_KEY_DROPPED = "master_key.dropped"
    PERSON_FORGOTTEN = "person.forgotten"
    AUDIT_PURGED = "audit.purged"


@dataclass(frozen=True)
class AuditEvent:
    """One fact. ``reason`` is a machine word; ``person_id`` is who acted. Other people stand in
    ``details`` by id, under the names of PEOPLE.
    """

    tag: EventTag
    at: datetime
    reference: str | None = None
    person_id: str | None = None
    client_id: str | None = None
    service_uuid: str | None = None
    provider_id: str | None = None
    organisation_id: str | None = None
    outcome: str | None = None
    reason: str | None = None
    level: AssuranceLevel | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)


class AuditChanged(Exception):
    """Code tried to change or delete an audit event."""


class AuditRow(Base):
    """An AuditEvent as kept, in the order of ``id``. No foreign keys: it outlives what it names.

    The sealer adds the number of the batch, each person as sealed under a key of their own, and
    the digest; a row without a batch waits for it.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index(
            "ix_audit_event_unsealed",
            "id",
            sqlite_where=text("batch IS NULL"),
            postgresql_where=text("batch IS NULL"),
        ),
        Index(
            "ix_audit_event_organisation_id_id",
            "organisation_id",
            "id",
            sqlite_where=text("organisation_id IS NOT NULL"),
            postgresql_where=text("organisation_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    tag: Mapped[EventTag] = mapped_column(
        enum_column_type(EventTag, 40),
        index=True,
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    reference: Mapped[str | None] = mapped_column(String(8), index=True)
    person_id: Mapped[str | None] = mapped_column(String(26), index=True)
    client_id: Mapped[str | None] = mapped_column(String(200))
    service_uuid: Mapped[str | None] = mapped_column(String(36))
    provider_id: Mapped[str | None] = mapped_column(String(63))
    organisation_id: Mapped[str | None] = mapped_column(String(26))
    outcome: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(String(80))
    level: Mapped[AssuranceLevel | None] = mapped_column(LevelColumn)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    batch: Mapped[int | None] = mapped_column(Integer, index=True)
    sealed_people: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)  # SHA-256


_SEALERS: Final = ("id", "batch", "sealed_people", "digest")
_INSERT: Final = PreparedStatement(insert_into(table_of(AuditRow), without=_SEALERS))
_FIELDS: Final = tuple(name for name in AuditEvent.__dataclass_fields__ if name != "details")


def record(session: Session, happened: AuditEvent) -> None:
    """Write one event; it stands or falls with the transaction of the caller."""
    values = {name: getattr(happened, name) for name in _FIELDS}
    _INSERT.run(session, {**values, "details": dict(happened.details)})


def recent(
    session: Session,
    *,
    tags: Sequence[EventTag] = (),
    person_id: str | None = None,
    organisation_id: str | None = None,
    reference: str | None = None,
    limit: int = 100,
) -> list[AuditEvent]:
    """The last events that meet every given condition, newest first."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if tags:
        query = query.where(AuditRow.tag.in_(tags))
    for column, wanted in (
        (AuditRow.person_id, person_id),
        (AuditRow.organisation_id, organisation_id),
        (AuditRow.reference, reference),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    return [event_of(row) for row in session.scalars(query)]


def event_of(row: AuditRow) -> AuditEvent:
    """What was recorded in this row."""
    values = {name: getattr(row, name) for name in _FIELDS}
    return AuditEvent(**values, details=row.details)


@event.listens_for(AuditRow, "before_update")
@event.listens_for(AuditRow, "before_delete")
def _refuse(_mapper: Mapper[AuditRow], _connection: object, _row: AuditRow) -> None:
    raise AuditChanged("audit events are written once")
