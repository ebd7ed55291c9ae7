"""What whole logins leave in the logs, at the lowest level and with every library talking: nothing
that anyone could use, and nothing about anybody.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlsplit

import pyotp
import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from broker.monitoring import logs
from sandbox import prepare
from sandbox.browser import Browser
from sandbox.makelaar import app
from sandbox.people import GUEST, PEOPLE, TestPerson, known_at
from sandbox.portal.clients import BODEM, LOZING
from tests.broker.clients import SECRET
from tests.broker.portal import FORM, ISSUER, Portal, make_portal_world, scope_of, set_clock
from tests.broker.recorder import Recorder
from tests.world import World

BSN = "999990019"  # from the range of test numbers
SECRET_FIELDS = frozenset(
    {
        *("code", "state", "nonce", "code_verifier", "client_secret", "client_assertion"),
        *("access_token", "id_token", "csrf_token", "SAMLResponse", "SAMLRequest", "RelayState"),
        *("id_token_hint", "ticket", "shown", "login_hint"),
    }
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The product's own logging at its lowest level, into a text."""
    root = logging.getLogger()
    before = root.handlers, root.level
    logs.configure_logs("debug")
    structlog.configure(cache_logger_on_first_use=False)
    written = io.StringIO()
    root.handlers[0].setStream(written)  # type: ignore[attr-defined]
    yield written
    root.handlers, _ = before
    root.setLevel(before[1])
    structlog.reset_defaults()


def secrets_of(recorder: Recorder) -> set[str]:
    """Every value that went over the wire and that a log may not hold."""
    found: set[str] = set()
    for exchange in recorder.exchanges:
        pairs = parse_qsl(urlsplit(exchange.url).query) + parse_qsl(exchange.body or "")
        for place in exchange.answer.all("Location"):
            pairs += parse_qsl(urlsplit(place).query)
        found |= {value for name, value in pairs if name in SECRET_FIELDS}
        for header in ("Cookie", "Authorization"):
            value = exchange.headers.get(header, "")
            found |= {part.partition("=")[2] or part for part in value.split("; ")}
        for line in exchange.answer.all("Set-Cookie"):
            found.add(line.partition(";")[0].partition("=")[2])
        if exchange.answer.body.startswith(b"{"):
            found |= {str(v) for k, v in exchange.answer.json().items() if k in SECRET_FIELDS}
    return {value for value in found if len(value) >= 6}


def is_told(value: str, text: str) -> bool:
    """Stands this value there? A code of six digits, but not as the end of a time or number."""
    if value.isdecimal():
        return re.search(rf"(?<![\d.:]){value}(?!\d)", text) is not None
    return value in text


def test_L_01_whole_logins_leave_nothing_that_anyone_could_use(
    world: World, log: io.StringIO
) -> None:
    set_clock(world)
    recorder = Recorder(world.wire)
    outgoing = world.process.outgoing
    outgoing.wire = recorder  # type: ignore[attr-defined]
    portal = Portal(world)

    def browser() -> Browser:
        return Browser(wire=recorder)

    walk_every_way(portal, browser)
    client = Portal(replace_wire(world, recorder), "by-key")
    client.tokens(client.log_in("mo", browser=browser())["code"])
    spoil_everything(portal, recorder)
    text = log.getvalue()
    assert len(text.splitlines()) > 10
    code = pyotp.TOTP(prepare.totp_secret(world.demo, "roos")).at(world.clock())
    assert {value for value in (code, *secrets_of(recorder)) if is_told(value, text)} == set()
    for person in (*PEOPLE, GUEST):
        assert person.name not in text
        for login in person.logins:
            assert login.subject not in text
    for word in ("@voorbeeld.example", SECRET, "saml:", "<Response", "Assertion ", "BEGIN", "eyJ"):
        assert word not in text, word
    outgoing.wire = world.wire  # type: ignore[attr-defined]


def replace_wire(world: World, recorder: Recorder) -> World:
    return replace(world, wire=recorder)  # type: ignore[arg-type]


