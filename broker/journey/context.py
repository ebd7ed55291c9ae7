"""Context: what stands around one login right now, each fact looked up at most once per request.

Configuration facts come from the process; people, mandates and consents from SQL, and only when a
row asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from assurance import second_factor, step_up
from assurance.accepted_factor import AcceptedFactor
from assurance.levels import AssuranceLevel
from assurance.session_reuse import still_says
from assurance.step_up import Trusted
from broker.configuration import Configuration
from broker.downstream import LoginRefused, Purpose, RefusalCode
from broker.errors import PageError
from broker.journey import login_methods, login_time
from broker.journey.login import Login
from broker.journey.login_methods import LoginMethod
from broker.journey.offered_makelaars import OfferedMakelaars
from broker.runtime import Runtime
from broker.sso import standing
from broker.web.language import locale
from consent import register, release
from consent.options import Options, Terms, options, options_from_asserted
from directory import announcements, people
from directory.announcements import Announcement
from directory.help_desks import SITE
from directory.people import Known, MeansStatus
from directory.services import ConsentRule, MandateRule, RelyingParty, Service
from providers import accounts, worth
from providers.interface import Identity
from providers.registry import ProviderRecord
from providers.worth import NothingWorth
from state.copies import replace
from state.worked_out import cached_property

# What a portal hears where an identity proves nothing any more.
_HEARD: Final[Mapping[str, RefusalCode]] = {
    standing.MAKELAAR_GONE: RefusalCode.NOT_ALLOWED,
    standing.ACCOUNT_CHANGED: RefusalCode.NOT_ALLOWED,
    worth.LEVEL_UNKNOWN: RefusalCode.LEVEL_UNREACHABLE,
    worth.NOT_TRUSTED: RefusalCode.MANDATE_MISSING,
}


# Facts that follow from a part of the login and from the registrations alone.
_OF_REQUEST: Final = ("service", "relying_party", "methods", "makelaars")
_OF_PROVIDER: Final = ("method", "provider", "provider_is_usable")
_OF_IDENTITY: Final = ("known", "holder")


def _kept(before: Login, after: Login) -> Sequence[str]:
    """The facts that are the same after an answer."""
    names: list[str] = []
    if after.request is before.request:
        names.extend(_OF_REQUEST)
        if (after.provider_id, after.method) == (before.provider_id, before.method):
            names.extend(_OF_PROVIDER)
    if after.identity is before.identity:
        names.extend(_OF_IDENTITY)
        if after.request is before.request and after.is_continued == before.is_continued:
            names.append("identity")
    return names


@dataclass
class LoginContext:
    """Implements ``broker.journey.flow.JourneyContext``."""

    rt: Runtime
    configuration: Configuration
    login: Login
    now: datetime

    # Configuration: no SQL.

    @cached_property
    def service(self) -> Service:
        """Raises PageError when the service left while the login was under way."""
        found = self.configuration.services.get(self.login.request.service_uuid)
        if found is None:
            raise PageError(410, "service_gone", "service no longer registered")
        return found

    @cached_property
    def relying_party(self) -> RelyingParty | None:
        """The portal; None for the console. Raises PageError when it left meanwhile."""
        found = self.configuration.relying_parties.get(self.login.request.client_id)
        if found is None and self.login.request.purpose is not Purpose.CONSOLE:
            raise PageError(410, "portal_gone", "portal no longer registered")
        return found

    @cached_property
    def methods(self) -> Sequence[LoginMethod]:
        """The methods that this service offers in this login."""
        return login_methods.offered(self.service, self.login.request)

    @cached_property
    def method(self) -> LoginMethod | None:
        """How this login is made; None while the user must choose."""
        return login_methods.method_of(self.service, self.login.request, self.login.method)

    @property
    def offers_means(self) -> bool:
        """May a means that Sluis issued be used here?"""
        return login_methods.offers_means(self.service, self.login.request)

    @cached_property
    def needed(self) -> AssuranceLevel:
        """The least that this login must reach."""
        login = self.login
        return login_methods.needed(self.service, login.request, self.method, login.identity)

    @cached_property
    def provider(self) -> ProviderRecord | None:
        return self.configuration.providers.get(self.login.provider_id or "")

    @property
    def usable_provider(self) -> ProviderRecord:
        """The chosen makelaar. Only for rows behind CHOOSE_PROVIDER."""
        assert self.provider is not None
        return self.provider

    @property
    def provider_name(self) -> str:
        """Where the user logs in, by name: the makelaar, or this site itself."""
        return self.rt.settings.ui.name if self.provider is None else self.provider.name

    @property
    def provider_help_url(self) -> str | None:
        """Who helps with the means: the makelaar, or the help desk of this site."""
        if self.provider is not None:
            return self.provider.help_url
        desk = self.configuration.help_desks.get(SITE)
        return desk.url if desk is not None else self.rt.settings.ui.support_url

    @property
    def provider_entity(self) -> str:
        """The makelaar's entity id or issuer; our own issuer for an account."""
        record = self.provider
        if record is None:
            return self.rt.base_url
        return (
            record.saml.entity_id
            if record.saml
            else record.oidc.issuer
            if record.oidc
            else record.id
        )

    @property
    def announcements(self) -> Sequence[Announcement]:
        """What the operator tells about this login now: the site, its service, its makelaar."""
        return announcements.told(
            self.configuration.announcements,
            at=self.now,
            service=self.service.uuid,
            makelaar=self.login.provider_id,
        )

    @cached_property
    def makelaars(self) -> OfferedMakelaars:
        """Those that this login may be made at."""
        return OfferedMakelaars(self.configuration, self.service, self.login.request)

    @property
    def offered(self) -> Sequence[ProviderRecord]:
        """Makelaars with a registration of their own that this service admits, live or paused, by
        name.
        """
        return self.makelaars.registered

    def reaches(self, record: Trusted) -> bool:
        """True where a login at this makelaar can get to the level."""
        return self.makelaars.reaches(record)

    @property
    def highest_offered(self) -> AssuranceLevel | None:
        """The highest ceiling of the makelaars here, where a portal asks more than any of them can
        give and no account would do; None where somebody may get there. A makelaar that is paused
        comes back, so it counts.
        """
        is_login = self.login.request.purpose is Purpose.LOGIN
        by_makelaar = is_login and LoginMethod.ACCOUNT not in self.methods
        return self.makelaars.highest if by_makelaar else None

    @cached_property
    def provider_is_usable(self) -> bool:
        """Registered, live, admitted by the service and able to reach the level. An account: that
        the service offers them.
        """
        if self.method is LoginMethod.ACCOUNT:
            return LoginMethod.ACCOUNT in self.methods
        return self.makelaars.usable(self.login.provider_id or "") is not None

    # Facts about the person: one SQL read each, when asked.

    @cached_property
    def holder(self) -> accounts.Holder | None:
        """Of the account that logged in; None where it ended or changed its password since."""
        identity = self.login.identity
        assert identity is not None
        began = identity.authenticated_at
        return accounts.holder(self.rt.session, identity.subject, not_after=began, now=self.now)

    @cached_property
    def known(self) -> Known | None:
        """The person behind the identity; None for one who is new here, and for an account that
        ended or changed its password since.
        """
        identity = self.login.identity
        assert identity is not None
        if identity.provider_id == accounts.PROVIDER_ID:
            return self.holder.known if self.holder is not None else None
        return people.find(self.rt.session, self.rt.sealer, identity.provider_id, identity.subject)

    @cached_property
    def identity(self) -> Identity:
        """Who logged in, at what that is worth now; of an earlier login what it may still say here.

        Raises LoginRefused where it proves nothing any more.
        """
        try:
            judged = self._judged()
        except NothingWorth as nothing:
            raise LoginRefused(_HEARD[nothing.reason], nothing.reason, "kept") from None
        if not self.login.is_continued:
            return judged
        reuse = timedelta(minutes=self.service.second_factor_reuse_minutes)
        says = still_says(judged.authentication, self.now - judged.authenticated_at, reuse)
        return replace(judged, authentication=says)

    def _judged(self) -> Identity:
        identity = self.login.identity
        assert identity is not None
        if identity.provider_id != accounts.PROVIDER_ID:
            return standing.by_registrations(self.configuration, identity)
        if self.holder is None:
            raise NothingWorth(standing.ACCOUNT_CHANGED)
        return worth.of_account(self.holder.level, identity, provider_oin=self.holder.provider_oin)

    @property
    def person(self) -> Known:
        """The person that the login was bound to. Raises PageError when the record is gone."""
        if self.known is None:
            raise PageError(410, "login_expired", "person gone")
        return self.known

    def follow(self, login: Login) -> LoginContext:
        """The context after an answer in this same request: what that left alone stays."""
        after = LoginContext(self.rt, self.configuration, login, self.now)
        kept = {name: self.__dict__.get(name) for name in _kept(self.login, login)}
        after.__dict__.update({name: one for name, one in kept.items() if one is not None})
        return after

    def as_it_stands(self) -> LoginContext:
        """The same login with the registrations and the account of this very moment; whose identity
        it is now, ``recheck`` reads.
        """
        after = LoginContext(self.rt, self.rt.configuration, self.login, self.now)
        after.__dict__["known"] = self.known
        return after

    @cached_property
    def means_status(self) -> MeansStatus:
        found = people.means_status(self.person, self.now)
        is_judged = found is MeansStatus.ACTIVE and self.login.identity is not None
        if is_judged and not standing.is_for(self.service, self.identity):
            return MeansStatus.RESTRICTED
        return found

    @property
    def factor(self) -> AcceptedFactor | None:
        """The factor of ours that was accepted in this login, where it counts at this service and
        its time is not over.
        """
        factor, minutes = self.login.factor, self.rt.settings.login.transaction_minutes
        if factor is None or not login_time.counts_still(self.login, factor.at, self.now, minutes):
            return None
        return factor if standing.factor_counts(self.service, self.identity, factor) else None

    @cached_property
    def reached(self) -> AssuranceLevel:
        return step_up.reached(self.identity, local_factor=self.factor is not None)

    @cached_property
    def missing(self) -> step_up.Missing:
        if self.login.identity is None:
            return step_up.Nothing()
        return step_up.missing(
            self.identity,
            needed=self.needed,
            local_factor_done=self.factor is not None,
            # A factor belongs to a means of ours; what a service may decline is lifting others.
            local_factor_allowed=self.service.local_second_factor
            or self.identity.own_means is not None,
            has_factor=lambda: bool(self.factors),
            ceiling=self.provider.level_ceiling if self.provider else AssuranceLevel.EMAIL,
        )

    @cached_property
    def factors(self) -> Sequence[second_factor.SecondFactorMethod]:
        """The second factors at Sluis that may lift this login, last used first: of the person, or
        of the one who was sent back to the makelaar.
        """
        person_id = self.login.person_id or self.login.must_be
        assert person_id is not None
        kinds = self.service.second_factors
        found = second_factor.methods_of(self.rt.session, person_id, self.now)
        return [method for method in found if kinds is None or method.kind in kinds]

    @property
    def second_factor(self) -> str | None:
        """Who asked the second factor: ``upstream``, ``local``, or None where there was none."""
        if self.factor is not None:
            return "local"
        return "upstream" if self.identity.authentication.has_two_factors else None

    # Mandate and consent.

    @cached_property
    def needs_authority(self) -> bool:
        return self.service.mandate is not MandateRule.NONE

    @cached_property
    def options(self) -> Options:
        """The ways to act here, and those that fell short with why."""
        identity = self.identity
        assert self.login.person_id is not None
        if identity.authority:
            return options_from_asserted(identity.authority, self.terms)
        return options(self.rt.session, self.login.person_id, self.terms)

    @property
    def terms(self) -> Terms:
        """What every authority is checked against here."""
        return Terms(
            service=self.service,
            reached=self.reached,
            needed=self.needed,
            now=self.now,
            unused_months=self.rt.settings.mandates.unused_months,
            link_level=self.rt.settings.mandates.chain_link_level,
        )

    @cached_property
    def released(self) -> tuple[release.ReleaseItem, ...]:
        """What leaves for the portal, as the consent page shows it."""
        return release.items(
            relying_party=self.relying_party,
            rule=self.service.consent,
            wanted=self.login.request.released,
            display_name=self.person.display_name,
            email=self.person.email,
            authority=self.login.authority,
            level=self.reached,
            makelaar=self.provider_name,
        )

    @cached_property
    def shown(self) -> str:
        """Fingerprint of the released set; consent holds for this and nothing else."""
        return release.fingerprint(self.rt.sealer, self.released)

    @cached_property
    def consent_is_covered(self) -> bool:
        """An earlier consent of this person covers exactly this."""
        assert self.login.person_id is not None
        return register.covers(
            self.rt.session,
            person_id=self.login.person_id,
            client_id=self.login.request.client_id,
            service_uuid=self.login.request.service_uuid,
            shown=self.shown,
        )

    @cached_property
    def consent_is_given(self) -> bool:
        if self.login.request.purpose is Purpose.CONSOLE:
            return True
        if self.service.consent is ConsentRule.NONE and not self.login.request.ask_consent:
            return True
        if self.login.consent is not None:
            return self.login.consent == self.shown
        return not self.login.request.ask_consent and self.consent_is_covered

    @cached_property
    def portal_name(self) -> str:
        """Shown on the way back to the portal, in the language of the page."""
        return (self.relying_party or self.service).name.in_(locale())
