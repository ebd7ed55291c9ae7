"""Rules of asking and approving means. Pure: who may ask what, and when an operator may approve."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from admin.factor_resets.rules import Colleague, is_same_human
from assurance.levels import AssuranceLevel, suffices
from assurance.means_requests import needs_identification
from directory.people import Role

LONGEST_NAME: Final = 200
LONGEST_LINE: Final = 100
MOST_LINES: Final = 4
LONGEST_REASON: Final = 500
LONGEST_REFERENCE: Final = 64
ISSUED: Final = tuple(
    level for level in AssuranceLevel if level.is_of_a_scheme and level.is_issued_by_sluis
)


class MeansVerdict(enum.StrEnum):
    """What an approval comes to; only ``granted`` does anything."""

    GRANTED = "granted"
    DECIDED = "decided"
    NOT_ALLOWED = "not_allowed"
    ASKER_GONE = "asker_gone"
    OWN = "own"
    SUBJECT = "subject"
    SAME_PERSON = "same_person"
    NOT_IDENTIFIED = "not_identified"
    CHECKER_GONE = "checker_gone"
    CHECKER_INVOLVED = "checker_involved"
    FOUR_EYES = "four_eyes"


@dataclass(frozen=True)
class MeansApproval:
    """What is known when an operator approves. ``checker``: who recorded the identification; the
    others are who asked, whom it is for, and who approves (``may_reset`` of a Colleague: may this
    operator decide on means). ``asker_may``: who asked administers every organisation of it today.
    ``document_gone``: the scan that came with it was erased, so it proves nothing any more.
    """

    is_open: bool
    level: AssuranceLevel
    role: Role
    asker: Colleague
    subject: Colleague
    approver: Colleague
    checker: Colleague | None = None
    asker_may: bool = True
    document_gone: bool = False


def verdict(at: MeansApproval) -> MeansVerdict:
    """The first objection, else GRANTED. Nobody approves what he asked, what is for himself, or
    what he identified, and nobody identifies for what he asked or for himself; an account of the
    same human counts as that human. Without the scan that came with it somebody else says how the
    person was checked.
    """
    if not at.is_open:
        return MeansVerdict.DECIDED
    if not at.approver.may_reset:
        return MeansVerdict.NOT_ALLOWED
    if not at.asker_may:
        return MeansVerdict.ASKER_GONE
    involved = is_involved(at, at.approver)
    if involved is not None:
        return involved
    if needs_identification(at.level, at.role) or at.document_gone:
        if at.checker is None:
            return MeansVerdict.NOT_IDENTIFIED
        if not at.checker.may_reset:
            return MeansVerdict.CHECKER_GONE
        if is_involved(at, at.checker) is not None:
            return MeansVerdict.CHECKER_INVOLVED
        if is_same_human(at.approver, at.checker):
            return MeansVerdict.FOUR_EYES
    return MeansVerdict.GRANTED


def is_involved(at: MeansApproval, who: Colleague) -> MeansVerdict | None:
    """Did this operator ask it, or get it? Who does neither is None."""
    if who.person_id == at.asker.person_id:
        return MeansVerdict.OWN
    if who.person_id == at.subject.person_id:
        return MeansVerdict.SUBJECT
    if is_same_human(who, at.asker) or is_same_human(who, at.subject):
        return MeansVerdict.SAME_PERSON
    return None


def may_look(at: MeansApproval) -> bool:
    """May this operator look at the identity document that came with it? Who may decide on it, or
    record the identification; also afterwards, while it is kept.
    """
    found = verdict(replace(at, is_open=True, asker_may=True))
    return found in (
        MeansVerdict.GRANTED,
        MeansVerdict.NOT_IDENTIFIED,
        MeansVerdict.CHECKER_GONE,
        MeansVerdict.CHECKER_INVOLVED,
        MeansVerdict.FOUR_EYES,
    )


def is_name(text: str) -> bool:
    """A name as letter and mail call somebody by it: a slash would make a link of it."""
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and "/" not in text


def why_not_level(level: AssuranceLevel, own: AssuranceLevel) -> str | None:
    """Why a means of this level cannot be asked by somebody of this level; a machine word."""
    if level not in ISSUED:
        return "not_issued"
    return None if suffices(own, level) else "above_own_level"


def why_not_role(level: AssuranceLevel, role: Role) -> str | None:
    """Why this role does not go with this level: Beheer asks EH2+ of everybody."""
    if role is Role.ADMINISTRATOR and not suffices(level, AssuranceLevel.EH2_PLUS):
        return "too_low_for_administrators"
    return None


def why_not_restricted(
    restricted_to: str | None, *, offered: Collection[str], companies: int, is_taken: bool
) -> str | None:
    """Why a means cannot be restricted to this provider; None where it can, and for an ordinary
    one. ``offered``: the OINs that the installation offers; ``is_taken``: another restricted one is
    at this company.
    """
    if restricted_to is None:
        return None
    if restricted_to not in offered:
        return "not_offered"
    if companies != 1:
        return "one_company"
    return "restricted_taken" if is_taken else None


def address_lines(text: str) -> tuple[str, ...] | None:
    """The lines of an envelope; None where there is none, or more than an envelope holds."""
    lines = tuple(line for line in (" ".join(raw.split()) for raw in text.splitlines()) if line)
    fits = 2 <= len(lines) <= MOST_LINES and all(len(line) <= LONGEST_LINE for line in lines)
    return lines if fits and all(line.isprintable() for line in lines) else None
