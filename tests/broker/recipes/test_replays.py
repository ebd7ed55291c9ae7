"""Products that cannot be run here: what they send by their documentation, with the registration of
their recipe.
"""

from __future__ import annotations

import hashlib

import pytest

from broker.recipes.catalogue import BY_NAME
from broker.recipes.rendering import files, rendered
from broker.recipes.values import Agreed
from tests.broker.portal import SECRET, Portal, landing, make_portal_world, set_clock
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
