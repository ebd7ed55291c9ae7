"""Logging out at OpenID Connect makelaars: told by us in person, telling us by the back channel and
by a frame of theirs.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import redirect
from sqlalchemy import select

from assurance import session_lifetime, session_names
from sandbox.browser import Browser
from sandbox.makelaar.oidc_logout import logout_token
from sandbox.portal.clients import BODEM
from sandbox.wire import Answer
from state import trace
from tests.world import ADDRESSES, World, make_world

OUT = "U bent uitgelogd"
CLOSED = "Ook bij uw makelaar bent u uitgelogd"
OPEN = "Log ook bij uw makelaar uit"
ZEKERWEG = f"{ADDRESSES.makelaars}/zekerweg"
BACK_CHANNEL = f"{ADDRESSES.broker}/oidc/backchannel-logout/zekerweg"
FRONT_CHANNEL = f"{ADDRESSES.broker}/oidc/frontchannel-logout/zekerweg"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def logged_in(world: World) -> Browser:
    browser = world.browser()
    page = world.walk(
        BODEM.name, "Zekerweg", "jan", browser=browser, on_behalf_of="Korenmolen"
    ).run()
    assert page.heading == "U bent ingelogd", page.text
    return browser


def log_out(browser: Browser) -> Any:
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    return browser.click("Log overal uit")


def standing(world: World) -> int:
    with world.session() as session:
        return len(session_lifetime.standing(session, "jan", world.clock()))


def kept(world: World) -> session_names.SessionName:
    """What Zekerweg calls the session."""
    with world.session() as session:
        holders = session.scalars(select(session_names.SessionNameRow.holder)).all()
        names = session_names.of_holder(session, world.process.sealer, holders[-1])
        return next(one.name for one in names if one.party == "makelaar:zekerweg")


def test_who_logs_out_here_logs_out_at_the_makelaar(world: World) -> None:
    browser = logged_in(world)
    page = log_out(browser)
    assert page.heading == OUT, page.text
    assert CLOSED in page.text and "Zekerweg" in page.text and OPEN not in page.text
    (asked,) = [url for url in browser.visited if "/end-session" in url]
    said = parse_qs(urlsplit(asked).query)
    assert "id_token_hint" in said and said["client_id"] == ["sluis-demo"]
    assert standing(world) == 0


def test_a_makelaar_that_refuses_leaves_the_way_on_open(world: World) -> None:
    browser = logged_in(world)
    spoilt = world.wire.applications[urlsplit(ADDRESSES.makelaars).netloc]
    spoilt.view_functions["end_session"] = lambda **_: ("<h1>Nee</h1>", 400)
    assert log_out(browser).heading == "Nee"
    assert standing(world) == 0
    page = browser.open(f"{ADDRESSES.broker}/uitloggen")
    assert OPEN in page.text and "Zekerweg" in page.text


def test_a_makelaar_whose_documents_cannot_be_fetched_is_named(world: World) -> None:
    browser = logged_in(world)
    world.runtime.holder._current = None
    world.process.holder.refresh()
    world.wire.down.add(urlsplit(ADDRESSES.makelaars).netloc)
    page = log_out(browser)
    assert page.heading == OUT and OPEN in page.text


def test_a_makelaar_that_sends_no_state_back_is_named_and_the_user_is_out_here(
    world: World,
) -> None:
    """Whether it is done there nobody proved."""
    browser = logged_in(world)
    app = world.wire.applications[urlsplit(ADDRESSES.makelaars).netloc]
    back = f"{ADDRESSES.broker}/oidc/logged-out/zekerweg"
    app.view_functions["end_session"] = lambda **_: redirect(back)
    page = log_out(browser)
    assert page.heading == OUT, page.text
    assert OPEN in page.text and "Zekerweg" in page.text and CLOSED not in page.text
    assert standing(world) == 0
    again = world.browser().open(back)  # of somebody who left for nowhere
    assert again.heading == OUT and "niet meer ingelogd" in again.text


def test_a_state_that_nobody_waits_for_leads_to_our_own_page(world: World) -> None:
    browser = world.browser()
    page = browser.open(f"{ADDRESSES.broker}/oidc/logged-out/zekerweg?state=_guessed")
    assert page.heading == OUT and "niet meer ingelogd" in page.text


def test_another_makelaar_cannot_say_that_it_is_done(world: World) -> None:
    browser = logged_in(world)
    app = world.wire.applications[urlsplit(ADDRESSES.makelaars).netloc]
    app.view_functions["end_session"] = lambda **_: ("<h1>Nee</h1>", 200)
    log_out(browser)
    (asked,) = [url for url in browser.visited if "/end-session" in url]
    state = parse_qs(urlsplit(asked).query)["state"][0]
    browser.open(f"{ADDRESSES.broker}/oidc/logged-out/sleutelhof?state={state}")
    assert OPEN in browser.open(f"{ADDRESSES.broker}/uitloggen").text


def test_who_logs_out_at_the_makelaar_is_out_here(world: World) -> None:
    browser = logged_in(world)
    assert world.wire.request("POST", f"{ZEKERWEG}/ended").json() == [200]
    assert standing(world) == 0
    page = browser.open(f"{ADDRESSES.broker}/uitloggen")
    assert page.heading == OUT and "niet meer ingelogd" in page.text


def _told(world: World, token: str, times: int = 1) -> Answer:
    answer = None
    for _ in range(times):
        answer = world.wire.request("POST", BACK_CHANNEL, f"logout_token={token}", FORM)
    assert answer is not None
    return answer


def _token(world: World, **changes: Any) -> str:
    """A token of Zekerweg about the session that stands; ``None`` leaves a claim out."""
    from joserfc import jwt

    from sandbox import prepare
    from sandbox.keys import as_jwk

    there = next(m for m in prepare.makelaars(world.demo) if m.profile.slug == "zekerweg")
    name = kept(world)
    good = logout_token(there, name.index or "", name.name)
    head, body, _ = good.split(".")
    header, claims = (
        json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (head, body)
    )
    now = int(world.clock().timestamp())
    claims |= {"iat": now, "exp": now + 120}
    header |= {"typ": changes.pop("typ", header["typ"])}
    claims = {k: v for k, v in {**claims, **changes}.items() if v is not None}
    header = {k: v for k, v in header.items() if v is not None}
    key = as_jwk(there.pair, "RS256")
    return jwt.encode(header, claims, key, algorithms=["RS256"])


GOOD = {
    "as it is made": {},
    "without a type, as before the standard was final": {"typ": None},
    "of the type JWT, as Keycloak sends it": {"typ": "JWT"},
    "without exp, as drafts allowed": {"exp": None},
    "with sid alone": {"sub": None},
    "with sub alone": {"sid": None},
    "with aud as a list": {"aud": ["sluis-demo"]},
}
BAD = {
    "another issuer": {"iss": "https://elders.example"},
    "another audience": {"aud": "een-ander"},
    "an audience beside ours": {"aud": ["sluis-demo", "een-ander"]},
    "no event": {"events": None},
    "another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "an event that is no object": {
        "events": {"http://schemas.openid.net/event/backchannel-logout": True}
    },
    "a nonce, as an ID token has": {"nonce": "n"},
    "neither sub nor sid": {"sub": None, "sid": None},
    "a sid that is no text": {"sid": 7},
    "no jti": {"jti": None},
    "no iat": {"iat": None},
    "an ID token by its type": {"typ": "at+jwt"},
}


@pytest.mark.parametrize("case", GOOD)
def test_R_23_a_logout_token_that_is_right_ends_the_session(world: World, case: str) -> None:
    logged_in(world)
    answer = _told(world, _token(world, **GOOD[case]))
    assert answer.status == 200, answer.body
    assert answer.header("Cache-Control") == "no-store"
    assert standing(world) == 0


@pytest.mark.parametrize("case", [*BAD, "old", "over", "to come", "spoilt", "none", "twice"])
def test_R_23_a_logout_token_that_is_not_right_ends_nothing(world: World, case: str) -> None:
    logged_in(world)
    now = int(world.clock().timestamp())
    times = {
        "old": {"iat": now - 900},
        "over": {"exp": now - 120},
        "to come": {"iat": now + 900, "exp": now + 1000},
    }
    token = _token(world, **BAD.get(case, times.get(case, {})))
    if case == "spoilt":
        head, body, signature = token.split(".")
        token = f"{head}.{body}.{signature[:-6]}AAAAAA"
    if case == "none":
        head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"logout+jwt"}').rstrip(b"=").decode()
        token = f"{head}.{token.split('.')[1]}."
    if case == "twice":
        token = f"{token}&logout_token={token}"
    answer = _told(world, token)
    assert answer.status == 400
    assert answer.json() == {"error": "invalid_request"}
    assert standing(world) == 1


def test_R_23_a_logout_token_is_taken_once(world: World) -> None:
    logged_in(world)
    token = _token(world)
    assert _told(world, token).status == 200
    logged_in(world)
    assert _told(world, token).status == 400
    assert standing(world) == 1


def test_a_session_that_is_not_there_is_no_failure(world: World) -> None:
    logged_in(world)
    assert _told(world, _token(world, sid="another", sub=None)).status == 200
    assert standing(world) == 1


def test_a_refused_token_leaves_a_trace_without_names(world: World) -> None:
    logged_in(world)
    name = kept(world)
    _told(world, _token(world, nonce="n"))
    with world.session() as session:
        rows = session.scalars(select(trace.Trace).order_by(trace.Trace.id)).all()
        said = [step for row in rows for step in trace.record_of(row).steps]
    last = next(one for one in said if one.reason == "logout_token")
    assert last.measured["seen"] == "a nonce, as an ID token has"
    assert name.name not in repr(last) and str(name.index) not in repr(last)


def test_a_frame_of_the_makelaar_ends_the_session(world: World) -> None:
    logged_in(world)
    sid = kept(world).index
    answer = world.wire.request("GET", f"{FRONT_CHANNEL}?iss={ZEKERWEG}&sid={sid}")
    assert answer.status == 200 and answer.body == b""
    assert answer.header("X-Frame-Options") is None
    policy = answer.header("Content-Security-Policy")
    assert policy == f"default-src 'none'; frame-ancestors {ADDRESSES.makelaars}"
    assert answer.header("Cache-Control") == "no-store"
    assert standing(world) == 0


def test_entra_id_does_not_say_who_it_is_in_its_frame(world: World) -> None:
    logged_in(world)
    sid = kept(world).index
    elsewhere = world.wire.request(
        "GET", f"{ADDRESSES.broker}/oidc/frontchannel-logout/polderpoort?sid={sid}"
    )
    assert elsewhere.status == 400 and standing(world) == 1
    assert world.wire.request("GET", f"{FRONT_CHANNEL}?sid=another").status == 200
    assert standing(world) == 1
    assert world.wire.request("GET", f"{FRONT_CHANNEL}?sid={sid}").status == 200
    assert standing(world) == 0


@pytest.mark.parametrize(
    "query",
    [
        "",
        "iss={iss}",
        "iss=&sid={sid}",
        "iss=https://elders.example&sid={sid}",
        "iss={iss}&sid={sid}&sid={sid}",
        "iss={iss}&iss={iss}&sid={sid}",
        "iss={iss}&sid=",
    ],
)
def test_a_frame_that_says_too_little_ends_nothing(world: World, query: str) -> None:
    logged_in(world)
    asked = query.format(iss=ZEKERWEG, sid=kept(world).index)
    answer = world.wire.request("GET", f"{FRONT_CHANNEL}?{asked}")
    assert answer.status == 400
    assert answer.header("X-Frame-Options") == "DENY"
    assert standing(world) == 1
