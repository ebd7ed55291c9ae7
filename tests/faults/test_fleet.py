"""Processes that die, stop and start, and servers that go away, while people log in.

After every test the books are balanced: what was acknowledged is there, once, and nobody stood
before a page that does not help.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from signal import SIGQUIT

import psycopg
import pytest
import urllib3

from sandbox.browser import Page
from sandbox.portal.clients import BODEMKAART
from state.outgoing import CONNECT_SECONDS, TOTAL_SECONDS
from tests.broker.portal import query_of
from tests.faults import failpoint
from tests.faults.balancer import AtRequest
from tests.faults.crowd import AT_ONCE, Crowd
from tests.faults.driver import FATIMA, JAN, JAN_ELSEWHERE, ROOS, Persona, Scene, User
from tests.faults.ending import Kind, bad, helps
from tests.faults.fleet import Fleet
from tests.faults.makelaars import OF_NOBODY, failing_makelaars
from tests.faults.servers import RedisServer

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(600)]
CUT_CONNECTIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluis'"
)
SOON = 60  # seconds; on a busy machine
A_MINUTE_AND_SOON = 60 + SOON  # see docs/operators/faults.md
HANGS = 90  # seconds after which a page that should be there in six counts as hanging
REQUESTS = 9  # that a login makes to the broker
AT_CODE = 6  # the request that brings the code of an app, or the consent


@pytest.fixture(autouse=True)
def books(fleet: Fleet, scene: Scene) -> Iterator[None]:
    """Balanced afterwards; the next test begins with everything well."""
    fleet.wait_until_ready()
    yield
    fleet.balancer.before = None
    fleet.failpoint.unlink(missing_ok=True)
    fleet.redis.resume()
    fleet.postgres.resume()
    assert scene.ledger.check(fleet.postgres.url, codes_reused=scene.reused) == []
    assert bad(scene.ledger.endings) == []


@pytest.fixture
def visit(scene: Scene) -> Iterator[Callable[..., User]]:
    """Users with a browser of their own."""
    with ExitStack() as stack:

        def make(persona: Persona = JAN) -> User:
            user = User(scene, persona)
            stack.callback(user.close)
            return user

        yield make


def test_X_01_a_worker_dies_before_each_request_of_a_login(
    fleet: Fleet, scene: Scene, visit: Callable[..., User]
) -> None:
    """The same browser goes on with another worker, whichever question it was at."""
    scene.warm_up()
    for number in range(1, REQUESTS + 1):
        fleet.wait_until_ready()
        at = AtRequest(number, lambda _, n=number: fleet.replace_worker(n % 2))  # type: ignore[misc]
        fleet.balancer.before = at
        user = visit(ROOS if number == AT_CODE else JAN)
        assert user.log_in().is_done, number
        fleet.balancer.before = None
        assert at.seen >= REQUESTS


@pytest.mark.parametrize("moment", [failpoint.BEFORE, failpoint.AFTER])
def test_X_01_X_02_a_worker_dies_with_each_request_in_its_hands(
    moment: str, fleet: Fleet, scene: Scene, visit: Callable[..., User]
) -> None:
    """Before it did anything, or when all was written and nobody had heard of it. A GET is sent
    again and goes on; of a POST the user hears that it was cut, and a new login succeeds.
    """
    scene.warm_up()
    kinds = []
    for number in range(1, 10):
        fleet.wait_until_ready()
        asked: list[str] = []

        def arm(request: str, asked: list[str] = asked) -> None:
            asked.append(request)
            fleet.arm(f"{moment} {request}")

        fleet.balancer.before = AtRequest(number, arm)
        user = visit(JAN_ELSEWHERE)
        ending = user.log_in()
        assert not fleet.failpoint.exists(), asked  # somebody did die
        kinds.append(ending.kind)
        assert ending.is_done or asked[0].startswith("POST") or moment == failpoint.AFTER, asked
        assert user.log_in_at_last(SOON).is_done
    assert Kind.REDEEMED in kinds
    assert Kind.CUT in kinds


@pytest.mark.parametrize("moment", [failpoint.BEFORE, failpoint.AFTER])
def test_X_02_a_code_is_redeemed_once_though_the_answer_was_lost(
    moment: str, fleet: Fleet, scene: Scene, visit: Callable[..., User]
) -> None:
    """Who asks again after the tokens were made is refused, and what was made ends; who asks again
    after nothing happened is served.
    """
    user = visit()
    fleet.arm(f"{moment} POST /token")
    assert user.log_in().kind is Kind.CUT
    again = user.redeem_again(SOON)
    scene.ledger.ended(again, user.persona.client_id)
    if moment == failpoint.BEFORE:
        assert again.is_done
    else:
        scene.reused += 1
        assert again.what == "token endpoint: invalid_grant"
    assert user.log_in().is_done


def test_X_03_an_instance_dies_and_the_other_takes_over(fleet: Fleet, crowd: Crowd) -> None:
    before = len(crowd.scene.ledger.endings)

    def die() -> None:
        fleet.instances[0].kill()
        time.sleep(2)
        fleet.instances[0].start()

    endings = crowd.log_in(40, {10: die})
    assert all(ending.is_done for ending in endings)
    failed = [e for e in crowd.scene.ledger.endings[before:] if not e.is_done]
    assert len(failed) <= AT_ONCE  # what the instance had in its hands


def test_X_12_every_request_at_another_instance(
    fleet: Fleet, crowd: Crowd, visit: Callable[..., User]
) -> None:
    """No login fails, and of two that redeem one code at the same time at most one is served."""
    before = len(crowd.scene.ledger.endings)
    assert all(ending.is_done for ending in crowd.log_in(60))
    assert all(ending.is_done for ending in crowd.scene.ledger.endings[before:])
    for _ in range(6):
        user, thief = visit(), visit()
        page = user.walk(user.begin())
        thief.asked, query = user.asked, query_of(page.url)
        with ThreadPoolExecutor(2) as pool:
            both = list(pool.map(lambda who, q=query: who.redeem(q), (user, thief)))  # type: ignore[misc]
        assert sum(ending.is_done for ending in both) <= 1
        crowd.scene.reused += 1
    assert crowd.scene.ledger.redeemed.most_common(1)[0][1] == 1


def test_X_14_an_instance_that_is_told_to_stop_under_load_drops_nobody(
    fleet: Fleet, crowd: Crowd
) -> None:
    """Not even those whose requests it had when it was told: they wait for the database then."""
    codes, backend = [], fleet.balancer.backends[1]

    def stop() -> None:
        with fleet.postgres.paused(), ThreadPoolExecutor(1) as pool:
            fleet.wait(lambda: backend.busy >= 1, "a request")
            stopped = pool.submit(fleet.instances[1].stop)
            time.sleep(1)
            fleet.postgres.resume()
            codes.append(stopped.result())
        fleet.instances[1].start()

    before = len(crowd.scene.ledger.endings)
    assert all(ending.is_done for ending in crowd.log_in(40, {10: stop}))
    assert codes == [0]
    assert all(ending.is_done for ending in crowd.scene.ledger.endings[before:])


def test_X_15_a_rolling_restart_fails_no_login(fleet: Fleet, crowd: Crowd) -> None:
    """Twice round: taken out of the balancer, stopped, started, put back when ready."""

    def roll() -> None:
        for number in (0, 1, 0, 1):
            instance, backend = fleet.instances[number], fleet.balancer.backends[number]
            backend.drained = True
            fleet.wait(lambda b=backend: b.busy == 0, "the last request")  # type: ignore[misc]
            assert instance.stop() == 0
            backend.ready = False
            instance.start()
            fleet.wait(lambda b=backend: b.ready, "the new instance")  # type: ignore[misc]
            backend.drained = False

    before = len(crowd.scene.ledger.endings)
    crowd.log_in_while(roll)
    failed = [e for e in crowd.scene.ledger.endings[before:] if not e.is_done]
    assert failed == []
    assert len(crowd.scene.ledger.endings) > before + 4


# Redis.


def test_X_04_a_restart_of_redis_keeps_the_logins_in_progress(
    fleet: Fleet, visit: Callable[..., User]
) -> None:
    users = [visit() for _ in range(AT_ONCE)]
    pages = [user.begin() for user in users]
    fleet.redis.restart()
    for user, page in zip(users, pages, strict=True):
        assert user.finish(page).is_done


def test_X_04_a_flush_costs_a_new_login_and_lets_no_replay_through(
    fleet: Fleet, scene: Scene, visit: Callable[..., User]
) -> None:
    used, pending = visit(), visit()
    assert used.log_in().is_done
    page = pending.begin()
    fleet.redis.flush()
    ending = pending.finish(page)
    assert ending.kind is Kind.HELPED and ending.what.startswith("410"), ending
    for path in ("/saml/acs", "/token"):
        assert 400 <= used.again(path).status < 500, path
    # A session is a row in SQL: who was logged in goes on without a makelaar, at a portal whose
    # own proof is not one that an emptied store must distrust for a minute.
    used.persona = Persona("jan", "Polderpoort", "bronhouderportaal", BODEMKAART, "Korenmolen")
    used.line.sent.clear()
    assert used.walk(used.begin()).url.startswith(scene.demo.addresses.portal)
    assert not [s for s in used.line.sent if s.url.startswith(scene.demo.addresses.makelaars)]
    assert pending.log_in_at_last(A_MINUTE_AND_SOON).is_done


@pytest.mark.parametrize(
    ("broken", "persona"),
    [(RedisServer.away, ROOS), (RedisServer.read_only, JAN), (RedisServer.full, JAN)],
    ids=["down", "read-only", "full"],
)
def test_X_04_a_redis_that_cannot_write_is_said_so(
    broken: Callable[[RedisServer], AbstractContextManager[None]],
    persona: Persona,
    fleet: Fleet,
    visit: Callable[..., User],
) -> None:
    """503 with a time to come back, at a first and at a later question; the login in progress goes
    on afterwards. A right code of a second factor buys nothing meanwhile.
    """
    user, late = visit(persona), visit()
    page = user.begin()
    with broken(fleet.redis):
        assert late.log_in().kind is Kind.BUSY
        assert user.finish(page).kind is Kind.BUSY
        assert user.finish(user.browser.open(page.url)).kind is Kind.BUSY
    assert late.log_in_at_last(SOON).is_done
    assert user.finish(user.browser.open(page.url)).is_done


def test_X_04_a_silent_redis_holds_nobody_for_long(
    fleet: Fleet, visit: Callable[..., User]
) -> None:
    user = visit()
    started = time.monotonic()
    with fleet.redis.paused():
        assert user.log_in().kind is Kind.BUSY
    assert time.monotonic() - started < HANGS
    assert user.log_in_at_last(SOON).is_done


# PostgreSQL.


@pytest.mark.parametrize("how", ["restart", "crash", "silence"])
def test_X_05_the_database_goes_away_and_comes_back(how: str, fleet: Fleet, crowd: Crowd) -> None:
    def go_away() -> None:
        if how == "silence":
            with fleet.postgres.paused():
                time.sleep(3)
            return
        fleet.postgres.stop(SIGQUIT) if how == "crash" else fleet.postgres.stop()
        time.sleep(1.5)
        fleet.postgres.start()

    assert all(ending.is_done for ending in crowd.log_in(30, {8: go_away}))


def test_X_05_without_the_database_everybody_hears_when_to_come_back(
    fleet: Fleet, visit: Callable[..., User]
) -> None:
    """Then it is back, and the next login succeeds within seconds, without a hand."""
    user = visit()
    page = user.begin()
    fleet.postgres.stop()
    try:
        assert user.finish(page).kind is Kind.BUSY
        readiness = f"http://127.0.0.1:{fleet.balancer.backends[0].port}/health/ready"
        with urllib3.PoolManager(retries=False, timeout=15) as http:
            answer = http.request("GET", readiness)
        assert answer.status == 503
        assert answer.json() == {"status": "failed"}
    finally:
        fleet.postgres.start()
    assert user.log_in_at_last(SOON).is_done


def test_X_05_a_standby_that_cannot_write_yet(fleet: Fleet, visit: Callable[..., User]) -> None:
    """As after a fail-over: the address answers, and takes no writes for a while."""
    user = visit()
    for mode, is_done in (("on", False), ("off", True)):
        with fleet.postgres.connect("postgres") as sql:
            sql.execute(f"ALTER DATABASE sluis SET default_transaction_read_only = {mode}")
            sql.execute(CUT_CONNECTIONS)
        assert user.log_in().kind is (Kind.REDEEMED if is_done else Kind.BUSY)


def test_X_05_no_connection_left(fleet: Fleet, visit: Callable[..., User]) -> None:
    user = visit()
    with ExitStack() as taken:
        first = taken.enter_context(fleet.postgres.connect())
        for _ in range(50):  # jobs in the background connect again: take those places too
            cut = first.execute(CUT_CONNECTIONS).rowcount
            time.sleep(0.1)
            with pytest.raises(psycopg.OperationalError):
                for _ in range(100):
                    taken.enter_context(fleet.postgres.connect())
            if not cut:
                break
        assert user.log_in().kind is Kind.BUSY
    assert user.log_in_at_last(SOON).is_done


def test_X_05_a_table_that_stays_locked_is_not_waited_for_without_end(
    fleet: Fleet, visit: Callable[..., User]
) -> None:
    user = visit()
    page = user.begin()
    with fleet.postgres.connect() as other, other.transaction():
        other.execute('LOCK TABLE "grant" IN ACCESS EXCLUSIVE MODE')
        assert user.finish(page).kind is Kind.BUSY
    assert user.log_in_at_last(SOON).is_done


def test_X_09_a_makelaar_that_fails_holds_up_nobody_else(
    fleet: Fleet, crowd: Crowd, visit: Callable[..., User]
) -> None:
    """Refused, silent, 500, nonsense, 10 MB, a byte per second: a page with other choices, within
    the time of one call, while everybody else logs in.
    """
    assert TOTAL_SECONDS <= 5 and CONNECT_SECONDS <= TOTAL_SECONDS  # of 6 that a user waits

    def choose(makelaar: str) -> tuple[str, Page, float]:
        user = visit()
        user.begin()
        started = time.monotonic()
        return makelaar, user.browser.click(makelaar), time.monotonic() - started

    before = len(crowd.scene.ledger.endings)
    with failing_makelaars(fleet) as names, ThreadPoolExecutor(len(names)) as pool:
        choices = [pool.submit(choose, name) for name in names]
        endings = crowd.log_in(20)
        for name, page, seconds in (choice.result() for choice in choices):
            away, unknown = f"{name} is niet bereikbaar", f"Inloggen met {name} lukt nu niet"
            assert page.heading == (unknown if name in OF_NOBODY else away)
            assert helps(page.answer) and page.forms, page.text
            assert seconds < HANGS, name
    assert all(ending.is_done for ending in endings)
    assert all(ending.is_done for ending in crowd.scene.ledger.endings[before:])


def test_X_03_X_05_a_confirmed_request_for_a_mandate_is_kept(
    fleet: Fleet, visit: Callable[..., User]
) -> None:
    """Its mail too: it is delivered once, by whoever is left."""
    user = visit(FATIMA)
    assert user.ask_for_mandate()
    fleet.instances[0].kill()
    fleet.postgres.restart()
    fleet.instances[0].start()
    with urllib3.PoolManager(retries=False, timeout=15) as http:
        place = f"{fleet.demo.addresses.postbus}/api/messages"
        fleet.wait(lambda: len(http.request("GET", place).json()) >= 1, "the mail")
        letters = http.request("GET", place).json()
    assert len({letter["id"] for letter in letters}) == len(letters)
