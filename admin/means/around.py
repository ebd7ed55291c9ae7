"""What every use case of means needs to know beside the database: who, with which login, by which
rules of the installation, and when.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import companies
from admin.mandates.companies import Company
from admin.mandates.decision_rules import DeciderLogin
from assurance.levels import AssuranceLevel
from broker.process import Process
from broker.runtime import Runtime
from broker.sso import logout
from broker.sso.logout import LogoutNotifier
from keys.sealing import Sealer


@dataclass(frozen=True)
class MeansRules:
    """What the installation chose. ``approval``: the levels that need it; ``activation``: how long
    a letter can be used; ``sms_countries``: of numbers that get codes; ``restricted_to``: the OINs
    of providers to whose services a means can be restricted; ``asks_documents``: a scan of an
    identity document comes with a request.
    """

    approval: Collection[AssuranceLevel]
    activation: timedelta
    sms_countries: Collection[str]
    restricted_to: Collection[str] = ()
    asks_documents: bool = False


@dataclass(frozen=True)
class MeansSite:
    """What messages need of the installation. ``base_url``: its address, ``name``: its name;
    ``notifier``: for portals that hear that what they hold has ended.
    """

    base_url: str
    name: str
    sealer: Sealer
    rules: MeansRules
    notifier: LogoutNotifier


def site_of(rt: Runtime | Process) -> MeansSite:
    """As settings and registrations have it now."""
    settings = rt.settings
    services = rt.holder.current.services.values()
    providers = {one.provider_oin for one in services if one.own_means}
    rules = MeansRules(
        approval=frozenset(AssuranceLevel.from_label(one) for one in settings.means.approval),
        activation=timedelta(days=settings.means.activation_days),
        sms_countries=settings.second_factors.sms_countries,
        restricted_to=[one for one in settings.means.restricted_to if one in providers],
        asks_documents=settings.identity_documents.asked,
    )
    notifier = logout.notifier_of(rt)
    return MeansSite(settings.base_url, settings.ui.name, rt.sealer, rules, notifier)


@dataclass(frozen=True)
class MeansAsker:
    """An administrator at work in one organisation. ``login``: worth so much there;
    ``login_level``: what the login itself reached, before the limit of any organisation.
    """

    organisation_id: str
    actor: Actor
    login: DeciderLogin
    login_level: AssuranceLevel
    site: MeansSite
    now: datetime


@dataclass(frozen=True)
class MeansDesk:
    """An operator at work, or the installation itself where nobody needs to decide."""

    actor: Actor
    site: MeansSite
    now: datetime


def administered(session: Session, around: MeansAsker) -> dict[str, tuple[Company, AssuranceLevel]]:
    """By id, the organisations that this administrator may link, each with the level that the
    login is worth there.
    """
    own = companies.of_person(session, around.actor.logged_in, around.now)
    return {one.id: (one, one.own_level(around.login_level)) for one in own if one.is_administered}
