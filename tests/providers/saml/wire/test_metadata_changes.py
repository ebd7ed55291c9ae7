"""What changes in metadata, who vouches for it, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from providers.saml.wire.metadata_changes import (
    Judgement,
    Voucher,
    changes_between,
    judged,
)
from providers.saml.wire.metadata_changes import MetadataVerdict as Verdict
from providers.saml.wire.metadata_facts import AddressFact, KeyFact, MetadataFacts
from tests.clocks import START

DAY: Final = timedelta(days=1)
YEAR: Final = timedelta(days=365)
POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


def key(name: str, use: str = "signing") -> KeyFact:
    return KeyFact(use, name.rjust(64, "0"), START - YEAR, START + YEAR)


def sso(url: str) -> AddressFact:
    return AddressFact("SingleSignOnService", POST, url)


KEPT: Final = MetadataFacts(
    "https://m.example",
    keys=(key("1"),),
    addresses=(sso("https://m.example/sso"), sso("https://m.example/sso2")),
    words=(("WantAuthnRequestsSigned", "true"),),
)
TWO_KEYS: Final = replace(KEPT, keys=(key("1"), key("2")))
OTHER_KEY: Final = replace(KEPT, keys=(key("2"),))
CHANGES: Final = {
    "a key more": TWO_KEYS,
    "another key": OTHER_KEY,
    "a key less": replace(KEPT, keys=()),
    "a key for another use": replace(KEPT, keys=(key("1", ""),)),
    "an address more": replace(KEPT, addresses=(*KEPT.addresses, sso("https://x.example/sso"))),
    "another address": replace(KEPT, addresses=(sso("https://x.example/sso"),)),
    "another first address": replace(KEPT, addresses=KEPT.addresses[::-1]),
    "an index that moved": replace(
        KEPT, addresses=(replace(KEPT.addresses[0], more="index=1"), KEPT.addresses[1])
    ),
    "unsigned requests": replace(KEPT, words=(("WantAuthnRequestsSigned", "false"),)),
    "a word less": replace(KEPT, words=()),
}


def judge(
    new: MetadataFacts,
    voucher: Voucher = Voucher.SIGNER,
    *,
    kept: MetadataFacts | None = KEPT,
    withdrawn: tuple[str, ...] = (),
) -> Judgement:
    return judged(
        kept, new, expected=KEPT.entity_id, voucher=voucher, withdrawn=withdrawn, now=START
    )


@pytest.mark.parametrize("new", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_taken_where_somebody_vouches_for_it_and_waits_where_nobody_does(
    new: MetadataFacts,
) -> None:
    for voucher, verdict, reason in (
        (Voucher.SIGNER, Verdict.TAKEN, ""),
        (Voucher.TLS, Verdict.TAKEN, ""),
        (Voucher.NOBODY, Verdict.WAITS, "not_vouched"),
    ):
        found = judge(new, voucher)
        assert (found.verdict, found.reason) == (verdict, reason)
        assert found.changes == changes_between(KEPT, new)
        assert found.changes


@pytest.mark.parametrize("voucher", list(Voucher))
def test_what_says_the_same_is_renewed_whoever_vouches(voucher: Voucher) -> None:
    until = replace(KEPT, valid_until=START + YEAR)
    assert judge(KEPT, voucher) == Judgement(Verdict.RENEWED)
    later = replace(KEPT, valid_until=START + 2 * YEAR)
    assert judge(later, voucher, kept=until) == Judgement(Verdict.RENEWED)


@pytest.mark.parametrize(
    ("kept", "new"),
    [
        (KEPT, replace(KEPT, valid_until=START + YEAR)),
        (
            replace(KEPT, created=START, valid_until=START + YEAR),
            replace(KEPT, created=START + timedelta(seconds=1), valid_until=START + 2 * DAY),
        ),
    ],
    ids=["of what had no end", "made later"],
)
def test_the_same_with_an_end_that_comes_sooner_waits_where_nobody_vouches(
    kept: MetadataFacts, new: MetadataFacts
) -> None:
    """Who holds the address alone could stop every login by it."""
    found = judge(new, Voucher.NOBODY, kept=kept)
    assert (found.verdict, found.reason) == (Verdict.WAITS, "not_vouched")
    ((name, was, becomes),) = found.changes.words
    assert name == "validUntil" and was != becomes
    for voucher in (Voucher.SIGNER, Voucher.TLS):
        assert judge(new, voucher, kept=kept) == Judgement(Verdict.RENEWED)


def test_an_older_copy_of_the_same_takes_no_time_away() -> None:
    """A cache in between may be behind."""
    kept = replace(KEPT, valid_until=START + YEAR)
    earlier = replace(KEPT, valid_until=START + YEAR - timedelta(seconds=1))
    assert judge(earlier, kept=kept) == Judgement(Verdict.SAME)


@pytest.mark.parametrize("voucher", list(Voucher))
@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (replace(TWO_KEYS, entity_id="https://M.example"), "entity_other"),
        (replace(KEPT, entity_id="https://m.example/"), "entity_other"),
        (replace(TWO_KEYS, valid_until=START), "ended"),
        (replace(KEPT, valid_until=START - YEAR), "ended"),
    ],
)
def test_of_another_party_or_ended_is_refused_whoever_vouches(
    voucher: Voucher, new: MetadataFacts, reason: str
) -> None:
    found = judge(new, voucher)
    assert (found.verdict, found.reason) == (Verdict.REFUSED, reason)


SECOND: Final = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("kept", "new", "verdict"),
    [
        # by when they were made
        ({"created": START}, {"created": START - SECOND}, Verdict.REFUSED),
        ({"created": START}, {"created": START + SECOND}, Verdict.TAKEN),
        ({"created": START}, {"created": START}, Verdict.TAKEN),
        # else by how long they hold
        (
            {"valid_until": START + YEAR},
            {"valid_until": START + YEAR - SECOND},
            Verdict.REFUSED,
        ),
        (
            {"valid_until": START + YEAR},
            {"valid_until": START + YEAR + SECOND},
            Verdict.TAKEN,
        ),
        # made later and shorter of life is newer
        (
            {"created": START, "valid_until": START + YEAR},
            {"created": START + SECOND, "valid_until": START + SECOND},
            Verdict.TAKEN,
        ),
        # where it cannot be known
        ({"created": START}, {}, Verdict.TAKEN),
        ({}, {"valid_until": START + YEAR}, Verdict.TAKEN),
    ],
)
def test_what_is_older_than_what_is_kept_is_refused(
    kept: dict[str, object], new: dict[str, object], verdict: Verdict
) -> None:
    found = judge(replace(TWO_KEYS, **new), kept=replace(KEPT, **kept))  # type: ignore[arg-type]
    assert found.verdict is verdict
    assert found.reason == ("older" if verdict is Verdict.REFUSED else "")


def test_a_key_that_was_withdrawn_comes_back_only_in_what_is_newer() -> None:
    gone = (key("2").fingerprint,)
    for voucher in (Voucher.SIGNER, Voucher.TLS):
        found = judge(TWO_KEYS, voucher, withdrawn=gone)
        assert (found.verdict, found.reason) == (Verdict.WAITS, "key_returned")
        assert judge(TWO_KEYS, voucher, withdrawn=(key("3").fingerprint,)).verdict is Verdict.TAKEN
    newer = replace(TWO_KEYS, created=START)
    kept = replace(KEPT, created=START - SECOND)
    assert judge(newer, kept=kept, withdrawn=gone).verdict is Verdict.TAKEN
    same_age = replace(TWO_KEYS, created=START - SECOND)
    assert judge(same_age, kept=kept, withdrawn=gone).verdict is Verdict.WAITS


def test_what_was_replaced_comes_back_only_in_what_is_newer() -> None:
    """Addresses of before, for example of a host that was given up since."""
    moved = replace(KEPT, addresses=(sso("https://before.example/sso"),))
    gone = (moved.mark,)
    for voucher in (Voucher.SIGNER, Voucher.TLS):
        found = judge(moved, voucher, withdrawn=gone)
        assert (found.verdict, found.reason) == (Verdict.WAITS, "returned")
        assert judge(moved, voucher, withdrawn=(KEPT.mark,)).verdict is Verdict.TAKEN
    kept = replace(KEPT, created=START - SECOND)
    assert judge(replace(moved, created=START), kept=kept, withdrawn=gone).verdict is Verdict.TAKEN
    same_age = replace(moved, created=START - SECOND)
    assert judge(same_age, kept=kept, withdrawn=gone).reason == "returned"
    assert judge(KEPT, withdrawn=(KEPT.mark,)).verdict is Verdict.RENEWED, "what is kept"


def test_facts_are_known_again_by_what_a_login_trusts_alone() -> None:
    dated = replace(KEPT, created=START, valid_until=START + YEAR, cache_for=DAY)
    assert dated.mark == KEPT.mark
    assert len({KEPT.mark, *(one.mark for one in CHANGES.values())}) == 1 + len(CHANGES)


def test_the_first_metadata_of_a_party_wait_unless_somebody_vouches() -> None:
    assert judge(KEPT, kept=None).verdict is Verdict.TAKEN
    assert judge(KEPT, Voucher.TLS, kept=None).verdict is Verdict.TAKEN
    waits = judge(KEPT, Voucher.NOBODY, kept=None)
    assert (waits.verdict, waits.changes.keys_added) == (Verdict.WAITS, KEPT.keys)


def test_changes_are_told_one_by_one() -> None:
    new = replace(
        KEPT,
        keys=(key("2"),),
        addresses=(KEPT.addresses[0], sso("https://x.example/sso")),
        words=(("WantAuthnRequestsSigned", "false"),),
    )
    changes = changes_between(KEPT, new)
    assert (changes.keys_added, changes.keys_removed) == ((key("2"),), (key("1"),))
    assert changes.addresses_added == (sso("https://x.example/sso"),)
    assert changes.addresses_removed == (KEPT.addresses[1],)
    assert changes.words == (("WantAuthnRequestsSigned", "true", "false"),)
    turned = changes_between(KEPT, replace(KEPT, addresses=KEPT.addresses[::-1]))
    assert turned.words == (("first", "https://m.example/sso", "https://m.example/sso2"),)
    until = replace(KEPT, valid_until=START)
    assert not changes_between(until, replace(KEPT, valid_until=START + YEAR))
    assert changes_between(KEPT, until).words == (("validUntil", "", "2026-11-02 09:00 UTC"),)
    assert not changes_between(None, until).words[1:]
