"""A makelaar that answers by artifact, as those of eHerkenning do: Waterpoort, registered with that
preset. The browser carries a reference; the answer is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest

from sandbox.browser import Browser, Page
from sandbox.wire import Answer
from tests.journeys.spoiled import Spoil, spoiled
from tests.providers.saml.in_world import (
    ACS,
    BODEM,
    CONSENT,
    EXPIRED,
    IN,
    OURS,
    REJECTED,
    UNSOLICITED,
    is_open,
    rejections,
)
from tests.providers.saml.in_world import Visit as PostedVisit
from tests.world import ADDRESSES, InProcessOutgoing, World

WATERPOORT: Final = "Waterpoort"
RESOLUTION: Final = f"{ADDRESSES.makelaars}/waterpoort/artifact"
GONE: Final = (400, "SLS-2108")
FINISHED: Final = (410, "SLS-1003")  # an address brings the cookie along
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Visit:
    """A browser that is about to bring an artifact."""

    world: World
    browser: Browser
    url: str

    @property
    def fields(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.url).query)

    @property
    def artifact(self) -> str:
        return dict(self.fields)["SAMLart"]

    @property
    def relay_state(self) -> str:
        return dict(self.fields)["RelayState"]

    def bring(self, method: str = "GET", browser: Browser | None = None, **changes: str) -> Page:
        fields = list({**dict(self.fields), **changes}.items())
        using = browser or self.browser
        if method == "POST":
            return using.post(ACS, fields)
        return using.open(f"{ACS}?{urlencode(fields)}")

    def is_open(self) -> bool:
        return is_open(PostedVisit(self.world, self.browser, self.fields))

    def goes_on(self) -> None:
        login = self.relay_state.partition(".")[0]
        page = self.browser.open(f"{ADDRESSES.broker}/login/{login}")
        assert page.heading == CONSENT
        assert self.browser.press("agree", "yes").heading == IN


def visit(world: World, fault: str = "none", person: str = "jan", action: str = "") -> Visit:
    """From the portal to the makelaar's answer, which the browser has not carried yet."""
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click(BODEM)
    page = browser.click(WATERPOORT)
    (form,) = page.forms
    said = {"question": form.fields["question"], "fault": fault, "person": person}
    said |= {"action": action} if action else {}
    address = urljoin(page.url, form.get("action"))
    answer = world.wire.request("POST", address, urlencode(said), FORM)
    url = answer.header("Location") or ""
    assert url.startswith(ACS), answer.body
    return Visit(world, browser, url)


def calls(world: World) -> int:
    outgoing = world.process.outgoing
    assert isinstance(outgoing, InProcessOutgoing)
    return outgoing.calls.count(RESOLUTION)


def shows(page: Page, status: int, error: str) -> None:
    """A page of ours with this code, and nothing of the artifact on it."""
    assert (page.status, f"Fout {error}" in page.text) == (status, True), page.text
    assert "SAMLart" not in page.answer.body.decode()


@contextmanager
def answering(world: World, answer: Spoil) -> Iterator[None]:
    with spoiled(world, {"/waterpoort/artifact": answer}):
        yield


both_ways = pytest.mark.parametrize("method", ["GET", "POST"])


def test_somebody_logs_in_at_a_makelaar_of_eherkenning(world: World) -> None:
    before = calls(world)
    browser = world.browser()
    page = world.walk(BODEM, WATERPOORT, "jan", browser=browser).run()
    assert page.heading == IN
    assert calls(world) == before + 1
    brought = next(url for url in browser.visited if url.startswith(ACS))
    assert {name for name, _ in parse_qsl(urlsplit(brought).query)} == {"SAMLart", "RelayState"}


@both_ways
def test_the_browser_brings_it_in_an_address_or_a_form(world: World, method: str) -> None:
    asked = visit(world)
    before = calls(world)
    assert asked.bring(method).heading == CONSENT
    assert calls(world) == before + 1
    asked.goes_on()


def test_who_stops_there_is_led_back(world: World) -> None:
    page = visit(world, action="cancel").bring()
    assert page.status == 200 and page.heading != CONSENT
    assert not [one for one in rejections(world) if one.provider_id == "waterpoort"]


# Once, in the browser that asked, of the login that asked.


@both_ways
def test_S_78_an_artifact_is_taken_once(world: World, method: str) -> None:
    first = visit(world)
    assert first.bring(method).heading == CONSENT
    before = calls(world)
    shows(first.bring(method), 409, "SLS-1011")  # the same browser, which is led on
    stranger = first.bring(method, world.browser())
    assert stranger.status in (400, 403)
    first.goes_on()
    shows(first.bring(method), *(EXPIRED if method == "POST" else FINISHED))
    again = visit(world)
    page = again.bring(method, SAMLart=first.artifact)
    shows(page, *REJECTED)
    assert rejections(world)[-1].reason == "replayed"
    assert not again.is_open()
    assert calls(world) == before


