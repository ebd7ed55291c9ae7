"""What a process does in a round with means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE, Actor
from admin.mandates.administrators import NotAdministrator
from admin.mandates.decision_rules import DeciderLogin
from admin.means import asking, decisions, ending, reminding
from admin.means.around import MeansAsker, MeansDesk, MeansRules, MeansSite
from admin.means.asking import MeansWish, WishRefused
from admin.means.ending import EndMoment, EndRefused, EndWish
from admin.means.rules import MeansVerdict
from admin.organisations import relinking
from admin.organisations.relinking import Merger
from assurance.levels import AssuranceLevel
from assurance.means_requests import Contact
from broker.sso.logout import LogoutNotifier
from directory.people import Role
from providers import activation
from providers.activation import ActivationRefused
from state.db import writing
from tests.clocks import START
from tests.keys_for_tests import make_sealer
from tests.races.acts import YEAR

Wait = Callable[[], object]
TOWN: Final = "00000004000000004000"
EH2: Final = AssuranceLevel.EH2


def _site() -> MeansSite:
    rules = MeansRules(frozenset({EH2}), timedelta(days=30), ("NL",), (TOWN,))
    notifier = LogoutNotifier(make_sealer(), {}, {}, START)
    return MeansSite("https://sluis.example", "Inloggen", make_sealer(), rules, notifier)


def asker(by: str, organisation_id: str = "bakery") -> MeansAsker:
    level = AssuranceLevel.EH3
    login = DeciderLogin(level, START)
    return MeansAsker(organisation_id, Actor.administrator(by), login, level, _site(), START)


def approve(session: Session, number: int, who: str, wait: Wait) -> bool:
    desk = MeansDesk(Actor.operator(who), _site(), START)
    with writing(session):
        wait()
        return decisions.approve(session, desk, f"r{number}") is MeansVerdict.GRANTED


def activate(session: Session, number: int, who: str, wait: Wait) -> bool:
    try:
        with writing(session):
            wait()
            activation.finish(
                session,
                make_sealer(),
                f"l{number}",
                user_name=f"{who}{number}",
                password_hash="hash",
                factor=None,
                now=START,
            )
    except ActivationRefused:
        return False
    return True


def remind(session: Session, number: int, who: str, wait: Wait) -> bool:
    """A worker, nine days before the codes end."""
    site = _site()
    at = replace(site, notifier=replace(site.notifier, now=START + YEAR - timedelta(days=9)))
    with writing(session):
        wait()
        return reminding.remind(session, at, f"l{number}")


def ask(session: Session, number: int, who: str, wait: Wait) -> bool:
    address = Contact(("Kade 1", "Plaats"))
    colleague = f"p{number}"
    wish = MeansWish(EH2, Role.MEMBER, colleague, "", "", None, address, ("bakery",))
    try:
        with writing(session):
            wait()
            asking.ask(session, asker(who), wish)
    except WishRefused:
        return False
    return True


def end_the_other(session: Session, number: int, who: str, wait: Wait) -> bool:
    """Each of the two administrators of a company ends the means of the other."""
    other = {"jan": "eva", "eva": "jan"}[who]
    place = f"o{number}"
    wish = EndWish(f"m-{other}-{number}", (place,), EndMoment.NOW)
    try:
        with writing(session):
            wait()
            ending.end(session, asker(f"{who}{number}", place), wish)
    except (EndRefused, NotAdministrator):
        return False
    return True


def ask_restricted(session: Session, number: int, who: str, wait: Wait) -> bool:
    """Each for another colleague, at the company of this round."""
    place = f"o{number}"
    address = Contact(("Kade 1", "Plaats"))
    wish = MeansWish(EH2, Role.MEMBER, f"{who}-p{number}", "", "", None, address, (place,), TOWN)
    try:
        with writing(session):
            wait()
            asking.ask(session, asker(who, place), wish)
    except WishRefused:
        return False
    return True


def ask_as_jan(session: Session, number: int, who: str, wait: Wait, place: str) -> bool:
    """A restricted one for the colleague of this round; nobody asks at a company that went up."""
    address = Contact(("Kade 1", "Plaats"))
    wish = MeansWish(EH2, Role.MEMBER, f"jan-p{number}", "", "", None, address, (place,), TOWN)
    try:
        with writing(session):
            wait()
            asking.ask(session, asker("jan", place), wish)
    except (WishRefused, NotAdministrator):
        return False
    return True


def ask_where_all_goes(session: Session, number: int, who: str, wait: Wait) -> bool:
    return ask_as_jan(session, number, who, wait, f"o{number}")


def ask_where_all_leaves(session: Session, number: int, who: str, wait: Wait) -> bool:
    return ask_as_jan(session, number, who, wait, f"q{number}")


def merge(session: Session, number: int, who: str, wait: Wait) -> int:
    """The other company of this round goes up in the first; how many restricted means end."""
    around = Merger(COMMAND_LINE, {}, _site().notifier)
    with writing(session):
        wait()
        done = relinking.merge(session, around, f"81{number:06}", f"80{number:06}")
    return done.restricted_ended
