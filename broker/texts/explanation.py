"""Explanation: what a reason means, and how what was measured gets into it.

A text may name what it tells, as in ``%(seen)s``; what was measured is filled in after translation.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from broker.texts.sentences import ended

Measured = Mapping[str, str | int | bool | None]
NOTHING: Final[Measured] = MappingProxyType({})
UNKNOWN: Final = "?"
_NAME: Final = re.compile(r"%\((\w+)\)s")
_SECONDS: Final = "_seconds"


def _(text: str) -> str:
    """Marks a text for translation; ``told`` translates it."""
    return text


class Fixer(enum.StrEnum):
    """Who can do something about it."""

    NOBODY = "nobody"
    USER = "user"
    ADMINISTRATOR = "administrator"  # of the user's organisation
    MAKELAAR = "makelaar"
    PORTAL = "portal"
    OPERATOR = "operator"  # of this installation


@dataclass(frozen=True)
class Explanation:
    """``answer`` is what may be said to the caller; it names no technique and no value.

    ``closer``: what is said in its place where everything that it names was measured, the first
    that fits. ``page``: the key of the page that the user sees, where it is not told by ``fixer``.
    """

    cause: str
    remedy: str
    fixer: Fixer
    answer: str
    closer: tuple[Explanation, ...] = ()
    page: str | None = None

    def chosen(self, measured: Measured) -> Explanation:
        """This one, or the closer one for what was measured."""
        known = values(measured).keys()
        return next((one for one in self.closer if names_in(one) <= known), self)


def names_in(explanation: Explanation) -> frozenset[str]:
    """What its texts tell of."""
    return frozenset(_NAME.findall(explanation.cause + explanation.remedy + explanation.answer))


def values(measured: Measured) -> dict[str, str]:
    """What a text may name: every value, a span of seconds in words too (``age`` for
    ``age_seconds``), and a difference of clocks as ``ahead`` or ``behind``.
    """
    found = {name: str(value) for name, value in measured.items() if value is not None}
    for name, value in measured.items():
        if name.endswith(_SECONDS) and isinstance(value, int):
            found[name.removesuffix(_SECONDS)] = span(value)
    clock = measured.get("clock_seconds")
    if isinstance(clock, int) and clock:
        found["ahead" if clock > 0 else "behind"] = span(clock)
    return found


def span(seconds: int) -> str:
    """``9 min 59 s``, whatever its sign: the same in both languages."""
    minutes, rest = divmod(abs(seconds), 60)
    parts = (f"{minutes} min" if minutes else "", f"{rest} s" if rest or not minutes else "")
    return " ".join(filter(None, parts))


def told(
    explanation: Explanation, translate: Callable[[str], str], measured: Measured = NOTHING
) -> Explanation:
    """The same in the language of ``translate`` (a gettext function), with what was measured."""
    known = values(measured)
    return replace(
        explanation,
        cause=_filled(translate(explanation.cause), known),
        remedy=_filled(translate(explanation.remedy), known),
        answer=_filled(translate(explanation.answer), known),
    )


def _filled(text: str, known: Mapping[str, str]) -> str:
    """What is filled in is not read again, so a value cannot name another."""
    return _NAME.sub(lambda found: known.get(found[1], UNKNOWN), ended(text, known))


TRY_AGAIN: Final = _("U kunt opnieuw inloggen. Begin weer bij de website van de dienst.")
AT_MAKELAAR: Final = _("Het ligt aan uw makelaar. Wij melden het daar. Probeer het later opnieuw.")
WITH_US: Final = _("Het ligt aan ons. Wij lossen het op. Probeer het later opnieuw.")
DOES_NOT_FIT: Final = _(
    "Wij en uw makelaar sluiten niet goed op elkaar aan. Wij zoeken het uit. Probeer het later."
)
# Answers that say of whom it is and no more: the page of a refused answer has words of its own.
GENERAL_ANSWERS: Final = frozenset({TRY_AGAIN, AT_MAKELAAR, WITH_US, DOES_NOT_FIT})
