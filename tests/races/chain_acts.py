"""What two processes do with one chain mandate in a round. Both have read before either decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE, Actor
from admin.chains import answering, given, giving, requesting
from admin.chains.answering import RequestClosed
from admin.chains.given import ChainRevocation
from admin.chains.giving import ChainChoice
from admin.chains.requesting import NoSuchChainRequest
from admin.mandates.giving import PlanChanged
from admin.organisations import relinking
from broker.sso.logout import LogoutNotifier
from consent import chain_requests, chains
from directory import dates
from state.db import writing
from tests.admin.chains.conftest import allowing, terms
from tests.admin.chains.test_answering import answer, asking
from tests.clocks import START
from tests.keys_for_tests import make_sealer
from tests.races.acts import YEAR, Wait, uuid_of


def give(session: Session, number: int, who: str, wait: Wait) -> bool:
    """For longer than there is, or for the first time."""
    uuid = uuid_of(number)
    around = replace(terms(allowing(uuid)), actor=Actor.administrator(who))
    until = dates.day_of(START + 2 * YEAR + timedelta(days=1))
    wanted = ChainChoice("office", (uuid,), until)
    try:
        with writing(session):
            shown = giving.plan(session, around, wanted).digest
            wait()
            giving.give(session, around, wanted, shown=shown)
    except PlanChanged:
        return False
    return True


def revoke(session: Session, number: int, who: str, wait: Wait) -> bool:
    """At the service of this round."""
    with writing(session):
        chain = chains.one(session, f"c{number}")
        wait()
        assert chain is not None
        notifier = LogoutNotifier(make_sealer(), {}, {}, START)
        wanted = ChainRevocation(Actor.administrator(who), {}, START, notifier)
        return given.revoke(session, chain, wanted) > 0


def agree(session: Session, number: int, who: str, wait: Wait) -> bool:
    """With the link of the request of this round; ``who`` reads the mail."""
    around = answer(services={uuid_of(number): allowing(uuid_of(number))})
    try:
        with writing(session):
            request = chain_requests.one(session, f"r{number}")
            assert request is not None
            shown = answering.shown(request, answering.plan(session, around, request))
            wait()
            answering.agree(session, around, request.id, digest=shown, signer=who)
    except (RequestClosed, PlanChanged):
        return False
    return True


def withdraw(session: Session, number: int, who: str, wait: Wait) -> bool:
    """The intermediary has changed its mind."""
    wait()
    try:
        with writing(session):
            requesting.withdraw(session, asking("mo"), f"r{number}")
    except NoSuchChainRequest:
        return False
    return True


def renumber(session: Session, number: int, who: str, wait: Wait) -> bool:
    """The bakery gets another KvK number, each round."""
    old = f"83{number - 1:06}" if number else "90001201"
    notifier = LogoutNotifier(make_sealer(), {}, {}, START)
    with writing(session):
        wait()
        relinking.renumber(session, notifier, old, f"83{number:06}", rsin=None, actor=COMMAND_LINE)
    return True
