"""A second factor of Sluis in a login: once, counted for the factor, and never beyond its table."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from assurance.factors import Factor
from assurance.second_factor import MAX_FAILURES
from sandbox import prepare
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, IDEEEN, LOZING
from tests.broker.changes import give_totp
from tests.broker.portal import ISSUER, Portal, make_portal_world, scope_of, set_clock
from tests.broker.processes import another_process
from tests.world import World

QUESTION = "Vul de code uit uw app in"
LOCKED = "Te vaak een verkeerde code"
HELPDESK = "Code voor de helpdesk"
CONSENT = "Deze gegevens geven wij door"
ELSEWHERE = "Wij herkennen uw browser niet"
STEP = timedelta(seconds=30)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_portal_world(tmp_path_factory.mktemp("world"))
    give_totp(world, "piet", pyotp.random_base32())
    return world


@pytest.fixture
def portal(world: World) -> Iterator[Portal]:
    """The factor is as good as new: other tests used it and locked it."""
    set_clock(world)
    with world.session() as session, session.begin():
        for factor in session.scalars(select(Factor)):
            factor.last_step, factor.failures, factor.locked_until = 0, 0, None
    yield Portal(world)


def code_of(portal: Portal, steps: int = 0, person: str = "roos") -> str:
    """The code that the app shows by our clock, some steps away."""
    totp = pyotp.TOTP(prepare.totp_secret(portal.world.demo, person))
    return totp.at(portal.world.clock() + steps * STEP)


def at_question(portal: Portal, browser: Browser | None = None) -> Browser:
    """Roos logged in at her makelaar and is asked for her code."""
    # What this service tells is shown once; with prompt=consent it is shown every time.
    browser = portal.at_makelaar("brugwacht", browser, scope=scope_of(LOZING), prompt="consent")
    assert browser.press("person", "roos").heading == QUESTION
    return browser


def give(browser: Browser, code: str) -> Page:
    browser.fill("code", code)
    return browser.click("Ga verder")


def wrong_codes(portal: Portal, number: int) -> list[str]:
    near = {code_of(portal, steps) for steps in range(-3, 4)}
    return [c for c in (f"{n:06}" for n in range(100000)) if c not in near][:number]


def is_refused(page: Page) -> bool:
    return page.status == 422 and page.heading == QUESTION and "De code klopt niet" in page.text


def test_the_good_code_lifts_the_login(portal: Portal) -> None:
    browser = at_question(portal)
    assert give(browser, code_of(portal)).heading == CONSENT
    claims = portal.claims(
        portal.tokens(portal.heard(browser.press("agree", "yes"))["code"])["id_token"]
    )
    assert claims["acr"] == "http://eidas.europa.eu/LoA/low"
    assert claims["amr"] == ["mfa", "otp"]
    assert claims["assurance"]["second_factor"] == "local"
    assert claims["assurance"]["provider_level"].endswith("loa2")


def test_F_01_a_code_is_used_once(portal: Portal) -> None:
    code = code_of(portal)
    assert give(at_question(portal), code).heading == CONSENT
    assert is_refused(give(at_question(portal), code))
    assert is_refused(give(at_question(portal), code_of(portal, -1)))  # older after a newer one
    assert give(at_question(portal), code_of(portal, 1)).heading == CONSENT


def test_F_01_of_many_at_once_one_passes(portal: Portal) -> None:
    browsers = [at_question(portal) for _ in range(6)]
    code = code_of(portal)
    with ThreadPoolExecutor(6) as pool:
        pages = list(pool.map(lambda browser: give(browser, code), browsers))
    assert [page.heading for page in pages].count(CONSENT) == 1
    assert all(page.status in (200, 422) for page in pages)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_F_02_a_step_of_drift_is_allowed(portal: Portal, steps: int) -> None:
    assert give(at_question(portal), code_of(portal, steps)).heading == CONSENT


def _arabic(code: str) -> str:
    return "".join(chr(0x0660 + int(digit)) for digit in code)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda code: code[:5], id="F-02 five digits"),
        pytest.param(lambda code: code + "0", id="F-02 seven digits"),
        pytest.param(lambda code: "0" + code, id="F-02 a zero before it"),
        pytest.param(_arabic, id="F-02 other digits"),
        pytest.param(lambda code: "", id="F-02 nothing"),
        pytest.param(lambda code: " " * 6, id="F-02 spaces alone"),
        pytest.param(lambda code: code + "\x00", id="F-02 a null"),
        pytest.param(lambda code: "\t" + code, id="F-02 a tab"),
        pytest.param(lambda code: code[:3] + "\u00a0" + code[3:], id="F-02 another space"),
        pytest.param(lambda code: "-" + code[1:], id="F-02 a sign"),
        pytest.param(lambda code: "1e5", id="F-02 a number in other words"),
        pytest.param(lambda code: code * 1000, id="F-02 very long"),
    ],
)
def test_a_code_is_six_digits(portal: Portal, spoil: object) -> None:
    assert callable(spoil)
    browser = at_question(portal)
    form = question_form(browser)
    fields = [*form.fields, ("code", spoil(code_of(portal)))]
    for _ in range(MAX_FAILURES):  # a slip of the hand is no try
        page = browser.post(form.address, fields)
        assert (page.status, page.heading) == (422, QUESTION)
        assert "Dit is geen code" in page.text and "Een code heeft 6 cijfers" in page.text
    assert failures(portal) == 0
    shown = code_of(portal)
    assert give(browser, f"{shown[:3]} {shown[3:]}").heading == CONSENT  # as apps show it


def failures(portal: Portal) -> int:
    """Tries that counted for the factor of Roos."""
    with portal.world.session() as session:
        query = select(Factor.failures).where(Factor.person_id == "roos", Factor.kind == "totp")
        return session.scalars(query).one()


@pytest.mark.parametrize("steps", [-2, 2, -120, 120])
def test_F_02_two_steps_are_too_far(portal: Portal, steps: int) -> None:
    assert is_refused(give(at_question(portal), code_of(portal, steps)))


def test_F_03_guessing_locks_the_factor_for_longer_every_time(portal: Portal) -> None:
    """Spread over logins, browsers and processes: the count is the factor's."""
    waiting = at_question(portal)
    form = question_form(waiting)
    guesses = wrong_codes(portal, 5)
    for minutes in (15, 60, 24 * 60, 24 * 60):
        for left, guess in zip((4, 3, 2, 1), guesses, strict=False):
            page = give(at_question(portal), guess)
            assert is_refused(page)
            assert f"U kunt het nog {left} keer proberen" in page.text and HELPDESK in page.text
        with another_process(portal.world):
            page = give(at_question(portal), guesses[-1])
        assert page.heading == LOCKED
        assert page.title.startswith(f"Fout: {LOCKED}") and HELPDESK in page.text
        assert lock(portal) == timedelta(minutes=minutes)
        browser = portal.at_makelaar("brugwacht", scope=scope_of(LOZING))
        assert browser.press("person", "roos").heading == LOCKED
        for code in (code_of(portal), guesses[0]):  # good or wrong: no difference
            page = waiting.post(form.address, [*form.fields, ("code", code)])
            assert (page.status, page.heading) == (422, LOCKED)
        unlock(portal)
    assert give(at_question(portal), code_of(portal)).heading == CONSENT


