"""Headers of an answer: strict for all, and who may keep it follows what its endpoint declares."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, Response, abort
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response as PlainResponse

from broker.web import headers
from broker.web.endpoints import Endpoint, Readers
from broker.web.headers import HeadedResponse
from tests.broker.runtimes import bare_app

SAID = ("Cache-Control", "X-Frame-Options")


def empty() -> Callable[[], str]:
    """A view of its own each time: a declaration stands on it."""
    return lambda: ""


def made(*, hsts: bool = False) -> Flask:
    app = bare_app()
    for readers in Readers:
        app.add_url_rule(
            f"/{readers.value}", readers.value, Endpoint("x", readers=readers)(empty())
        )

    @app.get("/form")
    @Endpoint("x")
    def form() -> str:
        headers.let_form_leave()
        return ""

    @app.get("/again")
    @Endpoint("x")
    def again() -> str:
        headers.allow_looking_again()
        return ""

    app.add_url_rule("/gone", "gone", Endpoint("x", readers=Readers.SITE)(lambda: abort(404)))
    headers.install(app, hsts=hsts)
    return app


@pytest.mark.parametrize(
    ("path", "cache", "origins"),
    [
        ("/visitor", "no-store", "same-origin"),
        ("/site", None, "same-origin"),
        ("/anybody", None, "cross-origin"),
        ("/gone", "no-store", "same-origin"),  # an error knows who asked
        ("/nowhere", "no-store", "same-origin"),
    ],
)
def test_an_answer_is_kept_and_read_by_whom_its_endpoint_says(
    path: str, cache: str | None, origins: str
) -> None:
    said = made().test_client().get(path).headers
    assert said.get("Cache-Control") == cache
    assert said.getlist("Cross-Origin-Resource-Policy") == [origins]
    assert ("Cookie" in said.get("Vary", "")) is (cache is not None)


@pytest.mark.parametrize("path", ["/visitor", "/site", "/anybody", "/nowhere"])
def test_every_answer_has_the_strict_headers(path: str) -> None:
    said = made().test_client().get(path).headers
    policy = said["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ") and policy.endswith("form-action 'self'")
    assert "unsafe" not in policy and "*" not in policy
    assert (said["X-Content-Type-Options"], said["X-Frame-Options"]) == ("nosniff", "DENY")
    assert "Strict-Transport-Security" not in said


def test_browsers_are_held_to_https_where_the_address_is_https() -> None:
    said = made(hsts=True).test_client().get("/visitor").headers["Strict-Transport-Security"]
    assert said == "max-age=63072000; includeSubDomains"


def test_the_page_whose_form_leaves_restricts_no_form_and_all_else() -> None:
    client = made().test_client()
    policy = client.get("/form").headers["Content-Security-Policy"]
    assert policy == client.get("/visitor").headers["Content-Security-Policy"].replace(
        "; form-action 'self'", ""
    )
    assert client.get("/visitor").headers["Content-Security-Policy"].endswith("'self'")


def test_only_a_page_that_looks_again_may_connect() -> None:
    client = made().test_client()
    assert "connect-src 'self'" in client.get("/again").headers["Content-Security-Policy"]
    assert "connect-src" not in client.get("/visitor").headers["Content-Security-Policy"]


def test_what_a_view_says_itself_gives_way_and_nothing_stands_twice() -> None:
    app = bare_app()
    for readers in (Readers.VISITOR, Readers.ANYBODY):

        @Endpoint("x", readers=readers)
        def says() -> Response:
            return Response(headers=[(name, "public") for name in (*SAID, "Vary", "Server")])

        app.add_url_rule(f"/{readers.value}", readers.value, says)
    headers.install(app, hsts=False)
    client = app.test_client()
    said = client.get("/visitor").headers
    assert [said.getlist(name) for name in SAID] == [["no-store"], ["DENY"]]
    assert said["Vary"] == "public, Cookie" and "Server" not in said
    assert client.get("/anybody").headers.getlist("Cache-Control") == ["public"]


def test_an_answer_that_a_hook_puts_in_place_has_the_headers_too() -> None:
    app = made()
    app.after_request(lambda _: PlainResponse(headers=[("X-Frame-Options", "ALLOWALL")]))
    said = app.test_client().get("/visitor").headers
    assert said.getlist("X-Frame-Options") == ["DENY"] and said["Cache-Control"] == "no-store"
    assert said["Content-Security-Policy"].startswith("default-src 'none'; ")


def test_answers_of_a_kind_share_their_headers() -> None:
    app = made()
    kept: list[object] = []
    app.after_request_funcs[None].insert(0, lambda answer: kept.append(answer.joining) or answer)
    client = app.test_client()
    for path in ("/visitor", "/nowhere", "/form"):
        client.get(path)
    assert kept[0] is kept[1] and kept[0] is not kept[2]


SIGNS = some.text("abzAZ09-._~:/?#[]@!$&'()*+,;=%é \\^`{|}<>\"", max_size=20)
PLACES = some.one_of(
    some.just(None),
    SIGNS,
    some.builds("http://localhost:18700/{}?{}".format, SIGNS, SIGNS),
    some.builds("https://portaal.example/{}".format, SIGNS),
    some.builds("/{}".format, SIGNS),
    some.builds("https://{}/a".format, some.text("ab.-:1é", max_size=12)),
)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    PLACES,
    some.sampled_from([200, 204, 302, 303, 304, 400, 500]),
    some.sampled_from(["GET", "HEAD", "POST"]),
    some.lists(some.sampled_from(["X-One", "Content-Length", "content-location", "Vary"])),
    some.binary(max_size=9),
)
def test_an_answer_is_the_one_that_the_library_would_give(
    place: str | None, status: int, method: str, names: list[str], body: bytes
) -> None:
    """Its headers sign for sign and in that order, whatever was quoted of its address, or the error
    that the library gives.
    """

    def told(kind: type[Response]) -> object:
        said = [(name, "/x" if name == "content-location" else "3") for name in names]
        answer = kind(body, status=status, headers=said)
        if place is not None:
            answer.headers["Location"] = place
        try:
            pieces, line, found = answer.get_wsgi_response(
                EnvironBuilder(method=method).get_environ()
            )
        except ValueError:
            return ValueError
        return b"".join(pieces), line, found

    assert told(headers.HeadedResponse) == told(Response)


@pytest.mark.parametrize(
    "place",
    [
        "/login/7ret8e0wgced3sxte7hvd7x0h9?van=c5e631&ticket=0DPfi0",
        "http://127.0.0.2:18702/callback?code=a.b_c-d~e&iss=http%3A%2F%2Flocalhost%3A18700",
        "https://makelaar.example/sso?SAMLRequest=hVNd%2B%3D&Signature=a%3D%3D",
    ],
)
def test_an_address_of_ours_is_not_taken_apart(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeadedResponse, "get_wsgi_headers", None)
    answer = HeadedResponse(status=303, headers={"Location": place})
    *_, said = answer.get_wsgi_response(EnvironBuilder().get_environ())
    assert dict(said)["Location"] == place
