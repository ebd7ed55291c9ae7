"""What a process does in a round with the person of that round, who is being forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE, Actor
from admin.groups import changing
from admin.groups.changing import GroupChangeRefused, NoSuchPlace
from admin.invitations import accepting
from admin.invitations.accepting import InvitationClosed
from admin.mandates import giving
from admin.mandates.giving import NothingToDo, PlanChanged
from admin.means import ending
from admin.means.ending import EndMoment, EndRefused, EndWish
from admin.people import erasure
from assurance.levels import AssuranceLevel
from directory.people import NoSuchPerson, Role
from providers import activation
from providers.activation import ActivationRefused
from state.db import writing
from tests.clocks import START
from tests.giving import around, chosen, service
from tests.keys_for_tests import make_keyring, make_sealer
from tests.races import joining_acts, means_acts
from tests.races.acts import YEAR, Wait, uuid_of

DONE: Final = "done"
LATE: Final = "late"  # the other was first, and said so
Work = Callable[[Session, int], object]


def _done(session: Session, number: int, wait: Wait, work: Work) -> str:
    wait()
    try:
        with writing(session):
            work(session, number)
    except (
        ActivationRefused,
        EndRefused,
        GroupChangeRefused,
        InvitationClosed,
        NoSuchPerson,
        NoSuchPlace,
        NothingToDo,
        PlanChanged,
    ):
        return LATE
    return DONE


def forget(session: Session, number: int, who: str, wait: Wait) -> str:
    def work(sql: Session, number: int) -> object:
        sealer, keyring = make_sealer(), make_keyring()
        return erasure.forget(sql, sealer, keyring, f"p{number}", actor=COMMAND_LINE, now=START)

    return _done(session, number, wait, work)


def bring_company_in(session: Session, number: int, who: str, wait: Wait) -> str:
    """Each member of the group gets a mandate for it."""
    return _done(
        session,
        number,
        wait,
        lambda sql, number: changing.add_company(sql, joining_acts.work("jan"), f"g{number}", None),
    )


def let_go(session: Session, number: int, who: str, wait: Wait) -> str:
    return _done(
        session,
        number,
        wait,
        lambda sql, number: changing.remove_member(
            sql, joining_acts.work("jan"), f"g{number}", f"p{number}"
        ),
    )


def let_in(session: Session, number: int, who: str, wait: Wait) -> str:
    """Into a group; who is in another already stays there."""
    return _done(
        session,
        number,
        wait,
        lambda sql, number: changing.let_in(
            sql, joining_acts.work("jan"), f"h{number}", f"p{number}", Role.MEMBER
        ),
    )


def accept(session: Session, number: int, who: str, wait: Wait) -> str:
    """The invitation of this round, into another group."""

    def work(sql: Session, number: int) -> object:
        return accepting.accept(
            sql,
            joining_acts.around_acceptance(),
            f"i{number}",
            actor=Actor.person(f"p{number}"),
            level=AssuranceLevel.EH3,
            provider_id="polderpoort",
        )

    return _done(session, number, wait, work)


def give(session: Session, number: int, who: str, wait: Wait) -> str:
    """What there is for longer, and something new."""
    known, new = uuid_of(number), uuid_of(number + 100)
    place = around({one: service(one) for one in (known, new)}, by="jan")
    wanted = chosen(f"p{number}", known, (START + 2 * YEAR).date(), services=(known, new))

    def work(sql: Session, number: int) -> object:
        return giving.give(sql, place, wanted, shown=giving.plan(sql, place, wanted).digest)

    return _done(session, number, wait, work)


def end_means(session: Session, number: int, who: str, wait: Wait) -> str:
    wish = EndWish(f"m{number}", ("bakery",), EndMoment.NOW)
    return _done(
        session,
        number,
        wait,
        lambda sql, number: ending.end(sql, means_acts.asker("jan"), wish),
    )


def activate(session: Session, number: int, who: str, wait: Wait) -> str:
    def work(sql: Session, number: int) -> object:
        return activation.finish(
            sql,
            make_sealer(),
            f"l{number}",
            user_name=f"p{number}",
            password_hash="hash",
            factor=None,
            now=START,
        )

    return _done(session, number, wait, work)