def test_S_44_an_artifact_in_another_browser_logs_nobody_in(world: World) -> None:
    thief, victim, before = visit(world), world.browser(), calls(world)
    shows(thief.bring(browser=victim), 403, "SLS-1002")
    assert calls(world) == before  # nobody is asked for it
    assert not victim.cookies(ADDRESSES.broker)
    assert thief.bring().heading == CONSENT  # the good twin: the browser that asked


def test_S_44_the_same_in_a_form(world: World) -> None:
    """Without cookies it is fetched, and shown to nobody but the browser that asked."""
    thief, victim = visit(world), world.browser()
    page = thief.bring("POST", victim)
    assert page.status == 403
    assert not victim.cookies(ADDRESSES.broker)


def test_S_44_the_artifact_of_one_login_does_not_fit_another(world: World) -> None:
    thief, victim = visit(world), visit(world)
    shows(victim.bring(SAMLart=thief.artifact), *REJECTED)
    assert rejections(world)[-1].reason == "unsolicited"  # it answers another request
    assert not victim.is_open()


def test_S_46_of_many_at_once_one_is_fetched(world: World) -> None:
    asked = visit(world)
    before = calls(world)
    with ThreadPoolExecutor(8) as pool:
        copies = [asked.browser.duplicate() for _ in range(8)]
        pages = list(pool.map(lambda one: asked.bring(browser=one), copies))
    assert calls(world) == before + 1
    assert [page.heading for page in pages].count(CONSENT) == 1
    asked.goes_on()


def test_S_76_a_message_never_comes_by_get(world: World) -> None:
    asked = visit(world)
    for fields in ({"SAMLResponse": "eA=="}, {"RelayState": asked.relay_state}, {}):
        page = asked.browser.open(f"{ACS}?{urlencode(fields)}")
        assert page.status == 405
    assert asked.bring().heading == CONSENT


def test_S_76_who_answers_by_reference_does_not_answer_by_post(world: World) -> None:
    asked = visit(world)
    fields = [("SAMLResponse", "PGE+PC9hPg=="), ("RelayState", asked.relay_state)]
    page = asked.browser.post(ACS, fields)
    shows(page, *REJECTED)
    assert rejections(world)[-1].reason == "binding"
    assert visit(world).bring().heading == CONSENT


def test_S_77_a_handle_that_is_not_ours(world: World) -> None:
    asked = visit(world)
    before = calls(world)
    for handle in ("https://evil.example/", "", "x" * 10_000):
        shows(asked.bring(RelayState=handle), *UNSOLICITED)
    assert calls(world) == before
    assert asked.bring().heading == CONSENT


# What the makelaar does wrong.


@pytest.mark.parametrize(
    ("fault", "reason", "code"),
    [
        ("artifact_gone", "artifact_unknown", GONE),
        ("artifact_source", "artifact_source", REJECTED),
        ("artifact_in_response_to", "unsolicited", REJECTED),
        ("artifact_unsigned", "signature_missing", OURS),
        ("wrong_key", "signature_invalid", REJECTED),
        ("wrong_audience", "audience", REJECTED),
        ("wrong_in_response_to", "unsolicited", REJECTED),
        ("unsigned_assertion", "signature_missing", OURS),
        ("expired", "issue_instant", REJECTED),
    ],
)
def test_S_78_a_wrong_answer_ends_the_login(
    world: World, fault: str, reason: str, code: tuple[int, str]
) -> None:
    asked = visit(world, fault)
    page = asked.bring()
    shows(page, *code)
    assert rejections(world)[-1].reason == reason
    assert not asked.is_open()
    assert visit(world).bring().heading == CONSENT


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(ConnectionError("timeout"), id="no answer"),
        pytest.param(Answer(503, (), b""), id="503"),
        pytest.param(Answer(500, (), b"oops"), id="500"),
        pytest.param(Answer(200, (), b"<html>Onderhoud</html>"), id="a page"),
        pytest.param(Answer(302, (("Location", "https://evil.example/"),), b""), id="a redirect"),
        pytest.param(Answer(200, (), b"x" * 10_000_000), id="10 MB"),
    ],
)
def test_X_09_a_makelaar_in_trouble_leaves_another_way(world: World, answer: Spoil) -> None:
    asked = visit(world)
    with answering(world, answer):
        page = asked.bring()
    assert page.status == 503
    assert asked.is_open()
    assert "SAMLart" not in page.url


@pytest.mark.parametrize("fault", ["artifact_fault", "artifact_large"])
def test_X_09_a_makelaar_that_answers_no_response(world: World, fault: str) -> None:
    asked = visit(world, fault)
    page = asked.bring()
    assert page.status == 503
    assert asked.is_open()
    shows(asked.bring(), 409, "SLS-1011")  # it is not fetched again


def test_nothing_of_an_artifact_is_logged(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    asked = visit(world, "artifact_gone")
    asked.bring()
    said = "".join(capsys.readouterr())
    assert asked.artifact not in said and asked.artifact[:40] not in said
