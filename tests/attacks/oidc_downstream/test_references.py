"""What is refused before there is a login has a reference, and under it stands what was seen and
what was expected; neither is told to the portal or shown on a page.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from broker.texts import reasons
from broker.web import refusals
from sandbox.wire import Answer
from state import trace, trace_search
from state.trace import NOT_BEGUN, TraceRecord, parse_reference
from tests.broker.answers import shows_page, tells_portal
from tests.broker.clients import REDIRECT_URI, SECRET
from tests.broker.portal import ISSUER, Portal, basic, by_assertion, query_of

SHOWN = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")


def found(portal: Portal, text: str) -> TraceRecord:
    """The trace under the one reference in this text."""
    (shown,) = set(SHOWN.findall(text))
    reference = parse_reference(shown)
    assert reference is not None
    with portal.world.session() as session:
        record = trace.find(session, reference)
    assert record is not None and record.outcome == NOT_BEGUN
    assert record.failed == 1
    assert reasons.find(record.cause) is not None
    return record


def measured(record: TraceRecord) -> dict[str, Any]:
    (step,) = record.steps
    return dict(step.measured)


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("nl", "De link naar deze pagina klopt niet", "Heeft u deze website gemaakt?"),
        ("en-GB", "The link to this page is not right", "Did you make this website?"),
    ],
)
@pytest.mark.parametrize("changes", [{"redirect_uri": f"{REDIRECT_URI}/"}, {"client_id": "nobody"}])
def test_O_04_who_made_the_website_finds_a_code_on_the_page_in_the_language_of_the_browser(
    portal: Portal, changes: dict[str, str], language: str, title: str, words: str
) -> None:
    sent = {"Accept-Language": language}
    answer = portal.world.wire.request("GET", portal.url(**changes), None, sent)
    page = answer.body.decode()
    assert title in page and words in page
    sent_value = next(iter(changes.values()))
    assert sent_value not in page and REDIRECT_URI not in page
    record = found(portal, page)
    assert measured(record)["sent"] == sent_value
    if "redirect_uri" in changes:
        assert (record.client_id, record.reason) == ("by-basic", "portal_address")
        assert measured(record)["registered"] == REDIRECT_URI
    else:
        assert (record.client_id, record.reason) == (None, "portal_unknown")


def test_O_39_an_address_to_go_to_after_logging_out_is_told_alike(portal: Portal) -> None:
    wrong = f"{REDIRECT_URI}?wrong"
    url = f"{ISSUER}/logout?client_id=by-basic&post_logout_redirect_uri={wrong}"
    record = found(portal, portal.world.wire.request("GET", url).body.decode())
    assert (record.client_id, record.reason) == ("by-basic", "portal_address")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "profile"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"claims": "[]"}, "invalid_request"),
        ({"id_token_hint": "x"}, "login_required"),
        ({"prompt": "none login"}, "invalid_request"),
    ],
)
def test_a_portal_hears_the_reference_of_its_mistake(
    portal: Portal, changes: dict[str, str], error: str
) -> None:
    said = query_of(portal.ask(portal.request(**changes)).header("Location") or "")
    record = found(portal, said["error_description"])
    assert (record.client_id, record.reason) == ("by-basic", "portal_request")
    told = measured(record)
    assert told["error"] == said["error"] == error
    assert said["error_description"].startswith(told["told"])


def refusal(answer: Answer) -> tuple[int, str, str]:
    """Status, error and description without its reference."""
    told = answer.json()
    return answer.status, told["error"], SHOWN.sub("", told["error_description"])


def test_O_13_an_unknown_client_and_a_wrong_secret_are_told_the_same(
    portals: dict[str, Portal],
) -> None:
    form = portals["by-basic"].redemption("x")
    answers = {
        "client_unknown": portals["by-basic"].token(form, {"Authorization": basic("no", SECRET)}),
        "client_secret": portals["by-basic"].token(
            form, {"Authorization": basic("by-basic", "wrong")}
        ),
        "client_method": portals["by-basic"].token(
            {**form, "client_id": "by-basic", "client_secret": SECRET}
        ),
        "client_signature": portals["by-key"].token(
            {**form, **by_assertion("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJieS1rZXkifQ.eA")}
        ),
    }
    assert len({refusal(answer) for answer in answers.values()}) == 1
    assert len({answer.header("WWW-Authenticate") for answer in answers.values()}) == 1
    for reason, answer in answers.items():
        record = found(portals["by-basic"], answer.json()["error_description"])
        assert record.reason == reason
        assert SECRET not in str(record)
    told = measured(
        found(portals["by-basic"], answers["client_method"].json()["error_description"])
    )
    assert told["used"] == "client_secret_post"
    assert told["registered"] == "client_secret_basic"


@pytest.mark.parametrize(
    "changes", [{"grant_type": "x"}, {"grant_type": None}, {"redirect_uri": None}]
)
def test_the_token_endpoint_names_client_and_reference(
    portal: Portal, changes: dict[str, str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    fields, headers = portal.proof()
    form = {**portal.redemption("unknown", **changes), **fields}
    answer = portal.token(form, headers)
    description = answer.json()["error_description"]
    record = found(portal, description)
    assert (record.client_id, record.reason) == ("by-basic", "token_request")
    logged = capsys.readouterr().out
    assert "token.refused" in logged and "client=by-basic" in logged


def test_a_code_that_is_known_leads_to_its_login_and_to_what_was_refused(portal: Portal) -> None:
    code = portal.code()
    (shown,) = SHOWN.findall(
        portal.redeem(code, code_verifier="x" * 50).json()["error_description"]
    )
    with portal.world.session() as session:
        record = trace.find(session, parse_reference(shown) or "")
        rows = trace_search.with_reference(session, parse_reference(shown) or "")
    assert record is not None and record.outcome == "success"
    assert [(row.record.outcome, row.record.reason) for row in rows] == [
        ("success", None),
        (NOT_BEGUN, "token_request"),
    ]


@pytest.mark.parametrize(("token", "reason"), [("a.b.c", "access_token"), (None, "token_request")])
def test_userinfo_that_is_refused_has_a_reference(
    portal: Portal, token: str | None, reason: str
) -> None:
    answer = portal.userinfo(token)
    description = answer.json()["error_description"]
    record = found(portal, description)
    assert record.reason == reason
    challenge = answer.header("WWW-Authenticate") or ""
    assert (description in challenge) is (token is not None)


def test_O_38_a_token_in_two_places_is_no_token(portal: Portal) -> None:
    access = portal.tokens(portal.code())["access_token"]
    wire, bearer = portal.world.wire, {"Authorization": f"Bearer {access}"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    url = f"{ISSUER}/userinfo"
    for answer in (
        wire.request("GET", f"{url}?access_token={access}", None, bearer),
        wire.request("GET", f"{url}?access_token=", None, bearer),
        wire.request("POST", url, f"access_token={access}", {**bearer, **form}),
    ):
        assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
        assert 'error="invalid_request"' in (answer.header("WWW-Authenticate") or "")
    assert portal.userinfo(access).status == 200


def test_a_database_that_is_away_takes_nothing_from_the_answer(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", None, Exception("gone"))

    monkeypatch.setattr(refusals.trace, "save", away)
    wait = refusals.DATABASE_AWAY.seconds + 1
    shows_page(portal.ask(portal.request(client_id="nobody")), "SLS-4001")
    portal.world.clock.advance(wait)
    tells_portal(portal.ask(portal.request(scope="profile")), "invalid_scope")
    portal.world.clock.advance(wait)
    assert portal.redeem("unknown").json()["error"] == "invalid_grant"
    assert capsys.readouterr().out.count("refusal.not_kept") == 3
    assert portal.redeem("unknown").json()["error"] == "invalid_grant"
    assert "refusal.not_kept" not in capsys.readouterr().out, "it is left alone for a while"
    portal.world.clock.advance(wait)


def test_who_floods_us_does_not_flood_the_traces(portal: Portal) -> None:
    def kept() -> int:
        with portal.world.session() as session:
            return session.query(trace.Trace).filter_by(reason="portal_unknown").count()

    portal.world.clock.advance(3600)
    before = kept()
    for _ in range(refusals.KEPT.most + 20):
        answer = portal.ask(portal.request(client_id="nobody"))
        assert SHOWN.search(answer.body.decode())
    assert kept() - before == refusals.KEPT.most
    portal.world.clock.advance(61)
    portal.ask(portal.request(client_id="nobody"))
    assert kept() - before == refusals.KEPT.most + 1
