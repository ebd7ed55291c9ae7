"""``sluis session``, as whoever runs the machine meets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from admin.cli import main
from assurance import session_lifetime
from assurance.levels import AssuranceLevel
from broker import settings as configuration
from broker.console.downstream import idle_key, use_of
from broker.downstream import NewGrant
from broker.process import Process
from broker.sso import grants
from broker.sso.session import session_limits
from broker.start import start
from directory.consoles import BEHEER
from providers.interface import Identity
from providers.login_facts import LoginFacts, stored
from sandbox.portal.clients import CLIENTS
from sandbox.prepare import Demo
from state.clock import utc_now
from state.db import writing
from tests.admin.cli.conftest import Sluis

JAN, SANNE = "0" * 26, "1" * 26
PORTALS = [one.client_id for one in CLIENTS]


@contextmanager
def running(demo: Demo) -> Iterator[tuple[Process, Session]]:
    process = start(configuration.load(demo.config, {}), utc_now)
    with process.sessions() as sql:
        yield process, sql
    process.engine.dispose()


@pytest.fixture(autouse=True)
def logged_in(registered: None, demo: Demo) -> None:
    """Jan has a session at every portal of the demo, Sanne is at /beheer."""
    now = utc_now() - timedelta(minutes=3)
    hour = now + timedelta(hours=1)
    level = AssuranceLevel.EH3
    with running(demo) as (process, _sql):
        process.store.put(idle_key(SANNE), use_of(now), 900)
    with running(demo) as (process, sql), writing(sql):
        session_lifetime.start(
            sql,
            process.sealer,
            identifier=JAN,
            person_id="jan",
            group=None,
            facts=stored(
                LoginFacts(Identity("polderpoort", "x", level, level, now), "service", None)
            ),
            limits=session_limits(process),
            now=now,
            browser="Firefox/Windows",
        )
        for number, client_id in enumerate(PORTALS):
            at_portal = NewGrant(f"p{number}", client_id, "jan", "service", hour, JAN)
            grants.insert(sql, at_portal, now)
        inside = NewGrant(SANNE, BEHEER.client_id, "sanne", BEHEER.service.uuid, hour)
        grants.insert(sql, inside, now, browser="/iPhone", provider_id="veerhuis")


def count(demo: Demo) -> int:
    with running(demo) as (_process, sql):
        sessions = session_lifetime.standing(sql, "jan", utc_now())
        return len(sessions) + len(grants.at_consoles(sql, utc_now()))


def test_list_shows_who_is_where_since_when_and_with_what(sluis: Sluis) -> None:
    told = sluis("session", "list").output
    words = (JAN, "jan", "Firefox on Windows", "Polderpoort (polderpoort)", *PORTALS)
    for word in (*words, SANNE, "sanne", "unknown browser on iPhone", "veerhuis", "/beheer"):
        assert word in told, word
    assert "1 session of browsers and 1 at our consoles" in told
    assert max(map(len, told.splitlines())) <= 80


def test_list_is_there_for_programs(sluis: Sluis) -> None:
    both = json.loads(sluis("session", "list", "--json").output)
    (jan,) = [one for one in both if one["person"] == "jan"]
    assert (jan["kind"], jan["browser"], jan["system"]) == ("browser", "Firefox", "Windows")
    assert jan["makelaar"] == "polderpoort" and sorted(jan["at"]) == sorted(PORTALS)
    (sanne,) = [one for one in both if one["person"] == "sanne"]
    assert (sanne["kind"], sanne["browser"], sanne["system"]) == ("console", None, "iPhone")


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        (("--person", "jan"), {JAN}),
        (("--makelaar", "veerhuis"), {SANNE}),
        (("--person", "fatima"), set()),
    ],
)
def test_list_shows_those_that_were_asked(
    sluis: Sluis, choice: tuple[str, str], found: set[str]
) -> None:
    both = json.loads(sluis("session", "list", *choice, "--json").output)
    assert {one["id"] for one in both} == found
    told = sluis("session", "list", *choice).output
    assert all((one in told) is (one in found) for one in (JAN, SANNE))


@pytest.mark.parametrize(
    ("choice", "asks"),
    [
        (("--id", JAN), "End 1 session of browsers and 0 at our consoles?"),
        (("--person", "jan"), "End 1 session of browsers and 0 at our consoles?"),
        (("--makelaar", "veerhuis"), "End 0 sessions of browsers and 1 at our consoles?"),
    ],
)
def test_end_asks_first_and_ends_nothing_when_the_answer_is_no(
    demo: Demo, choice: tuple[str, str], asks: str
) -> None:
    arguments = ["--config", str(demo.config), "session", "end", *choice]
    no = CliRunner().invoke(main, arguments, input="n\n")
    assert no.exit_code == 1 and asks in no.output
    assert count(demo) == 2
    yes = CliRunner().invoke(main, arguments, input="y\n")
    assert yes.exit_code == 0 and "Ended: " in yes.output
    assert count(demo) == 1


def test_end_says_how_much_ended_and_which_portals_hear_it(sluis: Sluis, demo: Demo) -> None:
    done = sluis("session", "end", "--person", "jan", "--yes")
    assert done.exit_code == 0, done.output
    assert "Ended: 1 session of browsers and 0 at our consoles." in done.output
    words = done.output.replace("\n", " ")
    told = [one.client_id for one in CLIENTS]
    assert all(one in words for one in told)
    assert max(map(len, done.output.splitlines())) <= 80
    assert count(demo) == 1
    assert "No session runs." in sluis("session", "list", "--person", "jan").output


def test_nobody_is_said_where_nobody_is(sluis: Sluis) -> None:
    for person in ("jan", "sanne"):
        sluis("session", "end", "--person", person, "--yes")
    assert sluis("session", "list").output == "Nobody is logged in.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("list", "--person", "niemand"), "no person"),
        (("list", "--makelaar", "niemand"), "no makelaar"),
        (("list", "--person", "jan", "--makelaar", "veerhuis"), "give one"),
        (("end", "--yes"), "--id, --person or --makelaar"),
        (("end", "--person", "", "--yes"), "--id, --person or --makelaar"),
        (("end", "--id", JAN, "--person", "jan", "--yes"), "give one"),
        (("end", "--id", "9" * 26, "--yes"), "sluis session list"),
        (("end", "--person", "niemand"), "no person"),
        (("end", "--makelaar", "niemand"), "no makelaar"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(
    sluis: Sluis, demo: Demo, arguments: tuple[str, ...], says: str
) -> None:
    done = sluis("session", *arguments)
    assert done.exit_code == 2 and says in done.output
    assert count(demo) == 2
