"""The small browser refuses what a real one refuses."""

from __future__ import annotations

import pytest
from flask import Flask, Response, redirect, request

from sandbox.browser import Browser, BrowserError
from tests.world import InProcessWire


@pytest.fixture
def browser() -> Browser:
    wire = InProcessWire()
    here, there = Flask("here"), Flask("there")

    @here.get("/")
    def form() -> Response:
        page = Response(
            '<h1>Here</h1><form method="post" action="http://127.0.0.1:2/"><button>Go</button></form>'
            '<form action="/search"><input name="q"><input type="checkbox" name="all" value="yes">'
            "<button>Find it</button></form>"
        )
        page.headers["Content-Security-Policy"] = (
            f"default-src 'none'; form-action 'self' {request.args.get('allow', '')}"
        )
        page.set_cookie("__Host-own", "1", secure=True, path="/", samesite="Lax")
        return page

    @here.get("/search")
    def search() -> str:
        return f"<h1>{request.args.get('q')} {request.args.get('all')}</h1>"

    @here.route("/back", methods=["GET", "POST"])
    def back() -> str:
        return f"<h1>{request.method} {sorted(request.cookies)}</h1>"

    @here.get("/bad-cookie")
    def bad_cookie() -> Response:
        page = Response("x")
        page.headers["Set-Cookie"] = "__Host-own=1; Path=/deep; Secure"
        return page

    @here.get("/round")
    def round_() -> object:
        return redirect("/round")

    @here.post("/leaves")
    def leaves() -> object:
        return redirect("http://127.0.0.1:2/")

    @here.post("/goes-on")
    def goes_on() -> str:
        return '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:2/came"><h1>Wait</h1>'

    @here.get("/stays")
    def stays() -> Response:
        page = Response(
            '<meta http-equiv="refresh" content="30;url=http://127.0.0.1:2/"><h1>Stays</h1>'
            '<form method="post" action="/leaves"><button>Leave</button></form>'
            '<form method="post" action="/goes-on"><button>Go on</button></form>'
            '<a href="/came">Link</a><a href="http://127.0.0.1:2/comes-back">Round</a>'
        )
        page.headers["Content-Security-Policy"] = "form-action 'self'"
        return page

    @here.get("/came")
    @there.get("/came")
    def came() -> str:
        return f"<h1>{request.headers['Sec-Fetch-Site']}</h1>"

    @there.get("/comes-back")
    def comes_back() -> object:
        return redirect("http://localhost:1/came")

    @there.route("/", methods=["GET", "POST"])
    def elsewhere() -> str:
        return '<form method="post" action="http://localhost:1/back"><button>Post</button></form>'

    wire.applications = {"localhost:1": here, "127.0.0.1:2": there}
    return Browser(wire=wire)


def test_a_form_goes_only_where_its_page_allows(browser: Browser) -> None:
    browser.open("http://localhost:1/")
    with pytest.raises(BrowserError, match="form-action"):
        browser.click("Go")
    browser.open("http://localhost:1/?allow=http://127.0.0.1:2")
    assert browser.click("Go").url == "http://127.0.0.1:2/"


def test_a_lax_cookie_stays_home_on_a_post_from_elsewhere(browser: Browser) -> None:
    browser.open("http://localhost:1/?allow=http://127.0.0.1:2")
    assert browser.open("http://localhost:1/back").heading == "GET ['__Host-own']"
    browser.open("http://127.0.0.1:2/")
    assert browser.click("Post").heading == "POST []"


def test_a_host_cookie_must_keep_its_rules(browser: Browser) -> None:
    with pytest.raises(BrowserError, match="__Host-"):
        browser.open("http://localhost:1/bad-cookie")


def test_fields_and_boxes_are_sent_as_filled(browser: Browser) -> None:
    browser.open("http://localhost:1/")
    browser.fill("q", "water")
    assert browser.click("Find").heading == "water None"
    browser.open("http://localhost:1/")
    browser.fill("q", "water")
    browser.fill("all", "yes")
    assert browser.click("Find it").heading == "water yes"


def test_a_circle_and_a_missing_button_are_errors(browser: Browser) -> None:
    with pytest.raises(BrowserError, match="redirects"):
        browser.open("http://localhost:1/round")
    browser.open("http://localhost:1/")
    with pytest.raises(BrowserError, match="nothing says"):
        browser.click("Nowhere")


def test_a_form_may_not_end_in_a_redirect_elsewhere_but_in_a_page_that_goes_on(
    browser: Browser,
) -> None:
    browser.open("http://localhost:1/stays")
    with pytest.raises(BrowserError, match="form-action"):
        browser.click("Leave")
    assert browser.click("Go on").url == "http://127.0.0.1:2/came"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_page_goes_on_at_once_or_stays(browser: Browser, javascript: bool) -> None:
    browser._javascript = javascript
    assert browser.open("http://localhost:1/stays").heading == "Stays"
    assert browser.click("Go on").url == "http://127.0.0.1:2/came"


@pytest.mark.parametrize(
    ("walk", "said"),
    [
        ((), "none"),  # typed
        (("Link",), "same-origin"),
        (("Round",), "cross-site"),  # home again, and not by itself alone
        (("Go on",), "cross-site"),
    ],
)
def test_it_says_whether_a_request_was_on_one_origin_alone(
    browser: Browser, walk: tuple[str, ...], said: str
) -> None:
    browser.open("http://localhost:1/stays" if walk else "http://localhost:1/came")
    for words in walk:
        browser.click(words)
    assert browser.page is not None and browser.page.heading == said
