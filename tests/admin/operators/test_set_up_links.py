"""Set-up links: once, for half an hour, and only a hash is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE
from admin.operators import access, set_up_links
from admin.operators.access import NameTaken, NoSuchOperator, OperatorInvitation
from admin.operators.roles import OperatorRole
from admin.operators.set_up_links import LinkRefusal, LinkRefused, OpenLink, SetUpLink
from providers.accounts import Account, NameRefused
from providers.passwords import PasswordRefused
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START

GOOD = "een lange zin voor de sluis"
LATER = START + timedelta(minutes=10)


def made(
    session: Session, user_name: str = "robin", email: str = "robin@x.example"
) -> OperatorInvitation:
    with writing(session):
        return access.create(
            session,
            name="Robin Kuiper",
            email=email,
            user_name=user_name,
            roles=[OperatorRole.HELPDESK],
            actor=COMMAND_LINE,
            now=START,
        )


def choose(session: Session, secret: str, text: str, now: datetime) -> OpenLink:
    """As the page does it."""
    link = set_up_links.look_at(session, secret, now)
    hashed = access.new_password(session, link, text)
    with writing(session):
        return access.keep_password(session, secret, hashed, now)


def why(session: Session, secret: str, now: datetime = START) -> LinkRefusal:
    with pytest.raises(LinkRefused) as refused:
        set_up_links.look_at(session, secret, now)
    return refused.value.why


def test_the_secret_is_kept_as_a_hash_only(session: Session) -> None:
    invitation = made(session)
    (row,) = session.scalars(select(SetUpLink))
    assert len(invitation.secret) == 43
    assert invitation.secret not in repr(vars(row))


def test_a_new_operator_has_no_password_at_all(session: Session) -> None:
    made(session)
    assert session.scalars(select(Account.password_hash)).all() == [None]


def test_looking_uses_nothing_up_and_taking_works_once(session: Session) -> None:
    secret = made(session).secret
    for _ in range(3):  # a mail scanner
        set_up_links.look_at(session, secret, START)
    link = choose(session, secret, GOOD, LATER)
    assert why(session, secret) is LinkRefusal.USED
    with pytest.raises(LinkRefused), writing(session):  # it looked before the other one took it
        access.keep_password(session, secret, "a hash", LATER)
    assert set_up_links.resume(session, link.id, LATER) == link  # who took it goes on


def test_of_two_that_looked_the_first_takes_it_whatever_comes_of_it(session: Session) -> None:
    """Who reads the mail later has nothing, also while the first has kept no password yet."""
    secret = made(session).secret
    seen = set_up_links.look_at(session, secret, START)
    with writing(session):
        assert set_up_links.take(session, secret, LATER) == seen
    with pytest.raises(LinkRefused) as refused, writing(session):
        set_up_links.take(session, secret, LATER)
    assert refused.value.why is LinkRefusal.USED
    assert set_up_links.resume(session, seen.id, LATER) == seen


def test_a_password_that_will_not_do_leaves_the_link(session: Session) -> None:
    secret = made(session).secret
    for text in ("kort", "robin robin robin", "wachtwoordwachtwoord", ""):
        with pytest.raises(PasswordRefused):
            choose(session, secret, text, START)
    set_up_links.look_at(session, secret, START)
    assert session.scalars(select(Account.password_hash)).all() == [None]


def test_after_half_an_hour_it_is_over_also_for_who_took_it(session: Session) -> None:
    secret, over = made(session).secret, START + set_up_links.VALID_FOR
    set_up_links.look_at(session, secret, over - timedelta(seconds=1))
    assert why(session, secret, over) is LinkRefusal.EXPIRED
    link = choose(session, secret, GOOD, START)
    with pytest.raises(LinkRefused):
        set_up_links.resume(session, link.id, over)


def test_a_link_that_nobody_took_cannot_be_resumed(session: Session) -> None:
    made(session)
    (row,) = session.scalars(select(SetUpLink))
    with pytest.raises(LinkRefused):
        set_up_links.resume(session, row.id, START)


def test_a_newer_link_ends_the_older(session: Session) -> None:
    old = made(session).secret
    with writing(session):
        new = access.recover(session, "Robin", actor=COMMAND_LINE, now=START).secret
    assert why(session, old) is LinkRefusal.USED
    set_up_links.look_at(session, new, START)
    assert why(session, "x" * 43) is LinkRefusal.UNKNOWN


def test_recovery_ends_the_password_and_is_audited(session: Session) -> None:
    secret = made(session).secret
    choose(session, secret, GOOD, START)
    with writing(session):
        access.recover(session, "robin", actor=COMMAND_LINE, now=LATER)
    account = session.scalars(select(Account)).one()
    assert (account.password_hash, account.password_changed_at) == (None, LATER)
    (event,) = audit.recent(session, tags=[EventTag.OPERATOR_RECOVERED])
    assert event.details == {"operator": account.person_id, "roles": "helpdesk"}


def test_ending_leaves_no_way_in_and_the_name_is_not_given_again(session: Session) -> None:
    secret = made(session).secret
    with writing(session):
        access.end(session, "robin", actor=COMMAND_LINE, now=LATER)
    assert why(session, secret, LATER) is LinkRefusal.USED
    with pytest.raises(NoSuchOperator), writing(session):
        access.recover(session, "robin", actor=COMMAND_LINE, now=LATER)
    with pytest.raises(NameTaken):
        made(session, email="other@x.example")
    assert made(session, "robin2").user_name == "robin2"  # with the address of before


@pytest.mark.parametrize(
    ("user_name", "email"), [("r", "r@x.example"), ("robin k", "r@x.example"), ("robin", "r@x@y")]
)
def test_names_that_cannot_be_used_are_refused(
    session: Session, user_name: str, email: str
) -> None:
    with pytest.raises(NameRefused):
        made(session, user_name, email)
