"""What a login that was made before is worth now: its makelaar, its account, its factor and its
mandate, each as they are registered at this moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from assurance import means, second_factor, step_up
from assurance.accepted_factor import AcceptedFactor
from assurance.levels import AssuranceLevel, highest, suffices
from broker.configuration import Configuration
from broker.downstream import LoginRequest, LoginResult, Purpose
from broker.runtime import Runtime
from broker.sso import grants
from consent.authority import Authority, RefusalReason
from consent.options import Terms
from consent.recheck import IdentityKey, PersonGone, recheck
from directory import consoles, people
from directory.people import Known
from directory.services import MandateRule, Service
from keys.sealing import Sealer
from providers import accounts, worth
from providers.interface import Identity
from providers.login_facts import LoginFacts
from providers.members import is_admitted
from providers.worth import NothingWorth

MAKELAAR_GONE: Final = "provider_not_live"
NOT_ADMITTED: Final = "provider_not_allowed_for_service"
ACCOUNT_CHANGED: Final = "account_changed"
LEVEL_LOWERED: Final = "level_lowered"
SERVICE_GONE: Final = "service_gone"
PORTAL_GONE: Final = "portal_gone"
SERVICE_ASKS_MORE: Final = "service_asks_more"
NOT_OFFERED: Final = "service_not_offered"
MANDATE_ASKED: Final = "mandate_missing"
PERSON_GONE: Final = "account_blocked"
MEANS_RESTRICTED: Final = "means_restricted"
IDENTITY_MOVED: Final = "identity_moved"
MEANS_ENDED: Final = "means_not_activated"
MANDATE_ENDED: Final = "mandate_ended"
LOGIN_ENDED: Final = "login_ended"  # what it gave was revoked


def by_registrations(configuration: Configuration, identity: Identity) -> Identity:
    """The identity at what it is worth by the registrations alone; no SQL, but for the row of a
    member of a federation. Raises NothingWorth.
    """
    if identity.provider_id == accounts.PROVIDER_ID:
        return identity
    record = configuration.providers.get(identity.provider_id)
    if record is None or record.state != "live":
        raise NothingWorth(MAKELAAR_GONE)
    return worth.of_makelaar(record, identity)


def now_worth(
    configuration: Configuration, sql: Session, identity: Identity, now: datetime
) -> Identity:
    """The identity at what it is worth now, that of an account too. Raises NothingWorth."""
    if identity.provider_id != accounts.PROVIDER_ID:
        return by_registrations(configuration, identity)
    holder = accounts.holder(sql, identity.subject, not_after=identity.authenticated_at, now=now)
    if holder is None:
        raise NothingWorth(ACCOUNT_CHANGED)
    return worth.of_account(holder.level, identity, provider_oin=holder.provider_oin)


def is_for(service: Service, identity: Identity) -> bool:
    """Does a means of ours count at this service? A restricted one at those of one provider, and
    where its person and the own organisation are looked after. ``identity``: as it is judged now.
    """
    restricted_to = identity.own_means_for
    return service.uuid in consoles.FOR_EVERY_MEANS or means.counts_at(
        restricted_to, service.provider_oin
    )


def whose(sql: Session, sealer: Sealer, identity: Identity, now: datetime) -> Known | None:
    """The person whose identity this is now, in one read."""
    if identity.provider_id != accounts.PROVIDER_ID:
        return people.find(sql, sealer, identity.provider_id, identity.subject)
    holder = accounts.holder(sql, identity.subject, not_after=identity.authenticated_at, now=now)
    return holder.known if holder is not None else None


def factor_counts(service: Service, identity: Identity, factor: AcceptedFactor | None) -> bool:
    """Does a factor of ours lift a login with this identity at this service? One that belongs to a
    means of ours always does; what a service may decline is lifting others.
    """
    if factor is None:
        return False
    is_allowed = service.local_second_factor or identity.own_means is not None
    kinds = service.second_factors
    return is_allowed and (kinds is None or factor.method in kinds)


def level_now(sql: Session, service: Service, facts: LoginFacts) -> AssuranceLevel:
    """The level of a login with this identity, as ``now_worth`` gives it, while its factor stands
    and counts.
    """
    counts = factor_counts(service, facts.identity, facts.factor)
    stands = counts and facts.factor is not None
    if stands and facts.factor is not None:
        stands = second_factor.stands(sql, facts.factor.factor_id)
    return step_up.reached(facts.identity, local_factor=stands)


def identity_key(sealer: Sealer, identity: Identity) -> IdentityKey | None:
    """Where ``recheck`` finds whose identity this is; None for an account."""
    if identity.provider_id == accounts.PROVIDER_ID:
        return None
    hashed = people.subject_hash(sealer, identity.provider_id, identity.subject)
    return IdentityKey(identity.provider_id, hashed)


def is_offered(configuration: Configuration, request: LoginRequest) -> bool:
    """Does the portal that asked still offer this service? Our consoles offer their own."""
    if request.purpose is Purpose.CONSOLE:
        return True
    portal = configuration.relying_parties.get(request.client_id)
    return portal is not None and request.service_uuid in portal.services


def lacks_mandate(service: Service, authority: Authority | None) -> bool:
    """Does the service let nobody in for himself, and is this login for nobody else?"""
    return authority is None and service.mandate is MandateRule.REQUIRED


def fault(rt: Runtime, sql: Session, result: LoginResult, now: datetime) -> str | None:
    """Why what this login gave is worth nothing now, as a machine word, by the registrations, the
    person, the account, the factor and the mandate of this moment; None while it stands. A few
    reads: the mandate with its person and organisations, and an account or factor where the login
    had one.
    """
    return next(_faults(rt, sql, result, now), None)


def fault_of_code(rt: Runtime, sql: Session, result: LoginResult, now: datetime) -> str | None:
    """The same of a login whose code is redeemed; ``LOGIN_ENDED`` where its grant stands no more,
    which is looked at in the same read.
    """
    found = list(_faults(rt, sql, result, now, of_grant=True))
    return LOGIN_ENDED if LOGIN_ENDED in found else next(iter(found), None)


def also(
    rt: Runtime, sql: Session, result: LoginResult, now: datetime, told: str | None
) -> str | None:
    """What else stands in the way beside what was ``told``, as ``explained`` words with commas;
    None where nothing does. Mending what was told would not be enough.
    """
    found = dict.fromkeys(explained(one) for one in _faults(rt, sql, result, now))
    words = [one for one in found if one != explained(told or "")]
    return ", ".join(words) or None


def _by_registrations(configuration: Configuration, result: LoginResult) -> Iterator[str]:
    """Each fault, first what must be mended first."""
    service = configuration.services.get(result.request.service_uuid)
    if service is None:
        yield SERVICE_GONE
        return
    if not is_offered(configuration, result.request):
        yield NOT_OFFERED
    identity = result.facts.identity
    if not _admits(configuration, service, identity):
        yield NOT_ADMITTED
    if not suffices(result.level, _needed(service, result.request, identity)):
        yield SERVICE_ASKS_MORE
    if lacks_mandate(service, result.authority):
        yield MANDATE_ASKED
    try:
        judged = by_registrations(configuration, identity)
    except NothingWorth as nothing:
        yield nothing.reason
        return
    counts = factor_counts(service, judged, result.facts.factor)
    if not suffices(step_up.reached(judged, local_factor=counts), result.level):
        yield LEVEL_LOWERED


def _faults(
    rt: Runtime, sql: Session, result: LoginResult, now: datetime, *, of_grant: bool = False
) -> Iterator[str]:
    """The same with what the database says. A mandate is judged at the level that the login had,
    where that is what is wrong: it is no second cause. ``of_grant``: its grant must stand as well.
    """
    configuration = rt.configuration
    yield from _by_registrations(configuration, result)
    service = configuration.services.get(result.request.service_uuid)
    if service is None:
        if of_grant and grants.live(sql, result.grant_id, now) is None:
            yield LOGIN_ENDED
        return
    judged, level = result.facts.identity, result.level
    try:
        judged = now_worth(configuration, sql, judged, now)
    except NothingWorth as nothing:
        yield nothing.reason
    else:
        if not is_for(service, judged):
            yield MEANS_RESTRICTED
        facts = LoginFacts(judged, result.facts.service_uuid, result.facts.factor)
        level = level_now(sql, service, facts)
        if not suffices(level, result.level):
            yield LEVEL_LOWERED
    reached = highest(level, result.level)
    needed = _needed(service, result.request, judged)
    terms = Terms(
        service=service,
        reached=reached,
        needed=needed if suffices(reached, needed) else result.level,
        now=now,
        unused_months=rt.settings.mandates.unused_months,
        link_level=rt.settings.mandates.chain_link_level,
    )
    fallen = recheck(
        sql,
        result.person_id,
        result.authority,
        terms,
        identity=identity_key(rt.sealer, judged),
        within=grants.with_its_login(result.grant_id, now) if of_grant else None,
    )
    if of_grant and fallen is PersonGone.BLOCKED:
        yield LOGIN_ENDED
        return
    if isinstance(fallen, PersonGone):
        others = {PersonGone.MOVED: IDENTITY_MOVED, PersonGone.MEANS_ENDED: MEANS_ENDED}
        yield others.get(fallen, PERSON_GONE)
    elif fallen is not None:
        yield str(fallen.reason)


def explained(fault: str) -> str:
    """The reason under which this is explained (``broker.texts.reasons``): what became of a mandate
    of ours has one of all together.
    """
    apart = {
        RefusalReason.NOT_TRUSTED,
        RefusalReason.RENUMBERED,
        RefusalReason.SUSPENDED,
        RefusalReason.BRANCH_ENDED,
    }
    return MANDATE_ENDED if fault in set(RefusalReason) - apart else fault


def _needed(service: Service, request: LoginRequest, identity: Identity) -> AssuranceLevel:
    """What the login must reach by the service of now: an e-mail account does where it is offered,
    and is offered to no portal that asks a level.
    """
    is_account = identity.provider_id == accounts.PROVIDER_ID
    if is_account and identity.own_means is None and service.email_accounts:
        return AssuranceLevel.EMAIL
    return highest(request.level, service.level)


def _admits(configuration: Configuration, service: Service, identity: Identity) -> bool:
    """May this makelaar, or an account of this kind, be used at the service?"""
    if identity.provider_id != accounts.PROVIDER_ID:
        record = configuration.providers.get(identity.provider_id)
        if record is None:  # gone since, and told as that where the service named it
            return service.makelaars is None or identity.provider_id in service.makelaars
        return is_admitted(service, record)
    is_means = identity.own_means is not None
    return service.email_accounts or (is_means and service.own_means)
