"""Resets of factors: which proof is enough for which level, and who may approve what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from admin.factor_resets.rules import (
    PROVES,
    Approval,
    Colleague,
    Proof,
    Verdict,
    is_same_human,
    mailbox,
    proofs_for,
    verdict,
)
from assurance.levels import AssuranceLevel

IN_PERSON, REMOTE, ADMINISTRATOR = Proof

ASKER = Colleague("a", "Anna Kuiper", frozenset({"anna@voorbeeld.example"}), may_reset=True)
APPROVER = Colleague("b", "Bram de Wit", frozenset({"bram@voorbeeld.example"}), may_reset=True)
SUBJECT = Colleague("c", "Roos Willems", frozenset({"roos@voorbeeld.example"}), may_reset=False)
GOOD = Approval(
    is_open=True, is_over=False, is_same=True, subject=SUBJECT, asker=ASKER, approver=APPROVER
)


@pytest.mark.parametrize(
    ("level", "enough"),
    [
        (AssuranceLevel.EH2_PLUS, (IN_PERSON, REMOTE, ADMINISTRATOR)),
        (AssuranceLevel.EH3, (IN_PERSON, REMOTE)),
        (AssuranceLevel.EH4, (IN_PERSON,)),
    ],
)
def test_F_19_the_proof_is_that_of_the_level_of_the_factors(
    level: AssuranceLevel, enough: tuple[Proof, ...]
) -> None:
    assert proofs_for(level) == enough
    assert set(PROVES) == set(Proof)


def test_F_19_two_colleagues_who_may_grant_it() -> None:
    assert verdict(GOOD) is Verdict.GRANTED


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"is_open": False}, Verdict.DECIDED),
        ({"is_over": True}, Verdict.EXPIRED),
        ({"approver": replace(APPROVER, may_reset=False)}, Verdict.NOT_ALLOWED),
        ({"approver": ASKER}, Verdict.OWN),
        ({"subject": replace(SUBJECT, person_id="b")}, Verdict.SUBJECT),
        ({"subject": replace(SUBJECT, name="bram DE wit")}, Verdict.SAME_PERSON),
        ({"subject": replace(SUBJECT, mailboxes=APPROVER.mailboxes)}, Verdict.SAME_PERSON),
        ({"subject": replace(SUBJECT, name="Anna  Kuiper")}, Verdict.ASKER_IS_SUBJECT),
        ({"subject": replace(SUBJECT, mailboxes=ASKER.mailboxes)}, Verdict.ASKER_IS_SUBJECT),
        ({"approver": replace(APPROVER, mailboxes=ASKER.mailboxes)}, Verdict.SAME_PERSON),
        ({"approver": replace(APPROVER, name="anna  KUIPER")}, Verdict.SAME_PERSON),
        ({"is_same": False}, Verdict.STALE),
        ({"asker": replace(ASKER, may_reset=False)}, Verdict.STALE),
        # The first objection counts: what is decided says nothing more of anybody.
        ({"is_open": False, "approver": ASKER}, Verdict.DECIDED),
        ({"is_same": False, "approver": ASKER}, Verdict.OWN),
    ],
)
def test_F_19_every_objection_stops_it(change: dict[str, object], expected: Verdict) -> None:
    assert verdict(replace(GOOD, **change)) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "arrives_at"),
    [
        ("Anna@Voorbeeld.example", "anna@voorbeeld.example"),
        (" anna+tweede@voorbeeld.example ", "anna@voorbeeld.example"),
        ("anna.b@voorbeeld.example", "anna.b@voorbeeld.example"),
    ],
)
def test_a_mailbox_has_one_spelling(address: str, arrives_at: str) -> None:
    assert mailbox(address) == arrives_at


def test_people_without_any_address_are_not_the_same_for_that() -> None:
    nobody = frozenset[str]()
    assert not is_same_human(replace(ASKER, mailboxes=nobody), replace(APPROVER, mailboxes=nobody))
