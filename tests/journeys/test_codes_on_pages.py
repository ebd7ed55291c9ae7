"""Whoever calls with the code of a page is helped: every code that a page or a program is shown is
found by ``sluis trace`` and in the console, with what is known of the request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy.exc import OperationalError

from admin.cli.tracing import WIDTH, explain_login
from admin.operators.roles import OperatorRole
from broker.journey.expiry import end_expired
from broker.web import refusals
from broker.web.bodies import MAX_BODY
from sandbox.portal.clients import IDEEEN
from sandbox.wire import Answer
from state import audit, trace, trace_search
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.ephemeral import StoreUnavailable
from state.trace import NOT_BEGUN, OPEN, Trace
from tests.operators import HERE, at_console, make_operator
from tests.world import ADDRESSES, World, make_world

BODEM = "Meldportaal Bodem"
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SECRET = "geheime-waarde"
NO_LOGIN = f"/login/{'a' * 26}"
REDIRECT = f"{ADDRESSES.portal}/callback/bronhouderportaal"


def ask(
    world: World,
    path: str,
    method: str = "GET",
    body: str | None = None,
    headers: Mapping[str, str] = {},
) -> Answer:
    return world.wire.request(method, f"{ADDRESSES.broker}{path}", body, headers)


def login_address(world: World) -> str:
    """Of a login that waits for the choice of a makelaar."""
    browser = world.browser()
    browser.open(f"{ADDRESSES.portal}/")
    page = browser.click(BODEM)
    assert page.url.startswith(f"{ADDRESSES.broker}/login/")
    return page.url.removeprefix(ADDRESSES.broker)


def callback_address(world: World) -> tuple[str, str]:
    """Of an answer over OpenID Connect that is under way, and that of another makelaar."""
    browser = world.browser()
    browser.open(f"{ADDRESSES.portal}/")
    browser.click(BODEM)
    page = browser.click("Zekerweg")
    state = re.search(r"state=([^&\"']+)", page.url + page.answer.body.decode())
    assert state is not None
    query = f"state={state.group(1)}&code=x"
    return f"/oidc/callback/zekerweg?{query}", f"/oidc/callback/sleutelhof?{query}"


# What is asked; the code on the page, the machine reason, and what the trace says besides.
PAGES: Mapping[str, tuple[Callable[[World], Answer], str, str, tuple[str, ...]]] = {
    "no cookies": (
        lambda w: ask(w, login_address(w)),
        *("SLS-1002", "page_login_elsewhere"),
        ("The browser sent none", "The cookie of this login is missing", "(bronhouderportaal)"),
    ),
    "another browser": (
        lambda w: ask(w, login_address(w), headers={"Cookie": "x=1", "User-Agent": "Firefox/9"}),
        *("SLS-1002", "page_login_elsewhere"),
        ("Only cookies of others", "Firefox"),
    ),
    "no cookies at a callback": (
        lambda w: ask(w, callback_address(w)[0]),
        *("SLS-1002", "page_login_elsewhere"),
        ("at the answer of the identity provider", "(zekerweg)"),
    ),
    "callback of another makelaar": (
        lambda w: ask(w, callback_address(w)[1]),
        *("SLS-2101", "page_unsolicited_answer"),
        ("at the address of another identity provider",),
    ),
    "old link": (
        lambda w: ask(w, f"{NO_LOGIN}?x={SECRET}"),
        *("SLS-1009", "page_login_unknown"),
        ("/login/<login_id>", "410"),
    ),
    "unknown client": (
        lambda w: ask(w, f"/authorize?{urlencode({'client_id': 'niemand'})}"),
        *("SLS-4001", "portal_unknown"),
        ("niemand",),
    ),
    "wrong redirect URI": (
        lambda w: ask(
            w,
            "/authorize?"
            + urlencode(
                {"client_id": "bronhouderportaal", "redirect_uri": f"{REDIRECT}?x={SECRET}"}
            ),
        ),
        *("SLS-4002", "portal_address"),
        (REDIRECT, "(bronhouderportaal)"),
    ),
    "wrong logout": (
        lambda w: ask(w, f"/logout?id_token_hint={SECRET}"),
        *("SLS-4003", "page_invalid_request"),
        ("The id_token_hint is not ours",),
    ),
    "answer nobody asked": (
        lambda w: ask(w, "/saml/acs", "POST", f"SAMLResponse={SECRET}", FORM),
        *("SLS-2101", "page_unsolicited_answer"),
        ("RelayState or state is missing",),
    ),
    "message too large": (
        lambda w: ask(w, "/saml/acs", "POST", f"SAMLResponse={'A' * MAX_BODY}", FORM),
        *("SLS-4007", "page_too_large"),
        (str(MAX_BODY), str(MAX_BODY + len("SAMLResponse="))),
    ),
    "form without proof": (
        lambda w: ask(w, f"{NO_LOGIN}/provider", "POST", f"csrf_token=x&provider={SECRET}", FORM),
        *("SLS-4004", "page_csrf"),
        ("The cookie of the form is missing",),
    ),
    "no such page": (
        lambda w: ask(w, f"/login/x/{SECRET}/y?x={SECRET}"),
        *("SLS-4005", "page_not_found"),
        ("Address begins with: /login",),
    ),
    "no such page of a console": (
        lambda w: ask(w, f"/operator/{SECRET}"),
        *("SLS-4005", "page_not_found"),
        ("(sluis-operator)",),
    ),
    "wrong method": (
        lambda w: ask(w, NO_LOGIN, "PUT"),
        *("SLS-4006", "page_method_not_allowed"),
        ("PUT", "GET"),
    ),
    "wrong host": (
        lambda w: ask(w, "/", headers={"Host": "elders.example"}),
        *("SLS-4011", "page_wrong_host"),
        ("elders.example", "localhost:8000"),
    ),
}


@pytest.fixture(autouse=True)
def another_minute(world: World) -> Iterator[None]:
    """Tests share a world, and of one address a minute only so many are kept."""
    world.clock.advance(61)
    yield


def code_in(answer: Answer) -> str:
    (code,) = set(CODE.findall(answer.body.decode()))
    return code


def kept(world: World, code: str) -> list[trace.TraceRecord]:
    with world.session() as session:
        found = trace_search.with_reference(session, code.replace("-", ""))
    return [one.record for one in found]


def told(world: World, code: str, language: str = "en") -> str:
    lines = explain_login(world.process.settings, code, language)
    assert lines is not None
    assert not [line for line in lines if len(line) > WIDTH]
    return "\n".join(lines)


def in_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", PAGES)
def test_the_code_of_a_page_is_found_with_what_is_known(world: World, name: str) -> None:
    ask_for_it, shown, reason, words = PAGES[name]
    answer = ask_for_it(world)
    assert shown in answer.body.decode()
    code = code_in(answer)
    (record,) = (one for one in kept(world, code) if one.outcome == NOT_BEGUN)
    assert (record.cause, record.failed) == (reason, 1)
    assert SECRET not in str(record)
    english = in_one_line(told(world, code))
    for word in (reason, "Cause", "Remedy", "By", "Say", *words):
        assert word in english, word
    dutch = told(world, code, "nl")
    assert "Oorzaak" in dutch and "Cause" not in dutch


@pytest.mark.parametrize("name", ["no cookies", "old link", "message too large", "wrong method"])
def test_the_console_finds_it_too(world: World, name: str) -> None:
    code = code_in(PAGES[name][0](world))
    robin = make_operator(world, f"robin-{name.replace(' ', '-')}", OperatorRole.HELPDESK)
    browser = at_console(world, robin.person_id)
    browser.open(HERE)
    browser.fill("code", code)
    page = browser.click("Zoek")
    assert page.status == 200 and code in page.heading
    for words in ("Oorzaak.", "Wie dit oplost.", "Foutpagina", PAGES[name][1]):
        assert words in page.text, words


def test_the_console_tells_of_a_login_that_goes_on_beside_its_page(world: World) -> None:
    code = code_in(ask(world, login_address(world)))
    with world.session() as session, writing(session):
        reference = code.replace("-", "")
        audit.record(session, AuditEvent(EventTag.FACTOR_FAILED, world.clock(), reference))
    robin = make_operator(world, "robin-beside", OperatorRole.HELPDESK)
    page = at_console(world, robin.person_id).open(f"{HERE}/inlogspoor/{code}")
    assert page.heading == f"Login {code}"
    for words in ("Deze login is nog niet afgerond", "Verkeerde code", "Foutpagina"):
        assert words in page.text, words


@pytest.mark.parametrize(
    ("path", "method", "shown"), [("/token", "GET", "SLS-4006"), ("/userinfo/x", "GET", "SLS-4005")]
)
def test_the_code_that_a_program_is_told_is_found(
    world: World, path: str, method: str, shown: str
) -> None:
    answer = ask(world, path, method)
    code = code_in(answer)
    (record,) = kept(world, code)
    assert record.steps[0].step == refusals.PROGRAM
    assert record.steps[0].measured["error_code"] == shown
    assert "Error told to a program" in told(world, code)


def test_a_limit_is_found_with_its_number(tmp_path: Path) -> None:
    most = 3
    limited = make_world(tmp_path, limits={"address_per_minute": most})
    answers = [ask(limited, NO_LOGIN) for _ in range(most + 1)]
    assert answers[-1].status == 429
    (record,) = kept(limited, code_in(answers[most]))
    measured = record.steps[0].measured
    assert (measured["allowed_requests"], measured["window_seconds"]) == (most, 60)


def test_an_error_of_ours_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("of ours")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.process.store), "get", fail)
        answer = ask(world, NO_LOGIN)
    assert answer.status == 500
    text = told(world, code_in(answer))
    assert "Went wrong here" in text and "of ours" not in text


def test_a_page_stands_beside_the_login_that_it_was_about_once(world: World) -> None:
    address = login_address(world)
    codes = {code_in(ask(world, address)) for _ in range(3)}
    (code,) = codes
    assert [one.outcome for one in kept(world, code)] == [NOT_BEGUN]
    assert "During a login with this code: Yes" in told(world, code)
    world.clock.advance(16 * 60)
    end_expired(world.process)
    assert [one.outcome for one in kept(world, code)] == ["expired", NOT_BEGUN]
    text = in_one_line(told(world, code))
    assert text.index("Expired") < text.index("Also with this code") < text.index("Page of error")


def test_a_refused_answer_is_told_by_its_login_alone(own_world: World) -> None:
    page = own_world.walk(BODEM, "Polderpoort", "jan", fault="wrong_audience").run()
    found = CODE.search(page.text)
    assert found is not None, page.text
    (record,) = kept(own_world, found.group())
    assert (record.outcome, record.cause) == ("refused", "audience")


def test_the_code_beside_a_wrong_password_is_found_while_the_user_goes_on(world: World) -> None:
    """The page asks to pass on the code of the login; its ending takes the place of what it was."""
    browser = world.browser()
    browser.open(f"{ADDRESSES.portal}/")
    browser.click(IDEEEN.name)
    browser.press("method", "account")
    browser.fill("name", "niemand@voorbeeld.example")
    browser.fill("password", "zomaar iets lange")
    page = browser.click("Log in")
    found = CODE.search(page.text)
    assert page.status == 422 and found is not None, page.text
    assert [one.outcome for one in kept(world, found.group())] == [OPEN]
    assert "Not finished" in told(world, found.group())
    browser.click("Annuleer")
    assert [one.outcome for one in kept(world, found.group())] == ["cancelled"]


def test_who_floods_us_leaves_few_traces_and_the_log_has_every_code(
    own_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world = own_world
    answers = [ask(world, f"/bestaat-niet-{number}") for number in range(refusals.KEPT.most + 20)]
    with world.session() as session:
        assert session.query(Trace).count() == refusals.KEPT.most
    code = code_in(answers[-1])
    assert explain_login(world.process.settings, code) is None
    (line,) = (
        line for line in capsys.readouterr().out.splitlines() if code.replace("-", "") in line
    )
    for field in ("page_error", "key=not_found", "SLS-4005", "status=404", "trace=False"):
        assert field in line, field


@pytest.mark.parametrize(
    "error", [StoreUnavailable("down"), OperationalError("", None, Exception())]
)
def test_what_is_shown_while_a_part_is_away_is_in_the_log(
    own_world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    def away(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(type(own_world.process.store), "get", away)
        answer = ask(own_world, NO_LOGIN)
    assert answer.status == 503
    code = code_in(answer)
    assert explain_login(own_world.process.settings, code) is None
    logged = capsys.readouterr().out
    assert code.replace("-", "") in logged and "key=store_unavailable" in logged
