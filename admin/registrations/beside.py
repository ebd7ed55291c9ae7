"""Beside the documents: what a person has from a screen or a login. No document changes it; a plan
lists it, so that whoever reads the files knows that there is more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from admin.registrations.documents import ChainMandateDocument, MandateDocument
from assurance.factors import BoundBy, Factor
from consent.chains import ChainMandate
from consent.mandates import LAPSED, Mandate
from directory.dates import day_of
from directory.organisations import Organisation
from directory.origin import Origin
from directory.people import ExternalIdentity, Membership
from providers.accounts import Account
from state.db import Base

_ADDED: dict[BoundBy, str] = {
    BoundBy.ADMINISTRATOR: "bound by an administrator",
    BoundBy.LETTER: "added by the person, confirmed by letter",
    BoundBy.SESSION: "added by the person",
    BoundBy.SELF: "added by the person, waits",
}


ALL: Final[frozenset[type[Base]]] = frozenset(
    {ExternalIdentity, Membership, Account, Factor, Mandate}
)


def of_person(
    session: Session, person_id: str, now: datetime, among: frozenset[type[Base]] = ALL
) -> tuple[str, ...]:
    """Identities, places, account, factors and mandates that stand and that no document gave.
    ``among``: the tables where there is anything of that kind.
    """
    asked: tuple[tuple[type[Base], Callable[[], Iterator[str]]], ...] = (
        (ExternalIdentity, lambda: _identities(session, person_id)),
        (Membership, lambda: _memberships(session, person_id, now)),
        (Account, lambda: _accounts(session, person_id)),
        (Factor, lambda: _factors(session, person_id)),
        (Mandate, lambda: _mandates(session, person_id, None, now)),
    )
    return tuple(line for model, ask in asked if model in among for line in ask())


def of_mandate(
    session: Session, document: MandateDocument, now: datetime, among: frozenset[type[Base]] = ALL
) -> tuple[str, ...]:
    """What an administrator gave to the same person for the same organisation."""
    if Mandate not in among:
        return ()
    return (
        *_mandates(session, document.person, document.organisation, now),
        *_taken_back(session, document),
    )


def of_chain(session: Session, document: ChainMandateDocument, now: datetime) -> tuple[str, ...]:
    """What the client gave the same intermediary, and where an administrator decided otherwise."""
    client, through = aliased(Organisation), aliased(Organisation)
    query = (
        select(ChainMandate)
        .join(client, client.id == ChainMandate.organisation_id)
        .join(through, through.id == ChainMandate.intermediary_id)
        .where(client.kvk == document.organisation, through.kvk == document.intermediary)
        .order_by(ChainMandate.valid_until, ChainMandate.id)
    )
    return tuple(
        line for row in session.scalars(query) if (line := _chain(row, document, now)) is not None
    )


def _chain(row: ChainMandate, document: ChainMandateDocument, now: datetime) -> str | None:
    if row.granted_by is not None and row.revoked_at is None and row.valid_until > now:
        until = day_of(row.valid_until)
        return f"chain mandate at {row.service_uuid}, given at /beheer, until {until}"
    is_own = row.granted_by is None and row.service_uuid == document.service
    if is_own and row.revoked_by is not None and row.revoked_at is not None:
        how = "lapsed unused" if row.revoked_by == LAPSED else "taken back at /beheer"
        return f"{how} on {day_of(row.revoked_at)}: give it anew at /beheer"
    return None


def _taken_back(session: Session, document: MandateDocument) -> Iterator[str]:
    """The mandate of this very document, where an administrator decided otherwise."""
    query = (
        select(Mandate)
        .join(Organisation, Organisation.id == Mandate.organisation_id)
        .where(
            Mandate.person_id == document.person,
            Organisation.kvk == document.organisation,
            Mandate.service_uuid == document.service,
            Mandate.granted_by.is_(None),
            Mandate.revoked_by.is_not(None),
        )
    )
    for row in session.scalars(query):
        if set(row.branches) == set(document.branches) and row.revoked_at is not None:
            how = "lapsed unused" if row.revoked_by == LAPSED else "taken back at /beheer"
            yield f"{how} on {day_of(row.revoked_at)}: give it anew at /beheer"


def _identities(session: Session, person_id: str) -> Iterator[str]:
    query = select(ExternalIdentity).where(
        ExternalIdentity.person_id == person_id, ExternalIdentity.origin != Origin.DOCUMENT
    )
    for row in session.scalars(
        query.order_by(ExternalIdentity.provider_id, ExternalIdentity.subject_hash)
    ):
        yield f"identity at {row.provider_id}, since a login on {day_of(row.created_at)}"


def _memberships(session: Session, person_id: str, now: datetime) -> Iterator[str]:
    query = select(Membership).where(
        Membership.person_id == person_id, Membership.origin != Origin.DOCUMENT
    )
    for row in session.scalars(query):
        if row.until is None or row.until > now:
            yield f"{row.role} of {row.organisation.kvk}, since {day_of(row.since)}"


def _accounts(session: Session, person_id: str) -> Iterator[str]:
    query = select(Account).where(
        Account.person_id == person_id,
        Account.origin != Origin.DOCUMENT,
        Account.ended_at.is_(None),
    )
    for row in session.scalars(query):
        yield f"account, made on {day_of(row.created_at)}"


def _factors(session: Session, person_id: str) -> Iterator[str]:
    query = select(Factor).where(
        Factor.person_id == person_id, Factor.origin != Origin.DOCUMENT, Factor.ended_at.is_(None)
    )
    for row in session.scalars(query.order_by(Factor.bound_at, Factor.id)):
        yield f"factor {row.kind}, {_ADDED[row.bound_by]} on {day_of(row.bound_at)}"


def _mandates(session: Session, person_id: str, kvk: str | None, now: datetime) -> Iterator[str]:
    query = (
        select(Mandate)
        .join(Organisation, Organisation.id == Mandate.organisation_id)
        .where(
            Mandate.person_id == person_id,
            Mandate.granted_by.is_not(None),
            Mandate.revoked_at.is_(None),
            Mandate.valid_until > now,
        )
        .order_by(Organisation.kvk, Mandate.valid_until, Mandate.id)
    )
    if kvk is not None:
        query = query.where(Organisation.kvk == kvk)
    for row in session.scalars(query):
        place = row.service_uuid or "every service"
        until = day_of(row.valid_until)
        yield f"mandate for {row.organisation.kvk} at {place}, given at /beheer, until {until}"
