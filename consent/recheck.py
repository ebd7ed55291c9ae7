"""Recheck: do the person and the authority that a login chose still stand, at the moment that the
answer is written?
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from consent.authority import Authority, AuthorityRefusal, RefusalReason
from consent.chains import ChainMandate
from consent.mandates import Mandate
from consent.options import Terms, standing
from directory.organisations import Organisation, gone_branches
from directory.people import ExternalIdentity, Person
from state.db import table_of
from state.prepared import PreparedStatement

_person, _mandate, _chain = table_of(Person), table_of(Mandate), table_of(ChainMandate)
_identity = table_of(ExternalIdentity)
_own = table_of(Organisation).alias("own")  # of the mandate: in a chain the intermediary
_behind = table_of(Organisation).alias("behind")  # of the chain mandate
_NOW: Final = PreparedStatement(
    select(
        _person.c.blocked_at,
        _mandate.c.id,
        _mandate.c.revoked_at,
        _mandate.c.valid_from,
        _mandate.c.valid_until,
        _own.c.suspended_at,
        _chain.c.id,
        _chain.c.revoked_at,
        _chain.c.valid_from,
        _chain.c.valid_until,
        _behind.c.suspended_at,
        _identity.c.person_id,
    )
    .select_from(
        _person.outerjoin(_mandate, _mandate.c.id == bindparam("mandate"))
        .outerjoin(_own, _own.c.id == _mandate.c.organisation_id)
        .outerjoin(_chain, _chain.c.id == bindparam("chain"))
        .outerjoin(_behind, _behind.c.id == _chain.c.organisation_id)
        .outerjoin(
            _identity,
            and_(
                _identity.c.provider_id == bindparam("provider"),
                _identity.c.subject_hash == bindparam("subject"),
            ),
        )
    )
    .where(_person.c.id == bindparam("person"))
)
_USED: Final = {
    table: PreparedStatement(
        update(table)
        .where(table.c.id == bindparam("used"))
        .values(last_used_at=bindparam("at", type_=table.c.last_used_at.type))
    )
    for table in (_mandate, _chain)
}


class PersonGone(enum.Enum):
    """The person was blocked or removed meanwhile, or the identity is no longer theirs."""

    BLOCKED = enum.auto()
    IDENTITY = enum.auto()


class _Term(NamedTuple):
    """When a mandate holds, as ``standing`` reads it, and whether its organisation still does."""

    id: str | None
    revoked_at: datetime | None
    valid_from: datetime
    valid_until: datetime
    suspended_at: datetime | None


def recheck(
    session: Session,
    person_id: str,
    authority: Authority | None,
    terms: Terms,
    *,
    identity: tuple[str, str] | None = None,
) -> PersonGone | AuthorityRefusal | None:
    """None where everything still stands. ``identity``: makelaar and hash of the subject of who
    came by one. One read, and another for a branch; never from a cache.
    """
    parameters = {
        "person": person_id,
        "mandate": authority.mandate_id if authority else None,
        "chain": authority.chain_mandate_id if authority else None,
        "provider": identity[0] if identity else None,
        "subject": identity[1] if identity else None,
    }
    row = _NOW.first(session, parameters)
    if row is None or row[0] is not None:
        return PersonGone.BLOCKED
    if identity is not None and row[11] != person_id:
        return PersonGone.IDENTITY
    if authority is None:
        return None
    refusal = terms.check(authority)
    if refusal is not None:
        return refusal
    for asked, term in (
        (authority.mandate_id, _Term(*row[1:6])),
        (authority.chain_mandate_id, _Term(*row[6:11])),
    ):
        if asked is None:
            continue
        is_gone = term.id != asked or term.suspended_at is not None
        fault = RefusalReason.REVOKED if is_gone else standing(term, terms.now)
        if fault is not None:
            return AuthorityRefusal(fault, authority)
    is_ours = authority.mandate_id is not None
    if is_ours and gone_branches(session, authority.represented.value, authority.branches):
        return AuthorityRefusal(RefusalReason.REVOKED, authority)
    return None


def mark_used(session: Session, authority: Authority, now: datetime) -> None:
    """Note the use, so that what nobody uses can be ended."""
    for table, identifier in (
        (_mandate, authority.mandate_id),
        (_chain, authority.chain_mandate_id),
    ):
        if identifier is not None:
            _USED[table].run(session, {"used": identifier, "at": now})
