"""What a makelaar's word for a level is worth."""

from __future__ import annotations

import pytest

from assurance.levels import AssuranceLevel
from assurance.step_up import Credited
from providers.credit import credit
from providers.interface import ProviderLevelTooLow
from providers.registry import ProviderRecord

L = AssuranceLevel


def record_of(ceiling: str, *, lifts: bool = False) -> ProviderRecord:
    return ProviderRecord.model_validate(
        {
            "id": "zekerweg",
            "name": "Zekerweg",
            "level_ceiling": ceiling,
            "levels": {"laag": "EMAIL", "midden": "EH2"},
            "local_factor_lifts": lifts,
            "oidc": {"issuer": "https://m.example", "client_id": "sluis"},
        }
    )


@pytest.mark.parametrize(
    ("said", "ceiling", "lifts", "asked", "expected"),
    [
        ("EH3", "EH3", False, L.EH3, Credited(L.EH3, L.EH3)),
        ("EH4", "EH3", False, L.EH3, Credited(L.EH3, L.EH3)),  # never above its ceiling
        ("midden", "EH3", False, L.EH2, Credited(L.EH2, L.EH2)),
        ("midden", "EH3", True, L.EH2, Credited(L.EH2_PLUS, L.EH2)),
        ("EH4", "EH2", True, L.EH2, Credited(L.EH2_PLUS, L.EH2)),
        ("EH3", "EH3", True, L.EH2, Credited(L.EH3, L.EH3)),
    ],
)
def test_what_is_credited(
    said: str, ceiling: str, lifts: bool, asked: L, expected: Credited
) -> None:
    assert credit(record_of(ceiling, lifts=lifts), said, asked=asked) == expected


@pytest.mark.parametrize(
    ("said", "ceiling", "asked", "given"),
    [
        (None, "EH3", L.EH2, None),
        ("gold", "EH3", L.EH2, None),
        ("EH2", "EH3", L.EH3, L.EH2),
        ("EH4", "EH2", L.EH3, L.EH2),
        ("laag", "EH3", L.EMAIL, L.EMAIL),  # a makelaar gives EH2 or more, or nothing
    ],
)
def test_what_is_too_low(said: str | None, ceiling: str, asked: L, given: L | None) -> None:
    with pytest.raises(ProviderLevelTooLow) as caught:
        credit(record_of(ceiling), said, asked=asked)
    assert (caught.value.asked, caught.value.given) == (asked, given)
