"""Several master keys: what each step makes of them, and what a file may say."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from keys.master_key import (
    MasterKeys,
    MasterKeyState,
    NotMasterKeys,
    RotationRefused,
    parsed,
    prepared,
    single,
    switched,
    without_retiring,
    written,
)

NOW = datetime(2026, 3, 1, 12, 30, 15, 999, tzinfo=UTC)
BARE = base64.b64encode(b"1" * 32) + b"\n"
ACTIVE, NEXT, RETIRING = MasterKeyState.ACTIVE, MasterKeyState.NEXT, MasterKeyState.RETIRING


def states(keys: MasterKeys) -> list[MasterKeyState]:
    return [key.state for key in keys.keys]


def rotated(times: int = 1) -> MasterKeys:
    """After so many switches, with nothing dropped."""
    keys = single(b"1" * 32)
    for number in range(times):
        keys = switched(prepared(keys), NOW + timedelta(days=number))
    return keys


def test_a_file_with_one_bare_line_stays_as_it_is() -> None:
    assert parsed(BARE) == parsed(b" " + BARE + b"\n\n") == single(b"1" * 32)
    assert written(parsed(BARE)) == BARE
    assert parsed(BARE).sealer().key_id == parsed(BARE).active.id


def test_a_rotation_step_by_step() -> None:
    first = single(b"1" * 32)
    second = prepared(first)
    assert states(second) == [ACTIVE, NEXT] and second.active == first.active
    assert prepared(second) == second, "safe to repeat"
    third = switched(second, NOW)
    assert states(third) == [ACTIVE, RETIRING]
    assert (third.active.id, third.retiring[0].id) == (
        second.next and second.next.id,
        first.active.id,
    )
    assert third.retiring[0].since == NOW.replace(microsecond=0)
    last = without_retiring(third)
    assert (last.keys, last.fingerprint_key) == ((third.active,), first.fingerprint_key)


def test_a_rotation_may_begin_before_the_one_before_it_ended() -> None:
    keys = prepared(rotated(2))
    assert states(keys) == [ACTIVE, NEXT, RETIRING, RETIRING]
    assert len(set(keys.sealer().key_ids)) == 4
    assert keys.retiring[0].since > keys.retiring[1].since  # type: ignore[operator]
    assert states(without_retiring(keys)) == [ACTIVE, NEXT]


def test_without_a_next_key_nothing_is_switched() -> None:
    with pytest.raises(RotationRefused, match="sluis keys master prepare"):
        switched(rotated(), NOW)


@pytest.mark.parametrize(
    "keys",
    [
        single(b"1" * 32),
        prepared(single(b"1" * 32)),
        rotated(),
        without_retiring(rotated()),
        prepared(without_retiring(rotated(2))),
        rotated(3),
    ],
    ids=["one", "prepared", "switched", "dropped", "again", "three retiring"],
)
def test_what_was_written_is_read(keys: MasterKeys) -> None:
    assert parsed(written(keys)) == keys
    lines = written(keys).splitlines()
    assert parsed(b"\r\n".join([b"# ours", b"", *reversed(lines)])).sealer().key_ids[0] == (
        keys.active.id
    )


def test_the_time_of_a_retiring_key_may_have_any_zone() -> None:
    keys = switched(prepared(single(b"1" * 32)), NOW.astimezone(timezone(timedelta(hours=1))))
    assert parsed(written(keys)) == keys and b"12:30:15+00:00" in written(keys)


def test_no_key_is_shown() -> None:
    keys = prepared(rotated())
    shown = repr(keys) + repr(keys.sealer())
    for key in keys.keys:
        assert repr(key.secret) not in shown and key.secret.hex() not in shown
    assert repr(keys.fingerprint_key) not in shown


def line(content: bytes, word: str) -> bytes:
    return next(each for each in content.splitlines() if each.startswith(word.encode()))


def without(word: str) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(line(content, word), b"")


def twice(word: str) -> Callable[[bytes], bytes]:
    return lambda content: content + line(content, word) + b"\n"


def said_otherwise(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(old.encode(), new.encode())


def other_fingerprint(content: bytes) -> bytes:
    return content.replace(
        line(content, "fingerprint"), b"fingerprint " + base64.b64encode(b"x" * 32)
    )


def one_bit(word: str) -> Callable[[bytes], bytes]:
    def flipped(content: bytes) -> bytes:
        words = line(content, word).split()
        secret = bytearray(base64.b64decode(words[2]))
        secret[7] ^= 1
        return content.replace(words[2], base64.b64encode(secret))

    return flipped


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        pytest.param(without("fingerprint"), "fingerprint KEY", id="K-06 no fingerprint"),
        pytest.param(twice("fingerprint"), "fingerprint KEY", id="K-06 two fingerprints"),
        pytest.param(other_fingerprint, "changed", id="K-06 another fingerprint"),
        pytest.param(without("active"), "active", id="K-06 nothing seals"),
        pytest.param(said_otherwise("next", "active"), "active", id="K-06 two seal"),
        pytest.param(twice("next"), "two lines", id="K-06 two are next"),
        pytest.param(twice("retiring"), "twice", id="K-06 one key twice"),
        pytest.param(one_bit("active"), "changed", id="K-06 a bit of the active key"),
        pytest.param(one_bit("retiring"), "changed", id="K-06 a bit of an old key"),
        pytest.param(said_otherwise("retiring", "retired"), "another word", id="K-06 a word"),
        pytest.param(said_otherwise("+00:00", ""), "no zone", id="K-06 no zone"),
        pytest.param(said_otherwise("2026-", "26-"), "no time", id="K-06 no time"),
        pytest.param(said_otherwise(" 2026", "2026"), "few", id="K-06 too few words"),
        pytest.param(lambda content: content[:-9], "32 bytes", id="K-06 cut off"),
        pytest.param(lambda _: b"\xff\xfe", "not text", id="K-06 not text"),
    ],
)
def test_damage_is_seen_and_nothing_of_a_key_is_told(
    harm: Callable[[bytes], bytes], why: str
) -> None:
    keys = prepared(rotated())
    content = written(keys)
    assert parsed(content) == keys
    with pytest.raises(NotMasterKeys, match=why) as damaged:
        parsed(harm(content))
    for key in keys.keys:
        assert base64.b64encode(key.secret).decode()[:8] not in str(damaged.value)


def test_K_06_the_new_key_alone_in_a_file_is_another_key() -> None:
    """Who copies only the base64 of the new key must not start with other fingerprints."""
    keys = without_retiring(rotated())
    alone = parsed(base64.b64encode(keys.active.secret))
    assert alone.active.id != keys.active.id