def walk_every_way(portal: Portal, browser: object) -> None:
    """Logins that succeed, stop, fail and are refused, through both protocols."""
    assert callable(browser)
    watched = Portal(replace_wire(portal.world, browser()._wire))
    for makelaar, person in (("zekerweg", "jan"), ("polderpoort", "jan"), ("polderpoort", "hanna")):
        heard = watched.log_in(person, makelaar, browser(), scope=scope_of(BODEM))
        tokens = watched.tokens(heard["code"])
        assert watched.userinfo(tokens["access_token"]).status == 200
        assert watched.redeem(heard["code"]).status == 400
    for fault in ("wrong_key", "expired", "wrong_audience"):
        for makelaar in ("zekerweg", "polderpoort"):
            at = watched.at_makelaar(makelaar, browser(), scope=scope_of(BODEM))
            at.fill("fault", fault)
            assert at.press("person", "jan").status == 400
    at = watched.at_makelaar("brugwacht", browser(), scope=scope_of(LOZING))
    at.press("person", "roos")
    for code in ("000000", pyotp.TOTP(prepare.totp_secret(portal.world.demo, "roos")).now()):
        at.fill("code", code)
        at.click("Ga verder")
    at = watched.at_makelaar(browser=browser(), scope=scope_of(BODEM))
    at.press("action", "cancel")


def spoil_everything(portal: Portal, recorder: Recorder) -> None:
    """Requests that are refused, with secrets in them."""
    code = "a-code-that-nobody-may-read-in-a-log"
    for query in (
        f"?code={code}&state={code}",
        f"?SAMLResponse={code}",
        f"?client_secret={SECRET}",
    ):
        for path in ("/oidc/callback/zekerweg", "/saml/acs", "/token", "/authorize", "/userinfo"):
            recorder.request(
                "GET", ISSUER + path + query, None, {"Authorization": f"Bearer {code}"}
            )
            recorder.request("POST", ISSUER + path, query[1:], FORM)


