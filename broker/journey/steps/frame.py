"""What every page of a login says around its question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext

from assurance.levels import suffices
from broker.journey import login_time
from broker.journey.addresses import PORTAL, portal_mark
from broker.journey.dispatch import Turn
from broker.journey.login import Login
from broker.journey.login_methods import LoginMethod
from broker.journey.pages.frame import Frame, ShownBranch
from broker.journey.pages.service_facts import ServiceFacts
from broker.texts import asked_again
from broker.texts.service_facts_mail import mail_address
from broker.web.announcements import notes
from broker.web.headers import allow_looking_again
from broker.web.language import locale
from broker.web.time_left import Timed, TimeLeft, time_left
from consent.authority import Party
from directory import organisations
from directory.organisations import Branch
from state.trace import show_reference


def frame(turn: Turn) -> Frame:
    """Portal, service, level and makelaar of this login in the language of the page."""
    login, context, language = turn.login, turn.context, locale()
    service = context.service
    relying_party = context.relying_party
    portal = (relying_party or service).name.in_(language)
    known = login.person_id is not None
    counts = known and not login.lacks_level and context.provider_is_usable
    enough = counts and suffices(context.reached, context.needed)
    is_account = context.method is LoginMethod.ACCOUNT
    return Frame(
        login_id=login.id,
        reference=login.reference,
        portal_name=portal,
        service_name=service.name.in_(language),
        service_owner=service.provider_name.in_(language),
        level=context.needed.label,
        shows_level=context.method is not None and context.needed.is_of_a_scheme,
        makelaar=context.provider_name if context.provider or is_account else None,
        is_account=is_account,
        person=(context.person.display_name or None) if known else None,
        on_behalf_of=_represented(login),
        branch=_branch(turn),
        reached=context.reached.label if enough else None,
        may_change=_may_change(turn),
        may_change_method=len(context.methods) > 1,
        announcements=notes(context.announcements),
        asked_again=_asked_again(turn, portal) if _asks_to_log_in(login) else None,
        time=time_of(login, turn.now, turn.rt.settings.login.transaction_minutes),
    )


def time_of(login: Login, now: datetime, minutes: int) -> TimeLeft:
    """Until when this login may take, and how its user gets more."""
    allow_looking_again()
    return time_left(
        login.expires_at,
        now,
        may_extend=login_time.may_get_more(login, minutes),
        more_url=f"/login/{login.id}/more-time",
        over_url=f"/login/{login.id}?{PORTAL}={portal_mark(login.request.client_id)}",
        of=Timed.LOGIN,
    )


def _asks_to_log_in(login: Login) -> bool:
    return login.identity is None and not login.lacks_level and login.trouble is None


def _asked_again(turn: Turn, portal: str) -> str | None:
    asked = turn.login.asked_again
    if asked is None:
        return None
    level = turn.login.request.level.label
    return asked_again.sentence(asked, portal=portal, level=level)


def _may_change(turn: Turn) -> bool:
    """Is there another makelaar, or another way than the one that was chosen?"""
    login, context = turn.login, turn.context
    if login.provider_id is not None and context.method is LoginMethod.MAKELAAR:
        return len(context.methods) > 1 or context.makelaars.are_several
    return login.method is not None and len(context.methods) > 1


def service_facts(turn: Turn) -> ServiceFacts:
    """What an administrator needs to know about the service."""
    service, language, login = turn.context.service, locale(), turn.login
    name, owner = service.name.in_(language), service.provider_name.in_(language)
    level = login.request.level.label
    return ServiceFacts(
        name=name,
        uuid=service.uuid,
        service_id=service.service_id,
        owner=owner,
        owner_oin=service.provider_oin,
        level=level,
        chain_mandates=service.chain_mandates,
        mail=mail_address(
            service=name,
            owner=owner,
            level=level,
            chain_mandates=service.chain_mandates,
            numbers=(
                (gettext("Dienst-id"), service.service_id),
                (gettext("Dienst-UUID"), service.uuid),
                ("OIN", service.provider_oin),
            ),
            person=turn.context.person.display_name if login.person_id is not None else None,
            reference=show_reference(login.reference),
        ),
    )


def _branch(turn: Turn) -> ShownBranch | None:
    authority = turn.login.authority
    if authority is None or not authority.branches:
        return None
    known = organisations.branches(turn.rt.session, authority.branches)
    return shown_branch(authority.branches[0], authority.represented, known)


def shown_branch(number: str, party: Party, known: Mapping[str, Branch]) -> ShownBranch:
    """A branch with its name, where it is one of this party."""
    found = known.get(number)
    theirs = {party.value, party.alternative[1] if party.alternative else ""}
    if found is None or not found.organisation & theirs:
        return ShownBranch(organisations.grouped(number))
    return ShownBranch(organisations.grouped(number), found.name, found.address)


def _represented(login: Login) -> str | None:
    if login.authority is None:
        return None
    party = login.authority.represented
    return party.name or party.value