@dataclass(frozen=True)
class Form:
    """The form of the question, to send it when the browser shows something else."""

    address: str
    fields: list[tuple[str, str]]


def question_form(browser: Browser) -> Form:
    assert browser.page is not None
    form = next(f for f in browser.page.forms if "code" in f.fields)
    fields = [(name, value) for name, value in form.form_values() if name != "code"]
    return Form(ISSUER + form.action, fields)


def lock(portal: Portal) -> timedelta | None:
    """How long the factor of Roos is locked from now on."""
    with portal.world.session() as session:
        factor = session.scalars(select(Factor).order_by(Factor.locked_until.desc())).first()
        assert factor is not None
        return factor.locked_until and factor.locked_until - portal.world.clock()


def unlock(portal: Portal) -> None:
    """The time of the lock passes. The clock cannot: the makelaars live by the real one."""
    with portal.world.session() as session, session.begin():
        session.execute(update(Factor).values(locked_until=portal.world.clock()))


def test_F_04_the_counter_is_out_of_reach_without_the_first_factor(portal: Portal) -> None:
    """Somebody who did not log in as Roos cannot lock her out, whatever is posted."""
    browser = portal.world.browser()
    page = browser.open(portal.url(scope=scope_of(LOZING)))
    login = page.url.partition("?")[0]
    token = next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields)
    for guess in wrong_codes(portal, 12):
        page = browser.post(f"{login}/step-up", [("csrf_token", token), ("code", guess)])
        assert page.heading == "Wie is uw makelaar?"  # the question that is open
    assert give(at_question(portal), code_of(portal)).heading == CONSENT


