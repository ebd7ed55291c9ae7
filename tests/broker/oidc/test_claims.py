"""What a finished login says to one client: its own pseudonym and the claims that it registered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from broker.oidc.claims import for_id_token, for_userinfo, identity_claims, represents
from broker.oidc.reply_to import OidcReplyTo
from broker.texts.developers import PORTAL_CLAIMS
from consent.authority import AuthorityKind, Party, PartyIdType
from consent.documents import Answer, AskedDocument
from directory.sectors import pairwise_sub
from tests.broker.examples import (
    CALLBACK,
    SERVICE,
    L,
    a_client,
    a_request,
    a_result,
    a_service,
    an_authority,
    both,
)
from tests.clocks import START
from tests.keys_for_tests import make_sealer

SEALER = make_sealer()
ALL = ("represents", "mandate", "idp", "assurance", "name", "email")
LOGIN = {"sub", "auth_time", "loa", "acr"}
KVK = "urn:nl-eid-gdi:1.0:id:KvKnr"
RSIN = "urn:nl-eid-gdi:1.0:id:RSIN"
BRANCH = "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"
AT = int(START.timestamp())
OFFICE = Party(PartyIdType.KVK, "90001542", "Kantoor")


def asking(*names: str, **fields: Any) -> Any:
    """A client that registered these claims."""
    claims = [{"name": name, "purpose": both(f"Voor {name}")} for name in names]
    return a_client(claims=claims, **fields)


def said(*names: str, service: Any = None, **result: Any) -> dict[str, Any]:
    return identity_claims(a_result(**result), asking(*names), service or a_service(), SEALER)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {}, True),
        ({}, {"client_id": "another"}, True),  # one host, one sector (Core §8.1)
        ({}, {"redirect_uris": ("https://portal.example/other",)}, True),
        ({}, {"redirect_uris": ("https://elders.example/callback",)}, False),
        ({"sector_identifier": "elders.example"}, {}, False),
        (
            {"sector_identifier": "s.example"},
            {"sector_identifier": "s.example", "redirect_uris": ("https://elders.example/",)},
            True,
        ),
    ],
)
def test_a_person_has_one_pseudonym_per_sector(
    one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    subs = [pairwise_sub(SEALER, a_client(**fields), "jan") for fields in (one, other)]
    assert (subs[0] == subs[1]) is same
    assert pairwise_sub(SEALER, a_client(), "roos") not in subs


def test_a_client_at_several_hosts_is_a_sector_of_its_own() -> None:
    uris = (CALLBACK, "https://elders.example/callback")
    subs = {
        pairwise_sub(SEALER, a_client(client_id=name, redirect_uris=uris), "jan")
        for name in ("one", "two")
    }
    assert len({*subs, pairwise_sub(SEALER, a_client(), "jan")}) == 3


def test_a_client_that_registered_no_claims_hears_of_the_login_alone() -> None:
    found = said(authority=an_authority(), second_factor="local", factor_method="totp")
    assert set(found) == {*LOGIN, "amr"}
    assert found["auth_time"] == AT


@pytest.mark.parametrize("name", ALL)
def test_each_claim_goes_to_who_registered_it_and_to_nobody_else(name: str) -> None:
    assert set(said(name, authority=an_authority())) == {*LOGIN, name}


def test_what_has_no_value_is_left_out() -> None:
    assert set(said(*ALL, display_name=None, email="")) == {*LOGIN, "idp", "assurance"}


def test_no_name_leaves_where_the_service_shows_no_page() -> None:
    found = said(*ALL, service=a_service(consent="none"), authority=an_authority())
    assert set(ALL) - set(found) == {"name", "email"}


@pytest.mark.parametrize(
    ("released", "gone"),
    [(None, set()), ((), {*ALL}), (("name",), {"email", "idp"}), (("phone",), {*ALL})],
)
def test_a_request_can_ask_for_less_than_was_registered(
    released: tuple[str, ...] | None, gone: set[str]
) -> None:
    found = said(*ALL, request=a_request(released=released))
    assert not gone & set(found)
    assert ("name" in found) is ("name" not in gone)


@pytest.mark.parametrize(
    ("level", "vocabulary", "acr"),
    [
        (L.EH3, "eidas", L.EH3.eidas),
        (L.EH3, "etd", L.EH3.loa),
        (L.EH2_PLUS, "digid", L.EH2_PLUS.digid),
        (L.EMAIL, "eidas", None),
    ],
)
def test_the_level_is_said_in_the_words_of_the_client(
    level: L, vocabulary: str, acr: str | None
) -> None:
    found = identity_claims(a_result(level=level), asking(acr=vocabulary), a_service(), SEALER)
    assert found.get("acr") == acr
    assert found["loa"] == level.loa


@pytest.mark.parametrize(
    ("second", "method", "amr"),
    [
        (None, None, None),
        ("upstream", None, ["mfa"]),
        ("local", "totp", ["mfa", "otp"]),
        ("local", "otp_device", ["mfa", "otp"]),
        ("local", "sms", ["mfa", "sms"]),
        ("local", "passkey", ["mfa", "pop"]),
    ],
)
def test_amr_says_that_there_were_two_factors_and_which_was_ours(
    second: str | None, method: str | None, amr: list[str] | None
) -> None:
    assert said(second_factor=second, factor_method=method).get("amr") == amr


def test_the_assurance_tells_what_came_from_the_makelaar_and_what_was_added() -> None:
    found = said("assurance", provider_level=L.EH2, proofing=L.EH2_PLUS, second_factor="local")
    assert found["assurance"] == {
        "provider_level": L.EH2.loa,
        "second_factor": "local",
        "proofing_level": L.EH2_PLUS.loa,
        "time": AT,
    }


@pytest.mark.parametrize(
    ("fields", "more"),
    [
        ({}, {}),
        ({"branches": ("000012345678",)}, {BRANCH: "000012345678"}),
        (
            {"branches": ("000012345678", "000087654321")},
            {BRANCH: ["000012345678", "000087654321"]},
        ),
        ({"intermediary": OFFICE}, {}),  # only a chain has one
    ],
)
def test_an_organisation_is_named_by_its_number_and_its_branches(
    fields: dict[str, Any], more: dict[str, Any]
) -> None:
    assert represents(an_authority(**fields)) == {
        "sub": "90001201",
        "sub_id_type": KVK,
        "iss": "urn:sluis:register",
        "name": "De Korenmolen",
        **more,
    }


def test_the_other_number_of_an_organisation_is_said_beside_the_first() -> None:
    party = Party(PartyIdType.KVK, "90001201", alternative=(PartyIdType.RSIN, "123456782"))
    found = represents(an_authority(represented=party))
    assert found["alt_sub"] == {"sub": "123456782", "sub_id_type": RSIN}
    assert "name" not in found


def test_in_a_chain_the_intermediary_stands_outside_and_the_branch_deepest() -> None:
    found = represents(
        an_authority(
            kind=AuthorityKind.CHAIN,
            intermediary=OFFICE,
            branches=("000012345678",),
            source="urn:x",
        )
    )
    deepest = found["represents"]
    assert (found["sub"], deepest["sub"]) == ("90001542", "90001201")
    assert deepest[BRANCH] == "000012345678" and BRANCH not in found
    assert "represents" not in deepest


def test_every_name_in_what_a_portal_gets_is_explained_to_its_developers() -> None:
    party = Party(PartyIdType.KVK, "90001201", "Molen", alternative=(PartyIdType.RSIN, "123456782"))
    authority = an_authority(represented=party, branches=("000012345678",), valid_until=START)
    found = said(
        *ALL, authority=authority, display_name="Jan", email="j@x.nl", second_factor="local"
    )
    assert set(found) == {*LOGIN, *ALL, "amr"}
    chain = said("represents", authority=_through(OFFICE))["represents"]
    inside = {
        f"{claim}.{name}"
        for claim in ("represents", "mandate", "assurance")
        for name in (*found[claim], *(chain if claim == "represents" else ()))
    }
    explained = {name for one in PORTAL_CLAIMS for name in one.names}
    assert inside <= explained
    assert set(found) <= {name.partition(".")[0] for name in explained}


def _through(office: Party) -> Any:
    return an_authority(kind=AuthorityKind.CHAIN, intermediary=office)


@pytest.mark.parametrize("until", [None, START + timedelta(days=1)])
def test_a_mandate_says_for_which_service_at_which_level_and_until_when(until: Any) -> None:
    found = said("mandate", authority=an_authority(valid_until=until, level=L.EH2_PLUS))["mandate"]
    expected = {
        "service_uuid": SERVICE,
        "service_id": a_service().service_id,
        "level": L.EH2_PLUS.loa,
        "kind": "direct",
        "register": "urn:sluis:register",
    }
    ends = {} if until is None else {"valid_until": AT + 86400}
    assert found == {**expected, **ends}


def test_what_was_answered_to_a_document_is_said_only_where_there_is_an_answer() -> None:
    document = AskedDocument("Vergunning", "Kort", CALLBACK, "a" * 64, "application/pdf", 12)
    answer = Answer(document.shown, agrees=True, remark="", deposit=False, at=START)
    asked = a_request(document=document)
    (details,) = said(request=asked, answer=answer)["authorization_details"]
    assert (details["type"], details["answer"]["decision"]) == ("urn:sluis:document", "agreed")
    assert "authorization_details" not in said(request=asked)


IDENTITY = {"sub": "s", "loa": "l", "acr": "a", "auth_time": 1, "name": "Jan", "email": "j@x.nl"}


@pytest.mark.parametrize(
    ("registered", "asked", "also"),
    [
        ((), None, set()),
        (("email",), None, {"email"}),
        ((), "name", {"name"}),
        (("email",), "name", {"email", "name"}),
    ],
)
def test_who_it_is_stands_in_the_id_token_where_it_is_asked_there(
    registered: tuple[str, ...], asked: str | None, also: set[str]
) -> None:
    client = asking(*registered, id_token_claims=registered)
    found = for_id_token(IDENTITY, client, OidcReplyTo(CALLBACK, id_token=asked))
    assert found == {name: IDENTITY[name] for name in ({"sub", "loa", "acr", "auth_time"} | also)}


def test_what_is_not_released_can_stand_in_no_id_token() -> None:
    with pytest.raises(ValidationError, match="list it in claims as well"):
        asking("name", id_token_claims=("name", "email"))


@pytest.mark.parametrize(("asked", "also"), [(None, set()), ("acr", {"acr"})])
def test_userinfo_tells_who_it_is_and_of_the_login_what_is_asked(
    asked: str | None, also: set[str]
) -> None:
    found = for_userinfo(IDENTITY, OidcReplyTo(CALLBACK, userinfo=asked))
    assert found == {name: IDENTITY[name] for name in ({"sub", "loa", "name", "email"} | also)}


@pytest.mark.parametrize(
    ("asked", "reached", "said"),
    [(f"{L.EH2_PLUS.eidas} EH4", L.EH3, L.EH2_PLUS.eidas), ("EH3", L.EH3, "EH3")],
)
def test_an_essential_level_is_answered_with_a_value_that_was_asked(
    asked: str, reached: L, said: str
) -> None:
    result = a_result(level=reached, request=a_request(OidcReplyTo(CALLBACK, acr=asked)))
    found = identity_claims(result, asking(acr="digid"), a_service(), SEALER)
    assert (found["acr"], found["loa"]) == (said, reached.loa)
