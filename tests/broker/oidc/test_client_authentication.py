"""Who asks at the token endpoint: one proof, by the registered method. Assertions that are not in
order are among the attacks (``tests/attacks/oidc_downstream/test_assertions.py``).
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter

from broker.oidc.client_authentication import (
    ASSERTION_TYPE,
    UNPROVEN,
    AssertionRules,
    Authenticated,
    authenticate,
    offered_proof,
)
from broker.oidc.client_keys import ClientKeys
from broker.oidc.errors import Refused, TokenError
from broker.oidc.parameters import Parameters
from broker.settings import Settings
from directory.services import OidcClient
from state.ephemeral import AddOnce
from state.outgoing import OutgoingFailed
from tests.broker.clients import portal_key
from tests.broker.examples import ISSUER, a_client
from tests.called import Called
from tests.clocks import START, FakeClock

SECRET, OLD = "a secret: 100% + more", "the secret before"
DIGESTS = tuple(hashlib.sha256(one.encode()).hexdigest() for one in (SECRET, OLD))
PUBLIC = a_client(client_id="public")
BASIC = a_client(
    client_id="basic",
    token_endpoint_auth_method="client_secret_basic",
    secret_sha256=DIGESTS,
)
POST = a_client(
    client_id="post",
    token_endpoint_auth_method="client_secret_post",
    secret_sha256=DIGESTS,
)
BY_KEY = a_client(
    client_id="key",
    token_endpoint_auth_method="private_key_jwt",
    jwks={"keys": [portal_key().as_dict(private=False)]},
)
CLIENTS = {one.client_id: one for one in (PUBLIC, BASIC, POST, BY_KEY)}
AT = int(START.timestamp())


FIVE_MINUTES = AssertionRules((ISSUER, f"{ISSUER}/token"), 300)


def who(
    form: dict[str, str], authorization: str | None = None, rules: AssertionRules = FIVE_MINUTES
) -> Authenticated:
    return authenticate(
        Parameters(form.items()),
        authorization,
        clients=CLIENTS,
        keys=ClientKeys(Called(OutgoingFailed("nobody")), FakeClock()),
        rules=rules,
        now=START,
    )


ANY_HEADER = {"x": HeaderParameter("x", "int")}


def basic(client: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()


def by_assertion(
    header: dict[str, Any] | None = None, key: RSAKey | None = None, **changes: Any
) -> dict[str, str]:
    good = {"iss": "key", "sub": "key", "aud": ISSUER, "iat": AT, "exp": AT + 60, "jti": "12345678"}
    claims = {name: value for name, value in {**good, **changes}.items() if value is not None}
    whole = {"alg": "RS256", "kid": "portal-1", **(header or {})}
    free = JWSRegistry(algorithms=["RS256"], header_registry=ANY_HEADER, strict_check_header=False)
    free.max_header_length = 10_000
    token = jwt.encode(whole, claims, key or portal_key(), registry=free)
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}


ENCODED = "a+secret%3A+100%25+%2B+more"


@pytest.mark.parametrize(
    ("form", "authorization", "client"),
    [
        ({"client_id": "public"}, None, PUBLIC),
        ({}, basic("basic", ENCODED), BASIC),
        ({}, basic("basic", "the+secret+before"), BASIC),
        ({"client_id": "basic"}, basic("basic", ENCODED).replace("Basic", "bAsIc"), BASIC),
        ({}, basic("basic", SECRET), BASIC),  # Authlib and requests encode nothing
        ({}, basic("basic", OLD), BASIC),
        ({"client_id": "post", "client_secret": SECRET}, None, POST),
        (by_assertion(), None, BY_KEY),
        ({"client_id": "key", **by_assertion(aud=f"{ISSUER}/token")}, None, BY_KEY),
    ],
)
def test_a_client_that_proves_itself_as_registered_is_known(
    form: dict[str, str], authorization: str | None, client: OidcClient
) -> None:
    assert who(form, authorization).client is client


@pytest.mark.parametrize(
    ("form", "authorization"),
    [
        pytest.param({}, None, id="nobody"),
        pytest.param({"client_id": "unknown"}, None, id="unknown"),
        pytest.param({"client_id": "basic"}, None, id="no secret"),
        pytest.param({"client_id": "post", "client_secret": "wrong"}, None, id="wrong secret"),
        pytest.param({"client_id": "basic", "client_secret": SECRET}, None, id="in the body"),
        pytest.param({}, basic("post", ENCODED), id="in the header"),
        pytest.param({"client_id": "public", "client_secret": SECRET}, None, id="public, secret"),
        pytest.param({"client_id": "post"}, basic("basic", ENCODED), id="another is named"),
        pytest.param({}, basic("basic", ""), id="an empty secret"),
        pytest.param({}, basic("basic", "100%"), id="not encoded, and another"),
        pytest.param({}, basic("basic", quote_plus(ENCODED)), id="encoded twice"),
        pytest.param({}, basic("ba%sic", SECRET), id="a name with a broken percent sign"),
        pytest.param({}, "Basic ???", id="no base64"),
        pytest.param({}, "Bearer abc", id="another scheme"),
        pytest.param({**by_assertion(), "client_assertion_type": "x"}, None, id="another type"),
        pytest.param({"client_assertion_type": ASSERTION_TYPE}, None, id="no assertion"),
        pytest.param(by_assertion(sub="public", iss="public"), None, id="of a public client"),
        pytest.param(by_assertion(iss="basic"), None, id="from another"),
        pytest.param(by_assertion(iss=None), None, id="from nobody"),
        pytest.param({"client_id": "key", **by_assertion(sub="basic")}, None, id="of another"),
        pytest.param(by_assertion(exp=AT + 361), None, id="too long valid"),
        pytest.param(by_assertion(exp=AT - 60), None, id="over"),
        pytest.param(by_assertion(aud=[ISSUER]), None, id="a list of audiences"),
    ],
)
def test_any_other_is_refused_with_401(form: dict[str, str], authorization: str | None) -> None:
    with pytest.raises(TokenError) as refused:
        who(form, authorization)
    assert (refused.value.error, refused.value.status) == ("invalid_client", 401)


@pytest.mark.parametrize(
    ("form", "authorization"),
    [
        pytest.param({"client_secret": SECRET}, basic("basic", ENCODED), id="header and body"),
        pytest.param({**by_assertion(), "client_secret": SECRET}, None, id="assertion and secret"),
        pytest.param(by_assertion(), basic("basic", ENCODED), id="assertion and header"),
        pytest.param({"client_secret": "x"}, basic("unknown", ENCODED), id="of nobody"),
    ],
)
def test_two_proofs_at_once_are_a_wrong_request(form: dict[str, str], authorization: str) -> None:
    """RFC 6749 §5.2: more than one mechanism is ``invalid_request``."""
    with pytest.raises(TokenError) as refused:
        who(form, authorization)
    assert (refused.value.error, refused.value.status) == ("invalid_request", 400)


@pytest.mark.parametrize(
    "more",
    [
        {"x5t": "q", "x5t#S256": "q"},
        {"x5c": ["MIIC" * 300]},
        {"pi.atm": "1", "ver": "2"},
        {"jku": "https://elders.example/keys"},
    ],
    ids=["MSAL", "ASP.NET Core with a certificate", "PingFederate", "MITREid Connect"],
)
def test_what_products_write_in_the_header_of_an_assertion_is_passed_over(
    more: dict[str, Any],
) -> None:
    """RFC 7515 §4: what is not understood, but for ``crit``; a key is found by its name alone."""
    assert who(by_assertion(header=more)).client is BY_KEY
    with pytest.raises(TokenError) as refused:
        who(by_assertion(header=more, key=RSAKey.generate_key(2048)))
    assert refused.value.reason is Refused.CLIENT_SIGNATURE


@pytest.mark.parametrize("more", [{"crit": ["x"], "x": 1}, {"filler": "x" * 4096}])
def test_rules_of_its_own_and_very_long_headers_are_not(more: dict[str, Any]) -> None:
    with pytest.raises(TokenError) as refused:
        who(by_assertion(header=more))
    assert refused.value.reason is Refused.CLIENT_SIGNATURE


ISSUER_ALONE = AssertionRules((ISSUER,), 300)
WITH_LISTS = AssertionRules((ISSUER, frozenset({ISSUER, f"{ISSUER}/token"})), 300)


@pytest.mark.parametrize(
    ("rules", "audience", "is_for_us"),
    [
        (FIVE_MINUTES, ISSUER, True),
        (FIVE_MINUTES, f"{ISSUER}/token", True),
        (FIVE_MINUTES, [ISSUER, f"{ISSUER}/token"], False),
        (ISSUER_ALONE, ISSUER, True),
        (ISSUER_ALONE, f"{ISSUER}/token", False),
        (WITH_LISTS, [ISSUER, f"{ISSUER}/token"], True),  # openid-client 5.6
        (WITH_LISTS, [f"{ISSUER}/token", ISSUER], True),
        (WITH_LISTS, [ISSUER], False),
        (WITH_LISTS, [ISSUER, ISSUER, f"{ISSUER}/token"], False),
        (WITH_LISTS, [ISSUER, f"{ISSUER}/token", "https://elders.example"], False),
        (WITH_LISTS, [ISSUER, "https://elders.example"], False),
        (WITH_LISTS, [ISSUER, {}], False),
        (WITH_LISTS, [], False),
        (WITH_LISTS, f"{ISSUER}/token", False),
        (WITH_LISTS, {ISSUER: 1}, False),
        (WITH_LISTS, None, False),
    ],
)
def test_an_audience_is_us_and_nobody_else(
    rules: AssertionRules, audience: Any, is_for_us: bool
) -> None:
    assert rules.is_for_us(audience) is is_for_us
    form = by_assertion(aud=audience)
    if is_for_us:
        assert who(form, rules=rules).client is BY_KEY
        return
    with pytest.raises(TokenError) as refused:
        who(form, rules=rules)
    assert refused.value.reason is Refused.CLIENT_PROOF


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        ({}, AssertionRules((ISSUER, f"{ISSUER}/token"), 3600)),
        ({"assertion_seconds": 300, "assertion_audiences": ["issuer"]}, ISSUER_ALONE),
        ({"assertion_seconds": 300, "assertion_audiences": ["issuer", "both"]}, WITH_LISTS),
    ],
)
def test_what_an_assertion_may_say_is_a_setting(
    settings: dict[str, Any], rules: AssertionRules
) -> None:
    made = Settings.model_validate({"web": {"base_url": ISSUER}, "oidc": settings})
    assert AssertionRules.of(made) == rules


@pytest.mark.parametrize(
    ("times", "is_taken"),
    [
        ({"exp": AT + 3600}, True),
        ({"exp": AT + 3661}, False),
        ({"iat": AT - 3600, "exp": AT + 1}, True),
        ({"iat": AT - 3661, "exp": AT + 1}, False),
    ],
)
def test_the_longest_life_is_that_of_the_settings(times: dict[str, int], is_taken: bool) -> None:
    rules = AssertionRules((ISSUER,), 3600)
    if is_taken:
        assert who(by_assertion(**times), rules=rules).client is BY_KEY
        return
    with pytest.raises(TokenError, match="at most 3600 seconds"):
        who(by_assertion(**times), rules=rules)


@pytest.mark.parametrize(
    ("form", "authorization", "reason"),
    [
        pytest.param({"client_id": "unknown"}, None, Refused.CLIENT_UNKNOWN, id="nobody"),
        pytest.param({}, basic("nobody", "x"), Refused.CLIENT_UNKNOWN, id="unknown"),
        pytest.param({}, basic("basic", "wrong"), Refused.CLIENT_SECRET, id="wrong secret"),
        pytest.param(
            {"client_id": "post"}, basic("basic", "wrong"), Refused.CLIENT_SECRET, id="two names"
        ),
        pytest.param({}, basic("post", ENCODED), Refused.CLIENT_METHOD, id="other method"),
        pytest.param({"client_id": "key"}, None, Refused.CLIENT_METHOD, id="no proof"),
        pytest.param(
            {"client_assertion_type": ASSERTION_TYPE, "client_assertion": "a.eyJzdWIiOiJrZXkifQ.c"},
            None,
            Refused.CLIENT_SIGNATURE,
            id="wrong key",
        ),
    ],
)
def test_who_proved_nothing_is_told_one_thing_and_the_trace_which(
    form: dict[str, str], authorization: str | None, reason: Refused
) -> None:
    with pytest.raises(TokenError) as refused:
        who(form, authorization)
    assert refused.value.description == UNPROVEN
    assert refused.value.reason is reason
    assert not {"wrong", "unknown", "nobody"} & set(refused.value.found.values())


def test_the_trace_says_which_method_was_registered() -> None:
    """django-allauth takes client_secret_post wherever discovery offers it."""
    with pytest.raises(TokenError) as refused:
        who({"client_id": "basic", "client_secret": SECRET})
    assert refused.value.found == {
        "used": "client_secret_post",
        "registered": "client_secret_basic",
    }


def once(**changes: Any) -> AddOnce:
    found = who(by_assertion(**changes)).once
    assert found is not None
    return found


def test_an_assertion_is_marked_as_seen_for_longer_than_it_can_be_used() -> None:
    assert once().ttl == 60 + 2 * 60
    assert once().key == once(exp=AT + 90).key != once(jti="87654321").key
    assert who({"client_id": "public"}).once is None


@pytest.mark.parametrize(
    ("times", "made"),
    [
        ({}, START),
        ({"iat": AT - 30}, START - timedelta(seconds=30)),
        ({"iat": None, "exp": AT + 100}, START - timedelta(seconds=200)),  # may live 5 minutes
    ],
)
def test_an_emptied_store_distrusts_what_may_have_been_made_before(
    times: dict[str, int | None], made: Any
) -> None:
    """A clock a minute ahead may have written the moment; the store adds three minutes."""
    assert once(**times).issued_at == made + timedelta(seconds=180 - 60)


@pytest.mark.parametrize(
    ("form", "authorization", "name"),
    [
        ({"client_id": "anybody"}, None, "anybody"),
        ({}, basic("basic", "wrong"), "basic"),
        (by_assertion(sub="whoever"), None, "whoever"),
        ({}, None, None),
        ({}, "Basic ???", None),
        ({"client_secret": "x"}, basic("basic", "x"), None),
        ({"client_assertion_type": ASSERTION_TYPE, "client_assertion": "a.b.c"}, None, None),
    ],
)
def test_whom_a_request_names_is_read_without_being_believed(
    form: dict[str, str], authorization: str | None, name: str | None
) -> None:
    offered = offered_proof(Parameters(form.items()), authorization)
    assert (offered.client_id if offered is not None else None) == name


def test_a_digest_that_is_none_and_was_registered_before_the_rule_fits_no_secret() -> None:
    odd = BASIC.model_copy(update={"secret_sha256": ("é" * 64, "", *DIGESTS)})
    clients = {**CLIENTS, "basic": odd}
    for secret, is_right in ((SECRET, True), ("é", False)):
        proof = base64.b64encode(f"basic:{quote_plus(secret)}".encode()).decode()
        try:
            found = authenticate(
                Parameters(()),
                f"Basic {proof}",
                clients=clients,
                keys=ClientKeys(Called(OutgoingFailed("nobody")), FakeClock()),
                rules=AssertionRules((ISSUER,), 300),
                now=START,
            )
        except TokenError as refused:
            assert not is_right and refused.error == "invalid_client"
        else:
            assert is_right and found.client is odd
