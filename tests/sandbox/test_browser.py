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
