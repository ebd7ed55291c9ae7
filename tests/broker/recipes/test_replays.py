"""Products that cannot be run here: what they send by their documentation, with the registration of
their recipe. And the mistakes that a recipe tells of, made.
"""

from __future__ import annotations

import hashlib
import re

import pytest

from admin.cli.tracing import explain_login
from broker.recipes.catalogue import BY_NAME
from broker.recipes.rendering import files, rendered
from broker.recipes.values import Agreed
from tests.broker.portal import SECRET, Portal, basic, landing, make_portal_world, set_clock
from tests.world import ADDRESSES, World

BODEM = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
PLACE = "formulieren.gemeente.example"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_portal_world(tmp_path_factory.mktemp("replays"))
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    agreed = Agreed(f"https://{PLACE}", "open-formulieren", BODEM, SECRET, digest)
    page = rendered(BY_NAME["open-formulieren"], ADDRESSES.broker, "nl", agreed)
    world.apply(files(page)["sluis.yaml"])
    world.wire.applications[PLACE] = landing()
    set_clock(world)
    return world


def test_open_formulieren_logs_in_without_pkce_and_reads_the_company(world: World) -> None:
    """mozilla-django-oidc-db: a nonce, no PKCE, client_secret_post, claims from UserInfo."""
    uri = f"https://{PLACE}/eherkenning-oidc/callback/"
    portal = Portal(world, "open-formulieren", uri)
    code = portal.code(code_challenge=None, code_challenge_method=None)
    answer = portal.redeem(code, code_verifier=None)
    assert answer.status == 200, answer.body
    tokens = answer.json()
    claims = portal.claims(tokens["id_token"])
    told = portal.userinfo(tokens["access_token"]).json()
    for found in (claims, told):
        assert found["represents"]["sub"] == "90001201"
        assert found["loa"] == "urn:etoegang:core:assurance-class:loa3"


def test_its_registration_takes_no_other_way_of_proving(world: World) -> None:
    portal = Portal(world, "open-formulieren", f"https://{PLACE}/eherkenning-oidc/callback/")
    code = portal.code(code_challenge=None, code_challenge_method=None)
    form = portal.redemption(code, code_verifier=None)
    answer = portal.token({**form, "client_id": "open-formulieren", "client_secret": "wrong"})
    assert (answer.status, answer.json()["error"]) == (401, "invalid_client")


def _row(word: str) -> str:
    """What the recipe of Flask says that this word means."""
    page = rendered(BY_NAME["flask"], ADDRESSES.broker, "en")
    (means,) = re.findall(rf"^\| `{word}` \| ([^|]+) \|", page, re.M)
    return str(means)


def _traced(world: World, told: str) -> str:
    """What ``sluis trace`` says under the reference in this text."""
    (reference,) = re.findall(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b", told)
    lines = explain_login(world.process.settings, reference, "en")
    assert lines is not None
    return "\n".join(lines)


def test_a_redirect_uri_that_differs_shows_the_page_of_the_recipe(world: World) -> None:
    portal = Portal(world)
    page = world.browser("en").open(portal.url(redirect_uri=f"{portal.redirect_uri}/"))
    assert "SLS-4002" in page.text and page.heading == _row("SLS-4002")


def test_a_portal_without_pkce_hears_of_it_and_the_trace_says_it(world: World) -> None:
    portal = Portal(world)
    page = world.browser().open(portal.url(code_challenge=None, code_challenge_method=None))
    heard = portal.heard(page)
    assert heard["error"] == "invalid_request" and "PKCE" in heard["error_description"]
    assert _row("portal_request") in _traced(world, heard["error_description"])


@pytest.mark.parametrize("word", ["client_secret", "client_method"])
def test_a_portal_that_proves_itself_wrongly_is_explained(world: World, word: str) -> None:
    portal = Portal(world)
    form = portal.redemption(portal.code())
    wrong = {
        "client_secret": (form, {"Authorization": basic("by-basic", "another secret")}),
        "client_method": ({**form, "client_id": "by-basic", "client_secret": SECRET}, {}),
    }
    answer = portal.token(*wrong[word])
    assert (answer.status, answer.json()["error"]) == (401, "invalid_client")
    # Of a method the trace says both.
    said = {"client_secret": _row(word), "client_method": "Registered: client_secret_basic"}
    assert said[word] in _traced(world, answer.json()["error_description"])
