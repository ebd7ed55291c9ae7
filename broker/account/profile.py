"""The front page of ``/mijn``: who we think the person is, who told us, and for whom they act."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from broker.account.access import AccountContext, owner
from broker.account.extensions import may_be_extended
from broker.account.factors import blueprint
from broker.account.profile_pages import (
    AccountHere,
    HeldMandateRow,
    OwnClientRow,
    OwnPlaceRow,
    OwnProfilePage,
    WayIn,
)
from broker.web.endpoints import Endpoint
from broker.web.registration_names import makelaar_name, provider_name, service_name
from broker.web.responses import show
from consent import chains, mandates, places
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory import people
from directory.administrator_role import role_of
from directory.people import KnownAt, Role
from providers import accounts
from providers.accounts import PROVIDER_ID

MOST_CLIENTS: Final = 100


@blueprint.get("")
@Endpoint(limit="console", kept=("done",))
def front() -> Response:
    """The address can be changed by the person; each other thing says who can."""
    who = owner()
    sql, now = who.rt.session, who.session.now
    held = [
        one
        for one in mandates.held_by(sql, who.person.id)
        if one.revoked_at is None and one.valid_until > now
    ]
    left = places.left_behind(sql, held, now)
    page = OwnProfilePage(
        who.frame,
        name=who.person.display_name,
        email=who.person.email,
        locale=who.person.locale,
        since=who.person.created_at,
        level=who.session.level.label,
        ways=tuple(_way(who, one) for one in people.known_at(sql, who.person.id)),
        account=_account(who),
        places=tuple(
            OwnPlaceRow(one.organisation.name, role_of(one, now) is Role.ADMINISTRATOR, one.until)
            for one in people.memberships_of(sql, who.person.id)
            if one.since <= now and (one.until is None or one.until > now)
        ),
        mandates=tuple(_mandate(who, one, held, left) for one in mandates.shown(held, now, left)),
        clients=tuple(
            _client(who, one)
            for one in chains.through(
                sql,
                who.person.id,
                now,
                most=MOST_CLIENTS,
                link_level=who.rt.settings.mandates.chain_link_level,
            )
        ),
        done=request.args.get("done", ""),
    )
    return show(page)


def _way(who: AccountContext, known: KnownAt) -> WayIn:
    record = who.rt.configuration.providers.get(known.provider_id)
    ended = known.active_until is not None and known.active_until <= who.session.now
    return WayIn(
        name=makelaar_name(who.rt.configuration, known.provider_id) or known.provider_id,
        since=known.since,
        highest=record.level_ceiling.label if record is not None else None,
        not_activated=ended,
    )


def _account(who: AccountContext) -> AccountHere | None:
    found = accounts.of_person(who.rt.session, who.person.id)
    if found is None:
        return None
    oin = found.provider_oin
    return AccountHere(
        makelaar_name(who.rt.configuration, PROVIDER_ID) or PROVIDER_ID,
        found.user_name,
        found.email,
        found.level.label,
        found.created_at,
        found.password_changed_at,
        provider_name(who.rt.configuration, oin) or oin if oin is not None else "",
    )


def _mandate(
    who: AccountContext, one: Mandate, held: Sequence[Mandate], left: Collection[str]
) -> HeldMandateRow:
    has_left = one.id in left
    past = [row for row in held if row.id in left and mandates.is_same(row, one)]
    return HeldMandateRow(
        organisation=one.organisation.name,
        service=service_name(who.rt.configuration, one.service_uuid),
        branches=tuple(one.branches),
        level=one.level.label,
        starts=one.valid_from if one.valid_from > who.session.now else None,
        until=one.valid_until,
        extend_id=one.id if may_be_extended(who, one) else "",
        has_left=has_left,
        past=() if has_left else tuple(row.valid_until for row in past),
    )


def _client(who: AccountContext, one: ChainMandate) -> OwnClientRow:
    return OwnClientRow(
        client=one.organisation.name,
        intermediary=one.intermediary.name,
        service=service_name(who.rt.configuration, one.service_uuid),
        level=one.level.label,
        until=one.valid_until,
    )
