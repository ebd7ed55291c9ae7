"""What anybody can make the store keep until a login is over, over either protocol: one
bound, which good requests stay far below.
"""

from __future__ import annotations

from typing import Final

import pytest

from broker.downstream import MOST_KEPT, LoginRequest
from broker.journey import login_store
from broker.oidc.authorization_request import parse, response_target
from broker.oidc.errors import AuthorizationError
from broker.oidc.parameters import MAX_LENGTH, Parameters
from broker.saml.errors import REQUEST_UNSUPPORTED, StatusRefused
from tests.broker.examples import CALLBACK, SERVICE, a_client, a_service
from tests.broker.facts import a_login
from tests.broker.saml.asking import asked as asked_by_saml
from tests.broker.saml.asking import by_post, target
from tests.broker.saml.portals import IDP, PERSISTENT, Asked
from tests.keys_for_tests import make_sealer

AROUND: Final = 4 * 1024  # bytes of a login that nobody from outside writes
SEALED: Final = 200
# What one sign of a portal is in JSON, at worst.
SIGNS: Final = ("x", "é", "\U0001f600", '"', "\x01")


def asked(**changes: str) -> LoginRequest:
    good = {
        "client_id": "portal",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": f"openid urn:uuid:{SERVICE}",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
    }
    parameters = Parameters({**good, **changes}.items())
    to = response_target(parameters, {"portal": a_client()})
    return parse(parameters, to, {SERVICE: a_service()}, lambda *_: None)


def size(request: LoginRequest) -> int:
    """Bytes as the store has it."""
    return len(login_store.dump(a_login(request=request), make_sealer()))


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("names", [("state", "nonce", "login_hint", "idp_hint"), ("state",)])
def test_whatever_is_sent_the_store_keeps_no_more(sign: str, names: tuple[str, ...]) -> None:
    kept = []
    for length in range(100, MAX_LENGTH, 300):
        try:
            kept.append(size(asked(**dict.fromkeys(names, sign * length))))
        except AuthorizationError as refused:
            assert refused.error == "invalid_request"
            assert "bytes" in refused.description
            break
    assert kept and max(kept) <= MOST_KEPT + AROUND + SEALED


def test_a_state_as_long_as_one_may_be_and_what_products_put_beside_it_is_kept() -> None:
    found = asked(state="x" * MAX_LENGTH, nonce="n" * 512, login_hint="jan@voorbeeld.example")
    assert found.kept_bytes < MOST_KEPT * 2 / 3
    json_in_it = '{"returnUrl":"/zaak/12","xsrf":"' + "a" * 64 + '"}'
    assert asked(state=json_in_it * 20).kept_bytes < MOST_KEPT


def test_the_sentence_says_how_much_it_is_and_may_be() -> None:
    with pytest.raises(AuthorizationError, match=f"bytes together .* may be {MOST_KEPT}"):
        asked(state='"' * 8000, nonce='"' * 8000)


def test_a_name_of_whoever_must_log_in_is_kept_within_the_bound() -> None:
    def named(text: str) -> Asked:
        name = f'<saml:NameID Format="{PERSISTENT}" NameQualifier="{IDP}">{text}</saml:NameID>'
        return Asked(inner=f"<saml:Subject>{name}</saml:Subject>")

    found = asked_by_saml(named("a" * 64))
    assert size(found) <= MOST_KEPT + AROUND + SEALED
    with pytest.raises(StatusRefused, match=f"may be {MOST_KEPT}") as refused:
        asked_by_saml(named("a" * MOST_KEPT))
    assert refused.value.status.second == REQUEST_UNSUPPORTED


def test_a_relay_state_may_be_as_long_as_it_was() -> None:
    assert target(by_post(relay="é" * 400)).received.relay_state == "é" * 400
