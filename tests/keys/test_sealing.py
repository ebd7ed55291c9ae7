from __future__ import annotations

import hmac
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from keys.sealing import (
    MasterKeyError,
    SealBroken,
    Sealer,
    WrongMasterKey,
    fingerprint_key_of,
    key_id_of,
    sealed_under,
)

SEALER = Sealer(b"1" * 32)
# Made before master keys could be replaced: what is in a database, and what portals know.
OF_BEFORE = "017feda43b8522c8bffdb9947240ac14156ac82cf6cbea8fd2bf380efceb039bc6f055feaa72e8"
FINGERPRINT_OF_BEFORE = "24d075e60fb00c4b4fe4be0171778d2a693719113a6094de430501e8a8791ca7"


def test_what_was_sealed_is_opened() -> None:
    for plaintext in (b"", b"secret", os.urandom(5000)):
        sealed = SEALER.seal(plaintext, "login")
        assert SEALER.open(sealed, "login") == plaintext
        assert Sealer(b"1" * 32).open(sealed, "login") == plaintext


def test_the_same_is_never_sealed_the_same() -> None:
    assert SEALER.seal(b"secret", "login") != SEALER.seal(b"secret", "login")


def test_K_01_a_sealed_value_does_not_show_what_is_in_it() -> None:
    assert b"secret" not in SEALER.seal(b"secret" * 10, "login")


def test_a_sealed_value_serves_one_purpose() -> None:
    with pytest.raises(SealBroken):
        SEALER.open(SEALER.seal(b"secret", "login"), "session")


def test_any_changed_bit_breaks_the_seal() -> None:
    sealed = SEALER.seal(b"secret", "login")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealBroken):
            SEALER.open(changed, "login")


@pytest.mark.parametrize("length", [0, 1, 5, 17, 32])
def test_a_cut_value_is_no_seal(length: int) -> None:
    sealed = SEALER.seal(b"", "login")
    assert SEALER.open(sealed, "login") == b""
    with pytest.raises(SealBroken):
        SEALER.open(sealed[:length], "login")


def test_another_master_key_is_named_not_guessed() -> None:
    other = Sealer(b"2" * 32)
    with pytest.raises(WrongMasterKey) as wrong:
        other.open(SEALER.seal(b"secret", "login"), "login")
    assert SEALER.key_id in str(wrong.value) and other.key_id in str(wrong.value)


def test_fingerprints_are_equal_for_equal_parts_only() -> None:
    made = SEALER.fingerprint("subject", "ab", "c")
    assert made == Sealer(b"1" * 32).fingerprint("subject", "ab", "c")
    others = [
        SEALER.fingerprint("subject", "a", "bc"),
        SEALER.fingerprint("subject", "abc"),
        SEALER.fingerprint("subject", "ab", "c", ""),
        SEALER.fingerprint("other", "ab", "c"),
        Sealer(b"2" * 32).fingerprint("subject", "ab", "c"),
    ]
    assert made not in others and len(set(others)) == len(others)
    assert len(made) == 64 and int(made, 16)


def test_a_sealer_does_not_tell_its_key() -> None:
    assert "1111" not in repr(SEALER).replace(SEALER.key_id, "")


FIRST, SECOND, THIRD = (bytes([number]) * 32 for number in (1, 2, 3))
FINGERPRINTS = fingerprint_key_of(FIRST)


def test_the_others_open_and_seal_nothing() -> None:
    old = Sealer(FIRST)
    both = Sealer(SECOND, others=[FIRST], fingerprint_key=FINGERPRINTS)
    new = Sealer(SECOND, fingerprint_key=FINGERPRINTS)
    before, after = old.seal(b"secret", "login"), both.seal(b"secret", "login")
    assert both.open(before, "login") == both.open(after, "login") == b"secret"
    assert new.open(after, "login") == b"secret"
    assert both.key_ids == (new.key_id, old.key_id) and after.startswith(both.header)
    for sealer, sealed in ((old, after), (new, before)):
        with pytest.raises(WrongMasterKey):
            sealer.open(sealed, "login")
    with pytest.raises(SealBroken, match="another purpose"):
        both.open(before, "session")


def test_a_value_keeps_the_key_that_it_names() -> None:
    both = Sealer(SECOND, others=[FIRST], fingerprint_key=FINGERPRINTS)
    sealed = Sealer(FIRST).seal(b"secret", "login")
    with pytest.raises(SealBroken):
        both.open(both.header + sealed[len(both.header) :], "login")


def test_K_07_fingerprints_outlive_the_master_key() -> None:
    first = Sealer(FIRST).fingerprint("pairwise-sub", "sector", "person")
    for later in (
        Sealer(FIRST, others=[SECOND], fingerprint_key=FINGERPRINTS),
        Sealer(SECOND, others=[FIRST], fingerprint_key=FINGERPRINTS),
        Sealer(THIRD, fingerprint_key=FINGERPRINTS),
    ):
        assert later.fingerprint("pairwise-sub", "sector", "person") == first
    assert Sealer(THIRD).fingerprint("pairwise-sub", "sector", "person") != first


def test_K_06_a_later_master_key_without_the_fingerprint_key_opens_nothing() -> None:
    sealed = Sealer(SECOND, fingerprint_key=FINGERPRINTS).seal(b"secret", "signing-key")
    for kept in (None, fingerprint_key_of(THIRD)):
        with pytest.raises(WrongMasterKey):
            Sealer(SECOND, fingerprint_key=kept).open(sealed, "signing-key")


def test_values_of_before_there_was_a_second_key_stay_as_they_are() -> None:
    assert SEALER.open(bytes.fromhex(OF_BEFORE), "login") == b"secret"
    assert SEALER.fingerprint("subject", "ab", "c") == FINGERPRINT_OF_BEFORE


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.text(max_size=12), some.lists(some.text(max_size=12), max_size=4))
def test_a_fingerprint_is_an_hmac_over_parts_with_their_lengths(
    context: str, parts: list[str]
) -> None:
    mac = hmac.new(SEALER._fingerprint_key, digestmod="sha256")
    for part in (context, *parts):
        mac.update(len(part.encode()).to_bytes(8) + part.encode())
    assert SEALER.fingerprint(context, *parts) == mac.hexdigest()


def test_a_sealed_value_names_its_key() -> None:
    sealed = SEALER.seal(b"secret", "login")
    assert (
        sealed_under(sealed) == SEALER.key_id == key_id_of(b"1" * 32, fingerprint_key_of(b"1" * 32))
    )
    assert [sealed_under(other) for other in (b"", sealed[:4], b"\x02" + sealed[1:])] == [None] * 3


def test_two_master_keys_that_are_one_are_refused() -> None:
    with pytest.raises(MasterKeyError, match="same id"):
        Sealer(FIRST, others=[FIRST])


def test_a_master_key_of_another_length_is_refused() -> None:
    with pytest.raises(MasterKeyError):
        Sealer(b"short")
