"""A login at one makelaar out of a federation of many: found on the page, asked, believed as far as
the federation is registered, logged out, and gone once it leaves the list.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from types import FrameType
from typing import Any, Final
from urllib.parse import quote

import pytest

from providers.federation_members import member_id
from tests.journeys.federated import (
    CHOOSE,
    IN,
    LOA2,
    LOA3,
    MANY,
    NOORD_ID,
    Federated,
    make_federated,
)
from tests.providers.saml.aggregates import NOORD, ZUID, many
from tests.providers.saml.in_world import rejections
from tests.world import ADDRESSES

CALLS: Final = 400  # of functions in Python, until a makelaar can be asked for its first login
CALLS_OF_PAGE: Final = 19_000  # with fifty rows


@contextmanager
def _calls() -> Iterator[Counter[str]]:
    """Of functions in Python, by name, which do not depend on the machine."""
    called: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            called[frame.f_code.co_qualname] += 1

    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(None)


@pytest.fixture(scope="module")
def federated(tmp_path_factory: pytest.TempPathFactory) -> Federated:
    made = make_federated(tmp_path_factory.mktemp("world"))
    assert made.publish(*MANY) == "taken"
    return made


@pytest.fixture(autouse=True)
def as_registered(federated: Federated) -> None:
    federated.register()


def test_somebody_finds_their_makelaar_and_logs_in(federated: Federated) -> None:
    browser, page = federated.begun()
    assert page.heading == CHOOSE
    assert "Er zijn meer dan 50 makelaars" in page.text
    browser.fill("q", "noorderlicht")
    page = browser.click("Zoek")
    assert "1 makelaar, op alfabet" in page.text and "Kies uw eigen school." in page.text
    assert "Via Noordzee" in page.text  # it chose its name itself, and may be called like another
    browser.press("provider", NOORD_ID)
    assert browser.visited[-1].startswith("https://noord.example/sso?")
    assert federated.logged_in(browser)


def test_the_page_stays_small_and_says_nothing_of_each_makelaar_in_its_headers(
    federated: Federated,
) -> None:
    _, page = federated.begun()
    assert len(page.answer.body) < 100_000
    (choices,) = page.tree.find_class("sluis-choices")
    assert len(choices) == 50
    chosen = [str(b.get("value")) for b in choices.iter("button")]
    assert "polderpoort" in chosen[:5] and NOORD_ID in chosen
    headers = "".join(f"{name}{value}" for name, value in page.answer.headers)
    assert "noord.example" not in headers and "member" not in headers
    assert sum(len(n) + len(v) for n, v in page.answer.headers) < 4000


def test_every_makelaar_on_the_page_is_shown_with_its_own_level(federated: Federated) -> None:
    _, page = federated.begun()
    makelaars = federated.world.process.holder.current.providers
    by_name = {one.name: one for one in makelaars.values()}  # those with no button too
    (choices,) = page.tree.find_class("sluis-choices")
    shown = []
    for choice in choices:
        (name,), (level,) = map(choice.find_class, ("sluis-choice__name", "sluis-level"))
        record = by_name.get(name.text_content())
        ceiling = (record or makelaars[NOORD_ID]).level_ceiling
        assert level.text_content() == f"t/m {ceiling.label}"
        assert f"sluis-level--{ceiling.css}" in level.classes
        shown.append(ceiling)
    changes = sum(one is not other for one, other in pairwise(shown))
    assert changes > len(set(shown)) - 1, "a level comes back after another one"


def test_a_makelaar_that_this_process_has_not_met_costs_little_more(federated: Federated) -> None:
    """Of ten thousand makelaars nearly every login is at one of those."""
    configuration = federated.world.process.holder.current
    for member in MANY[2:4]:  # some things are made for the first of all, and once
        with _calls() as called:
            record = configuration.providers.by_entity_id(member.entity_id)
            assert record is not None
            adapter = configuration.adapters[record.id]
        assert configuration.adapters[record.id] is adapter
    assert called.total() <= CALLS, called.most_common(40)


def test_a_page_of_fifty_makelaars_takes_so_many_calls(
    federated: Federated, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, page = federated.begun()
    counted: list[Counter[str]] = []

    def app(environ: Any, start: Any) -> list[bytes]:
        with _calls() as called:
            answer = list(federated.world.app(environ, start))
        counted.append(called)
        return answer

    monkeypatch.setitem(federated.world.wire.applications, "localhost:8000", app)
    again = browser.open(page.url)
    assert len(again.tree.find_class("sluis-choices")[0]) == 50
    (called,) = counted
    assert called.total() <= CALLS_OF_PAGE, called.most_common(40)


def test_names_are_in_the_language_of_the_page(federated: Federated) -> None:
    browser = federated.world.browser("en", javascript=False)
    _, page = federated.begun(browser=browser)
    browser.fill("q", "zuiderzon")
    page = browser.click("Search")
    assert "South University" in page.text and "Universiteit Zuid" not in page.text


def test_nothing_is_found_for_a_name_that_nobody_has(federated: Federated) -> None:
    browser, _ = federated.begun()
    browser.fill("q", "bestaat%niet")
    assert "Geen makelaar gevonden met de naam" in browser.click("Zoek").text


@pytest.mark.parametrize("hint", [NOORD_ID, NOORD.entity_id])
def test_a_portal_names_a_makelaar_of_a_federation(federated: Federated, hint: str) -> None:
    browser, _ = federated.begun(f"idp_hint={quote(hint, safe='')}")
    assert browser.visited[-1].startswith("https://noord.example/sso?")
    assert federated.logged_in(browser)


def test_a_remembered_makelaar_costs_no_page_and_stays_first(federated: Federated) -> None:
    browser, _ = federated.begun()
    browser.fill("q", "zuiderzon")
    browser.click("Zoek")
    page = browser.page
    assert page is not None
    form = next(f for f in page.forms if f.get("method") == "post")
    form.fields["remember"] = "yes"
    zuid = member_id("noordzee", ZUID.entity_id)
    browser.press("provider", zuid)
    assert federated.logged_in(browser, ZUID)
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    browser.click("Log overal uit")
    _, page = federated.begun("prompt=select_account", browser)
    chosen = [b for b in page.tree.iter("button") if b.get("name") == "provider"]
    assert chosen[0].get("value") == zuid


def test_another_key_than_the_list_has_proves_nothing(federated: Federated) -> None:
    browser, _ = federated.begun(f"idp_hint={NOORD_ID}")
    page = federated.answered(browser, key="thief")
    assert page.status == 400
    assert rejections(federated.world)[-1].reason == "signature_invalid"


def test_a_member_cannot_answer_for_another_one(federated: Federated) -> None:
    browser, _ = federated.begun(f"idp_hint={NOORD_ID}")
    page = federated.answered(browser, replace(ZUID, key=NOORD.key))
    assert page.status == 400
    assert rejections(federated.world)[-1].reason == "issuer_mismatch"


def test_who_left_the_list_is_refused_at_the_next_answer_and_is_not_found(
    federated: Federated,
) -> None:
    browser, _ = federated.begun(f"idp_hint={NOORD_ID}")
    federated.world.clock.advance(1)
    assert federated.publish(ZUID, *many(60)) == "taken"
    try:
        assert federated.answered(browser).status == 400
        assert rejections(federated.world)[-1].reason == "provider_not_live"
        browser, page = federated.begun(f"idp_hint={NOORD_ID}")
        assert page.heading == CHOOSE
        browser.fill("q", "noorderlicht")
        assert "Geen makelaar gevonden" in browser.click("Zoek").text
    finally:
        federated.world.clock.advance(1)
        assert federated.publish(*MANY) == "taken"


@pytest.mark.parametrize(
    "change",
    [
        {"services": ["7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"]},
        {"state": "paused"},
        {"members": {"deny": [NOORD.entity_id]}},
    ],
)
def test_what_the_registration_does_not_allow_is_refused(
    federated: Federated, change: dict[str, Any]
) -> None:
    browser, _ = federated.begun(f"idp_hint={NOORD_ID}")
    federated.register(**change)
    assert federated.answered(browser).status == 400
    assert rejections(federated.world)[-1].reason in (
        "provider_not_allowed_for_service",
        "provider_not_live",
    )
    browser, page = federated.begun(f"idp_hint={NOORD_ID}")
    assert page.heading == CHOOSE
    browser.fill("q", "noorderlicht")
    assert "Geen makelaar gevonden" in browser.click("Zoek").text


def test_a_ceiling_holds_at_each_use(federated: Federated) -> None:
    """An answer that is under way and a session that was made before say EH2, once that is all
    that the federation is believed.
    """
    with federated.sharing_logins():
        first, _ = federated.begun(f"idp_hint={NOORD_ID}")
        assert federated.logged_in(first) and federated.level(first) == LOA3
        under_way, _ = federated.begun(f"idp_hint={NOORD_ID}")
        federated.register(level_ceiling="EH2")
        assert federated.logged_in(under_way) and federated.level(under_way) == LOA2
        _, page = federated.begun(browser=first)
        assert page.heading == IN and federated.level(first) == LOA2


def test_a_logout_and_the_trace_name_the_makelaar(federated: Federated) -> None:
    browser, _ = federated.begun(f"idp_hint={NOORD_ID}")
    assert federated.logged_in(browser)
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    browser.click("Log overal uit")
    assert browser.visited[-1].startswith("https://noord.example/slo?SAMLRequest=")
    page = browser.open(f"{ADDRESSES.broker}/uitloggen")
    assert NOORD.nl in page.text
