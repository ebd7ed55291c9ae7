"""What the screens of followed metadata show."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from admin.metadata.status import MetadataState, PartyOverview, PartyStatus
from admin.operator_console.pages import DeskFrame
from broker.texts import metadata_words
from broker.web.lists.page import ListPage
from providers.saml.wire.metadata_changes import MetadataChanges
from state.registrations import Kind

KINDS: Final = {
    "makelaar": Kind.IDENTITY_PROVIDER,
    "portaal": Kind.CLIENT,
    "federatie": Kind.FEDERATION,
}
_WORDS: Final = {kind: word for word, kind in KINDS.items()}
_PLAIN: Final = re.compile(r"[A-Za-z0-9._:-]{1,200}")
_CODED: Final = "~"  # no name begins so


@dataclass(frozen=True)
class MetadataRow:
    """A party in the list. ``kind`` and ``key`` are those of its address."""

    kind: str
    key: str
    name: str
    title: str
    address: str | None
    state: MetadataState
    ends_at: datetime | None
    checked_at: datetime | None


@dataclass(frozen=True)
class MetadataChangeRow:
    """One thing that differs. ``sign``: ``added``, ``removed`` or ``changed``; ``detail``: what to
    compare by telephone, or the value of before.
    """

    sign: str
    text: str
    detail: str = ""


@dataclass(frozen=True)
class KeyRow:
    """A key in use, in words, and its whole fingerprint."""

    text: str
    fingerprint: str


@dataclass(frozen=True)
class MetadataPage:
    """Every party that speaks SAML."""

    desk: DeskFrame
    list: ListPage[MetadataRow]
    template: str = "operator_console/metadata.html"


@dataclass(frozen=True)
class PartyMetadataPage:
    """One party. ``done``: what was just done; ``seen``: what a look just brought, in words."""

    desk: DeskFrame
    row: MetadataRow
    status: PartyStatus
    voucher: str
    keys: tuple[KeyRow, ...]
    waits: tuple[MetadataChangeRow, ...]
    why: str
    rejected: tuple[MetadataChangeRow, ...]
    may_change: bool
    done: str = ""
    seen: str = ""
    template: str = "operator_console/party_metadata.html"


@dataclass(frozen=True)
class DecideMetadataPage:
    """What would change, and the word of an operator. ``error``: ``reason``, or ``unfit`` with what
    stands in the way in ``told``.
    """

    desk: DeskFrame
    row: MetadataRow
    digest: str
    since: datetime
    why: str
    changes: tuple[MetadataChangeRow, ...]
    reason: str = ""
    error: str = ""
    told: str = ""
    template: str = "operator_console/decide_metadata.html"


def row_of(one: PartyOverview) -> MetadataRow:
    """A party as the list shows it."""
    return MetadataRow(
        kind=_WORDS[one.kind],
        key=key_of(one.name),
        name=one.name,
        title=one.title,
        address=one.address,
        state=one.state,
        ends_at=one.ends_at,
        checked_at=one.checked_at,
    )


def key_of(name: str) -> str:
    """The name of a party as a part of an address: a slash in it is no part of its own."""
    if _PLAIN.fullmatch(name) and name.strip("."):
        return name
    return _CODED + base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")


def name_of(key: str) -> str | None:
    """What ``key_of`` was given; None for what it never gave."""
    if not key.startswith(_CODED):
        return key if _PLAIN.fullmatch(key) else None
    text = key.removeprefix(_CODED)
    try:
        name = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name if name.isprintable() else None  # a database refuses to read NUL


def changes_of(changes: MetadataChanges) -> tuple[MetadataChangeRow, ...]:
    """Key by key, address by address, word by word."""
    return tuple(_changes(changes))


def _changes(changes: MetadataChanges) -> Iterator[MetadataChangeRow]:
    for sign, keys in (("removed", changes.keys_removed), ("added", changes.keys_added)):
        for key in keys:
            yield MetadataChangeRow(sign, metadata_words.key(key), key.fingerprint)
    both = (("removed", changes.addresses_removed), ("added", changes.addresses_added))
    for sign, addresses in both:
        for one in addresses:
            binding = one.binding.rpartition(":")[2]
            parts = (one.service, binding, one.more)
            yield MetadataChangeRow(sign, " ".join(part for part in parts if part), one.location)
    for name, was, becomes in changes.words:
        yield MetadataChangeRow("changed", f"{name}: {was or '–'} → {becomes or '–'}")