def test_F_09_no_step_can_be_skipped(portal: Portal) -> None:
    """The server decides which question is open; an answer to another one is not read."""
    browser = at_question(portal)
    login = question_form(browser).address.rpartition("/")[0]
    token = question_form(browser).fields
    for step in ("respond", "consent", "mandate", "means", "account", "ended", "provider", "x"):
        page = browser.post(f"{login}/{step}", [*token, ("agree", "yes"), ("choice", "self")])
        assert page.heading == QUESTION, step
    for path in ("/respond", "/consent", "/finish"):
        assert browser.open(login + path).status in (404, 405)
    assert browser.open(login).heading == QUESTION
    assert give(browser, code_of(portal)).heading == CONSENT


def test_F_09_a_wrong_code_and_the_back_button_lead_nowhere(portal: Portal) -> None:
    browser = at_question(portal)
    assert is_refused(give(browser, wrong_codes(portal, 1)[0]))
    assert browser.page is not None
    login = browser.page.url.rpartition("/")[0]
    assert browser.open(login).heading == QUESTION
    browser.forget_cookies()
    page = browser.open(login)
    assert (page.status, page.heading) == (403, ELSEWHERE)


def test_F_10_every_login_asks_again(portal: Portal) -> None:
    """No earlier login counts, of this browser or another, at this level or a lower one."""
    browser = portal.world.browser()
    portal.at_makelaar("brugwacht", browser, scope=scope_of(IDEEEN))
    assert "code" in portal.heard(browser.press("person", "roos"))  # EH2 asks no code
    assert give(at_question(portal, browser), code_of(portal)).heading == CONSENT
    portal.heard(browser.press("agree", "yes"))
    at_question(portal, browser)
    portal.at_makelaar("zekerweg", browser, scope=scope_of(LOZING), prompt="consent")
    page = browser.press("person", "jan")
    assert page.heading == CONSENT  # Jan, with his own level and without her code
    assert "Jan de Vries" in page.text


def test_F_13_a_factor_does_not_lift_where_nobody_checked_the_person(portal: Portal) -> None:
    """Piet has a factor as well. His makelaar does not vouch for who he is beyond EH2."""
    page = portal.at_makelaar("veerhuis", scope=scope_of(LOZING)).press("person", "piet")
    assert page.heading == "Uw niveau is te laag voor deze dienst"


def test_F_18_a_factor_never_lifts_beyond_its_table(portal: Portal) -> None:
    page = portal.at_makelaar("brugwacht", scope=scope_of(BODEM)).press("person", "roos")
    assert page.heading == "Uw niveau is te laag voor deze dienst"
    browser = portal.at_makelaar("polderpoort", scope=scope_of(LOZING), prompt="consent")
    page = browser.press("person", "jan")
    assert page.heading == CONSENT  # high enough: nothing of ours is asked


def test_F_18_who_cancels_the_question_is_back_at_the_portal(portal: Portal) -> None:
    browser = at_question(portal)
    heard = portal.heard(browser.click("Annuleer en ga terug"))
    assert heard["error"] == "access_denied"


def test_F_17_only_our_clock_counts(portal: Portal) -> None:
    """A code of another time, with whatever the form says about it."""
    browser = at_question(portal)
    form = question_form(browser)
    said = [("time", "0"), ("now", "0"), ("step", "0"), ("timestamp", "0")]
    old = pyotp.TOTP(prepare.totp_secret(portal.world.demo, "roos")).at(0)
    page = browser.post(form.address, [*form.fields, ("code", old), *said])
    assert is_refused(page)
    portal.world.clock.advance(600)  # a server that is off judges by its own time
    assert is_refused(give(browser, code_of(portal, -20)))
    assert give(browser, code_of(portal)).heading == CONSENT


def test_F_17_a_question_from_the_future_is_over(portal: Portal) -> None:
    browser = at_question(portal)
    portal.world.clock.advance(-3600)
    assert give(browser, code_of(portal)).status == 410


def test_F_14_nobody_finishes_the_question_of_another(portal: Portal) -> None:
    browser = at_question(portal)
    form = question_form(browser)
    stranger = portal.world.browser()
    page = stranger.open(portal.url())
    token = next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields)
    fields = [("csrf_token", token), ("code", code_of(portal))]
    page = stranger.post(form.address, fields)
    assert (page.status, page.heading) == (403, ELSEWHERE)
    assert is_refused(give(browser, code_of(portal, person="piet")))
    assert give(browser, code_of(portal)).heading == CONSENT
