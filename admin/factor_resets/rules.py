"""Resets of factors: which proof of identity is enough, and whether a colleague may approve. Pure
rules.

A reset gives whoever asks for it a new way in, so it asks what the first way in asked: the same
proof of who somebody is, and two people who each logged in by themselves.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from assurance.levels import AssuranceLevel, suffices


class Reason(enum.StrEnum):
    """Why the factors must go. No free text: people write names and numbers in it."""

    LOST = "lost"
    STOLEN = "stolen"
    BROKEN = "broken"


class Proof(enum.StrEnum):
    """How it was checked that the caller is that person."""

    IN_PERSON = "in_person"
    REMOTE = "remote"
    ADMINISTRATOR = "administrator"


# The highest level that each proof is good for, as when a means is issued.
PROVES: Final[Mapping[Proof, AssuranceLevel]] = MappingProxyType(
    {
        Proof.IN_PERSON: AssuranceLevel.EH4,
        Proof.REMOTE: AssuranceLevel.EH3,
        Proof.ADMINISTRATOR: AssuranceLevel.EH2_PLUS,
    }
)


class Verdict(enum.StrEnum):
    """What an approval comes to; only GRANTED ends factors."""

    GRANTED = "granted"
    DECIDED = "decided"
    EXPIRED = "expired"
    NOT_ALLOWED = "not_allowed"
    OWN = "own"
    SAME_PERSON = "same_person"
    SUBJECT = "subject"
    ASKER_IS_SUBJECT = "asker_is_subject"
    STALE = "stale"


@dataclass(frozen=True)
class Colleague:
    """An operator, or the person whom it is about, as far as it matters here. ``may_reset``: by the
    roles of this moment.
    """

    person_id: str
    name: str
    mailboxes: frozenset[str]
    may_reset: bool


@dataclass(frozen=True)
class Approval:
    """What is known when somebody approves. ``is_same``: the person's factors are still those of
    the moment of asking.
    """

    is_open: bool
    is_over: bool
    is_same: bool
    subject: Colleague
    asker: Colleague
    approver: Colleague


def proofs_for(level: AssuranceLevel) -> tuple[Proof, ...]:
    """The proofs that are enough where factors give this level, strongest first."""
    return tuple(proof for proof, proves in PROVES.items() if suffices(proves, level))


def mailbox(address: str) -> str:
    """Where mail to this address arrives, as far as it can be told: without ``+tag``, one case."""
    name, at, host = address.strip().casefold().rpartition("@")
    return f"{name.partition('+')[0]}{at}{host}"


def is_same_human(one: Colleague, other: Colleague) -> bool:
    """As far as we can know: one account, one mailbox or one name. Two people of one name are
    refused too; a third colleague can approve.
    """
    return (
        one.person_id == other.person_id
        or bool(one.mailboxes & other.mailboxes)
        or _name(one) == _name(other)
    )


def verdict(at: Approval) -> Verdict:
    """The first objection, else GRANTED."""
    if not at.is_open:
        return Verdict.DECIDED
    if at.is_over:
        return Verdict.EXPIRED
    if not at.approver.may_reset:
        return Verdict.NOT_ALLOWED
    if at.approver.person_id == at.asker.person_id:
        return Verdict.OWN
    if at.approver.person_id == at.subject.person_id:
        return Verdict.SUBJECT
    if is_same_human(at.asker, at.approver) or is_same_human(at.approver, at.subject):
        return Verdict.SAME_PERSON
    if is_same_human(at.asker, at.subject):
        return Verdict.ASKER_IS_SUBJECT
    return Verdict.GRANTED if at.is_same and at.asker.may_reset else Verdict.STALE


def _name(one: Colleague) -> str:
    return " ".join(one.name.split()).casefold()
