"""Codes: redeemed once, by their own client, with the verifier of their own request."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select

from broker.sso.grants import Grant
from sandbox.wire import Answer
from state.audit import AuditRow
from tests.broker.clients import OTHER_HOST, REDIRECT_URI
from tests.broker.portal import (
    VERIFIER,
    Portal,
    set_clock,
)
from tests.broker.processes import another_process
from tests.world import World


def refused(answer: Answer, error: str = "invalid_grant", status: int = 400) -> None:
    """RFC 6749 §5.2: JSON with this error, never kept."""
    assert (answer.status, answer.json()["error"]) == (status, error), answer.body
    assert answer.header("Content-Type") == "application/json"
    assert answer.header("Cache-Control") == "no-store"
    assert "token" not in answer.json()


def test_O_07_a_challenge_that_was_taken_out_does_not_pass_unseen(world: World) -> None:
    set_clock(world)
    portal = Portal(world, "without-pkce")
    code = portal.code(code_challenge=None, code_challenge_method=None)
    refused(portal.redeem(code))
    assert portal.redeem(code, code_verifier=None).status == 200


@pytest.mark.parametrize(
    "verifier",
    [
        pytest.param(None, id="O-08 missing"),
        pytest.param("", id="O-08 empty"),
        pytest.param(VERIFIER + "x", id="O-08 longer"),
        pytest.param(VERIFIER[:-1], id="O-08 shorter"),
        pytest.param(VERIFIER.upper(), id="O-08 in capitals"),
        pytest.param(VERIFIER + "\n", id="O-08 a line end"),
        pytest.param("x" * 42, id="O-08 too short"),
        pytest.param("x" * 129, id="O-08 too long"),
        pytest.param("é" * 50, id="O-08 other letters"),
    ],
)
@pytest.mark.parametrize("client", ["by-basic", "public", "without-pkce"])
def test_a_verifier_fits_its_challenge(world: World, client: str, verifier: str | None) -> None:
    set_clock(world)
    portal = Portal(world, client)
    code = portal.code()
    refused(portal.redeem(code, code_verifier=verifier))
    assert portal.redeem(code).status == 200


def test_O_08_the_challenge_itself_is_no_verifier(portal: Portal) -> None:
    code = portal.code()
    refused(portal.redeem(code, code_verifier=portal.request()["code_challenge"]))


@pytest.mark.parametrize("seconds", [0, 30, 3000])
def test_O_09_a_code_used_again_ends_what_it_gave(portal: Portal, seconds: int) -> None:
    code = portal.code()
    first = portal.tokens(code)["access_token"]
    other = portal.tokens(portal.code())["access_token"]
    assert portal.userinfo(first).status == 200
    portal.world.clock.advance(seconds)
    refused(portal.redeem(code))
    assert portal.userinfo(first).status == 401
    assert portal.userinfo(other).status == 200  # another login of the same person stands
    refused(portal.redeem(code))
    with portal.world.session() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    assert [row.reason for row in rows][-1] == "code_reused"


def test_O_09_whoever_uses_a_code_again_it_ends(portal: Portal) -> None:
    """Also with another client's proof and a wrong verifier: it is known to others then."""
    code = portal.code()
    access = portal.tokens(code)["access_token"]
    refused(Portal(portal.world, "public").redeem(code, code_verifier="x" * 50))
    assert portal.userinfo(access).status == 401


def test_O_10_of_many_at_once_one_wins(portal: Portal) -> None:
    code = portal.code()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: portal.redeem(code), range(20)))
    won = [answer for answer in answers if answer.status == 200]
    assert len(won) == 1
    for answer in answers:
        if answer is not won[0]:
            refused(answer)
    assert portal.userinfo(won[0].json()["access_token"]).status == 401


def test_O_11_a_code_belongs_to_its_client(portal: Portal) -> None:
    code = portal.code()
    for other in ("public", "by-key", "by-post", "without-pkce"):
        refused(Portal(portal.world, other).redeem(code))
    assert portal.redeem(code).status == 200


@pytest.mark.parametrize(
    "uri", [None, REDIRECT_URI + "/", REDIRECT_URI.upper(), f"http://{OTHER_HOST}/callback"]
)
def test_O_11_a_code_belongs_to_its_address(portal: Portal, uri: str | None) -> None:
    code = portal.code()
    refused(portal.redeem(code, redirect_uri=uri))
    assert portal.redeem(code).status == 200


def test_O_11_another_registered_address_does_not_do(world: World) -> None:
    set_clock(world)
    portal = Portal(world, "two-addresses", "http://127.0.0.4:9000/two")
    code = portal.code()
    refused(portal.redeem(code, redirect_uri="http://127.0.0.4:9000/one?kept=yes"))
    assert portal.redeem(code).status == 200


def test_O_11_a_code_lives_a_minute(portal: Portal) -> None:
    code = portal.code()
    portal.world.clock.advance(59)
    late = portal.code()
    assert portal.redeem(code).status == 200
    portal.world.clock.advance(61)
    refused(portal.redeem(late))


def test_O_11_every_process_knows_every_code(portal: Portal) -> None:
    used, fresh = portal.code(), portal.code()
    access = portal.tokens(used)["access_token"]
    with another_process(portal.world):
        refused(portal.redeem(used))
        assert portal.redeem(fresh).status == 200
    refused(portal.redeem(fresh))
    assert portal.userinfo(access).status == 401


def test_O_12_a_code_of_another_session_does_not_fit(portal: Portal) -> None:
    """The victim's code, put in the attacker's session at the same portal: its verifier differs,
    and its nonce is another's.
    """
    victim = portal.code("jan", nonce="nonce-of-the-victim")
    refused(portal.redeem(victim, code_verifier="the-verifier-of-the-attackers-own-session-123"))
    claims = portal.claims(portal.tokens(victim)["id_token"])
    assert claims["nonce"] == "nonce-of-the-victim"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": None}, "invalid_request"),
        ({"code": ""}, "invalid_request"),
        ({"code": "x" * 9000}, "invalid_request"),
        ({"code": "unknown"}, "invalid_grant"),
        ({"code": "\x00\r\n<b>"}, "invalid_grant"),
        ({"code": "\ud800".encode("utf-8", "surrogatepass").decode("latin1")}, "invalid_grant"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"code_verifier": "v" * 9000}, "invalid_request"),
    ],
)
def test_a_request_that_is_wrong_redeems_nothing(
    portal: Portal, changes: dict[str, str | None], error: str
) -> None:
    code = portal.code()
    refused(portal.redeem(**{"code": code, **changes}), error)  # type: ignore[arg-type]
    assert portal.redeem(code).status == 200


def test_a_code_is_kept_as_a_hash(portal: Portal) -> None:
    code = portal.code()
    database = portal.world.demo.directory
    found = b"".join(p.read_bytes() for p in database.glob("sluis.db*"))
    assert code.encode() not in found
    assert hashlib.sha256(code.encode()).hexdigest().encode() in found


def test_a_code_without_its_grant_gives_nothing(portal: Portal) -> None:
    """The code is in the store before the login is committed; without that it is worth nothing."""
    browser = portal.at_makelaar()
    code = portal.heard(browser.press("person", "jan"))["code"]
    login = next(url for url in browser.visited if "/login/" in url)
    login = login.rpartition("/")[2].partition("?")[0]
    with portal.world.session() as session, session.begin():
        assert session.execute(delete(Grant).where(Grant.id == login)).rowcount == 1
    refused(portal.redeem(code))
