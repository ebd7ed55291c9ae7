"""On whose behalf somebody logged in, and what is said of the person, when it must not be believed
(M-07, M-14).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.interface import ProviderUnavailable
from tests.listener import Said
from tests.providers.oidc.makelaar import SERVICE, Makelaar, as_json, login, refused

KVK = "urn:nl-eid-gdi:1.0:id:KvKnr"
PARTY = {"sub": "12345678", "sub_id_type": KVK, "iss": "urn:etoegang:MR:1"}
VESTIGING = "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"
FULL = "000012345678"
SERVICE_ID = "urn:etoegang:DV:1:services:1"


@pytest.mark.parametrize(
    ("represents", "reason"),
    [
        pytest.param({**PARTY, "sub": "87654321"}, "not_trusted", id="M-14 another organisation"),
        pytest.param(
            {**PARTY, "represents": {**PARTY, "sub": "87654321"}}, "not_trusted", id="M-14 deepest"
        ),
        pytest.param(
            {**PARTY, "sub": "87654321", "represents": PARTY}, "not_trusted", id="M-14 outermost"
        ),
        pytest.param(
            {**PARTY, "alt_sub": {**PARTY, "sub": "87654321"}}, "not_trusted", id="M-14 alt_sub"
        ),
        pytest.param("12345678", "represents_malformed", id="a text"),
        pytest.param({}, "represents_malformed", id="empty"),
        pytest.param({**PARTY, "sub": "1234"}, "represents_malformed", id="a short number"),
        pytest.param(
            {**PARTY, "sub": "１２３４５６７８"}, "represents_malformed", id="wide digits"
        ),
        pytest.param({**PARTY, "iss": ""}, "represents_malformed", id="nobody vouches"),
        pytest.param({**PARTY, "iss": "urn:\u202ex"}, "represents_malformed", id="hidden signs"),
        pytest.param({**PARTY, "iss": "\ud800"}, "represents_malformed", id="half a sign"),
        pytest.param({**PARTY, "iss": "x" * 256}, "represents_malformed", id="who never ends"),
        pytest.param({**PARTY, "represents": None}, "represents_malformed", id="M-07 for nobody"),
        pytest.param({**PARTY, "represents": {}}, "represents_malformed", id="M-07 for no number"),
        pytest.param({**PARTY, "represents": []}, "represents_malformed", id="M-07 for a list"),
        pytest.param(
            {**PARTY, "represents": PARTY}, "represents_malformed", id="M-07 between itself"
        ),
        *[
            pytest.param(
                {**PARTY, VESTIGING: limit}, reason, id=f"a restriction of {json.dumps(limit)}"
            )
            for limit, reason in (
                (None, "represents_malformed"),
                ("", "represents_malformed"),
                ([""], "represents_malformed"),
                ([FULL, ""], "represents_malformed"),
                ([FULL, FULL], "represents_malformed"),
                ([FULL, None], "claim_malformed"),
                ([[FULL]], "claim_malformed"),
                ({"value": FULL}, "claim_malformed"),
                (12345678, "claim_malformed"),
                ("x" * 1025, "claim_malformed"),
                (f" {FULL}", "represents_malformed"),
            )
        ],
        *[
            pytest.param({**PARTY, name: FULL}, "represents_malformed", id=f"limited by {name!r}")
            for name in (
                VESTIGING + " ",
                VESTIGING.lower(),
                "urn:etoegang:1.9:ServiceRestriction:SubdossierNr",
                "urn:nl-eid-gdi:1.0:ServiceRestriction:Vestigingsnr",
                "restrictions",
            )
        ],
        pytest.param(
            {**PARTY, "alt_sub": {**PARTY, VESTIGING: FULL}},
            "represents_malformed",
            id="limited in its other number",
        ),
        pytest.param(
            {**PARTY, "sub_id_type": "urn:nl-eid-gdi:1.0:id:BSN"},
            "represents_malformed",
            id="a citizen's number",
        ),
        pytest.param(
            {**PARTY, "represents": {**PARTY, "represents": PARTY}},
            "represents_malformed",
            id="M-07 a longer chain",
        ),
        pytest.param(
            {**PARTY, "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr": []},
            "represents_malformed",
            id="an empty restriction",
        ),
        pytest.param(
            {
                **PARTY,
                "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr": ["000012345678"],
                "represents": PARTY,
            },
            "represents_malformed",
            id="M-07 a restricted intermediary",
        ),
    ],
)
def test_authority_that_cannot_be_believed_is_refused(
    makelaar: Makelaar, represents: Any, reason: str
) -> None:
    makelaar.claims = {"represents": PARTY}
    assert len(login(makelaar, speaks_for=("12345678",)).authority) == 1
    makelaar.claims = {"represents": represents}
    refused(makelaar, reason, speaks_for=("12345678",))


@pytest.mark.parametrize("name", [VESTIGING, "urn:etoegang:9.9:ServiceRestriction:Sector"])
def test_a_restriction_without_an_organisation_refuses_the_login(
    makelaar: Makelaar, name: str
) -> None:
    makelaar.claims = {"represents": None}  # as some products write that there is none
    assert login(makelaar).authority == ()
    makelaar.claims = {name: FULL}
    refused(makelaar, "represents_malformed")


@pytest.mark.parametrize(
    ("name", "elsewhere"),
    [
        ("represents", PARTY),
        ("represents", {**PARTY, "sub": "87654321", VESTIGING: FULL}),
        ("urn:etoegang:core:ServiceUUID", "11111111-0000-4000-8000-000000000000"),
        ("urn:etoegang:core:ServiceID", "urn:etoegang:DV:1:services:9"),
    ],
)
def test_a_mandate_is_not_half_of_one_document_and_half_of_another(
    makelaar: Makelaar, name: str, elsewhere: Any
) -> None:
    said = {
        "represents": {**PARTY, VESTIGING: FULL},
        "urn:etoegang:core:ServiceUUID": SERVICE,
        "urn:etoegang:core:ServiceID": SERVICE_ID,
    }
    makelaar.claims = said
    makelaar.userinfo = lambda: as_json({"sub": "person-1", **said})
    (found,) = login(makelaar, userinfo=True, speaks_for="register").authority
    assert found.branches == (FULL,)
    makelaar.userinfo = lambda: as_json({"sub": "person-1", name: elsewhere})
    refused(makelaar, "represents_malformed", userinfo=True, speaks_for="register")


def test_a_name_that_stands_twice_in_userinfo_is_not_read(makelaar: Makelaar) -> None:
    """Else a restriction could be taken away by saying it again."""
    party = json.dumps({**PARTY, VESTIGING: [FULL]})

    def answers(inner: str) -> None:
        body = f'{{"sub": "person-1", "represents": {inner}}}'
        makelaar.userinfo = lambda: Said(
            body.encode(), headers={"Content-Type": "application/json"}
        )

    answers(party)
    (found,) = login(makelaar, userinfo=True, speaks_for="register").authority
    assert found.branches == (FULL,)
    for twice in (f'{party}, "represents": {json.dumps(PARTY)}', party[:-1] + ', "iss": "x"}'):
        answers(twice)
        with pytest.raises(ProviderUnavailable, match="not JSON"):
            login(makelaar, userinfo=True, speaks_for="register")


@pytest.mark.parametrize(
    ("claims", "seen"),
    [
        ({"name": "Noor\u202e de\n Wit\x00"}, {"display_name": ("Noor de Wit",)}),
        ({"name": "x" * 500}, {"display_name": ("x" * 200,)}),
        ({"name": "\u202e"}, {}),
        ({"name": ["Noor"], "email": 12}, {}),
        ({"email": "noor@example.nl"}, {"email": ("noor@example.nl",)}),
        ({"email": "noor\u202e@example.nl"}, {}),
        ({"email": "x" * 250 + "@a.nl"}, {}),
    ],
)
def test_what_is_said_of_a_person_is_short_and_says_what_it_shows(
    makelaar: Makelaar, claims: dict[str, Any], seen: dict[str, tuple[str, ...]]
) -> None:
    makelaar.claims = claims
    assert login(makelaar).attributes == seen


def test_methods_are_words(makelaar: Makelaar) -> None:
    makelaar.claims = {"amr": ["PWD", "o\u202etp", "a b", "x" * 65, 7, "\ud800"]}
    assert login(makelaar).factors == ("pwd",)


def test_M_14_a_makelaar_that_speaks_for_nobody_asserts_no_authority(makelaar: Makelaar) -> None:
    makelaar.claims = {"represents": PARTY}
    refused(makelaar, "not_trusted")
