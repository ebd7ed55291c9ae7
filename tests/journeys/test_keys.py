"""Keys that rotate, and one that must go, while portals and makelaars go on with what they know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from admin.operations.jobs import JOBS
from broker.configuration import POLL_SECONDS
from keys.jwks import as_joserfc
from keys.keyring import KeyUse, PrivateKey
from keys.revocation import revoke
from keys.rotation import NEEDED, RotationPolicy, introduce
from keys.signing_key import KeyState
from sandbox.browser import Browser, Page
from sandbox.makelaar.metadata import ServiceProvider, read_service_provider
from state.db import writing
from tests.broker.answers import tells_portal
from tests.broker.portal import ISSUER, Portal, make_portal_world, payload
from tests.keys_for_tests import rsa_key
from tests.world import World

POLICY = RotationPolicy()
SOON = timedelta(seconds=45)  # after one look at the keys, before the next
RS256 = (KeyUse.OIDC_SIGNING, "RS256")


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def portal(world: World) -> Iterator[Portal]:
    yield Portal(world)


def see_keys(world: World) -> None:
    """Let the process read its keys again, as it does twice a minute; the time then is that of
    before, because the makelaars know no other.
    """
    before = world.clock()
    world.clock.now = max(before, world.runtime.configuration.loaded_at) + timedelta(seconds=31)
    world.process.holder.refresh()
    world.clock.now = before


def publish(world: World, used_in: timedelta = POLICY.publish) -> None:
    """Publish the next key of every use, to be used then."""
    for use, algorithm in NEEDED:
        with world.session() as session, writing(session):
            now = world.clock()
            at = now + used_in
            introduce(session, world.process.sealer, use, algorithm, now, activates_at=at)
    see_keys(world)


def come_to_pass(world: World) -> None:
    """The moment of keys that were published with SOON: every process finds it by its clock."""
    see_keys(world)


def run_job(world: World) -> None:
    next(job for job in JOBS if job.name == "keys").run(world.process)
    see_keys(world)


def jwks(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.wire.request("GET", f"{ISSUER}/jwks").json()
    return found


def kids(world: World) -> set[str]:
    return {key["kid"] for key in jwks(world)["keys"]}


def our_metadata(world: World) -> ServiceProvider:
    return read_service_provider(world.wire.request("GET", f"{ISSUER}/saml/metadata").body)


def signer(world: World, use: KeyUse, algorithm: str) -> str:
    return world.runtime.configuration.keyring.active(use, algorithm).kid


def ring(world: World) -> tuple[PrivateKey, ...]:
    return world.runtime.configuration.keyring.keys


def is_rs256(key: PrivateKey) -> bool:
    return (key.use, key.algorithm) == RS256


def verified(token: str, keys: dict[str, Any]) -> str:
    """The kid with which the token was signed, by these keys. Raises JoseError, ValueError."""
    return str(
        jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256", "ES256"]).header["kid"]
    )


def finish(portal: Portal, browser: Browser, person: str = "jan") -> str:
    """The ID token of a login that stood at its makelaar."""
    page = browser.press("person", person)
    if any(b.get("name") == "agree" for form in page.forms for b in form.iter("button")):
        page = browser.press("agree", "yes")
    return str(portal.tokens(portal.heard(page)["code"])["id_token"])


def test_K_02_a_key_is_published_before_it_signs_and_kept_for_what_it_signed(
    world: World, portal: Portal
) -> None:
    old = signer(world, *RS256)
    publish(world)
    (new,) = (key.kid for key in ring(world) if key.state is KeyState.NEXT and is_rs256(key))
    assert {old, new} <= kids(world)
    token = finish(portal, portal.at_makelaar())
    assert verified(token, jwks(world)) == old

    world.clock.advance((POLICY.publish - timedelta(minutes=5)).total_seconds())
    run_job(world)
    assert signer(world, *RS256) == old
    world.clock.advance(300)
    run_job(world)
    assert signer(world, *RS256) == new
    assert verified(token, jwks(world)) == old

    world.clock.advance((POLICY.keep - timedelta(minutes=5)).total_seconds())
    run_job(world)
    assert old in kids(world)
    world.clock.advance(300)
    run_job(world)
    assert old not in kids(world) and new in kids(world)


def test_K_02_a_year_later_the_job_publishes_successors_by_itself(world: World) -> None:
    before = kids(world)
    run_job(world)
    assert kids(world) == before
    world.clock.advance(366 * 86400)
    run_job(world)
    assert kids(world) > before
    assert {key.state for key in ring(world)} == {KeyState.ACTIVE, KeyState.NEXT}


def test_X_11_portals_with_an_old_or_a_new_key_set_never_fail(world: World, portal: Portal) -> None:
    # Zekerweg must not know our keys yet: it keeps them for a minute, of its own clock.
    before = finish(portal, portal.at_makelaar("polderpoort"))
    publish(world, SOON)
    cached = jwks(world)
    under_way = portal.at_makelaar()
    come_to_pass(world)
    after = [finish(portal, under_way), finish(portal, portal.at_makelaar())]
    new = signer(world, *RS256)
    assert verified(before, jwks(world)) != new
    assert {verified(token, cached) for token in after} == {new}
    assert {verified(token, jwks(world)) for token in after} == {new}
    assert portal.world.wire.request("GET", f"{ISSUER}/health/ready").status == 200


@pytest.mark.parametrize(
    ("makelaar", "person"), [("polderpoort", "jan"), ("brugwacht", "roos"), ("zekerweg", "jan")]
)
def test_X_11_makelaars_with_metadata_of_before_the_move_go_on(
    world: World, portal: Portal, makelaar: str, person: str
) -> None:
    """Signed requests, encrypted answers (Brugwacht) and private_key_jwt (Zekerweg), with what the
    makelaar read when the next key was published but not used.
    """
    publish(world, SOON)
    cached = our_metadata(world)
    assert finish(
        portal, portal.at_makelaar(makelaar), person
    )  # it reads and keeps what is published
    under_way = portal.at_makelaar(makelaar)
    come_to_pass(world)
    signing = world.runtime.configuration.keyring.active(KeyUse.SAML_SIGNING, "RSA")
    encryption = world.runtime.configuration.keyring.active(KeyUse.SAML_ENCRYPTION, "RSA")
    assert signing.certificate in cached.signing[1:]
    assert cached.encryption and encryption.certificate not in cached.encryption
    assert finish(portal, under_way, person)
    assert finish(portal, portal.at_makelaar(makelaar), person)
    now = our_metadata(world)
    assert set(now.signing) == set(cached.signing)
    assert now.encryption == (encryption.certificate,)  # and the one of before is still opened


def test_K_03_a_revoked_key_is_refused_everywhere_within_a_minute(
    world: World, portal: Portal
) -> None:
    old, token = signer(world, *RS256), finish(portal, portal.at_makelaar())
    assert verified(token, jwks(world)) == old
    with world.session() as session, writing(session):
        replacement = revoke(session, world.process.sealer, old, world.clock()).replacement
    world.clock.advance(POLL_SECONDS)  # not later: who has just read the keys looks again
    world.process.holder.refresh()
    assert old not in kids(world)
    assert signer(world, *RS256) == replacement
    with pytest.raises((JoseError, ValueError)):
        verified(token, jwks(world))
    assert verified(finish(portal, portal.at_makelaar()), jwks(world)) == replacement


@pytest.mark.parametrize("way", ["revoked", "retired"])
def test_K_03_O_26_O_39_a_hint_under_a_key_that_is_gone_names_nobody(
    world: World, portal: Portal, way: str
) -> None:
    """Portals keep ID tokens longer than keys live: they are no proof, and no mistake either."""
    browser, other = portal.at_makelaar(), portal.at_makelaar()
    token, twin = finish(portal, browser), finish(portal, other)
    assert portal.log_in("mo", id_token_hint=token)["error"] == "login_required"
    assert log_out(world, other, twin).heading == "U bent uitgelogd"  # at once, the good twin
    let_go(world, signer(world, *RS256), way)

    assert "code" in portal.log_in("mo", id_token_hint=token)
    silent = portal.ask(portal.request(id_token_hint=token, prompt="none"))
    tells_portal(silent, "login_required")
    page = log_out(world, browser, token)
    assert (page.status, page.heading) == (200, ASKS)
    assert "Portaal by-basic" in page.text
    assert browser.click("Log overal uit").heading == "U bent uitgelogd"
    assert log_out(world, browser, forged(token)).status == 400
    tells_portal(portal.ask(portal.request(id_token_hint=forged(token))), "login_required")


ASKS = "Wilt u overal uitloggen?"


def log_out(world: World, browser: Browser, hint: str) -> Page:
    return browser.open(f"{ISSUER}/logout?{urlencode({'id_token_hint': hint})}")


def let_go(world: World, kid: str, way: str) -> None:
    """This key signs and verifies nothing any more."""
    with world.session() as session, writing(session):
        if way == "revoked":
            revoke(session, world.process.sealer, kid, world.clock())
        else:
            now = world.clock()
            introduce(session, world.process.sealer, *RS256, now, activates_at=now)
    see_keys(world)
    if way == "retired":
        run_job(world)
        world.clock.advance(POLICY.keep.total_seconds())
        run_job(world)
        world.clock.advance(-POLICY.keep.total_seconds())
    assert kid not in kids(world)


def forged(token: str) -> str:
    """The same claims under a key that never was ours."""
    key = as_joserfc(rsa_key("thief"), "never-ours")
    return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": "never-ours"}, payload(token), key)
