"""What a process does in a round with groups and invitations."""

from __future__ import annotations

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.groups import changing
from admin.groups.changing import GroupChangeRefused, NotGroupAdministrator
from admin.groups.rights import GroupWork
from admin.invitations import accepting, inviting
from admin.invitations.accepting import Acceptance, InvitationClosed
from admin.invitations.into_group import GroupTerms
from admin.invitations.inviting import InvitationRefused, Invitee, Inviting
from admin.mandates.decision_rules import DeciderLogin
from assurance.levels import AssuranceLevel
from broker.sso.logout import LogoutNotifier
from directory.people import Role
from state.db import writing
from tests.clocks import START
from tests.keys_for_tests import make_sealer
from tests.races.acts import Wait

LOGIN = DeciderLogin(AssuranceLevel.EH3, START)


def work(who: str) -> GroupWork:
    return GroupWork(
        actor=Actor.administrator(who),
        login=LOGIN,
        organisation_id="bakery",
        notifier=LogoutNotifier(make_sealer(), {}, {}, START),
        site="Voorbeeld",
        base_url="https://sluis.example",
        max_years=5,
        one_per_account=True,
    )


def _changed(session: Session, who: str, group_id: str, person_id: str, wait: Wait) -> bool:
    wait()
    try:
        with writing(session):
            changing.remove_member(session, work(who), group_id, person_id)
    except (GroupChangeRefused, NotGroupAdministrator):
        return False
    return True


def remove_the_other(session: Session, number: int, who: str, wait: Wait) -> bool:
    return _changed(session, who, f"g{number}", {"jan": "eva", "eva": "jan"}[who], wait)


def leave(session: Session, number: int, who: str, wait: Wait) -> bool:
    return _changed(session, who, f"g{number}", who, wait)


def add_newcomer(session: Session, number: int, who: str, wait: Wait) -> bool:
    """Each to the own group."""
    wait()
    try:
        with writing(session):
            changing.add_member(session, work(who), f"{who}{number}", f"p{number}", Role.MEMBER)
    except GroupChangeRefused:
        return False
    return True


def around_acceptance() -> Acceptance:
    return Acceptance(
        sealer=make_sealer(),
        site="Voorbeeld",
        base_url="https://sluis.example",
        now=START,
        has_proof=True,
        groups=GroupTerms(
            notifier=LogoutNotifier(make_sealer(), {}, {}, START),
            site="Voorbeeld",
            base_url="https://sluis.example",
            max_years=5,
            one_per_account=True,
        ),
    )


def accept(session: Session, number: int, who: str, wait: Wait) -> bool:
    """Both have read the mail."""
    around = around_acceptance()
    wait()
    try:
        with writing(session):
            accepting.accept(
                session,
                around,
                f"i{number}",
                actor=Actor.person(who),
                level=AssuranceLevel.EH3,
                provider_id="polderpoort",
            )
    except InvitationClosed:
        return False
    return True


def invite(session: Session, number: int, who: str, wait: Wait) -> bool:
    """The same address."""
    around = Inviting(
        organisation_id="bakery",
        actor=Actor.administrator(who),
        login=LOGIN,
        sealer=make_sealer(),
        site="Voorbeeld",
        base_url="https://sluis.example",
        hours=72,
        now=START,
    )
    wait()
    try:
        with writing(session):
            wanted = Invitee(f"kees{number}@x.example", "Kees", Role.MEMBER, "nl")
            inviting.invite(session, around, wanted)
    except InvitationRefused:
        return False
    return True


def take_company_out(session: Session, number: int, who: str, wait: Wait) -> bool:
    """Of the group of the invitation."""
    wait()
    with writing(session):
        changing.remove_company(session, work(who), f"ig{number}", f"c{number}")
    return True


def accept_or_take_out(session: Session, number: int, who: str, wait: Wait) -> bool:
    """Roos accepts while Jan takes the company out of the group."""
    if who == "jan":
        return take_company_out(session, number, who, wait)
    return accept(session, number, "roos", wait)
