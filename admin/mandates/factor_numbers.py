"""Numbers of second factors, as far as anybody else may see them: their last signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from assurance.factors import Factor, FactorKind

_SHOWN: Final = {FactorKind.SMS: "sms", FactorKind.OTP_DEVICE: "otp"}


def of_people(session: Session, person_ids: Sequence[str]) -> dict[str, str]:
    """Of each who has one: ``sms …78, otp …0042``. The label of these kinds is made by us and holds
    no more of the number than that.
    """
    query = (
        select(Factor.person_id, Factor.kind, Factor.label)
        .where(
            Factor.person_id.in_(person_ids),
            Factor.kind.in_(_SHOWN),
            Factor.ended_at.is_(None),
        )
        .order_by(Factor.bound_at, Factor.id)
    )
    found: dict[str, list[str]] = {}
    for person_id, kind, label in session.execute(query):
        found.setdefault(person_id, []).append(f"{_SHOWN[kind]} {label}")
    return {person_id: ", ".join(numbers) for person_id, numbers in found.items()}