def test_L_01_an_error_of_ours_says_what_failed_and_not_with_what(
    world: World, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(world)
    secret = "a-code-that-nobody-may-read-in-a-log-at-all-0123456789"

    def fail(**_: object) -> None:
        raise RuntimeError(f"cannot use {secret} of jan@voorbeeld.example")

    monkeypatch.setitem(world.app.view_functions, "help.index", fail)
    answer = world.wire.request("GET", f"{ISSUER}/hulp/?code={secret}")
    assert answer.status == 500
    text = log.getvalue()
    assert "RuntimeError" in text
    assert secret not in text
    assert "jan@voorbeeld.example" not in text
    (reference,) = re.findall(r"sluis-reference__code\">([0-9A-Z-]+)<", answer.body.decode())
    assert reference.replace("-", "") in text


def test_L_01_libraries_are_heard_from_warnings_on_without_documents(log: io.StringIO) -> None:
    document = (
        "<saml:Assertion><NameID>jan-5b1f0a</NameID><Name>Jan de Vries</Name></saml:Assertion>"
    )
    for name in ("saml2.response", "urllib3.connectionpool", "authlib.oauth2"):
        logging.getLogger(name).debug("canonicalised %s", document)
        logging.getLogger(name).info("got %s", document)
        logging.getLogger(name).warning("cannot read %s, gave up", document)
        logging.getLogger(name).error("bytes %r", document.encode())
    text = log.getvalue()
    assert text.count("cannot read [removed], gave up") == 3
    assert len(text.splitlines()) == 6
    for word in ("jan-5b1f0a", "Jan de Vries", "NameID", "canonicalised"):
        assert word not in text


PERSONAL = (
    *("jan@voorbeeld.example", "j.de-vries+sluis@mail.voorbeeld.example", "roos@localhost"),
    *("+31612345678", "+31 6 12345678", "+31 6 12 34 56 78", "0031612345678", "06-12345678"),
    *("0612345678", "06 1234 5678", "+4915112345678", BSN),
)
PLAIN = (
    *("AB12CD34", "2026-11-25T12:45:16.123456Z", "2026-06-12 2026-07-01 06:12:34", "0.0612345678"),
    *("127.0.0.1:8080", "2001:db8::612:3456:7890:1", "5e3f1c3a-0612-4567-8901-061234567890"),
    *("1.2.3.4", "06", "0031", "v1.26.11", "12345678", "1132656789.25", "16:06:12.345678+00:00"),
)


@pytest.mark.parametrize("value", PERSONAL)
def test_L_01_an_address_or_number_of_a_person_goes_wherever_it_stands(
    log: io.StringIO, value: str
) -> None:
    for text in (value, f"cannot reach <{value}>.", f"Key (email)=({value}) exists", f'"{value}"'):
        structlog.get_logger().warning("event", detail=text, deep={"a": [text]})
    structlog.get_logger().warning("event", phone_number=value, mail=value, to_mail_address=value)
    text = log.getvalue()
    assert text.count("[removed]") == 11
    assert value not in text


@pytest.mark.parametrize("value", PLAIN)
def test_L_01_what_an_operator_searches_for_stays(log: io.StringIO, value: str) -> None:
    structlog.get_logger().warning("event", detail=f"at {value}, once", one=value)
    line = json.loads(log.getvalue())
    assert (line["detail"], line["one"]) == (f"at {value}, once", value)


def test_L_01_an_error_of_the_database_does_not_say_its_values(
    world: World, log: io.StringIO
) -> None:
    """Neither those of the statement nor those that the database names."""
    with pytest.raises(IntegrityError) as refused, Session(world.process.engine) as session:
        (known,) = session.execute(sql("SELECT id FROM person LIMIT 1")).one()
        values = {"id": known, "name": "Jan de Vries", "email": "jan@voorbeeld.example"}
        session.execute(
            sql("INSERT INTO person (id, display_name, email) VALUES (:id, :name, :email)"), values
        )
    structlog.get_logger().error("unexpected", exc_info=refused.value)
    told = log.getvalue()
    assert "INSERT INTO person" in told
    assert "Jan de Vries" not in told and "jan@voorbeeld.example" not in told


HOSTILE = (
    pytest.param("a\r\nInjected: line", id="line ends"),
    pytest.param("a\x1b[31mred\x07", id="terminal codes"),
    pytest.param("a\u2028b\u2029c\x85d", id="other line ends"),
    pytest.param('a"}\n{"event":"forged"', id="JSON"),
    pytest.param("x" * 7000, id="huge"),
    pytest.param("y " * 500_000, id="a megabyte"),
    pytest.param("a\x00b", id="a null"),
)


@pytest.mark.parametrize("value", HOSTILE)
def test_L_02_what_is_logged_is_one_line_escaped_and_cut(
    world: World, log: io.StringIO, value: str
) -> None:
    set_clock(world)
    portal = Portal(world)
    for name in ("client_id", "redirect_uri", "scope", "acr_values", "idp_hint"):
        portal.ask(portal.request(**{name: value}))
    portal.token({"client_id": value, "client_secret": value, "grant_type": value})
    as_sent = value.encode().decode("latin-1").translate({10: " ", 13: " ", 0: " "})
    said = {"User-Agent": as_sent, "Referer": as_sent, "X-Forwarded-For": as_sent}
    for path in ("/nowhere", "/authorize", "/saml/acs", f"/login/{quote(value)}"):
        world.wire.request("GET", ISSUER + path, None, said)
    structlog.get_logger().warning("event", detail=value, listed=[value], deep={"a": value})
    lines = log.getvalue().split("\n")
    assert lines[-1] == ""
    assert len(lines) > 3
    for line in lines[:-1]:
        assert line.isascii() and line.isprintable()
        assert len(line) < 8000
        event = json.loads(line)
        assert event["event"] != "forged"
        assert {"event", "level", "timestamp"} <= event.keys()


def test_L_05_a_citizen_number_goes_nowhere(
    world: World, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A makelaar that knows people by it: not in an address, page, cookie, token, log or row."""

    def known(slug: str) -> tuple[tuple[TestPerson, object], ...]:
        return tuple((p, replace(who, subject=BSN)) for p, who in known_at(slug))

    monkeypatch.setattr(app, "known_at", known)
    set_clock(world)
    for makelaar in ("zekerweg", "polderpoort"):
        recorder = Recorder(world.wire)
        portal = Portal(replace_wire(world, recorder))
        heard = portal.log_in("jan", makelaar, Browser(wire=recorder))
        tokens = portal.tokens(heard["code"])
        claims = portal.claims(tokens["id_token"])
        assert BSN not in json.dumps(claims)
        assert BSN not in portal.userinfo(tokens["access_token"]).body.decode()
        at = portal.at_makelaar(makelaar, Browser(wire=recorder))
        at.fill("fault", "wrong_audience")
        assert at.press("person", "jan").status == 400
        for exchange in recorder.exchanges:
            if exchange.url.startswith(ISSUER):
                assert BSN not in exchange.url
                assert BSN.encode() not in exchange.answer.body
                assert BSN not in str(exchange.answer.headers)
    assert BSN not in log.getvalue()
    assert BSN.encode() not in b"".join(
        file.read_bytes() for file in world.demo.directory.glob("sluis.db*")
    )


def test_ours_is_heard_at_the_level_that_was_set(log: io.StringIO) -> None:
    for name in ("broker.journey.completion", "providers.saml.provider", "state.outbox"):
        logging.getLogger(name).debug("something happened")
    assert len(log.getvalue().splitlines()) == 3


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.from_regex(logs._WORD, fullmatch=True))
def test_a_word_that_is_not_looked_at_further_holds_nothing_that_is_removed(word: str) -> None:
    assert logs._clean_text(word) == word
    patterns = (logs._JWT, logs._QUERY, logs._XML, logs._MAIL, logs._LONG, logs._PHONE)
    for pattern in (*patterns, logs._NINE_DIGITS, logs._CONTROL, logs._TAG):
        assert pattern.search(word) is None


class _Full(io.StringIO):
    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_line_that_cannot_be_written_fails_nobody_and_says_nothing_elsewhere(
    log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = structlog.get_logger("broker.tests")
    handler = logging.getLogger().handlers[0]
    handler.setStream(_Full())  # type: ignore[attr-defined]
    ours.info("login.ended", reference="AB12CD34")
    logging.getLogger("urllib3").warning("what a library says")
    handler.setStream(log)  # type: ignore[attr-defined]
    ours.info("login.ended", reference="ZZ12CD34")
    assert [json.loads(line)["reference"] for line in log.getvalue().splitlines()] == ["ZZ12CD34"]
    assert capsys.readouterr().err == ""


def test_a_line_of_ours_has_level_time_and_its_exception_without_secrets(log: io.StringIO) -> None:
    ours = structlog.get_logger("broker.tests")
    try:
        raise ValueError("jan@voorbeeld.example")
    except ValueError:
        ours.exception("it.failed", client="portaal", password="geheim")
    said = json.loads(log.getvalue())
    assert list(said)[:3] == ["client", "password", "event"]
    assert (said["level"], said["password"]) == ("error", logs.REMOVED)
    assert "ValueError" in said["exception"] and "jan@" not in said["exception"]
    assert said["timestamp"].endswith("Z")


def test_ours_below_the_level_that_was_set_says_nothing(log: io.StringIO) -> None:
    logs.configure_logs("warning")
    structlog.configure(cache_logger_on_first_use=False)
    logging.getLogger().handlers[0].setStream(log)  # type: ignore[attr-defined]
    ours = structlog.get_logger("broker.tests")
    ours.info("not.heard")
    ours.warning("heard")
    assert [json.loads(line)["event"] for line in log.getvalue().splitlines()] == ["heard"]
