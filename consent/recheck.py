"""Recheck: do the person and the authority that a login chose still stand, at the moment that the
answer is written?
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, select, update
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel, weakest
from consent import allocations
from consent.authority import Authority, AuthorityRefusal, Party, PartyIdType, RefusalReason
from consent.chains import ChainMandate, counts_by_link
from consent.mandates import Mandate
from consent.options import Terms, has_left, standing
from directory.organisations import Organisation, gone_branches
from directory.people import ExternalIdentity, Person
from state.copies import replace
from state.db import table_of
from state.prepared import PreparedStatement

_person, _mandate, _chain = table_of(Person), table_of(Mandate), table_of(ChainMandate)
_own = table_of(Organisation).alias("own")  # of the mandate: in a chain the intermediary
_identity = table_of(ExternalIdentity)
_behind = table_of(Organisation).alias("behind")  # of the chain mandate
_STANDS: Final = (
    select(
        _person.c.blocked_at,
        _mandate.c.id,
        _mandate.c.revoked_at,
        _mandate.c.valid_from,
        _mandate.c.valid_until,
        _mandate.c.last_used_at,
        _mandate.c.confirmed_at,
        _own.c.suspended_at,
        _mandate.c.level,
        _mandate.c.service_uuid,
        _chain.c.id,
        _chain.c.revoked_at,
        _chain.c.valid_from,
        _chain.c.valid_until,
        _chain.c.last_used_at,
        _chain.c.confirmed_at,
        _behind.c.suspended_at,
        _chain.c.level,
        _chain.c.service_uuid,
        _mandate.c.person_id,
        _mandate.c.branches,
        _identity.c.person_id,
        _person.c.logged_out_at,
        allocations.is_allocated(
            _person.c.id, _chain.c.intermediary_id, _chain.c.organisation_id, _chain.c.service_uuid
        ),
        allocations.place_end,
        _mandate.c.organisation_id,
        _chain.c.intermediary_id,
        _chain.c.level,
        _chain.c.by_link,
        _identity.c.means_active_until,
        _own.c.kvk,
        _own.c.rsin,
        _behind.c.kvk,
        _behind.c.rsin,
    )
    .select_from(
        _person.outerjoin(_mandate, _mandate.c.id == bindparam("mandate"))
        .outerjoin(_own, _own.c.id == _mandate.c.organisation_id)
        .outerjoin(_chain, _chain.c.id == bindparam("chain"))
        .outerjoin(_behind, _behind.c.id == _chain.c.organisation_id)
        .outerjoin(*allocations.place_of(_person.c.id, _mandate.c.organisation_id))
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
_READ: Final = PreparedStatement(_STANDS)
# Who blocks or logs out this person waits for the answer that is being written, or comes first.
_HELD: Final = PreparedStatement(_STANDS.with_for_update(read=True, of=_person))
_USED: Final = {
    table: PreparedStatement(
        update(table)
        .where(table.c.id == bindparam("used"))
        .values(last_used_at=bindparam("at", type_=table.c.last_used_at.type))
    )
    for table in (_mandate, _chain)
}


class PersonGone(enum.Enum):
    """The person was blocked or removed meanwhile, logged out everywhere, the identity became
    somebody else's, or its means counts no more.
    """

    BLOCKED = enum.auto()
    MOVED = enum.auto()
    LOGGED_OUT = enum.auto()
    MEANS_ENDED = enum.auto()


class Within(NamedTuple):
    """What must hold beside it, in the same read: ``statement`` of ``read_where``, and what its
    condition is given.
    """

    statement: PreparedStatement
    given: Mapping[str, Any]


def read_where(condition: ColumnElement[bool]) -> PreparedStatement:
    """The read of ``recheck`` with another condition, whose parameters are plain ``bindparam``s."""
    return PreparedStatement(_STANDS.where(condition))


class IdentityKey(NamedTuple):
    """How a makelaar knows somebody: the key of ``directory.people.ExternalIdentity``."""

    provider_id: str
    subject_hash: str


class _Term(NamedTuple):
    """When a mandate holds, as ``standing`` reads it, and whether its organisation still does."""

    id: str | None
    revoked_at: datetime | None
    valid_from: datetime
    valid_until: datetime
    last_used_at: datetime | None
    confirmed_at: datetime | None
    suspended_at: datetime | None
    level: AssuranceLevel
    service_uuid: str | None


class _Beside(NamedTuple):
    """What is read after both terms, in the order of ``_STANDS``."""

    holder: str | None
    branches: Sequence[str] | None
    identity_of: str | None
    logged_out_at: datetime | None
    is_allocated: bool
    place_until: datetime | None
    own_id: str | None
    intermediary_id: str | None
    chain_level: AssuranceLevel | None
    by_link: bool | None
    means_until: datetime | None
    own_kvk: str | None
    own_rsin: str | None
    behind_kvk: str | None
    behind_rsin: str | None


_CHAIN_AT: Final = 1 + len(_Term._fields)
_BESIDE_AT: Final = _CHAIN_AT + len(_Term._fields)


def recheck(
    session: Session,
    person_id: str,
    authority: Authority | None,
    terms: Terms,
    *,
    identity: IdentityKey | None = None,
    begun: datetime | None = None,
    within: Within | None = None,
) -> PersonGone | AuthorityRefusal | None:
    """None where everything still stands, the mandate at least as wide as it was chosen. One read,
    and another for a branch; never from a cache. ``identity``: the one that logged in must still be
    this person's. ``begun``: of a login whose answer is written in this transaction; a person who
    logged out everywhere since has it no more. ``within``: of a login whose answer was written,
    which is told as a person who is gone where it does not hold.
    """
    parameters: dict[str, Any] = {
        "person": person_id,
        "mandate": authority.mandate_id if authority else None,
        "chain": authority.chain_mandate_id if authority else None,
        "provider": identity.provider_id if identity else None,
        "subject": identity.subject_hash if identity else None,
    }
    if within is not None:
        row = within.statement.first(session, {**parameters, **within.given})
    else:
        row = (_READ if begun is None else _HELD).first(session, parameters)
    if row is None or row[0] is not None:
        return PersonGone.BLOCKED
    beside = _Beside(*row[_BESIDE_AT:])
    if identity is not None and beside.identity_of != person_id:
        return PersonGone.MOVED
    if beside.means_until is not None and beside.means_until <= terms.now:
        return PersonGone.MEANS_ENDED
    if begun is not None and beside.logged_out_at is not None and begun <= beside.logged_out_at:
        return PersonGone.LOGGED_OUT
    if authority is None:
        return None
    terms_of = (
        (authority.mandate_id, _Term(*row[1:_CHAIN_AT])),
        (authority.chain_mandate_id, _Term(*row[_CHAIN_AT:_BESIDE_AT])),
    )
    named = [(asked, term) for asked, term in terms_of if asked is not None]
    for asked, term in named:
        fault = _fault_of(term, terms) if term.id == asked else RefusalReason.REVOKED
        if fault is not None:
            return AuthorityRefusal(fault, authority)
    is_ours = authority.mandate_id is not None
    if is_ours and not _is_held(authority, person_id, beside):
        return AuthorityRefusal(RefusalReason.REVOKED, authority)
    if is_ours and not _has_its_numbers(authority, beside):
        return AuthorityRefusal(RefusalReason.RENUMBERED, authority)
    if is_ours and gone_branches(session, authority.represented.value, authority.branches):
        return AuthorityRefusal(RefusalReason.BRANCH_ENDED, authority)
    fault = None
    if authority.chain_mandate_id is not None:
        fault = _fault_of_chain(beside, terms)
    elif is_ours:
        fault = has_left(named[0][1], beside.place_until, terms.now)
    if fault is not None:
        return AuthorityRefusal(fault, authority)
    for _, term in named:
        if term.service_uuid not in (None, terms.service.uuid):
            return AuthorityRefusal(RefusalReason.OTHER_SERVICE, authority)
    levels = [term.level for _, term in named]
    return terms.check(replace(authority, level=weakest(authority.level, *levels)))


def _fault_of(term: _Term, terms: Terms) -> RefusalReason | None:
    """Of a mandate that ended, that is told; else of an organisation for which nobody acts."""
    fault = standing(term, terms)
    if fault is None and term.suspended_at is not None:
        return RefusalReason.SUSPENDED
    return fault


def _fault_of_chain(beside: _Beside, terms: Terms) -> RefusalReason | None:
    """Why the person does not act for this client any more."""
    if beside.own_id != beside.intermediary_id:  # the mandate is none of the intermediary
        return RefusalReason.REVOKED
    level, by_link = beside.chain_level, bool(beside.by_link)
    if level is None or not counts_by_link(level, terms.link_level, by_link=by_link):
        return RefusalReason.LINK_NOT_ALLOWED
    if allocations.has_ended(beside.place_until, terms.now):
        return RefusalReason.PLACE_ENDED
    return None if beside.is_allocated else RefusalReason.NOT_ALLOCATED


def _is_held(authority: Authority, person_id: str, beside: _Beside) -> bool:
    """The mandate is this person's, and not limited since to other branches than were chosen."""
    if beside.holder != person_id:
        return False
    limited_to = set(beside.branches or ())
    return not limited_to or (
        bool(authority.branches) and limited_to.issuperset(authority.branches)
    )


def _has_its_numbers(authority: Authority, beside: _Beside) -> bool:
    """Do the organisations still go by what the login would say? One may have another number at the
    trade register since, or have gone up in another.
    """
    own, behind = (beside.own_kvk, beside.own_rsin), (beside.behind_kvk, beside.behind_rsin)
    if authority.chain_mandate_id is None:
        return _is_named(authority.represented, *own)
    between = authority.intermediary
    return _is_named(authority.represented, *behind) and (
        between is None or _is_named(between, *own)
    )


def _is_named(party: Party, kvk: str | None, rsin: str | None) -> bool:
    said = {(party.id_type, party.value), party.alternative} - {None}
    return said <= {(PartyIdType.KVK, kvk), (PartyIdType.RSIN, rsin)}


def mark_used(session: Session, authority: Authority, now: datetime) -> None:
    """Note the use, so that what nobody uses can be ended."""
    for table, identifier in (
        (_mandate, authority.mandate_id),
        (_chain, authority.chain_mandate_id),
    ):
        if identifier is not None:
            _USED[table].run(session, {"used": identifier, "at": now})
