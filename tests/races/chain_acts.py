"""What two processes do with one chain mandate in a round. Both have read before either decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.chains import given, giving
from admin.chains.given import ChainRevocation
from admin.chains.giving import ChainChoice
from admin.mandates.giving import PlanChanged
from broker.sso.logout import LogoutNotifier
from consent import chains
from directory import dates
from state.db import writing
from tests.admin.chains.conftest import allowing, terms
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
