"""Another KvK number: an organisation is registered under a new one, or went up in another. What
people, mandates and chain mandates had, they have there; the old number says where it went. All of
it in the transaction of the caller, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.chains import merged_client
from admin.chains.merged_client import NOTHING_ENDED, EndedByMerger
from admin.mandates import ending
from admin.mandates.ending import EndedMandate
from admin.means import administration
from admin.organisations import following, restricted_means
from admin.organisations.records import NoSuchOrganisation, organisation_at
from admin.trade_register.entries import is_rsin
from assurance import means
from broker.sso.logout import LogoutNotifier
from consent import places
from consent.chains import ChainMandate
from consent.mandate_locks import hold
from consent.mandates import Mandate
from consent.requests import MandateRequest, RequestState
from directory import organisation_records
from directory.groups import AccountRequest
from directory.organisation_records import NumberChange, OldNumber
from directory.organisations import Establishment, Organisation
from directory.people import Membership
from directory.services import Service
from keys.sealing import Sealer
from state import audit
from state.audit import AuditEvent, EventTag
from state.trace import new_reference

_SORTS: Final = ("memberships", "mandates", "chain_mandates", "branches", "requests")


class RelinkRefused(Exception):
    """Nothing changed. ``why``: ``same``, ``taken`` (renumber to a number that is registered: that
    is a merger), ``moved`` (the number went elsewhere before) or ``rsin``.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Relinked:
    """How many of each went along. ``ended``: what did not, because a link gave or would give it;
    ``restricted_ended``: how many restricted means end, since a company has one. ``reference``: of
    the audit.
    """

    organisation_id: str
    moved: dict[str, int]
    reference: str
    ended: EndedByMerger = NOTHING_ENDED
    restricted_ended: int = 0


@dataclass(frozen=True)
class Merger:
    """Around a merger. ``services``: those of now, for what mails say of them; ``notifier``: for
    the portals that hear that what they hold has ended.
    """

    actor: Actor
    services: Mapping[str, Service]
    notifier: LogoutNotifier

    @property
    def now(self) -> datetime:
        return self.notifier.now

    @property
    def sealer(self) -> Sealer:
        return self.notifier.sealer


def renumber(
    session: Session,
    notifier: LogoutNotifier,
    old: str,
    new: str,
    *,
    rsin: str | None,
    actor: Actor,
) -> Relinked:
    """The same organisation under a new number. ``rsin``: the one it has now, None: the one it had.
    Raises NoSuchOrganisation, RelinkRefused.
    """
    _demand_free(session, old, new)
    (organisation,) = _held(session, (old,))
    _demand_free(session, old, new)
    if session.scalar(select(Organisation.id).where(Organisation.kvk == new)) is not None:
        raise RelinkRefused("taken")
    if rsin is not None and not is_rsin(rsin):
        raise RelinkRefused("rsin")
    _end_tokens(session, notifier, organisation)
    organisation.kvk, before = new, organisation.rsin
    organisation.rsin = rsin or before
    _remember(session, old, before, organisation, NumberChange.RENUMBERED, notifier.now)
    nothing = dict.fromkeys(_SORTS, 0)
    return _noted(session, organisation, old, nothing, notifier.now, actor, "renumbered")


def merge(session: Session, around: Merger, old: str, new: str) -> Relinked:
    """One organisation went up in another that is registered: what was of the old one is of the
    new one, and nobody acts for the old one any more. Who has a place in both keeps that of the
    new one, with its role, and who is limited to clients gets no others. What counted no more
    because its person left either of them is taken back first, and so is what a link in a mail to
    the old one gave or could give. One restricted means stays. Raises
    NoSuchOrganisation, RelinkRefused.
    """
    _demand_free(session, old, new)
    left, stays = _held(session, (old, new))
    _demand_free(session, old, new)
    own = {one.id for one in means.restricted_at(session, stays.id, around.now)}
    _end_tokens(session, around.notifier, left)
    now = around.now
    _begin_anew(session, (left.id, stays.id), now)
    ended = merged_client.end(session, around, left.id, stays.id)
    following.take_along(session, left.id, stays.id, around.actor, now)
    moved = {
        "memberships": _move_places(session, left.id, stays.id, now),
        "mandates": _move(session, Mandate, Mandate.organisation_id.key, left.id, stays.id),
        "chain_mandates": _move_chains(session, left.id, stays.id, now),
        "branches": _move(
            session, Establishment, Establishment.organisation_id.key, left.id, stays.id
        ),
        "requests": _move_requests(session, left.id, stays.id),
    }
    left.suspended_at = left.suspended_at or now
    for one in organisation_records.old_numbers(session, left.id):
        one.organisation_id = stays.id
    _remember(session, old, left.rsin, stays, NumberChange.MERGED, now)
    restricted = restricted_means.keep_one(session, around, stays, own)
    noted = _noted(session, stays, old, moved, now, around.actor, "merged")
    return replace(noted, ended=ended, restricted_ended=restricted)


