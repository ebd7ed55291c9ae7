"""Organisations, people and mandates as documents: what documents gave, and no secret. Applied
where they come from they change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.registrations import beside, factor_rows, identity_keys
from assurance.factors import Factor
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory.dates import end_of, start_of, written
from directory.organisations import Establishment, Organisation
from directory.origin import Origin
from directory.people import ExternalIdentity, Membership, Person
from keys.sealing import Sealer
from providers.accounts import Account
from state.registrations import Kind, names


@dataclass(frozen=True)
class Exported:
    """A document, whom it is about, and what stands beside it."""

    document: dict[str, Any]
    person: str | None = None
    stays: tuple[str, ...] = ()


def documents(session: Session, sealer: Sealer, now: datetime) -> Iterator[Exported]:
    """Of everything that documents made and that stands. Who only logged in is in none; what
    belongs to a service or makelaar that left is in none either, and waits for it to come back.
    """
    for organisation in session.scalars(select(Organisation).order_by(Organisation.kvk)):
        yield Exported(_organisation(session, organisation))
    people = select(Person).where(Person.origin == Origin.DOCUMENT).order_by(Person.id)
    for person in session.scalars(people):
        stays = beside.of_person(session, person.id, now)
        yield Exported(_person(session, sealer, person), person.id, stays)
    given = select(Mandate).where(Mandate.granted_by.is_(None))
    services = names(session, Kind.SERVICE) | {None}
    for mandate in session.scalars(given.order_by(Mandate.person_id, Mandate.id)):
        if mandate.revoked_at is None and mandate.service_uuid in services:
            yield Exported(_mandate(mandate), mandate.person_id)
    chains = select(ChainMandate).where(ChainMandate.granted_by.is_(None))
    for chain in session.scalars(chains.order_by(ChainMandate.id)):
        if chain.revoked_at is None and chain.service_uuid in services:
            yield Exported(_chain(chain))


def _organisation(session: Session, row: Organisation) -> dict[str, Any]:
    branches = session.scalars(
        select(Establishment)
        .where(Establishment.organisation_id == row.id, Establishment.ended_at.is_(None))
        .order_by(Establishment.number)
    )
    return _without_nothing(
        {
            "kind": "Organisation",
            "kvk": row.kvk,
            "rsin": row.rsin,
            "name": row.name,
            "shares_administrators": row.shares_administrators,
            "establishments": [
                _without_nothing({"number": one.number, "name": one.name, "address": one.address})
                for one in branches
            ],
        }
    )


def _person(session: Session, sealer: Sealer, row: Person) -> dict[str, Any]:
    return _without_nothing(
        {
            "kind": "Person",
            "id": row.id,
            "name": row.display_name,
            "email": row.email,
            "locale": row.locale,
            "blocked": True if row.blocked_at is not None else None,
            "identities": _identities(session, sealer, row.id),
            "organisations": _places(session, row.id),
            "account": _account(session, row.id),
            "keeps": _factors(session, row.id),
        }
    )


def _identities(session: Session, sealer: Sealer, person_id: str) -> list[dict[str, Any]]:
    query = select(ExternalIdentity).where(
        ExternalIdentity.person_id == person_id, ExternalIdentity.origin == Origin.DOCUMENT
    )
    makelaars = names(session, Kind.IDENTITY_PROVIDER)
    return [
        _without_nothing(
            {
                "provider": row.provider_id,
                "subject_hash": identity_keys.exported(sealer, row),
                "means_active_until": row.means_active_until
                and written(row.means_active_until, end_of),
            }
        )
        for row in session.scalars(
            query.order_by(ExternalIdentity.provider_id, ExternalIdentity.subject_hash)
        )
        if row.provider_id in makelaars
    ]


def _places(session: Session, person_id: str) -> list[dict[str, Any]]:
    query = (
        select(Organisation.kvk, Membership.role, Membership.level)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.person_id == person_id,
            Membership.origin == Origin.DOCUMENT,
            Membership.until.is_(None),
        )
        .order_by(Organisation.kvk)
    )
    return [
        _without_nothing({"kvk": kvk, "role": str(role), "level": level and level.label})
        for kvk, role, level in session.execute(query)
    ]


def _account(session: Session, person_id: str) -> dict[str, Any] | None:
    query = select(Account).where(Account.person_id == person_id, Account.origin == Origin.DOCUMENT)
    row = session.scalars(query).first()
    if row is None:
        return None
    return _without_nothing(
        {
            "user_name": row.user_name,
            "email": row.email,
            "level": row.level.label,
            "ended": True if row.ended_at is not None else None,
        }
    )


def _factors(session: Session, person_id: str) -> list[str]:
    query = select(Factor.kind).where(
        Factor.person_id == person_id,
        Factor.origin == Origin.DOCUMENT,
        Factor.ended_at.is_(None),
    )
    found = set(session.scalars(query))
    return [str(kind) for kind in factor_rows.KINDS if kind in found]


def _mandate(row: Mandate) -> dict[str, Any]:
    return {
        "kind": "Mandate",
        "person": row.person_id,
        "organisation": row.organisation.kvk,
        "service": row.service_uuid,
        "level": row.level.label,
        **({"branches": list(row.branches)} if row.branches else {}),
        **_term(row),
    }


def _chain(row: ChainMandate) -> dict[str, Any]:
    return {
        "kind": "ChainMandate",
        "organisation": row.organisation.kvk,
        "intermediary": row.intermediary.kvk,
        "service": row.service_uuid,
        "level": row.level.label,
        **_term(row),
    }


def _term(row: Mandate | ChainMandate) -> dict[str, Any]:
    return {
        "from": written(row.valid_from, start_of),
        "until": written(row.valid_until, end_of),
    }


def _without_nothing(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value is not None and value != []}
