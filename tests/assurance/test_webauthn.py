"""Passkeys: every part of an answer is judged; each wrong one beside the same answer, right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assurance import webauthn
from assurance.webauthn import Credential, PasskeyOwner, PasskeyParty, PasskeyRefused
from tests.authenticator import HOLDS_KEY, PRESENT, VERIFIED, Authenticator, text_of

ORIGIN = "https://login.example.nl"
PARTY = PasskeyParty(ORIGIN, "Inloggen")
OWNER = PasskeyOwner(b"h" * 32, "Roos")


def device() -> Authenticator:
    return Authenticator(ORIGIN)


def enrolled(made: Authenticator, **changes: Any) -> Credential:
    challenge = webauthn.new_challenge()
    options = webauthn.creation_options(PARTY, OWNER, challenge, [])
    return webauthn.created(PARTY, challenge, made.create(options, **changes))


def use(made: Authenticator, known: Credential, *, challenge: str = "", **changes: Any) -> int:
    asked = webauthn.new_challenge()
    options = webauthn.request_options(PARTY, asked, [known])
    answer = made.get(options, **changes)
    return webauthn.used(PARTY, challenge or asked, answer, known, OWNER.handle)


def test_a_new_passkey_and_its_use_are_accepted() -> None:
    made = device()
    known = enrolled(made)
    assert known.id == made.credential_id
    assert use(made, known) == 1
    assert use(made, Credential(known.id, known.public_key, 1)) == 2


def test_the_browser_is_asked_for_a_verified_user_and_no_attestation() -> None:
    made = json.loads(webauthn.creation_options(PARTY, OWNER, "abcd", [Credential(b"old", b"", 0)]))
    assert made["rp"]["id"] == "login.example.nl"
    assert made["attestation"] == "none"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert made["authenticatorSelection"]["residentKey"] == "preferred"
    assert [p["alg"] for p in made["pubKeyCredParams"]] == [-7, -8, -257]
    assert [c["id"] for c in made["excludeCredentials"]] == [text_of(b"old")]
    asked = json.loads(webauthn.request_options(PARTY, "abcd", [Credential(b"id", b"", 0)]))
    assert (asked["rpId"], asked["userVerification"]) == ("login.example.nl", "required")


REFUSED_AT_USE = [
    pytest.param({"origin": "https://evil.example"}, id="F-08 another origin"),
    pytest.param({"origin": ORIGIN + ":8443"}, id="F-08 another port"),
    pytest.param({"origin": "http://login.example.nl"}, id="F-08 another scheme"),
    pytest.param({"origin": "https://a.login.example.nl"}, id="F-08 a name below ours"),
    pytest.param({"rp_id": "example.nl"}, id="F-08 another relying party"),
    pytest.param({"challenge": text_of(b"x" * 32)}, id="F-08 another challenge"),
    pytest.param({"type": "webauthn.create"}, id="F-08 an answer to another question"),
    pytest.param({"flags": PRESENT}, id="F-08 the user was not verified"),
    pytest.param({"flags": VERIFIED}, id="F-08 nobody was there"),
    pytest.param({"user": b"o" * 32}, id="F-08 the passkey of another person"),
    pytest.param({"client": {"crossOrigin": True}}, id="F-08 from a page that frames ours"),
    pytest.param({"client": {"topOrigin": "https://evil.example"}}, id="F-08 framed by name"),
    pytest.param({"signed": b"something else"}, id="F-08 another signature"),
]


@pytest.mark.parametrize("changes", REFUSED_AT_USE)
def test_a_wrong_answer_is_refused_and_the_right_one_accepted(changes: dict[str, Any]) -> None:
    made = device()
    known = enrolled(made)
    with pytest.raises(PasskeyRefused):
        use(made, known, **changes)
    assert use(made, known) > 0


def test_F_08_an_answer_counts_for_its_challenge_alone() -> None:
    made = device()
    known = enrolled(made)
    with pytest.raises(PasskeyRefused):
        use(made, known, challenge=webauthn.new_challenge())


@pytest.mark.parametrize(
    ("before", "after", "accepted"),
    [
        pytest.param(5, 6, True, id="F-08 the counter goes on"),
        pytest.param(5, 5, False, id="F-08 the counter stands still"),
        pytest.param(5, 4, False, id="F-08 the counter goes back"),
        pytest.param(5, 0, False, id="F-08 the counter is gone"),
        pytest.param(0, 0, True, id="F-08 a passkey without a counter"),
        pytest.param(0, 1, True, id="F-08 a counter that begins"),
    ],
)
def test_the_counter(before: int, after: int, accepted: bool) -> None:
    made = device()
    known = enrolled(made)
    known = Credential(known.id, known.public_key, before)
    if accepted:
        assert use(made, known, count=after) == after
        return
    with pytest.raises(PasskeyRefused) as refused:
        use(made, known, count=after)
    assert refused.value.reason == "counter"


def test_F_08_a_passkey_with_the_key_of_another_is_refused() -> None:
    made, other = device(), device()
    known, foreign = enrolled(made), enrolled(other)
    with pytest.raises(PasskeyRefused):
        use(other, known)
    with pytest.raises(PasskeyRefused):
        use(made, Credential(known.id, foreign.public_key, 0))
    with pytest.raises(PasskeyRefused):
        use(made, Credential(foreign.id, known.public_key, 0))
    assert use(made, known) > 0


REFUSED_AT_ENROLMENT = [
    pytest.param({"origin": "https://evil.example"}, id="F-08 enrolment at another origin"),
    pytest.param({"rp_id": "example.nl"}, id="F-08 enrolment at another relying party"),
    pytest.param({"challenge": text_of(b"x" * 32)}, id="F-08 enrolment, another challenge"),
    pytest.param({"type": "webauthn.get"}, id="F-08 enrolment, another question"),
    pytest.param({"flags": PRESENT}, id="F-08 enrolment without verification"),
    pytest.param({"alg": -37}, id="F-08 an algorithm that was not offered"),
    pytest.param({"alg": -65535}, id="F-08 RSA with SHA-1"),
    pytest.param({"cose": {1: 2, 3: -7}}, id="F-08 no key"),
    pytest.param({"fmt": "made-up"}, id="F-08 an unknown attestation"),
    pytest.param({"statement": {"alg": -7}}, id="F-08 no attestation, with a statement"),
    pytest.param({"client": {"crossOrigin": True}}, id="F-08 enrolment in a frame"),
]


@pytest.mark.parametrize("changes", REFUSED_AT_ENROLMENT)
def test_a_wrong_enrolment_is_refused_and_the_right_one_accepted(changes: dict[str, Any]) -> None:
    made = device()
    with pytest.raises(PasskeyRefused):
        enrolled(made, **changes)
    assert enrolled(made).id == made.credential_id  # without attestation, as asked


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"id": 1}',
        '{"id": "a", "response": null}',
        '{"id": "a", "response": {"clientDataJSON": "W10"}}',
        '{"id": "a", "response": {"clientDataJSON": 1}}',
        '{"id": "\u00e9", "response": {"clientDataJSON": "e30"}}',
        "[" * 20_000,
        "x" * (webauthn.MAX_ANSWER + 1),
    ],
    ids=lambda text: f"F-08 nonsense {text[:12]!r}",
)
def test_nonsense_is_refused(answer: str) -> None:
    made = device()
    known = enrolled(made)
    with pytest.raises(PasskeyRefused):
        webauthn.used(PARTY, "abcd", answer, known, OWNER.handle)
    with pytest.raises(PasskeyRefused):
        webauthn.created(PARTY, "abcd", answer)


def test_every_changed_byte_of_an_answer_is_refused() -> None:
    made = device()
    known = enrolled(made)
    asked = webauthn.new_challenge()
    good = json.loads(made.get(webauthn.request_options(PARTY, asked, [known])))
    for field in ("clientDataJSON", "authenticatorData", "signature"):
        text = good["response"][field]
        for place in range(0, len(text) - 2, 7):
            sign = "A" if text[place] != "A" else "B"
            changed = {**good["response"], field: text[:place] + sign + text[place + 1 :]}
            answer = json.dumps({**good, "response": changed})
            with pytest.raises(PasskeyRefused):
                webauthn.used(PARTY, asked, answer, known, OWNER.handle)
    assert webauthn.used(PARTY, asked, json.dumps(good), known, OWNER.handle) == 1


def test_flags_are_what_the_standard_says() -> None:
    assert (PRESENT, VERIFIED, HOLDS_KEY) == (0x01, 0x04, 0x40)  # WebAuthn §6.1
