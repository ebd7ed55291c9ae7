"""Release: what leaves for a portal, by claim, with the value that the user sees first. One list
for page and token.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assurance.levels import AssuranceLevel
from consent.authority import Authority, AuthorityKind, Party
from directory.fields import LocalizedText
from directory.services import ConsentRule, RelyingParty
from keys.sealing import Sealer

PSEUDONYM: Final = "sub"
LEVEL: Final = "acr"
BRANCH: Final = "Vestiging "  # before the number of a branch; a page puts it in its language
# What a registration may list.
CLAIMS: Final = frozenset({"represents", "mandate", "idp", "assurance", "name", "email"})
NAMES_A_PERSON: Final = frozenset({"name", "email"})
NEEDS_AUTHORITY: Final = frozenset({"represents", "mandate"})


@dataclass(frozen=True)
class ReleaseItem:
    """One claim. ``values`` are what a person reads; empty for the pseudonym, which says nothing to
    people.
    """

    claim: str
    values: tuple[str, ...] = ()
    purpose: LocalizedText | None = None


def may_leave(claim: str, rule: ConsentRule) -> bool:
    """What names a person leaves only where the person sees a page about it."""
    return rule is not ConsentRule.NONE or claim not in NAMES_A_PERSON


def items(
    *,
    relying_party: RelyingParty | None,
    rule: ConsentRule,
    wanted: Sequence[str] | None,
    display_name: str | None,
    email: str | None,
    authority: Authority | None,
    level: AssuranceLevel,
    makelaar: str,
) -> tuple[ReleaseItem, ...]:
    """Pseudonym and level always; the claims that the registration lists and that have a value
    here. ``wanted``: those that the request asks, None where it leaves that to the registration.
    """
    found = [ReleaseItem(PSEUDONYM), ReleaseItem(LEVEL, (level.label,))]
    values = {
        "represents": _represents(authority),
        "mandate": _mandate(authority),
        "idp": (makelaar,),
        "assurance": (level.label,),
        "name": (display_name,) if display_name else (),
        "email": (email,) if email else (),
    }
    for claim in relying_party.claims if relying_party else ():
        value = values.get(claim.name, ())
        asked = wanted is None or claim.name in wanted
        if value and asked and may_leave(claim.name, rule):
            found.append(ReleaseItem(claim.name, value, claim.purpose))
    return tuple(found)


def fingerprint(sealer: Sealer, shown: Sequence[ReleaseItem]) -> str:
    """What a consent holds for: the claims and their values, and nothing else."""
    parts = [f"{item.claim}={value}" for item in shown for value in (item.values or ("",))]
    return sealer.fingerprint("released", *parts)


def _represents(authority: Authority | None) -> tuple[str, ...]:
    if authority is None:
        return ()
    lines = [_party(authority.represented)]
    lines += [f"{BRANCH}{branch}" for branch in authority.branches]
    if authority.intermediary is not None:
        lines.append(f"via {_party(authority.intermediary)}")
    return tuple(lines)


def _party(party: Party) -> str:
    return f"{party.name} ({party.number})" if party.name else party.number


def _mandate(authority: Authority | None) -> tuple[str, ...]:
    if authority is None:
        return ()
    kind = "keten" if authority.kind is AuthorityKind.CHAIN else authority.kind.value
    return (kind, authority.level.label)
