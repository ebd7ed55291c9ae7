"""The master keys of an installation: which one seals, which others still open, and the file.

A file with one line of base64 holds one key. Once a second was prepared, each line is
``STATE ID KEY [SINCE]``, and ``fingerprint KEY`` keeps what the first key gave its name to. The id
in front of a key is also how a damaged line is seen.
"""

from __future__ import annotations

import base64
import binascii
import enum
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from keys.sealing import KEY_BYTES, Sealer, fingerprint_key_of, key_id_of

_FINGERPRINT: Final = "fingerprint"
_HEAD: Final = "# The master keys of Sluis: secret. Changed by: sluis keys master"


class RotationRefused(Exception):
    """This step cannot be taken now; the message says what to do first."""


class NotMasterKeys(ValueError):
    """A text that holds no master keys, or damaged ones."""


class MasterKeyState(enum.StrEnum):
    """``next`` opens and does not seal yet; ``retiring`` opens what it sealed before."""

    ACTIVE = "active"
    NEXT = "next"
    RETIRING = "retiring"


@dataclass(frozen=True)
class MasterKey:
    """``since``: when it retired; None for the others. ``id`` may be shown, ``secret`` never."""

    id: str
    state: MasterKeyState
    secret: bytes = field(repr=False)
    since: datetime | None = None


@dataclass(frozen=True)
class MasterKeys:
    """At least one key, of which one is active and at most one next."""

    keys: tuple[MasterKey, ...]
    fingerprint_key: bytes = field(repr=False)

    @property
    def active(self) -> MasterKey:
        return self._of(MasterKeyState.ACTIVE)[0]

    @property
    def next(self) -> MasterKey | None:
        return next(iter(self._of(MasterKeyState.NEXT)), None)

    @property
    def retiring(self) -> tuple[MasterKey, ...]:
        """Oldest last."""
        return self._of(MasterKeyState.RETIRING)

    def sealer(self) -> Sealer:
        """What seals with the active key and opens with all of them."""
        others = [key.secret for key in self.keys if key.state is not MasterKeyState.ACTIVE]
        return Sealer(self.active.secret, others=others, fingerprint_key=self.fingerprint_key)

    def _of(self, state: MasterKeyState) -> tuple[MasterKey, ...]:
        return tuple(key for key in self.keys if key.state is state)


def single(secret: bytes) -> MasterKeys:
    """A new installation, or one that never replaced its master key."""
    fingerprint_key = fingerprint_key_of(secret)
    active = MasterKey(key_id_of(secret, fingerprint_key), MasterKeyState.ACTIVE, secret)
    return MasterKeys((active,), fingerprint_key)


def prepared(keys: MasterKeys) -> MasterKeys:
    """With a fresh next key; as they are where there is one already."""
    if keys.next is not None:
        return keys
    taken = {key.id for key in keys.keys}
    while True:
        secret = secrets.token_bytes(KEY_BYTES)
        made = MasterKey(key_id_of(secret, keys.fingerprint_key), MasterKeyState.NEXT, secret)
        if made.id not in taken:
            return replace(keys, keys=(keys.active, made, *keys.retiring))


def switched(keys: MasterKeys, now: datetime) -> MasterKeys:
    """The next key active, and the active one retiring. Raises RotationRefused."""
    if keys.next is None:
        raise RotationRefused("there is no next key; first: sluis keys master prepare")
    active = replace(keys.next, state=MasterKeyState.ACTIVE)
    old = replace(keys.active, state=MasterKeyState.RETIRING, since=now.replace(microsecond=0))
    return replace(keys, keys=(active, old, *keys.retiring))


def without_retiring(keys: MasterKeys) -> MasterKeys:
    """Only what is still of use. What the others sealed is lost, in old back-ups too."""
    return replace(keys, keys=tuple(key for key in keys.keys if key not in keys.retiring))


def written(keys: MasterKeys) -> bytes:
    """The content of the file."""
    first = fingerprint_key_of(keys.active.secret) == keys.fingerprint_key
    if len(keys.keys) == 1 and first:
        return base64.b64encode(keys.active.secret) + b"\n"
    lines = [_HEAD, *(_line(key) for key in keys.keys)]
    lines.append(f"{_FINGERPRINT} {_text(keys.fingerprint_key)}")
    return "\n".join(lines).encode() + b"\n"


def parsed(content: bytes) -> MasterKeys:
    """The keys in this content. Raises NotMasterKeys, whose message tells nothing of the keys."""
    try:
        lines = [line.split() for line in content.decode("ascii").splitlines()]
    except UnicodeDecodeError:
        raise NotMasterKeys("not text") from None
    words = [line for line in lines if line and not line[0].startswith("#")]
    if [len(line) for line in words] == [1]:
        return single(_secret(words[0][0]))
    fingerprints = [line for line in words if line[0] == _FINGERPRINT]
    if len(fingerprints) != 1 or len(fingerprints[0]) != 2:
        raise NotMasterKeys(f"one line must be: {_FINGERPRINT} KEY")
    fingerprint_key = _secret(fingerprints[0][1])
    found = [_parsed_line(line, fingerprint_key) for line in words if line[0] != _FINGERPRINT]
    _check(found)
    order = list(MasterKeyState)
    return MasterKeys(tuple(sorted(found, key=lambda key: order.index(key.state))), fingerprint_key)


def _check(found: Sequence[MasterKey]) -> None:
    states = [key.state for key in found]
    if states.count(MasterKeyState.ACTIVE) != 1:
        raise NotMasterKeys("one line must begin with: active")
    if states.count(MasterKeyState.NEXT) > 1:
        raise NotMasterKeys("two lines begin with: next")
    if len({key.id for key in found}) != len(found):
        raise NotMasterKeys("a key stands there twice")


def _line(key: MasterKey) -> str:
    since = [key.since.astimezone(UTC).isoformat()] if key.since is not None else []
    return " ".join([key.state, key.id, _text(key.secret), *since])


def _parsed_line(words: Sequence[str], fingerprint_key: bytes) -> MasterKey:
    if words[0] not in set(MasterKeyState):
        raise NotMasterKeys("a line begins with another word than active, next or retiring")
    state = MasterKeyState(words[0])
    if len(words) != (4 if state is MasterKeyState.RETIRING else 3):
        raise NotMasterKeys(f"a line that begins with {state} has too few or too many words")
    secret = _secret(words[2])
    if key_id_of(secret, fingerprint_key) != words[1]:
        raise NotMasterKeys(f"the line of {state} key {words[1][:8]} or the fingerprint changed")
    return MasterKey(words[1], state, secret, _moment(words[3]) if words[3:] else None)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NotMasterKeys("a retiring key has no time") from None
    if moment.tzinfo is None:
        raise NotMasterKeys("the time of a retiring key has no zone")
    return moment


def _secret(text: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != KEY_BYTES:
        raise NotMasterKeys("a key must be 32 bytes in base64")
    return secret


def _text(secret: bytes) -> str:
    return base64.b64encode(secret).decode()