def _held(session: Session, numbers: Sequence[str]) -> list[Organisation]:
    """The organisations with these numbers, held in every way and in one order: administrators,
    restricted means, mandates, and the rows last. Whoever changes one of the former refers to the
    row, and would wait for who holds it. Raises NoSuchOrganisation.
    """
    ids = [organisation_at(session, kvk).id for kvk in numbers]
    administration.hold(session, ids)
    administration.hold_restricted(session, ids)
    hold(session, *ids)
    rows = {kvk: organisation_at(session, kvk, held=True) for kvk in sorted(numbers)}
    if [rows[kvk].id for kvk in numbers] != ids:
        raise RelinkRefused("moved")
    return [rows[kvk] for kvk in numbers]


def _demand_free(session: Session, old: str, new: str) -> None:
    if old == new:
        raise RelinkRefused("same")
    for number in (old, new):
        if organisation_records.moved_to(session, number) is not None:
            raise RelinkRefused("moved")


def _end_tokens(session: Session, notifier: LogoutNotifier, left: Organisation) -> None:
    """Tokens that say the old number end: whoever holds one logs in again."""
    own = frozenset(
        session.scalars(
            select(Mandate.person_id).where(Mandate.organisation_id == left.id).distinct()
        )
    )
    ended = [EndedMandate(left.id, None, own)]
    query = select(ChainMandate).where(ChainMandate.organisation_id == left.id)
    for chain in session.scalars(query):
        ended.append(ending.of_chain(session, left.id, chain.intermediary_id, chain.service_uuid))
    of_office = select(ChainMandate.organisation_id).where(ChainMandate.intermediary_id == left.id)
    ended += [EndedMandate(client, None, own) for client in session.scalars(of_office.distinct())]
    ending.reach(session, notifier, ended)


def _begin_anew(session: Session, organisations: Iterable[str], now: datetime) -> None:
    """Mandates of people who left: judged by the place that the person has or had in the other
    organisation, they could count again.
    """
    query = (
        select(Membership)
        .where(Membership.organisation_id.in_(organisations), Membership.until <= now)
        .order_by(Membership.id)
    )
    for place in session.scalars(query).all():
        places.begin_anew(session, place, now)


def _move_places(session: Session, left: str, stays: str, now: datetime) -> int:
    query = select(Membership).where(Membership.organisation_id == stays)
    there = {place.person_id: place for place in session.scalars(query)}
    moved = 0
    for place in session.scalars(select(Membership).where(Membership.organisation_id == left)):
        known = there.get(place.person_id)
        if known is None:
            place.organisation_id = stays
            moved += 1
            continue
        if following.is_over(known.until, now) and not following.is_over(place.until, now):
            known.role, known.role_since, known.level = place.role, place.role_since, place.level
            known.since, known.until, known.origin = place.since, place.until, place.origin
            moved += 1
        place.until = min(place.until or now, now)
    session.flush()
    return moved


def _move_chains(session: Session, left: str, stays: str, now: datetime) -> int:
    """One that would be of an organisation with itself ends."""
    moved = 0
    for key in (ChainMandate.organisation_id.key, ChainMandate.intermediary_id.key):
        moved += _move(session, ChainMandate, key, left, stays)
    session.execute(
        update(ChainMandate)
        .where(
            ChainMandate.organisation_id == ChainMandate.intermediary_id,
            ChainMandate.organisation_id == stays,
            ChainMandate.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    return moved


def _move_requests(session: Session, left: str, stays: str) -> int:
    query = select(MandateRequest).where(
        MandateRequest.organisation_id == left, MandateRequest.state == RequestState.OPEN
    )
    rows = session.scalars(query).all()
    for row in rows:
        row.organisation_id = stays
    return len(rows)


def _move(
    session: Session,
    model: type[Mandate] | type[ChainMandate] | type[Establishment],
    key: str,
    left: str,
    stays: str,
) -> int:
    column = model.__table__.c[key]
    done = session.execute(
        update(model)
        .where(column == left)
        .values({key: stays})
        .returning(column)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return len(done.all())


def _remember(
    session: Session,
    old: str,
    rsin: str | None,
    organisation: Organisation,
    why: NumberChange,
    now: datetime,
) -> None:
    """Where the old number went; what a first administrator asked by it is asked by the new one."""
    session.add(
        OldNumber(
            kvk=old,
            organisation_id=organisation.id,
            why=why,
            rsin=rsin if rsin != organisation.rsin else None,
            changed_at=now,
        )
    )
    session.execute(
        update(AccountRequest)
        .where(AccountRequest.kvk == old)
        .values(kvk=organisation.kvk)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    session.expire_all()


def _noted(
    session: Session,
    organisation: Organisation,
    old: str,
    moved: dict[str, int],
    now: datetime,
    actor: Actor,
    why: str,
) -> Relinked:
    reference = new_reference()
    audit.record(
        session,
        AuditEvent(
            EventTag.ORGANISATION_RELINKED,
            now,
            reference,
            person_id=actor.person_id,
            organisation_id=organisation.id,
            reason=why,
            details={**moved, "was": old, "now": organisation.kvk},
        ),
    )
    return Relinked(organisation.id, moved, reference)


__all__ = ["Merger", "NoSuchOrganisation", "RelinkRefused", "Relinked", "merge", "renumber"]
