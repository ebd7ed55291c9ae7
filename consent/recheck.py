"""Recheck: does the authority that a login chose still stand, at the moment that the answer is
written?
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from consent.authority import Authority, AuthorityRefusal, RefusalReason
from consent.chains import ChainMandate
from consent.mandates import Mandate
from consent.options import Terms, standing


def recheck(session: Session, authority: Authority, terms: Terms) -> AuthorityRefusal | None:
    """None where it still stands. One read for a mandate of our register, two for a chain, none for
    an asserted one.
    """
    refusal = terms.check(authority)
    if refusal is not None:
        return refusal
    rows: list[Mandate | ChainMandate | None] = []
    if authority.mandate_id is not None:
        rows.append(session.get(Mandate, authority.mandate_id, populate_existing=True))
    if authority.chain_mandate_id is not None:
        rows.append(session.get(ChainMandate, authority.chain_mandate_id, populate_existing=True))
    for row in rows:
        fault = standing(row, terms.now) if row is not None else RefusalReason.REVOKED
        if fault is not None:
            return AuthorityRefusal(fault, authority)
    return None


def mark_used(session: Session, authority: Authority, now: datetime) -> None:
    """Note the use, so that what nobody uses can be ended."""
    if authority.mandate_id is not None:
        session.execute(
            update(Mandate)
            .where(Mandate.id == authority.mandate_id)
            .values(last_used_at=now)
            .execution_options(synchronize_session=False)
        )
    if authority.chain_mandate_id is not None:
        session.execute(
            update(ChainMandate)
            .where(ChainMandate.id == authority.chain_mandate_id)
            .values(last_used_at=now)
            .execution_options(synchronize_session=False)
        )
