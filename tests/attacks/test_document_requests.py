"""Documents that cannot be asked about, and answers that nobody gave."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from consent.documents import DocumentRefused, read
from sandbox.portal.clients import BODEM, IDEEEN
from tests.broker.clients import HOST
from tests.broker.portal import ISSUER, Portal, make_portal_world, query_of, scope_of, set_clock
from tests.journeys.at_mijn import buttons
from tests.journeys.test_documents import APP, ASKS, DETAILS, asked, decide, give_code, told
from tests.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_portal_world(tmp_path_factory.mktemp("world"))
    set_clock(world)
    return world


@pytest.fixture
def portal(world: World) -> Portal:
    set_clock(world)
    return Portal(world, "by-documents")


def put(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(details: dict[str, Any]) -> None:
        for name in path[:-1]:
            details = details[name]
        details[path[-1]] = value

    return change


def drop(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(details: dict[str, Any]) -> None:
        for name in path[:-1]:
            details = details[name]
        del details[path[-1]]

    return change


WRONG = {
    "another type": put("type", value="payment_initiation"),
    "an unknown field": put("agreed", value=True),
    "an answer of its own": put("answer", value={"decision": "agreed"}),
    "no title": drop("title"),
    "an empty title": put("title", value="  "),
    "a title of two lines": put("title", value="a\nb"),
    "a title that turns round": put("title", value="a\u202eb"),
    "a long title": put("title", value="x" * 81),
    "a title that is none": put("title", value=["a"]),
    "a long summary": put("summary", value="x" * 501),
    "an amount that is a number": put("amount", value=1284.5),
    "an amount with a comma": put("amount", "value", value="1284,50"),
    "an amount without end": put("amount", "value", value="9" * 13),
    "an amount in other digits": put("amount", "value", value="١٢"),
    "no currency": drop("amount", "currency"),
    "a currency that is none": put("amount", "currency", value="euro"),
    "no document": drop("document"),
    "another digest": put("document", "digest", value="sha-1:" + "0" * 40),
    "a digest in capitals": put("document", "digest", value="sha-256:" + "A" * 64),
    "a script": put("document", "url", value="javascript:alert(1)"),
    "a file": put("document", "url", value="file:///etc/passwd"),
    "a fragment": put("document", "url", value=f"http://{HOST}/a#b"),
    "a user": put("document", "url", value=f"http://a@{HOST}/a"),
    "a bad port": put("document", "url", value=f"http://{HOST}:99999999/a"),
    "no size": drop("document", "size"),
    "a size that is none": put("document", "size", value=True),
    "nothing": put("document", "size", value=0),
    "a media type that is none": put("document", "media_type", value="pdf"),
    "a day that is none": put("answer_before", value="tomorrow"),
    "a language that is none": put("locale", value='nl" onload="x'),
    "languages": put("locale", value=["nl"]),
    "a choice that is none": put("may_deposit", value="yes"),
}
NO_LIST = ("", "[]", "{}", "null", "[1]", "[[", "[" * 9000, json.dumps([DETAILS, DETAILS]), "NaN")


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_shown_is_refused(wrong: str) -> None:
    details = copy.deepcopy(DETAILS)
    assert read(json.dumps([details])).title == DETAILS["title"]  # the good twin
    WRONG[wrong](details)
    with pytest.raises(DocumentRefused):
        read(json.dumps([details]))


@pytest.mark.parametrize("text", NO_LIST, ids=lambda text: text[:8] or "empty")
def test_it_is_a_list_of_one_object(text: str) -> None:
    with pytest.raises(DocumentRefused):
        read(text)


def refused(portal: Portal, text: str) -> str:
    answer = portal.ask(portal.request(scope=scope_of(BODEM), authorization_details=text))
    return query_of(answer.header("Location") or "")["error"]


def test_the_portal_hears_what_is_wrong(portal: Portal) -> None:
    assert refused(portal, json.dumps([{**DETAILS, "title": ""}])) == (
        "invalid_authorization_details"
    )
    assert refused(portal, "x") == "invalid_authorization_details"


def test_only_a_client_that_was_registered_for_it_may_ask(world: World) -> None:
    assert refused(Portal(world, "by-basic"), json.dumps([DETAILS])) == (
        "invalid_authorization_details"
    )


@pytest.mark.parametrize(
    "url",
    [
        *("http://elsewhere.example/a.pdf", f"https://{HOST}/a.pdf", f"http://{HOST}.evil/a.pdf"),
        *(f"http://{HOST}:81/a.pdf", f"http://evil.example/{HOST}/a.pdf"),
    ],
)
def test_the_document_lies_at_a_registered_host(portal: Portal, url: str) -> None:
    details = copy.deepcopy(DETAILS)
    details["document"]["url"] = url
    assert refused(portal, json.dumps([details])) == "invalid_authorization_details"


def test_no_account_with_an_address_alone_agrees_to_anything(portal: Portal) -> None:
    """At a service that takes such accounts, and asks EH2 of others."""
    browser = portal.world.browser()
    browser.open(portal.url(scope=scope_of(IDEEEN)))
    assert "method" in buttons(browser.page)  # the good twin: offered without a document
    page = browser.open(
        portal.url(scope=scope_of(IDEEEN), authorization_details=json.dumps([DETAILS]))
    )
    assert page.heading == "Wie is uw makelaar?" and "method" not in buttons(page)
    assert "Nodig: niveau EH2+" in page.text


def form_of(browser: Any, end: str) -> tuple[str, list[tuple[str, str]]]:
    form = next(f for f in browser.page.forms if f.action.endswith(end))
    return ISSUER + form.action, [(n, v) for n, v in form.form_values() if n != "decision"]


def test_an_answer_to_another_text_is_asked_again(portal: Portal) -> None:
    browser = asked(portal, "roos")
    address, fields = form_of(browser, "/document")
    forged = [(n, "0" * 64 if n == "shown" else v) for n, v in fields]
    assert browser.post(address, [*forged, ("decision", "agree")]).heading == ASKS
    assert browser.post(address, [*fields, ("decision", "agree")]).heading == APP


def test_no_form_goes_past_the_document_or_its_code(world: World, portal: Portal) -> None:
    browser = asked(portal, "roos")
    address, fields = form_of(browser, "/document")
    login = address.rpartition("/")[0]
    for step in ("respond", "confirm", "consent", "ended"):
        page = browser.post(f"{login}/{step}", [*fields, ("code", "123456"), ("decision", "agree")])
        assert page.heading == ASKS, step
    assert decide(browser).heading == APP
    for step in ("respond", "document", "consent", "step-up"):
        page = browser.post(f"{login}/{step}", [*fields, ("decision", "decline")])
        assert page.heading == APP, step
    assert told(portal, give_code(world, browser, "roos"))["answer"]["decision"] == "agreed"


def test_what_the_portal_sent_is_text_and_nothing_else(portal: Portal) -> None:
    """No markup of the portal becomes markup of ours."""
    browser = asked(portal, "roos", title="<script>alert(1)</script>", summary="{{ 7 * 7 }} <b>x")
    assert browser.page is not None
    body = browser.page.answer.body.decode()
    assert "<script>alert" not in body and "<b>x" not in body
    assert "{{ 7 * 7 }}" in browser.page.text
