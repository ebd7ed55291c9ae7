"""What a logout that goes round remembers: who is still to be visited, and who was told."""

from __future__ import annotations

import pytest

from broker.downstream import LogoutRequest
from broker.sso import logout_outcomes, logout_run, logout_views
from broker.sso.grants import Participant
from broker.sso.logout import LogoutOutcome
from broker.sso.logout_run import MOST_VISITS, LogoutRun
from broker.sso.telling import Visit
from tests.broker.facts import a_runtime

PORTAL = Participant("waterkaart", "jan", "bodem")
SAME = Participant("waterkaart", "jan", "lozing")
OTHER = Participant("stil", "jan", "bodem")
VISITS = (Visit("portal:waterkaart", "s"), Visit("makelaar:polderpoort", "s"))
OUTCOME = LogoutOutcome(
    not_notified=(PORTAL, SAME, OTHER), makelaars_open=("polderpoort",), visits=VISITS
)


def begun() -> LogoutRun:
    return logout_run.new_run(OUTCOME, ("s",))


def test_a_party_that_closed_is_told_with_all_its_services() -> None:
    run = begun().leaving("_1")
    assert (run.visiting, run.request_id, run.outcome.visits) == (VISITS[0], "_1", VISITS[1:])
    after = run.after(closed=True)
    assert (after.visiting, after.request_id) == (None, None)
    assert after.outcome.notified == (PORTAL, SAME)
    assert after.outcome.not_notified == (OTHER,)
    last = after.leaving("_2").after(closed=True)
    assert (last.outcome.makelaars, last.outcome.makelaars_open) == (("polderpoort",), ())
    assert not last.outcome.is_complete


def test_a_party_that_did_not_is_still_named() -> None:
    after = begun().leaving("_1").after(closed=False)
    assert after.outcome.notified == () and PORTAL in after.outcome.not_notified
    assert after.after(closed=True) == after  # nobody is visited


def test_nobody_is_sent_round_for_ever() -> None:
    many = tuple(Visit(f"portal:p{number}", "s") for number in range(50))
    left = tuple(Participant(f"p{number}", "jan", "bodem") for number in range(50))
    run = logout_run.new_run(LogoutOutcome(not_notified=left, visits=many), ("s",))
    assert len(run.outcome.visits) == MOST_VISITS
    assert len(run.outcome.not_notified) == 50


def test_everybody_told_is_complete() -> None:
    assert LogoutOutcome((PORTAL,), makelaars=("polderpoort",)).is_complete
    assert not LogoutOutcome(makelaars_open=("polderpoort",)).is_complete


@pytest.mark.parametrize("written", [b"{", b"[]", b'{"outcome": 7, "notified": 7, "client_id": 7}'])
def test_a_logout_of_another_version_is_none(written: bytes) -> None:
    """Who logs out meanwhile sees a page, and no failure of ours."""
    rt = a_runtime()
    for name in ("logout-run", "logged-out", "logout"):
        rt.store.put(f"{name}:h", written, 60)
    assert logout_run.kept(rt, "h") is None
    assert logout_outcomes.kept(rt, "h") is None
    assert logout_views._asked(rt, "h") == (None, LogoutRequest())


def test_a_logout_of_this_version_is_found() -> None:
    rt = a_runtime()
    run = begun()
    logout_run.keep(rt, run)
    assert logout_run.kept(rt, run.handle) == run
