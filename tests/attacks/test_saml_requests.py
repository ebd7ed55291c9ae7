"""Requests at the single sign-on service that nobody can trust: a page here with its code, a trace
with what was sent, and nothing to the portal. Each beside the request that goes on.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from sandbox.wire import Answer
from state import trace
from state.trace import TraceRecord
from tests.broker.saml.in_world import ACS, HOST, RELAY, SSO, SamlPortal, make_saml_world
from tests.broker.saml.portals import Asked, form, query, signed
from tests.world import World

CODE: Final = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
FORGED: Final = "https://kwaad.example/acs"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_saml_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> SamlPortal:
    return SamlPortal(world)


def goes_on(answer: Answer) -> None:
    assert answer.status == 303, answer.body
    assert urlsplit(answer.header("Location") or "").path.startswith("/login/")


def shows_page(world: World, answer: Answer, code: str) -> TraceRecord:
    """A page of ours with this code and no way to anywhere; the trace behind its reference."""
    text = answer.body.decode()
    assert answer.status == 400, text
    assert code in text
    assert answer.header("Location") is None and answer.header("Set-Cookie") is None
    assert "SAMLResponse" not in text and 'id="leave"' not in text
    found = CODE.search(text)
    assert found is not None
    with world.session() as session:
        reference = found.group().replace("-", "")
        (row,) = session.query(trace.Trace).filter_by(reference=reference).all()
        return trace.record_of(row)


def sent(portal: SamlPortal, binding: str, asked: Asked, **how: Any) -> Answer:
    if binding == "redirect":
        return portal.bare(asked, **how)
    text = (
        asked.text()
        if how.get("key", "portal") is None
        else signed(asked.text(), how.get("key", "portal"))
    )
    return portal.bare_post(form(text, RELAY))


both_bindings = pytest.mark.parametrize("binding", ["redirect", "post"])


@both_bindings
@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        pytest.param(
            lambda a: a({"AssertionConsumerServiceURL": FORGED}), "SLS-4102", "saml_address",
            id="I-01 an address that is not in the metadata",
        ),
        pytest.param(
            lambda a: a({"AssertionConsumerServiceURL": f"{ACS}/"}), "SLS-4102", "saml_address",
            id="I-01 a slash more",
        ),
        pytest.param(
            lambda a: a({"AssertionConsumerServiceIndex": "9"}), "SLS-4102", "saml_address",
            id="I-01 a number that is not in the metadata",
        ),
        pytest.param(
            lambda a: a({"AssertionConsumerServiceIndex": "0", "AssertionConsumerServiceURL": ACS}),
            "SLS-4102", "saml_address", id="I-01 both",
        ),
        pytest.param(
            lambda a: a({"Destination": "https://elders.example/sso"}), "SLS-4107",
            "saml_destination", id="I-05 another destination",
        ),
        pytest.param(
            lambda a: a({"IssueInstant": "2026-01-01T00:00:00Z"}), "SLS-4104", "saml_time",
            id="I-05 old",
        ),
        pytest.param(
            lambda a: a({"Version": "1.1"}), "SLS-4106", "saml_unreadable", id="another version"
        ),
    ],
)  # fmt: skip
def test_a_request_in_doubt_ends_on_a_page(
    world: World,
    portal: SamlPortal,
    binding: str,
    change: Callable[[Callable[..., Asked]], Asked],
    code: str,
    reason: str,
) -> None:
    goes_on(sent(portal, binding, portal.asked()))
    before = portal.count()
    record = shows_page(world, sent(portal, binding, change(portal.asked)), code)
    assert (record.reason, record.client_id) == (reason, "waterkaart")
    assert portal.count() == before


def test_a_page_leads_back_to_where_one_begins(world: World, portal: SamlPortal) -> None:
    page = portal.by_redirect(portal.asked({"AssertionConsumerServiceURL": FORGED}))
    links = {str(a.get("href")): a.text_content().strip() for a in page.tree.iter("a")}
    assert links[f"http://{HOST}/"] == "Ga terug naar Waterkaart"
    assert not any("kwaad" in link for link in links)
    stranger = SamlPortal(world, "https://kwaad.example/saml")
    page = stranger.by_redirect(stranger.asked())
    assert "Waterkaart" not in page.text and "kwaad" not in page.text


def test_I_01_the_trace_says_what_was_sent_and_what_is_registered(
    world: World, portal: SamlPortal
) -> None:
    secret = FORGED.replace("://", "://jan:geheim@") + "?token=geheim#geheim"
    answer = portal.bare(portal.asked({"AssertionConsumerServiceURL": secret}))
    record = shows_page(world, answer, "SLS-4102")
    (step,) = record.steps
    assert step.measured["sent"] == FORGED
    assert ACS in str(step.measured["registered"])
    assert "geheim" not in answer.body.decode() + str(record)


@both_bindings
@pytest.mark.parametrize("key", [None, "other"], ids=["I-03 unsigned", "I-04 another key"])
def test_a_request_without_the_signature_of_the_portal_ends_on_a_page(
    world: World, portal: SamlPortal, binding: str, key: str | None
) -> None:
    goes_on(sent(portal, binding, portal.asked()))
    record = shows_page(world, sent(portal, binding, portal.asked(), key=key), "SLS-4103")
    assert record.reason == "saml_signature"
    assert record.steps[0].step == "signature"


def test_I_03_a_portal_that_signs_nothing_goes_on(world: World) -> None:
    quiet = SamlPortal(world, "urn:stil")
    goes_on(quiet.bare(quiet.asked(), key=None))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("RelayState=kaart", "RelayState=Kaart"),
        ("rsa-sha256", "rsa-sha512"),
        ("%3A", "%3a"),
    ],
    ids=["I-04 relay state", "I-04 algorithm", "I-04 small letters"],
)
def test_a_query_that_was_changed_ends_on_a_page(
    world: World, portal: SamlPortal, old: str, new: str
) -> None:
    good, other = (query(portal.asked().text(), RELAY) for _ in range(2))
    goes_on(world.wire.request("GET", f"{SSO}?{good}"))
    changed = other.replace(old, new)
    assert changed != other
    shows_page(world, world.wire.request("GET", f"{SSO}?{changed}"), "SLS-4103")


def test_I_04_SHA_1_signs_nothing(world: World, portal: SamlPortal) -> None:
    sha1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
    shows_page(world, portal.bare(portal.asked(), algorithm=sha1), "SLS-4103")


@both_bindings
def test_I_05_a_request_counts_once(world: World, portal: SamlPortal, binding: str) -> None:
    asked = portal.asked({"ID": f"_once-{binding}"})
    goes_on(sent(portal, binding, asked))
    for other in ("redirect", "post"):
        assert shows_page(world, sent(portal, other, asked), "SLS-4105").reason == "saml_again"
    quiet = SamlPortal(world, "urn:stil")
    goes_on(quiet.bare(quiet.asked({"ID": f"_once-{binding}"}), key=None))


def test_I_05_an_unknown_portal_is_told_nothing(world: World, portal: SamlPortal) -> None:
    stranger = SamlPortal(world, "https://kwaad.example/saml")
    record = shows_page(world, stranger.bare(stranger.asked()), "SLS-4101")
    assert record.client_id is None
    assert record.steps[0].measured["sent"] == "https://kwaad.example/saml"
    goes_on(portal.bare(portal.asked()))


def test_I_11_what_is_too_much_is_refused_by_its_size(world: World, portal: SamlPortal) -> None:
    extensions = "<samlp:Extensions>{}</samlp:Extensions>".format
    few, many = (extensions("<x:a xmlns:x='urn:x'/>" * many) for many in (50, 1000))
    goes_on(portal.bare(portal.asked(inner=few)))
    shows_page(world, portal.bare(portal.asked(inner=many)), "SLS-4106")
    large = base64.b64encode(b"<x>" + b" " * 300_000).decode()
    shows_page(world, portal.bare_post([("SAMLRequest", large)]), "SLS-4106")
    assert world.wire.request("GET", f"{SSO}?SAMLRequest={'A' * 20_000}").status == 400


def test_I_12_what_the_page_posts_is_what_came_and_nothing_else(
    world: World, portal: SamlPortal
) -> None:
    portal.browser = world.browser(javascript=False)
    page = portal.by_redirect(portal.asked({"IsPassive": "true"}))
    assert page.heading == "U gaat naar Waterkaart"
    (leaving,) = [one for one in page.forms if one.get("id") == "leave"]
    assert leaving.get("action") == ACS and leaving.get("method") == "post"
    assert dict(leaving.form_values())["RelayState"] == RELAY
    assert {name for name, _ in leaving.form_values()} == {"SAMLResponse", "RelayState"}
    assert not list(page.tree.iter("b"))
    policy = page.answer.header("Content-Security-Policy") or ""
    assert "script-src 'self'" in policy and "base-uri 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.answer.header("Cache-Control") == "no-store"


def test_I_09_somebody_else_than_the_subject_is_told(world: World) -> None:
    first = SamlPortal(world)
    assert first.walk(first.by_redirect(first.asked())).heading == "Terug bij Waterkaart"
    name_id = first.arrived().text("NameID")
    inner = (
        "<saml:Subject><saml:NameID Format="
        '"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">'
        f"{name_id}</saml:NameID></saml:Subject>"
    )
    again = SamlPortal(world)
    again.walk(again.by_redirect(again.asked(inner=inner)))
    assert again.arrived().status == ("Success",)
    other = SamlPortal(world)
    other.walk(other.by_redirect(other.asked(inner=inner)), "sanne", on_behalf_of="Korenmolen")
    assert other.arrived().status == ("Responder", "UnknownPrincipal")
    assert other.arrived().response.find("saml:Assertion", {"saml": "urn:x"}) is None


def test_the_endpoint_reads_no_cookie_and_sets_none_that_is_not_a_logins(
    world: World, portal: SamlPortal
) -> None:
    answer = portal.bare(portal.asked())
    goes_on(answer)
    assert all("login" in line for line in answer.all("Set-Cookie"))
