"""Who says it, and whether it is a success at all (S-53 … S-56, S-58 … S-60)."""

from __future__ import annotations

import pytest
from lxml import etree

from providers.interface import ProviderCancelled, ProviderLevelTooLow, ProviderRefused
from tests.providers.saml.edits import (
    ASSERTION,
    CODE,
    ISSUER,
    RESPONSE,
    STATUS,
    add,
    drop,
    put,
    text,
)
from tests.providers.saml.maker import (
    ENTITY_ID,
    NAMES,
    Edit,
    Recipe,
    Words,
    certificate,
    finish,
    metadata_of,
    provider_for,
    spoilt,
)
from tests.providers.saml.maker import SUBJECT as PERSON
from tests.providers.saml.sealing import Envelope
from tests.providers.saml.signing import Signing
from tests.providers.saml.verdicts import refused

OTHER = "https://other-makelaar.example/metadata"
OUTER = "saml:Issuer"
FORMATS = "urn:oasis:names:tc:SAML:2.0:nameid-format:"


@pytest.mark.parametrize("envelope", [None, Envelope()], ids=["plain", "encrypted"])
@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        pytest.param(text(OUTER, OTHER), "issuer_mismatch", id="S-53 S-55 of the response"),
        pytest.param(text(ISSUER, OTHER), "issuer_mismatch", id="S-53 S-55 of the assertion"),
        pytest.param(drop(OUTER), "issuer_mismatch", id="S-55 a signed response without"),
        pytest.param(drop(ISSUER), "schema", id="S-55 an assertion without"),
        pytest.param(text(OUTER, ""), "issuer_mismatch", id="S-55 an empty one"),
        pytest.param(text(ISSUER, ENTITY_ID + "#x"), "issuer_mismatch", id="S-56 words more"),
        *[
            pytest.param(text(path, value), "issuer_mismatch", id=f"S-56 {value!r} at {path}")
            for path in (OUTER, ISSUER)
            for value in (f" {ENTITY_ID}", f"{ENTITY_ID}\n", ENTITY_ID.upper(), ENTITY_ID + "/")
        ],
        *[
            pytest.param(
                put(path, "Format", FORMATS + word), "issuer_format", id=f"S-56 {word} at {path}"
            )
            for path in (OUTER, ISSUER)
            for word in ("persistent", "unspecified", "entity2")
        ],
    ],
)
def test_everyone_names_the_makelaar_that_was_asked(
    edit: Edit, reason: str, envelope: Envelope | None
) -> None:
    refused(spoilt(edit, envelope=envelope), reason)


@pytest.mark.parametrize("path", [OUTER, ISSUER])
def test_the_format_of_an_entity_may_be_named(path: str) -> None:
    assert finish(spoilt(put(path, "Format", FORMATS + "entity"))).subject == PERSON


def test_an_unsigned_envelope_needs_no_issuer_but_a_right_one() -> None:
    kind = {"signs": "assertion", "settings": {"require_signed": "assertion"}}
    assert finish(spoilt(drop(OUTER), **kind)).subject == PERSON
    refused(spoilt(text(OUTER, OTHER), **kind), "issuer_mismatch")


def test_S_54_S_55_a_complete_response_of_another_makelaar_is_refused() -> None:
    theirs = provider_for(metadata_of(certificate("other"), entity_id=OTHER), entity_id=OTHER)
    recipe = Recipe(words=Words(issuer=OTHER), signing=Signing(key="other"), signs="assertion")
    provider = provider_for(require_signed="assertion")
    good = provider_for(
        metadata_of(certificate("other"), entity_id=OTHER),
        entity_id=OTHER,
        require_signed="assertion",
    )
    assert finish(recipe, good).subject == PERSON
    for asked in (provider, provider_for()):
        with pytest.raises(ProviderRefused) as caught:
            finish(recipe, asked)
        assert caught.value.reason == "issuer_mismatch"
    with pytest.raises(ProviderRefused):
        finish(Recipe(), theirs)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(Words(issuer=OTHER), id="S-55 their name, our makelaar's signature"),
        pytest.param(Words(), id="S-55 our makelaar's name, their signature"),
    ],
)
def test_name_and_signature_belong_together(words: Words) -> None:
    signing = Signing() if words.issuer == OTHER else Signing(key="other")
    kind = {"signs": "assertion", "settings": {"require_signed": "assertion"}}
    assert finish(Recipe(**kind)).subject == PERSON
    with pytest.raises(ProviderRefused) as caught:
        finish(Recipe(words=words, signing=signing, **kind))
    assert caught.value.reason in ("issuer_mismatch", "signature_invalid")


# The status.

PREFIX = "urn:oasis:names:tc:SAML:2.0:status:"


