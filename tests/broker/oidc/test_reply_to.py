"""What an answer needs comes back as it was kept with the login."""

from __future__ import annotations

import json

import pytest

from broker.oidc.reply_to import OidcReplyTo
from tests.broker.examples import CALLBACK, a_request


@pytest.mark.parametrize(
    "to",
    [
        OidcReplyTo(CALLBACK),
        OidcReplyTo(CALLBACK, state="s", nonce="n", challenge="c", sub="u"),
        OidcReplyTo(CALLBACK, state=""),
        OidcReplyTo(CALLBACK, acr="a b", scope="openid email", id_token="email", userinfo="acr"),
    ],
)
def test_what_was_kept_comes_back_also_through_json(to: OidcReplyTo) -> None:
    kept = json.loads(json.dumps(to.stored()))
    assert OidcReplyTo.of(a_request(reply_to=kept)) == to


def test_a_login_that_began_under_an_older_version_has_no_more_than_its_address() -> None:
    assert OidcReplyTo.of(a_request(reply_to={"redirect_uri": CALLBACK})) == OidcReplyTo(CALLBACK)
