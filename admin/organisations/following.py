"""What follows an organisation that goes up in another, beside people and mandates: companies of
groups, means and requests for them, invitations, forms, who acts for which client and who asks or
asked to. What was asked of it and waited was withdrawn before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin.actor import Actor
from assurance.means import MeansLink
from assurance.means_requests import MeansRequest
from consent import allocations
from consent.allocations import Client, ClientAllocation, Clients
from consent.chain_requests import ChainRequest
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory.change_forms import ChangeForm
from directory.groups import GroupCompany
from directory.invitations import Invitation
from directory.people import Membership

# What names the organisation in one column, where nothing can be there twice.
_PLAIN: Final[tuple[Any, ...]] = (GroupCompany, MeansRequest, Invitation, ChangeForm)


def take_along(session: Session, left: str, stays: str, actor: Actor, now: datetime) -> None:
    """With the transaction of the caller, before mandates and chain mandates move."""
    _join_limits(session, left, stays, actor, now)
    _move_means(session, left, stays, now)
    for model in (*_PLAIN, ClientAllocation):
        session.execute(
            update(model)
            .where(model.organisation_id == left)
            .values(organisation_id=stays)
            .execution_options(synchronize_session=False)
        )
    for key in ("organisation_id", "intermediary_id"):
        session.execute(
            update(ChainRequest)
            .where(getattr(ChainRequest, key) == left)
            .values({key: stays})
            .execution_options(synchronize_session=False)
        )
    session.expire_all()


def is_over(until: datetime | None, now: datetime) -> bool:
    """Did what is there already end, so that what comes takes its place?"""
    return until is not None and until <= now


def _join_limits(session: Session, left: str, stays: str, actor: Actor, now: datetime) -> None:
    """Who was limited in either office acts for no more clients than in both together."""
    limits = {office: allocations.of_people(session, office) for office in (left, stays)}
    for person_id in sorted({*limits[left], *limits[stays]}):
        named = frozenset[Client]().union(
            *(_had(session, office, person_id, limits[office], now) for office in (left, stays))
        )
        allocations.put(session, left, person_id, allocations.EVERY_CLIENT, by="", now=now)
        allocations.put(session, stays, person_id, named, by=actor.person_id or "", now=now)


def _had(
    session: Session, office: str, person_id: str, limits: Mapping[str, Clients], now: datetime
) -> frozenset[Client]:
    """Those of the limit; without one all of the office, for who has a mandate of it. None of an
    office that the person left: there nobody acts for clients any more.
    """
    ended = select(Membership.until).where(
        Membership.organisation_id == office, Membership.person_id == person_id
    )
    if is_over(session.scalars(ended).first(), now):
        return frozenset()
    if person_id in limits:
        return limits[person_id]
    held = select(Mandate.id).where(
        Mandate.organisation_id == office,
        Mandate.person_id == person_id,
        Mandate.revoked_at.is_(None),
        Mandate.valid_until > now,
    )
    if session.scalars(held).first() is None:
        return frozenset()
    query = select(ChainMandate.organisation_id, ChainMandate.service_uuid).where(
        ChainMandate.intermediary_id == office
    )
    return frozenset(Client(*row) for row in session.execute(query))


def _move_means(session: Session, left: str, stays: str, now: datetime) -> None:
    """A means that is used at both stays linked to one of them, as a place does."""
    query = select(MeansLink).where(MeansLink.organisation_id == stays)
    there = {link.means_id: link for link in session.scalars(query)}
    for link in session.scalars(select(MeansLink).where(MeansLink.organisation_id == left)):
        known = there.get(link.means_id)
        if known is None:
            link.organisation_id = stays
            continue
        if is_over(known.until, now):
            known.role, known.gives_place = link.role, link.gives_place
            known.since, known.until = link.since, link.until
        link.until = min(link.until or now, now)
    for request in session.scalars(select(MeansRequest).where(MeansRequest.done_at.is_(None))):
        if left in request.organisations:
            named = [stays if one == left else one for one in request.organisations]
            request.organisations = list(dict.fromkeys(named))
    session.flush()
