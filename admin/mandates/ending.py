"""What a mandate gave ends with it: the tokens that portals hold because somebody acted for the
organisation. Portals that can be told are told; the session of the browser stays, for it speaks for
nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.sso import grants, logout
from broker.sso.grants import Grant
from broker.sso.logout import LogoutNotifier
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory.history import HistoryEntry
from directory.organisations import Organisation

_SAME_LOGIN: Final = timedelta(minutes=1)  # between the grant of a login and its line of history


@dataclass(frozen=True)
class EndedMandate:
    """For whom nobody of these people acts any more, and where; None: at every service."""

    organisation_id: str
    service_uuid: str | None
    people: frozenset[str]


def of_mandate(mandate: Mandate) -> EndedMandate:
    """One person at its own organisation. Whoever acted through it for others is in ``chained``."""
    return EndedMandate(
        mandate.organisation_id, mandate.service_uuid, frozenset({mandate.person_id})
    )


def of_chain(
    session: Session, organisation_id: str, intermediary_id: str, service_uuid: str
) -> EndedMandate:
    """Everybody who may act for the intermediary."""
    query = select(Mandate.person_id).where(Mandate.organisation_id == intermediary_id).distinct()
    return EndedMandate(organisation_id, service_uuid, frozenset(session.scalars(query)))


def chained(session: Session, mandate: Mandate) -> list[EndedMandate]:
    """The organisations for which the person could act through that of the mandate."""
    query = select(ChainMandate).where(ChainMandate.intermediary_id == mandate.organisation_id)
    if mandate.service_uuid is not None:
        query = query.where(ChainMandate.service_uuid == mandate.service_uuid)
    people = frozenset({mandate.person_id})
    return [
        EndedMandate(chain.organisation_id, chain.service_uuid, people)
        for chain in session.scalars(query)
    ]


def through(session: Session, intermediary_id: str, person_id: str) -> list[EndedMandate]:
    """Every client of an intermediary, for one of its people: who left it, say."""
    query = select(ChainMandate.organisation_id, ChainMandate.service_uuid).where(
        ChainMandate.intermediary_id == intermediary_id
    )
    people = frozenset({person_id})
    return [EndedMandate(*row, people) for row in session.execute(query.distinct())]


def reach_of(session: Session, notifier: LogoutNotifier, mandate: Mandate) -> int:
    """What this mandate gave ends, for its own organisation and for those behind it; of how many
    logins.
    """
    return reach(session, notifier, [of_mandate(mandate), *chained(session, mandate)])


def reach(session: Session, notifier: LogoutNotifier, ended: Iterable[EndedMandate]) -> int:
    """End the tokens in the transaction of the caller; of how many logins."""
    found = {grant.id: grant for one in ended for grant in _standing(session, notifier, one)}
    return logout.end_grants(session, notifier, list(found.values()), "mandate_ended")


def _standing(session: Session, notifier: LogoutNotifier, ended: EndedMandate) -> Iterator[Grant]:
    """Grants of logins in which one of these people acted for the organisation."""
    organisation = session.get_one(Organisation, ended.organisation_id)
    query = grants.standing(notifier.now).where(Grant.person_id.in_(ended.people))
    if ended.service_uuid is not None:
        query = query.where(Grant.service_uuid == ended.service_uuid)
    for grant in session.scalars(query).all():
        if _acted_for(session, grant, {organisation.kvk, organisation.rsin}):
            yield grant


def _acted_for(session: Session, grant: Grant, numbers: set[str | None]) -> bool:
    began, ended = grant.created_at - _SAME_LOGIN, grant.created_at + _SAME_LOGIN
    query = select(HistoryEntry.represented).where(
        HistoryEntry.person_id == grant.person_id,
        HistoryEntry.at.between(began, ended),
        HistoryEntry.client_id == grant.client_id,
        HistoryEntry.service_uuid == grant.service_uuid,
        HistoryEntry.outcome == "success",
        HistoryEntry.represented.is_not(None),
    )
    return any(number in numbers for number in session.scalars(query))
