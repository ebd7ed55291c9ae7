"""A console as a portal: what it asks of a login, and the cookie that it alone can read."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from assurance.accepted_factor import AcceptedFactor
from assurance.levels import AssuranceLevel
from broker.console.downstream import (
    ConsoleCookie,
    ConsoleDownstream,
    idle_key,
    is_open,
    login_request,
    read_facts,
    read_ticket,
    seal_ticket,
    use_of,
    used_at,
)
from broker.console.reply_to import ConsoleReplyTo
from broker.downstream import (
    DownstreamName,
    LoginRefused,
    LoginRequest,
    LoginResult,
    Purpose,
    RefusalCode,
)
from directory.consoles import BEHEER, CONSOLES, JOINING, MINE, OPERATOR, Console
from keys.sealing import Sealer
from providers.login_facts import LoginFacts
from state.ephemeral import Put
from state.stores.memory import MemoryStore
from tests.broker.facts import IDENTITY, some_settings
from tests.clocks import START, FakeClock
from tests.keys_for_tests import make_sealer

L = AssuranceLevel
SEALER = make_sealer()
COOKIE = ConsoleCookie("the-grant", START)
FACTS = LoginFacts(IDENTITY, "console", AcceptedFactor("the-factor", "totp", START))
DOWNSTREAM = ConsoleDownstream(
    some_settings(login={"session_idle_minutes": 20, "session_hours": 3}), SEALER
)


def result(request: LoginRequest, **changes: Any) -> LoginResult:
    made = LoginResult(
        login_id="login",
        reference="ABCD1234",
        request=request,
        person_id="roos",
        display_name=None,
        email=None,
        provider_id="polder",
        provider_entity="urn:polder",
        level=L.EH3,
        provider_level=L.EH3,
        proofing=L.EH3,
        second_factor=None,
        authenticated_at=START,
        authority=None,
        session_id=None,
        grant_id="the-grant",
        facts=FACTS,
    )
    return replace(made, **changes)


@pytest.mark.parametrize("console", CONSOLES, ids=lambda one: one.client_id)
def test_a_cookie_says_nothing_to_another_console(console: Console) -> None:
    sealed = seal_ticket(SEALER, console, COOKIE)
    assert read_ticket(SEALER, console, sealed) == COOKIE
    others = [one for one in CONSOLES if one is not console]
    assert [read_ticket(SEALER, one, sealed) for one in others] == [None] * len(others)


SEALED = seal_ticket(SEALER, MINE, COOKIE)
NOT_A_TICKET = base64.urlsafe_b64encode(
    SEALER.seal(b"{}", f"console-session:{MINE.client_id}")
).decode()


@pytest.mark.parametrize(
    "cookie",
    ["", "nonsense", "é", SEALED[:-1], SEALED[4:], SEALED + "A" * 1000, NOT_A_TICKET],
    ids=["empty", "nonsense", "letter", "cut", "begun late", "too long", "no cookie of ours"],
)
def test_what_we_did_not_seal_opens_nothing(cookie: str) -> None:
    assert read_ticket(SEALER, MINE, cookie) is None


def test_a_cookie_under_another_master_key_opens_nothing() -> None:
    assert read_ticket(Sealer(b"another master key, for a test!!"), MINE, SEALED) is None


@pytest.mark.parametrize(
    ("console", "wanted", "level"),
    [
        (MINE, None, L.EH2),
        (MINE, L.EH3, L.EH3),
        (OPERATOR, None, L.EH3),
        (OPERATOR, L.EH2, L.EH3),  # never less than the console itself asks
        (BEHEER, None, L.EH2_PLUS),
    ],
)
def test_a_console_asks_its_own_level_or_more(
    console: Console, wanted: AssuranceLevel | None, level: AssuranceLevel
) -> None:
    asked = login_request(console, f"{console.path}/verder", "nl", level=wanted)
    assert (asked.level, asked.client_id) == (level, console.client_id)
    assert (asked.purpose, asked.downstream) == (Purpose.CONSOLE, DownstreamName.CONSOLE)
    assert asked.service_uuid == console.service.uuid and not asked.force_authn
    assert asked.minimum is None  # it is no portal of somebody else


@pytest.mark.parametrize("level", [None, L.EH2_PLUS])
def test_an_email_account_does_not_do_where_a_level_is_asked(level: AssuranceLevel | None) -> None:
    asked = login_request(JOINING, "/toegang/uitnodiging", "nl", level=level)
    assert asked.minimum is level


def test_a_login_of_this_moment_can_be_asked() -> None:
    assert login_request(MINE, "/mijn", "nl", force_authn=True).force_authn


def test_a_login_comes_back_to_the_page_that_was_asked_with_a_cookie_of_its_console() -> None:
    asked = login_request(MINE, "/mijn/logins", "nl")
    prepared = DOWNSTREAM.prepare(None, result(asked), START)
    assert prepared.reply.url == "https://sluis.example/mijn/logins"
    ((name, value),) = prepared.reply.cookies.items()
    assert name == MINE.cookie and read_ticket(SEALER, MINE, value) == COOKIE


def test_a_console_session_is_a_grant_with_an_end_and_an_idle_time() -> None:
    prepared = DOWNSTREAM.prepare(None, result(login_request(MINE, "/mijn", "nl")), START)
    (kept,) = prepared.operations
    assert isinstance(kept, Put) and (kept.key, kept.ttl) == (idle_key("the-grant"), 20 * 60)
    assert read_facts(SEALER, "the-grant", kept.value) == FACTS
    assert read_facts(SEALER, "another-grant", kept.value) is None
    assert read_facts(SEALER, "the-grant", b"1") is None  # of an earlier version
    assert prepared.grant is not None
    assert prepared.grant.expires_at == START + timedelta(hours=3)
    assert (prepared.grant.person_id, prepared.grant.client_id) == ("roos", MINE.client_id)
    assert prepared.grant.session_id is None  # not a session of the browser


@pytest.mark.parametrize(("minutes", "lasts"), [(None, 180), (90, 90), (600, 180)])
def test_a_makelaar_may_want_a_console_session_to_be_shorter(
    minutes: int | None, lasts: int
) -> None:
    until = START + timedelta(minutes=minutes) if minutes is not None else None
    facts = replace(FACTS, identity=replace(IDENTITY, session_until=until))
    made = result(login_request(MINE, "/mijn", "nl"), facts=facts)
    grant = DOWNSTREAM.prepare(None, made, START).grant
    assert grant is not None and grant.expires_at == START + timedelta(minutes=lasts)


@pytest.mark.parametrize(("ahead", "counted"), [(-60, -60), (0, 0), (60, 0)])
def test_a_makelaar_whose_clock_is_ahead_makes_no_login_of_later_than_now(
    ahead: int, counted: int
) -> None:
    made = result(
        login_request(MINE, "/mijn", "nl"), authenticated_at=START + timedelta(seconds=ahead)
    )
    prepared = DOWNSTREAM.prepare(None, made, START)
    cookie = read_ticket(SEALER, MINE, prepared.reply.cookies[MINE.cookie])
    assert cookie is not None
    assert cookie.logged_in_at == START + timedelta(seconds=counted)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (RefusalCode.CANCELLED, "cancelled"),
        (RefusalCode.LEVEL_UNREACHABLE, "refused"),
        (RefusalCode.SERVER_ERROR, "refused"),
    ],
)
def test_who_is_refused_comes_to_a_page_of_that_console(code: RefusalCode, word: str) -> None:
    asked = login_request(OPERATOR, "/operator/logboek", "nl")
    reply = DOWNSTREAM.refuse(None, asked, LoginRefused(code, "any"), "ABCD1234")
    assert reply.url == f"https://sluis.example/operator/uitgelogd?reason={word}"
    assert not reply.cookies


def test_a_console_that_no_page_was_asked_of_shows_its_front_page() -> None:
    asked = replace(login_request(MINE, "/mijn", "nl"), reply_to=ConsoleReplyTo(None).stored())
    assert DOWNSTREAM.prepare(None, result(asked), START).reply.url == "https://sluis.example/mijn"


def test_a_browser_holds_the_consoles_that_it_was_in_just_now() -> None:
    store = MemoryStore(FakeClock())
    names = {BEHEER.cookie: "beheer", MINE.cookie: "mine", OPERATOR.cookie: "too long ago"}
    cookies = {
        console.cookie: seal_ticket(SEALER, console, replace(COOKIE, grant_id=name))
        for console, name in zip((BEHEER, MINE, OPERATOR), names.values(), strict=True)
    }
    for name in ("beheer", "mine", "of another browser"):
        store.put(idle_key(name), b"1", 60)
    held = DOWNSTREAM.held_in(cookies, store)
    assert held == {BEHEER.cookie: "beheer", MINE.cookie: "mine"}


def test_a_cookie_of_another_console_or_of_nobody_holds_nothing() -> None:
    store = MemoryStore(FakeClock())
    store.put(idle_key("the-grant"), b"1", 60)
    sealed = seal_ticket(SEALER, MINE, COOKIE)
    assert DOWNSTREAM.held_in({}, store) == {}
    assert DOWNSTREAM.held_in({MINE.cookie: "nonsense", BEHEER.cookie: sealed}, store) == {}
    assert DOWNSTREAM.held_in({MINE.cookie: sealed}, store) == {MINE.cookie: "the-grant"}


def test_when_a_console_was_used_is_known_from_its_second_use_on() -> None:
    assert used_at(use_of(START)) == START
    assert used_at(b"1") is None and used_at(b"") is None


@pytest.mark.parametrize(
    ("cookies", "opens"),
    [
        ("__Host-sluis-form=x; __Host-sluis-beheer={beheer}", True),
        ("a=b;__Host-sluis-beheer={beheer}; c=d", True),
        ("__Host-sluis-beheer=made-up", False),
        ("__Host-sluis-beheer={beheer}x", False),
        ("__Host-sluis-beheer={mine}", False),
        ("__Host-sluis-mijn={beheer}", False),
        ("x__Host-sluis-beheer={beheer}", False),
        ("__Host-sluis-beheer=", False),
        ("", False),
        ("=;;=" * 500, False),
        # Others of this site wrote what they liked, and a gateway says it as bytes or as signs.
        ("naam=Jos\xe9; __Host-sluis-beheer={beheer}", True),
        ("naam=\u20ac; __Host-sluis-beheer={beheer}", True),
        ("__Host-sluis-beheer=\xe9\u20ac", False),
    ],
)
def test_a_console_is_open_for_a_cookie_that_was_sealed_for_it(cookies: str, opens: bool) -> None:
    beheer, mine = (seal_ticket(SEALER, one, COOKIE) for one in (BEHEER, MINE))
    header = cookies.format(beheer=beheer, mine=mine)
    assert is_open(SEALER, BEHEER, header) is opens
