"""What is taken away from Roos while she logs in, each by the way by which it is taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.chains import given as chains_given
from admin.chains.given import ChainRevocation
from admin.groups import changing
from admin.groups.rights import GroupWork
from admin.mandates import given
from admin.mandates.decision_rules import DeciderLogin
from admin.mandates.given import Revocation
from assurance.factors import Factor
from assurance.levels import AssuranceLevel
from broker.sso.logout import LogoutNotifier
from broker.texts.outside_request import texts
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory.dates import day_of
from directory.fields import LocalizedText
from directory.groups import UserGroup
from directory.organisations import Organisation
from state.db import writing
from state.registrations import Kind
from tests.commands_here import CommandsHere
from tests.journeys.beheer import BAKERY, GARDEN
from tests.journeys.lowering import withdraw_one
from tests.journeys.midway import CLIENT, HIGH, LOW, MAKELAAR, OF_SAML, PORTAL, SERVICE
from tests.journeys.running import MAKELAARS, Instances

Take = Callable[[Instances], None]
PEOPLE: Final = "40-people.yaml"


def documents(*changed: dict[str, Any]) -> Take:
    """With `sluis apply`."""
    return lambda at: at.world.apply(yaml.safe_dump_all(changed), "98-taken.yaml")


def of_makelaar(**changes: Any) -> Take:
    return lambda at: documents({**at.document(MAKELAARS, MAKELAAR), **changes})(at)


def of_service(**changes: Any) -> Take:
    return documents({**SERVICE, **changes})


def withdrawn(*what: tuple[Kind, str]) -> Take:
    def take(at: Instances) -> None:
        for kind, name in what:
            withdraw_one(at, kind, name)

    return take


def not_offered(at: Instances) -> None:
    others = {"services": [LOW.uuid], "default_service": LOW.uuid}
    documents({**PORTAL, **others}, {**OF_SAML, **others})(at)


def blocked(at: Instances) -> None:
    documents({**at.document(PEOPLE, "roos"), "blocked": True})(at)


def means_ended(at: Instances) -> None:
    roos = at.document(PEOPLE, "roos")
    day = str(day_of(at.world.clock() - timedelta(days=1)))
    identities = [{**one, "means_active_until": day} for one in roos["identities"]]
    documents({**roos, "identities": identities})(at)


def identity_of_somebody_else(at: Instances) -> None:
    roos, wim = at.document(PEOPLE, "roos"), at.document(PEOPLE, "wim")
    both = [*wim["identities"], *roos["identities"]]
    documents({**roos, "identities": []}, {**wim, "identities": both})(at)


def factors_reset(at: Instances) -> None:
    """By a command, as in an emergency, which two administrators ask."""
    wim = at.document(PEOPLE, "wim")
    place = {"kvk": BAKERY, "role": "administrator"}
    documents({**wim, "organisations": [place]})(at)
    roos = ("--person", "roos", "--by", "sanne", "--approved-by", "wim")
    CommandsHere(at.world.demo).sluis("factor", "reset", *roos)
    with at.world.session() as session:
        factors = session.scalars(select(Factor).where(Factor.person_id == "roos"))
        assert all(one.ended_at for one in factors)


def suspended(kvk: str) -> Take:
    """As the trade register does it."""

    def take(at: Instances) -> None:
        with at.world.session() as session, writing(session):
            _organisation(session, kvk).suspended_at = at.world.clock()

    return take


def revoked(kvk: str) -> Take:
    """By an administrator at `/beheer`."""

    def take(at: Instances) -> None:
        with texts(), at.world.session() as session, writing(session):
            place = _organisation(session, kvk).id
            query = select(Mandate).where(
                Mandate.organisation_id == place,
                Mandate.person_id == "roos",
                Mandate.service_uuid == HIGH.uuid,
            )
            mandate = session.scalars(query).one()
            assert given.revoke(session, mandate, _revocation(at))

    return take


def chain_revoked(at: Instances) -> None:
    with texts(), at.world.session() as session, writing(session):
        query = select(ChainMandate).where(ChainMandate.service_uuid == HIGH.uuid)
        chain = session.scalars(query).one()
        assert chain.organisation_id == _organisation(session, CLIENT).id
        known = at.world.process.holder.current
        wanted = ChainRevocation(
            actor=Actor.administrator("sanne"),
            services=known.services,
            now=at.world.clock(),
            notifier=_notifier(at),
        )
        assert chains_given.revoke(session, chain, wanted)


def _organisation(session: Session, kvk: str) -> Organisation:
    return session.scalars(select(Organisation).where(Organisation.kvk == kvk)).one()


def _notifier(at: Instances) -> LogoutNotifier:
    process, portals = at.world.process, at.world.runtime.configuration.relying_parties
    return LogoutNotifier(process.sealer, process.downstreams, portals, at.world.clock())


def _revocation(at: Instances) -> Revocation:
    return Revocation(
        actor=Actor.administrator("sanne"),
        service=LocalizedText(nl=HIGH.name, en=HIGH.name),
        now=at.world.clock(),
        notifier=_notifier(at),
    )


def out_of_the_group(at: Instances) -> None:
    """By the administrator of the group."""
    now, settings = at.world.clock(), at.world.process.settings
    with texts(), at.world.session() as session, writing(session):
        work = GroupWork(
            actor=Actor.administrator("sanne"),
            login=DeciderLogin(AssuranceLevel.EH4, now),
            organisation_id=_organisation(session, GARDEN).id,
            notifier=_notifier(at),
            site="Sluis",
            base_url=settings.base_url,
            max_years=5,
            one_per_account=False,
        )
        group = session.scalars(select(UserGroup.id)).one()
        changing.remove_member(session, work, group, "roos")
