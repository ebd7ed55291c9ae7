"""What is being enrolled waits sealed, for one session and ten minutes, and is taken once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assurance.levels import AssuranceLevel
from broker.account import pending_enrolment
from broker.account.access import AccountContext
from broker.account.pending_enrolment import HOLDS, Pending
from broker.console.sessions import ConsoleSession
from directory.consoles import MINE
from directory.people import Person
from keys.sealing import Sealer
from tests.broker.runtimes import make_runtime
from tests.clocks import START, FakeClock

SEED = Pending("a-seed-to-hide", START)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def owner(clock: FakeClock) -> AccountContext:
    person = Person(id="jan", display_name="Jan", created_at=START)
    session = ConsoleSession(
        rt=make_runtime(clock=clock),
        console=MINE,
        grant_id="grant-1",
        person=person,
        level=AssuranceLevel.EH3,
        logged_in_at=START,
        now=START,
    )
    return AccountContext(session)


def test_it_is_read_until_it_is_taken_and_taken_once(owner: AccountContext) -> None:
    pending_enrolment.put(owner, "app", SEED)
    assert pending_enrolment.get(owner, "app") == pending_enrolment.get(owner, "app") == SEED
    assert pending_enrolment.take(owner, "app") == SEED
    assert pending_enrolment.take(owner, "app") is pending_enrolment.get(owner, "app") is None


def test_beginning_anew_takes_the_place_of_what_was_begun(owner: AccountContext) -> None:
    pending_enrolment.put(owner, "app", SEED)
    pending_enrolment.put(owner, "app", replace(SEED, secret="another"))
    found = pending_enrolment.get(owner, "app")
    assert found is not None and found.secret == "another"


def test_each_kind_and_each_session_has_its_own(owner: AccountContext) -> None:
    pending_enrolment.put(owner, "app", SEED)
    other = AccountContext(replace(owner.session, grant_id="grant-2"))
    assert pending_enrolment.get(owner, "phone") is None
    assert pending_enrolment.get(other, "app") is pending_enrolment.take(other, "app") is None
    assert pending_enrolment.get(owner, "app") == SEED


def test_it_is_over_after_ten_minutes(owner: AccountContext, clock: FakeClock) -> None:
    pending_enrolment.put(owner, "app", SEED)
    clock.advance(HOLDS.total_seconds() - 1)
    assert pending_enrolment.get(owner, "app") == SEED
    clock.advance(2)
    assert pending_enrolment.get(owner, "app") is None


def test_the_store_does_not_know_the_secret(owner: AccountContext) -> None:
    pending_enrolment.put(owner, "app", SEED)
    raw = owner.rt.store.get("factor-pending:app:grant-1")
    assert raw is not None and b"a-seed" not in raw


def test_what_another_key_sealed_counts_as_absent(owner: AccountContext) -> None:
    strange = replace(owner.session, rt=replace(owner.rt, sealer=Sealer(b"x" * 32)))
    pending_enrolment.put(AccountContext(strange), "app", SEED)
    assert pending_enrolment.get(owner, "app") is None


def test_a_secret_is_shown_once_also_in_another_session(owner: AccountContext) -> None:
    other = AccountContext(replace(owner.session, grant_id="grant-2"))
    assert pending_enrolment.show_once(owner, "app", SEED)
    assert not pending_enrolment.show_once(owner, "app", SEED)
    assert not pending_enrolment.show_once(other, "app", SEED)
    assert pending_enrolment.show_once(owner, "app", replace(SEED, secret="another"))


def test_what_another_version_began_is_begun_anew(owner: AccountContext) -> None:
    pending_enrolment.put(owner, "app", SEED)
    (key,) = (f"factor-pending:app:{owner.session.grant_id}",)
    assert owner.rt.store.get(key) is not None
    owner.rt.store.put(key, owner.rt.sealer.seal(b"{}", pending_enrolment._CONTEXT), 60)
    assert pending_enrolment.get(owner, "app") is None
