"""Means of people (inlogmiddelen): whether somebody can log in now, and how high at most. It
follows from today's registrations: makelaars that know the person, an account at Sluis, a factor.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from assurance.factors import Factor
from assurance.levels import AssuranceLevel, highest_of, suffices
from assurance.means import counts_at
from assurance.step_up import LOCAL_FACTOR_GIVES, allows_factor
from directory.people import ExternalIdentity, Person
from providers.accounts import Account
from providers.registry import ProviderRecord


class MeansState(enum.StrEnum):
    """Can this person log in?"""

    ACTIVE = "active"
    EXPIRED = "expired"  # the activation has a deadline, and it passed
    BLOCKED = "blocked"
    RESTRICTED = "restricted"  # to the services of another provider
    NONE = "none"


@dataclass(frozen=True)
class PersonMeans:
    """``level``: the most that a login of this person reaches; None where none is possible."""

    state: MeansState
    level: AssuranceLevel | None = None

    def suffices(self, needed: AssuranceLevel) -> bool:
        return self.level is not None and suffices(self.level, needed)


_NOTHING: Final = PersonMeans(MeansState.NONE)


def of_people(
    session: Session,
    makelaars: Mapping[str, ProviderRecord],
    person_ids: Sequence[str],
    now: datetime,
    *,
    own_means: bool = True,
    provider_oin: str | None = None,
) -> dict[str, PersonMeans]:
    """Of each of these people, in four reads. ``makelaars``: those that count; ``own_means``: what
    Sluis issued counts too, a restricted one at ``provider_oin`` where one is named.
    """
    blocked = set(
        session.scalars(
            select(Person.id).where(Person.id.in_(person_ids), Person.blocked_at <= now)
        )
    )
    lifted = set(
        session.scalars(
            select(Factor.person_id).where(
                Factor.person_id.in_(person_ids), Factor.ended_at.is_(None)
            )
        )
    )
    query = select(ExternalIdentity).where(ExternalIdentity.person_id.in_(person_ids))
    identities = _by_person(session.scalars(query))
    accounts = {
        row.person_id: row
        for row in session.scalars(
            select(Account).where(Account.person_id.in_(person_ids), Account.ended_at.is_(None))
        )
    }
    elsewhere = {
        person_id
        for person_id, row in accounts.items()
        if provider_oin is not None and not counts_at(row.provider_oin, provider_oin)
    }
    own = {person_id: row for person_id, row in accounts.items() if person_id not in elsewhere}
    return {
        person_id: PersonMeans(MeansState.BLOCKED)
        if person_id in blocked
        else PersonMeans(MeansState.RESTRICTED)
        if own_means and person_id in elsewhere and not identities.get(person_id)
        else _judged(
            identities.get(person_id, ()),
            own.get(person_id) if own_means else None,
            makelaars,
            now,
            has_factor=person_id in lifted,
        )
        for person_id in person_ids
    }


def _judged(
    identities: Sequence[ExternalIdentity],
    account: Account | None,
    makelaars: Mapping[str, ProviderRecord],
    now: datetime,
    *,
    has_factor: bool,
) -> PersonMeans:
    usable = [one for one in identities if _is_active(one, now)]
    levels = list(_levels(usable, makelaars, has_factor=has_factor))
    own = account.level if account is not None else None
    level = highest_of(own, *levels)
    if level is not None:
        return PersonMeans(MeansState.ACTIVE, level)
    return PersonMeans(MeansState.EXPIRED) if len(usable) < len(identities) else _NOTHING


def _levels(
    identities: Iterable[ExternalIdentity],
    makelaars: Mapping[str, ProviderRecord],
    *,
    has_factor: bool,
) -> Iterator[AssuranceLevel]:
    for identity in identities:
        record = makelaars.get(identity.provider_id)
        if record is None or record.state != "live":
            continue
        yield record.level_ceiling
        if has_factor and allows_factor(record):
            yield LOCAL_FACTOR_GIVES


def _is_active(identity: ExternalIdentity, now: datetime) -> bool:
    return identity.means_active_until is None or identity.means_active_until > now


def _by_person(rows: Iterable[ExternalIdentity]) -> dict[str, list[ExternalIdentity]]:
    found: dict[str, list[ExternalIdentity]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found