def status(outer: str, inner: str | None = None, message: str = "") -> list[Edit]:
    edits = [put(CODE, "Value", outer)]
    if inner is not None:
        edits.append(add(CODE, f'<samlp:StatusCode Value="{inner}"/>'))
    if message:
        edits.append(add(STATUS, f"<samlp:StatusMessage>{message}</samlp:StatusMessage>"))
    return edits


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        pytest.param(status(PREFIX + "Responder"), "status_not_success", id="S-58 Responder"),
        pytest.param(
            status(PREFIX + "Requester", PREFIX + "RequestUnsupported"),
            "makelaar_request",
            id="S-58 Requester",
        ),
        pytest.param(
            status(PREFIX + "Responder", PREFIX + "Success"),
            "status_not_success",
            id="S-58 success inside a failure",
        ),
        pytest.param(status("urn:x:unknown"), "status", id="S-59 an unknown status"),
        pytest.param(status(""), "status", id="S-59 an empty status"),
        pytest.param(status(PREFIX), "status_not_success", id="S-59 a status without name"),
        pytest.param(status(PREFIX + "success"), "status_not_success", id="S-59 in small letters"),
        pytest.param(
            status(PREFIX + "Responder", "urn:x:unknown"),
            "status_not_success",
            id="S-59 an unknown second status",
        ),
        pytest.param(
            status(PREFIX + "Responder", message="&lt;script&gt;alert(1)&lt;/script&gt;"),
            "status_not_success",
            id="S-59 HTML in the message",
        ),
        pytest.param([put(CODE, "Value", None)], "schema", id="S-59 a status without value"),
        pytest.param([drop(CODE)], "schema", id="S-59 no status code"),
        pytest.param([drop(STATUS)], "schema", id="S-59 no status"),
    ],
)
def test_only_success_is_success(edits: list[Edit], reason: str) -> None:
    """Each message holds a valid assertion, which is not read."""
    refused(spoilt(*edits), reason)


def test_S_58_a_cancelled_login_is_cancelled_whatever_else_it_holds() -> None:
    assert finish(Recipe()).subject == PERSON
    with pytest.raises(ProviderCancelled):
        finish(spoilt(*status(PREFIX + "Responder", PREFIX + "AuthnFailed")))


def test_S_58_a_login_that_the_makelaar_denies_was_not_cancelled_by_the_user() -> None:
    refused(spoilt(*status(PREFIX + "Responder", PREFIX + "RequestDenied")), "makelaar_denied")


def test_a_level_that_cannot_be_given_is_said_so() -> None:
    with pytest.raises(ProviderLevelTooLow):
        finish(spoilt(*status(PREFIX + "Responder", PREFIX + "NoAuthnContext")))


def test_a_refusal_is_signed_like_a_success() -> None:
    cancelled = status(PREFIX + "Responder", PREFIX + "AuthnFailed")
    for require in ("both", "response"):
        with pytest.raises(ProviderRefused) as caught:
            finish(Recipe(before=cancelled, signs="none", settings={"require_signed": require}))
        assert caught.value.reason == "signature_missing"
    bare = [*cancelled, drop(ASSERTION)]
    with pytest.raises(ProviderCancelled):
        finish(Recipe(before=bare, signs="response"))


# Versions and IDs.


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        *[
            pytest.param(put(path, "Version", value), "version", id=f"S-60 {value!r} at {path}")
            for path in (RESPONSE, ASSERTION)
            for value in ("1.1", "2.1", "2", "")
        ],
        pytest.param(put(RESPONSE, "Version", None), "schema", id="S-60 no version"),
        pytest.param(put(ASSERTION, "Version", None), "schema", id="S-60 no version inside"),
    ],
)
def test_only_version_two_is_spoken(edit: Edit, reason: str) -> None:
    refused(spoilt(edit), reason)


@pytest.mark.parametrize("path", [RESPONSE, ASSERTION])
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(None, "schema", id="S-60 no ID"),
        pytest.param("", "id", id="S-60 an empty ID"),
        pytest.param("1a", "id", id="S-60 an ID that starts with a digit"),
        pytest.param("a b", "id", id="S-60 an ID with a space"),
        pytest.param("a'b", "id", id="S-60 an ID with a quote"),
        pytest.param("_" + "a" * 300, "id", id="S-60 a huge ID"),
        pytest.param("é", "id", id="S-60 an ID with other letters"),
    ],
)
def test_an_id_is_a_plain_name(path: str, value: str | None, reason: str) -> None:
    """The one that is wrong carries no signature, because none could name it."""
    signs = "assertion" if path == RESPONSE else "response"
    kind = {"signs": signs, "settings": {"require_signed": signs}}
    refused(spoilt(put(path, "ID", value), **kind), reason)


def test_S_60_another_message_than_a_response_is_refused() -> None:
    def renamed(root: etree._Element) -> None:
        root.tag = f"{{{NAMES['samlp']}}}ArtifactResponse"
        drop(ASSERTION)(root)

    assert finish(Recipe()).subject == PERSON
    with pytest.raises(ProviderRefused) as caught:
        finish(spoilt(renamed, signs="response"))
    assert caught.value.reason == "not_a_response"
