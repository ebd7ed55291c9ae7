"""What a refusal tells the operator: which part, what was seen, what was expected, and the setting
that would allow it; nothing about a person.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any, Final

import pytest

from providers.interface import (
    ProviderRefused,
)
from providers.received import MAX_TOLD
from tests.architecture.source_tree import python_files, tree
from tests.damage import flipped
from tests.providers.saml.edits import (
    AUDIENCE,
    AUTHN,
    CONDITIONS,
    CONFIRMATION,
    CONFIRMATION_DATA,
    ISSUER,
    NAME_ID,
    RESPONSE,
    add,
    at,
    drop,
    put,
    text,
)
from tests.providers.saml.maker import (
    ACS,
    ENTITY_ID,
    SP,
    Edit,
    Recipe,
    finish,
    spoilt,
)
from tests.providers.saml.sealing import XENC, Envelope
from tests.providers.saml.signing import C14N, DS, MORE, Signing
from tests.providers.saml.verdicts import refused

LEGAL: Final = "urn:etoegang:core:LegalSubjectID"
KVK: Final = "urn:etoegang:1.9:EntityConcernedID:KvKnr"
PREFIX: Final = "urn:oasis:names:tc:SAML:2.0:status:"
BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
OTHER: Final = "https://other.example"
SIGNED: Final = {"response": "Response", "assertion": "Assertion", "both": "Response, Assertion"}
EXPECTED_SIGNATURES: Final = (
    "ecdsa-sha256, ecdsa-sha384, ecdsa-sha512, rsa-sha256, rsa-sha384, rsa-sha512, "
    "sha256-rsa-MGF1, sha384-rsa-MGF1, sha512-rsa-MGF1"
)

Told = dict[str, str | int]


@pytest.mark.parametrize(
    ("signs", "requires", "told"),
    [
        (
            "assertion",
            "both",
            {
                "element": "Response",
                "seen": "Assertion",
                "setting": "saml.require_signed",
                "line": "require_signed: assertion",
            },
        ),
        ("response", "both", {"seen": "Response", "line": "require_signed: response"}),
        ("assertion", "response", {"seen": "Assertion", "line": "require_signed: assertion"}),
        ("response", "assertion", {"seen": "Response", "line": "require_signed: response"}),
        ("none", "both", {"element": "Response", "seen": "nothing"}),
        ("none", "response", {"element": "Response", "seen": "nothing"}),
        ("none", "assertion", {"element": "Assertion", "seen": "nothing"}),
    ],
)
def test_what_is_signed_and_what_must_be(signs: str, requires: str, told: Told) -> None:
    with pytest.raises(ProviderRefused) as caught:
        finish(Recipe(signs=signs, settings={"require_signed": requires}))
    measured = caught.value.measured
    assert caught.value.reason == "signature_missing"
    assert {**told, "expected": SIGNED[requires]}.items() <= measured.items()
    if "line" not in told:
        assert "setting" not in measured  # there is none that accepts what nobody signed
        return
    allowed = str(told["line"]).partition(": ")[2]
    assert finish(Recipe(signs=signs, settings={"require_signed": allowed})).subject


def test_entra_id_signs_the_assertion_alone_and_encrypts_it() -> None:
    with pytest.raises(ProviderRefused) as caught:
        finish(Recipe(signs="assertion", envelope=Envelope()))
    told = {"seen": "EncryptedAssertion", "line": "require_signed: assertion"}
    assert told.items() <= caught.value.measured.items()
    allowed = {"require_signed": "assertion"}
    assert finish(Recipe(signs="assertion", envelope=Envelope(), settings=allowed)).subject


@pytest.mark.parametrize(
    ("signing", "reason", "told"),
    [
        (
            Signing(method=MORE + "hmac-sha256", secret=b"x" * 32),
            "signature_algorithm",
            {
                "element": "SignatureMethod",
                "seen": MORE + "hmac-sha256",
                "expected": EXPECTED_SIGNATURES,
            },
        ),
        (
            Signing(digest=DS + "sha1"),
            "signature_algorithm",
            {
                "element": "DigestMethod",
                "seen": DS + "sha1",
                "expected": "sha256, sha384, sha512",
            },
        ),
        (
            Signing(canonicalisation=C14N),
            "signature_algorithm",
            {"element": "CanonicalizationMethod", "seen": C14N},
        ),
        (
            Signing(transforms=(DS + "enveloped-signature",)),
            "signature_transform",
            {"element": "Transforms", "seen": DS + "enveloped-signature"},
        ),
        (
            Signing(key="somebody else"),
            "signature_invalid",
            {"element": "Response", "keys": 1},
        ),
    ],
    ids=["method", "digest", "canonicalisation", "transforms", "key"],
)
def test_how_it_is_signed_and_how_it_may_be(signing: Signing, reason: str, told: Told) -> None:
    recipe = Recipe(signing=signing, outer=signing)
    with pytest.raises(ProviderRefused) as caught:
        finish(recipe)
    assert caught.value.reason == reason
    assert told.items() <= caught.value.measured.items()
    assert finish(replace(recipe, signing=Signing(), outer=Signing())).subject


@pytest.mark.parametrize(
    ("envelope", "told"),
    [
        (
            Envelope(content=XENC + "aes256-cbc"),
            {
                "element": "EncryptedData",
                "seen": XENC + "aes256-cbc",
                "expected": "aes128-gcm, aes192-gcm, aes256-gcm",
                "setting": "saml.allow_cbc",
                "line": "allow_cbc: true",
            },
        ),
        (
            Envelope(transport=XENC + "rsa-1_5"),
            {
                "element": "EncryptedKey",
                "seen": XENC + "rsa-1_5",
                "expected": "rsa-oaep, rsa-oaep-mgf1p",
            },
        ),
        (Envelope(digest=DS + "md5"), {"element": "EncryptedKey", "seen": DS + "md5"}),
    ],
    ids=["CBC", "RSA 1.5", "digest"],
)
def test_how_it_is_encrypted_and_how_it_may_be(envelope: Envelope, told: Told) -> None:
    with pytest.raises(ProviderRefused) as caught:
        finish(Recipe(envelope=envelope))
    assert caught.value.reason == "encryption_algorithm"
    assert told.items() <= caught.value.measured.items()
    assert ("setting" in caught.value.measured) is ("setting" in told)


def test_cbc_that_is_allowed_still_asks_a_signed_response() -> None:
    allowed = {"allow_cbc": True, "require_signed": "assertion"}
    sealed = Envelope(content=XENC + "aes256-cbc")
    assert finish(Recipe(envelope=sealed, settings=allowed)).subject
    with pytest.raises(ProviderRefused) as caught:
        finish(Recipe(envelope=sealed, signs="assertion", settings=allowed))
    assert (
        caught.value.measured["expected"]
        == "aes128-gcm, aes192-gcm, aes256-gcm, or a signed Response"
    )
    assert caught.value.measured["setting"] == "saml.allow_cbc_signed_inside"


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({}, "allow_cbc: true, allow_cbc_signed_inside: true"),
        ({"allow_cbc": True}, "allow_cbc_signed_inside: true"),
        ({"allow_cbc_signed_inside": True}, "allow_cbc: true"),
    ],
)
def test_ad_fs_that_signs_inside_needs_what_the_line_says(
    settings: dict[str, bool], line: str
) -> None:
    known = {"require_signed": "assertion", **settings}
    recipe = Recipe(envelope=Envelope(content=XENC + "aes256-cbc"), signs="assertion")
    with pytest.raises(ProviderRefused) as caught:
        finish(replace(recipe, settings=known))
    assert (caught.value.reason, caught.value.measured["line"]) == ("encryption_algorithm", line)
    allowed = {pair.partition(":")[0]: True for pair in line.split(", ")}
    assert finish(replace(recipe, settings={**known, **allowed})).subject


def test_what_went_wrong_inside_is_never_told() -> None:
    for envelope in (
        Envelope(spoil=flipped(-1)),
        Envelope(spoil_key=lambda cipher: b"\x00" * len(cipher)),
        Envelope(plain=lambda _: b"<not-an-assertion/>"),
        Envelope(plain=lambda _: b"not XML"),
    ):
        with pytest.raises(ProviderRefused) as caught:
            finish(Recipe(envelope=envelope))
        assert (caught.value.reason, caught.value.measured) == ("decryption_failed", {})


@pytest.mark.parametrize(
    ("edit", "reason", "told"),
    [
        (
            put(RESPONSE, "Destination", OTHER + "/acs?ticket=secret#x"),
            "destination",
            {
                "element": "Response Destination",
                "seen": OTHER + "/acs?…",
                "expected": ACS,
            },
        ),
        (put(RESPONSE, "Destination", None), "destination", {"seen": "none"}),
        (
            put(CONFIRMATION_DATA, "Recipient", "https://user:word@other.example/acs"),
            "recipient",
            {
                "element": "SubjectConfirmationData Recipient",
                "seen": OTHER + "/acs",
                "expected": ACS,
            },
        ),
        (
            text(AUDIENCE, OTHER),
            "audience",
            {"element": "Audience", "seen": OTHER, "expected": SP},
        ),
        (
            text(ISSUER, ENTITY_ID + " "),
            "issuer_mismatch",
            {
                "element": "Issuer",
                "seen": f'"{ENTITY_ID} "',
                "expected": ENTITY_ID,
                "setting": "saml.entity_id",
            },
        ),
        (
            put(ISSUER, "Format", "urn:x"),
            "issuer_format",
            {"element": "Issuer Format", "seen": "urn:x"},
        ),
        (
            put(CONFIRMATION, "Method", "urn:x"),
            "confirmation_method",
            {"element": "SubjectConfirmation Method", "seen": "urn:x", "expected": BEARER},
        ),
        (
            put(RESPONSE, "InResponseTo", "_other"),
            "unsolicited",
            {"element": "Response InResponseTo", "seen": "another request"},
        ),
        (put(RESPONSE, "InResponseTo", None), "unsolicited", {"seen": "none"}),
        (
            put(RESPONSE, "Version", "1.1"),
            "version",
            {"element": "Response Version", "seen": "1.1", "expected": "2.0"},
        ),
        (
            drop(CONDITIONS),
            "conditions",
            {"element": "Conditions", "seen": 0, "expected": 1},
        ),
        (
            put(NAME_ID, "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
            "subject",
            {"element": "NameID Format", "setting": "saml.subject"},
        ),
        (
            put(NAME_ID, "SPNameQualifier", OTHER),
            "subject",
            {"element": "NameID SPNameQualifier", "seen": OTHER, "expected": SP},
        ),
        (
            lambda root: at(root, AUTHN).clear(),
            "schema",
            {"element": "AuthnStatement", "expected": "saml-schema-protocol-2.0.xsd"},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_which_part_what_was_seen_and_what_was_expected(
    edit: Edit, reason: str, told: Told
) -> None:
    assert told.items() <= refused(spoilt(edit), reason).items()


def test_several_assertions_are_counted() -> None:
    def twice(root: Any) -> None:
        one = root.find("{urn:oasis:names:tc:SAML:2.0:assertion}Assertion")
        other = add(RESPONSE, one)
        other(root)
        root[-1].set("ID", "_another")

    told = {"element": "Assertion", "seen": "2 plain, 0 encrypted", "expected": "one"}
    assert told.items() <= refused(spoilt(twice), "assertion_count").items()


def test_an_assertion_that_must_be_encrypted_names_the_setting() -> None:
    with pytest.raises(ProviderRefused) as caught:
        finish(Recipe(settings={"require_encrypted_assertion": True}))
    assert caught.value.measured["setting"] == "saml.require_encrypted_assertion"


def test_nothing_that_is_told_is_longer_than_a_trace_holds() -> None:
    measured = refused(spoilt(put(RESPONSE, "Destination", OTHER + "/x" * 900)), "destination")
    assert len(str(measured["seen"])) <= MAX_TOLD + 1


# A word for what is not told: whatever went wrong while opening reads the same.
ELSEWHERE: Final = ("providers/oidc/authorize.py", "providers/oidc/client.py")  # errors of OAuth
SILENT: Final = {"decryption_failed", "_FAILED"}
TELLS: Final = {"element", "seen", "expected", "keys"}


def test_every_refusal_tells_something() -> None:
    silent = []
    for path in python_files("providers", "keys"):
        if path.as_posix() in ELSEWHERE:
            continue
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id not in ("ProviderRefused", "WireRefused", "XmlRefused"):
                continue
            said = ast.unparse(node.args[0]).strip("'")
            names = {word.arg for word in node.keywords}  # None: all of a mapping
            if said not in SILENT and None not in names and not TELLS & names:
                silent.append(f"{path}:{node.lineno} {said}")
    assert not silent, "\n".join(silent)
