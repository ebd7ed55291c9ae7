"""Records as JSON, to be sealed and kept between two requests: a login, a code, a session.

Nobody outside ever writes these, so nothing is judged here but whether they can be read: a record
of another version of the program may not fit any more.
"""

from __future__ import annotations

import json
from typing import Any, Final, Generic, TypeVar

import msgspec

T = TypeVar("T")
_ENCODER: Final = msgspec.json.Encoder()


class Unreadable(ValueError):
    """What was kept is no record of this kind. The message names no value."""


def line(values: tuple[Any, ...]) -> str:
    """Words, numbers and mappings of them as one line of JSON, in ASCII: whoever splits lines finds
    no other end in it.
    """
    written = _ENCODER.encode(values)
    return written.decode() if written.isascii() else json.dumps(values)


class RecordJson(Generic[T]):
    """How records of one kind (dataclasses of plain values) are written and read again."""

    def __init__(self, kind: type[T]) -> None:
        self._decoder = msgspec.json.Decoder(kind)
        self._name = kind.__name__

    def write(self, record: T) -> bytes:
        """JSON, the same for the same record."""
        return _ENCODER.encode(record)

    def read(self, written: bytes) -> T:
        """The record; members that it does not know are passed over, those that are missing are as
        the record has them by itself. Raises Unreadable.
        """
        try:
            return self._decoder.decode(written)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Unreadable(f"no {self._name} of this version") from None
