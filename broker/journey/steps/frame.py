"""What every page of a login says around its question."""

from __future__ import annotations

from assurance.levels import suffices
from broker.downstream import DownstreamName
from broker.journey.dispatch import Turn
from broker.journey.login import Login
from broker.journey.login_methods import LoginMethod
from broker.journey.pages.frame import Frame
from broker.journey.pages.service_facts import ServiceFacts
from broker.web.announcements import notes
from broker.web.language import locale


def frame(turn: Turn) -> Frame:
    """Portal, service, level and makelaar of this login in the language of the page."""
    login, context, language = turn.login, turn.context, locale()
    service = context.service
    relying_party = context.relying_party
    known = login.person_id is not None
    counts = known and not login.lacks_level and context.provider_is_usable
    enough = counts and suffices(context.reached, context.needed)
    is_account = context.method is LoginMethod.ACCOUNT
    return Frame(
        login_id=login.id,
        reference=login.reference,
        portal_name=relying_party.name.in_(language)
        if relying_party
        else service.name.in_(language),
        service_name=service.name.in_(language),
        service_owner=service.provider_name.in_(language),
        level=context.needed.label,
        shows_level=context.method is not None and context.needed.is_of_a_scheme,
        makelaar=context.provider_name if context.provider or is_account else None,
        is_account=is_account,
        is_asked_again=not known and _is_asked_again(turn),
        person=(context.person.display_name or None) if known else None,
        on_behalf_of=_represented(login),
        reached=context.reached.label if enough else None,
        may_change=_may_change(turn),
        may_change_method=len(context.methods) > 1,
        announcements=notes(context.announcements),
    )


def _is_asked_again(turn: Turn) -> bool:
    """A console asks this of who has been there for too long; where it asks a higher level than its
    own, its page said why.
    """
    asked = turn.login.request
    is_usual = suffices(turn.context.service.level, asked.level)
    return asked.downstream is DownstreamName.CONSOLE and asked.force_authn and is_usual


def _may_change(turn: Turn) -> bool:
    """Is there another makelaar, or another way than the one that was chosen?"""
    login, context = turn.login, turn.context
    if login.provider_id is not None and context.method is LoginMethod.MAKELAAR:
        return len(context.methods) > 1 or len(context.offered) > 1
    return login.method is not None and len(context.methods) > 1


def service_facts(turn: Turn) -> ServiceFacts:
    """What an administrator needs to know about the service."""
    service, language = turn.context.service, locale()
    return ServiceFacts(
        name=service.name.in_(language),
        uuid=service.uuid,
        service_id=service.service_id,
        owner=service.provider_name.in_(language),
        owner_oin=service.provider_oin,
        level=turn.login.request.level.label,
        chain_mandates=service.chain_mandates,
    )


def _represented(login: Login) -> str | None:
    if login.authority is None:
        return None
    party = login.authority.represented
    return party.name or party.value
