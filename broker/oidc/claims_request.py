"""The ``claims`` parameter (OpenID Connect Core §5.5): what a portal asks of single claims, and
where it wants them.

Claims and members that nobody here knows are passed over, as §5.5.1 says. What could be read as a
demand and is not understood is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

LIMITED: Final = frozenset({"sub", "acr"})  # claims of which values may be asked
KNOWN: Final = frozenset(
    {"auth_time", "amr", "loa", "represents", "mandate", "idp", "assurance", "name", "email"}
)


@dataclass(frozen=True)
class ClaimWish:
    """What is asked of one claim. ``values``: those that will do; None: any."""

    essential: bool = False
    values: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ClaimsRequest:
    """The claims that are asked for each place, by name."""

    id_token: Mapping[str, ClaimWish] = field(default_factory=dict)
    userinfo: Mapping[str, ClaimWish] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """All that is asked, wherever."""
        return frozenset({*self.id_token, *self.userinfo})

    def of(self, name: str) -> tuple[ClaimWish, ...]:
        """What is asked of this claim, in each place that limits its values."""
        wishes = (place.get(name) for place in (self.id_token, self.userinfo))
        return tuple(wish for wish in wishes if wish is not None and wish.values is not None)


def in_common(wishes: tuple[ClaimWish, ...]) -> tuple[str, ...] | None:
    """The values that satisfy all of these wishes, in the order of the first; None where there is
    no wish.
    """
    if not wishes:
        return None
    first, *others = (wish.values or () for wish in wishes)
    return tuple(value for value in first if all(value in other for other in others))


def read(text: str | None) -> ClaimsRequest:
    """What the parameter says. Raises ValueError with what to send instead."""
    if text is None:
        return ClaimsRequest()
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        json.dumps(document, ensure_ascii=False).encode()  # an escape can be half a character
    except (ValueError, RecursionError):
        raise ValueError(
            "claims is not JSON with each name once and each character whole"
        ) from None
    if document is None:
        return ClaimsRequest()
    if not isinstance(document, dict):
        raise ValueError("claims is a JSON object")
    return ClaimsRequest(_place(document, "id_token"), _place(document, "userinfo"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two members with one name each reader takes another one."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError
    return dict(pairs)


def _no_number(_: str) -> None:
    """``NaN`` and ``Infinity`` are no JSON."""
    raise ValueError


def _place(document: Mapping[str, Any], place: str) -> dict[str, ClaimWish]:
    wishes = document.get(place)
    if wishes is None:
        return {}
    if not isinstance(wishes, dict):
        raise ValueError(f"claims.{place} is a JSON object")
    known = LIMITED | KNOWN
    return {
        name: _wish(f"claims.{place}.{name}", name, wishes[name])
        for name in wishes
        if name in known
    }


def _wish(where: str, name: str, wish: Any) -> ClaimWish:
    """``null`` asks for the claim as it is (§5.5.1)."""
    if wish is None:
        return ClaimWish()
    if not isinstance(wish, dict):
        raise ValueError(f"{where} is null or a JSON object")
    essential = wish.get("essential", False)
    if not isinstance(essential, bool):
        raise ValueError(f"{where}.essential is true or false")
    return ClaimWish(essential, _values(where, name, wish))


def _values(where: str, name: str, wish: Mapping[str, Any]) -> tuple[str, ...] | None:
    if "value" not in wish and "values" not in wish:
        return None
    if name not in LIMITED:
        raise ValueError(f"{where}: a value can be asked of sub and acr only")
    if "value" in wish and "values" in wish:
        raise ValueError(f"{where}: send value or values")
    values = [wish["value"]] if "value" in wish else wish["values"]
    if not isinstance(values, list) or not values:
        raise ValueError(f"{where}.values is a list with at least one value")
    if not all(isinstance(value, str) for value in values):
        raise ValueError(f"{where}: each value is a string")
    return tuple(values)
