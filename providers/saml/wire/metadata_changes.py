"""What differs between two documents of metadata of one party, and what it is worth: taken at once,
put before an operator, or refused.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from providers.saml.wire.metadata_facts import AddressFact, KeyFact, MetadataFacts

T = TypeVar("T")
_EVER: Final = datetime.max.replace(tzinfo=UTC)


class Voucher(enum.StrEnum):
    """Who says that a document is of this party."""

    SIGNER = "signer"  # a certificate that the registration names
    TLS = "tls"  # the address, and the registration believes that
    NOBODY = "nobody"


class MetadataVerdict(enum.StrEnum):
    SAME = "same"  # what is kept does
    RENEWED = "renewed"  # newer, and the same to every login
    TAKEN = "taken"
    WAITS = "waits"
    REJECTED = "rejected"  # by an operator, when it waited
    REFUSED = "refused"


@dataclass(frozen=True)
class MetadataChanges:
    """From what is kept to what is published. ``words``: name, before, after; also an end
    (``validUntil``) that comes sooner.
    """

    keys_added: tuple[KeyFact, ...] = ()
    keys_removed: tuple[KeyFact, ...] = ()
    addresses_added: tuple[AddressFact, ...] = ()
    addresses_removed: tuple[AddressFact, ...] = ()
    words: tuple[tuple[str, str, str], ...] = ()

    def __bool__(self) -> bool:
        return self != MetadataChanges()


@dataclass(frozen=True)
class Judgement:
    """``reason``: a machine word, empty where nothing stands in the way."""

    verdict: MetadataVerdict
    changes: MetadataChanges = MetadataChanges()
    reason: str = ""


def changes_between(kept: MetadataFacts | None, new: MetadataFacts) -> MetadataChanges:
    """Without ``kept`` everything is new, and nothing ends sooner."""
    old = kept or MetadataFacts(new.entity_id, (), (), (), new.valid_until)
    return MetadataChanges(
        keys_added=_not_in(new.keys, old.keys),
        keys_removed=_not_in(old.keys, new.keys),
        addresses_added=_not_in(new.addresses, old.addresses),
        addresses_removed=_not_in(old.addresses, new.addresses),
        words=tuple(_words(old, new)),
    )


def judged(
    kept: MetadataFacts | None,
    new: MetadataFacts,
    *,
    expected: str,
    voucher: Voucher,
    withdrawn: Collection[str],
    now: datetime,
) -> Judgement:
    """``expected``: the entityID of the registration. ``withdrawn``: fingerprints of keys that
    stood in metadata of this party once and were taken away, and marks of facts in whose place
    others were taken. Reasons: entity_other, ended, older; where it waits: not_vouched,
    key_returned, returned.
    """
    if new.entity_id != expected:
        return Judgement(MetadataVerdict.REFUSED, reason="entity_other")
    if new.has_ended(now):
        return Judgement(MetadataVerdict.REFUSED, reason="ended")
    is_newer = None if kept is None else _is_newer(kept, new)
    changes = changes_between(kept, new)
    is_same = kept is not None and kept.says_the_same(new)
    # A cache in between may be behind: what is the same and older takes no time away. Nor does whom
    # nobody vouches for: logins would stop at a moment of his choice.
    if is_same and (voucher is not Voucher.NOBODY or not changes or is_newer is False):
        is_behind = is_newer is False
        return Judgement(MetadataVerdict.SAME if is_behind else MetadataVerdict.RENEWED)
    if is_newer is False:
        return Judgement(MetadataVerdict.REFUSED, changes, "older")
    if voucher is Voucher.NOBODY:
        return Judgement(MetadataVerdict.WAITS, changes, "not_vouched")
    returned = {key.fingerprint for key in changes.keys_added} & set(withdrawn)
    if returned and not is_newer:
        # Nothing proves that this is no document of before they were withdrawn.
        return Judgement(MetadataVerdict.WAITS, changes, "key_returned")
    if new.mark in withdrawn and not is_newer:  # addresses of before, or words
        return Judgement(MetadataVerdict.WAITS, changes, "returned")
    return Judgement(MetadataVerdict.TAKEN, changes)


def _is_newer(kept: MetadataFacts, new: MetadataFacts) -> bool | None:
    """By when they were made, else by how long they hold. None: that cannot be known."""
    for before, after in ((kept.created, new.created), (kept.valid_until, new.valid_until)):
        if before is not None and after is not None and before != after:
            return after > before
    return None


def _not_in(these: Iterable[T], others: Collection[T]) -> tuple[T, ...]:
    return tuple(one for one in these if one not in others)


def _words(old: MetadataFacts, new: MetadataFacts) -> Iterator[tuple[str, str, str]]:
    """Those that have another value, and an end that comes sooner. Of the same addresses in another
    order another comes first.
    """
    before, after = _values(old), _values(new)
    for name in sorted(before.keys() | after.keys()):
        was, becomes = before.get(name, ""), after.get(name, "")
        if was != becomes:
            yield name, was, becomes
    if new.valid_until is not None and (old.valid_until or _EVER) > new.valid_until:
        yield "validUntil", _day(old.valid_until), _day(new.valid_until)
    if old.addresses != new.addresses and set(old.addresses) == set(new.addresses):
        yield "first", old.addresses[0].location, new.addresses[0].location


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


def _values(facts: MetadataFacts) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, value in facts.words:
        found.setdefault(name, []).append(value)
    return {name: ", ".join(said) for name, said in found.items()}
