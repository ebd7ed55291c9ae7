"""RequestedAuthnContext (SAML Core §3.3.2.2.1): what a portal asks of the level, against what the
service asks; and which class then says what was reached.

A login of a higher level is one of every lower level too, so it may be named by the lower class
that was asked: never by one that it did not reach.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from assurance import acr
from assurance.levels import AssuranceLevel, suffices, weakest

# Says that nothing is said (Authentication Context §3.4.25): any login is one of these.
UNSPECIFIED: Final = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"


class Comparison(enum.StrEnum):
    EXACT = "exact"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    BETTER = "better"


@dataclass(frozen=True)
class ContextDemand:
    """``level`` must be reached; ``minimum`` is what the portal itself asked, None where it left
    that to the service. ``classes``: one of these is the answer; ``most``: nothing above it is.
    """

    level: AssuranceLevel
    minimum: AssuranceLevel | None = None
    classes: tuple[str, ...] = ()
    most: AssuranceLevel | None = None


def demand(
    classes: Iterable[str], comparison: Comparison, least: AssuranceLevel
) -> ContextDemand | None:
    """What these classes ask at a service that asks ``least``; None where both cannot be. A class
    that is not known asks what nobody can give: it is never passed over as no demand, unless
    another one may be given in its place. Compared sign by sign.
    """
    asked = tuple(classes)
    known = {name: _CLASSES[name] for name in asked if name in _CLASSES}
    if not known or (comparison is Comparison.BETTER and len(known) < len(set(asked))):
        return None  # better than what nobody knows is not known either
    if comparison is Comparison.EXACT:
        return _exact(known, least)
    levels = sorted(known.values())
    if comparison is Comparison.MAXIMUM:
        most = levels[-1]
        if UNSPECIFIED in known:
            return ContextDemand(least)
        return ContextDemand(least, most=most) if suffices(most, least) else None
    lowest = levels[0]
    if comparison is Comparison.BETTER:
        above = [level for level in AssuranceLevel if level > levels[-1]]
        if not above:
            return None
        lowest = min(above)
    minimum = lowest if lowest.is_of_a_scheme else None
    return ContextDemand(max(least, lowest), minimum)


def _exact(known: Mapping[str, AssuranceLevel], least: AssuranceLevel) -> ContextDemand | None:
    """Those of the classes that a login at this service may be named by."""
    fit = {name: level for name, level in known.items() if suffices(level, least)}
    if UNSPECIFIED in known:
        return ContextDemand(least, None, (*fit, UNSPECIFIED))
    if not fit:
        return None
    lowest = min(fit.values())
    return ContextDemand(lowest, lowest, tuple(fit))


def class_of(
    reached: AssuranceLevel,
    dialect: str,
    *,
    classes: Iterable[str] = (),
    most: AssuranceLevel | None = None,
) -> str | None:
    """The class for a login that reached this: of ``classes`` the one that says most and is true,
    None where none is; without them that of the level in ``eidas``, ``etd`` or ``digid``.
    """
    asked = [(_CLASSES[name], name) for name in classes if name in _CLASSES]
    if asked:
        true = [one for one in asked if suffices(reached, one[0])]
        return max(true, key=lambda one: one[0])[1] if true else None
    said = reached if most is None else weakest(reached, most)
    return acr.name_of(said, dialect) or said.loa


def _names() -> dict[str, AssuranceLevel]:
    found = {
        acr.EH1: AssuranceLevel.EH2,
        UNSPECIFIED: AssuranceLevel.EMAIL,
        **acr.SPELT_OTHERWISE,
    }
    for level in AssuranceLevel:
        names = (level.loa, level.eidas, level.digid) if level.is_of_a_scheme else ()
        found |= {name: level for name in names if name is not None}
    return found


_CLASSES: Final = MappingProxyType(_names())
