"""How invoices of an organisation go: where to, how they are paid, and its contract. Sluis makes no
invoices; whoever does is told of each change.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from state.db import Base, UtcDateTime, enum_column_type, sealed_column

SEALED_AS = "billing:{organisation_id}"


class InvoicesBy(enum.StrEnum):
    """How invoices are sent."""

    POST = "post"
    MAIL = "mail"


class PaidBy(enum.StrEnum):
    """How they are paid."""

    TRANSFER = "transfer"
    DEBIT = "debit"


class Billing(Base):
    """One per organisation; without one nothing was chosen yet. ``iban`` is sealed, ``iban_end``
    its last four signs, for people to recognise it by; ``version`` counts the changes.
    """

    __tablename__ = "billing"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    iban: Mapped[bytes | None] = sealed_column(SEALED_AS)
    iban_end: Mapped[str | None] = mapped_column(String(4))
    invoice_email: Mapped[str | None] = mapped_column(String(254))
    invoices_by: Mapped[InvoicesBy] = mapped_column(
        enum_column_type(InvoicesBy, 10), default=InvoicesBy.POST
    )
    paid_by: Mapped[PaidBy] = mapped_column(enum_column_type(PaidBy, 10), default=PaidBy.TRANSFER)
    contract_from: Mapped[date | None] = mapped_column(Date)
    contract_until: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer, default=0)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def billing_of(session: Session, organisation_id: str, *, held: bool = False) -> Billing:
    """As it is now; what nobody chose yet has the values of the beginning and is not kept until it
    is changed.
    """
    found = session.get(Billing, organisation_id, populate_existing=True, with_for_update=held)
    return found or Billing(
        organisation_id=organisation_id,
        invoices_by=InvoicesBy.POST,
        paid_by=PaidBy.TRANSFER,
        version=0,
    )
