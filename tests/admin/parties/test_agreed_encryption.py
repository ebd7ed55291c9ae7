"""Whether a makelaar can encrypt as was agreed (``id_token_encrypted_response_alg``)."""

from __future__ import annotations

import pytest

from tests.admin.parties.test_makelaars_and_portals import ISSUER, SETTINGS, discovered, oidc


@pytest.mark.parametrize(
    ("what", "member", "other"),
    [
        (what, member, other)
        for what in ("id_token", "userinfo")
        for member, other in (("alg", "RSA1_5"), ("enc", "A192GCM"))
    ],
)
def test_a_makelaar_that_cannot_encrypt_as_was_agreed_is_told(
    what: str, member: str, other: str
) -> None:
    ours = {"userinfo": True, f"{what}_encrypted_response_alg": "RSA-OAEP"}
    settings = SETTINGS.model_copy(update=ours)
    offer = f"{what}_encryption_{member}_values_supported"
    offers = {
        **discovered(userinfo_endpoint=f"{ISSUER}/u", **{offer: ["RSA-OAEP", "A128CBC-HS256"]})
    }
    assert oidc(offers, settings)[0] == []
    (trouble,), _ = oidc(discovered(userinfo_endpoint=f"{ISSUER}/u", **{offer: [other]}), settings)
    assert trouble.field == f"oidc.{what}_encrypted_response_{member}"
    assert f"the makelaar offers {other}" in trouble.seen and "choose" in trouble.remedy
    assert oidc(discovered(**{offer: [other]}))[0] == []  # nothing was agreed
