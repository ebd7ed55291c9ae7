"""What a refusal tells of a mandate: names of attributes and kinds of numbers, never a number."""

from __future__ import annotations

from typing import Final

import pytest

from tests.providers.saml.edits import (
    attribute,
    name_id,
)
from tests.providers.saml.maker import (
    SERVICE,
    SERVICE_ID,
    Edit,
    spoilt,
)
from tests.providers.saml.verdicts import refused

LEGAL: Final = "urn:etoegang:core:LegalSubjectID"
KVK: Final = "urn:etoegang:1.9:EntityConcernedID:KvKnr"
OTHER: Final = "https://other.example"
Told = dict[str, str | int]


@pytest.mark.parametrize(
    ("edits", "reason", "told"),
    [
        (
            [attribute(LEGAL, name_id("123456782", "urn:other:BSN"))],
            "legal_subject",
            {"element": LEGAL, "seen": "urn:other:BSN"},
        ),
        (
            [
                attribute(LEGAL, name_id("90001201", KVK)),
                attribute("urn:etoegang:core:ServiceUUID", OTHER),
            ],
            "service_mismatch",
            {"seen": OTHER, "expected": f"{SERVICE}, {SERVICE_ID}"},
        ),
        (
            [
                attribute(LEGAL, name_id("90001201", KVK)),
                attribute("urn:etoegang:core:ServiceUUID", SERVICE),
            ],
            "not_trusted",
            {"setting": "speaks_for"},
        ),
        (
            [
                attribute(LEGAL, name_id("90001201", KVK)),
                attribute("urn:etoegang:core:ServiceUUID", SERVICE),
                attribute("urn:etoegang:1.9:ServiceRestriction:Postcode", "1234AB"),
            ],
            "branch",
            {"seen": "urn:etoegang:1.9:ServiceRestriction:Postcode"},
        ),
    ],
    ids=["kind", "service", "speaks_for", "restriction"],
)
def test_a_mandate_tells_of_names_and_never_of_numbers(
    edits: list[Edit], reason: str, told: Told
) -> None:
    settings = {"speaks_for": "register"} if reason == "branch" else {}
    measured = refused(spoilt(*edits, settings=settings), reason)
    assert told.items() <= measured.items()
    everything = " ".join(str(value) for value in measured.values())
    for number in ("123456782", "90001201", "1234AB"):
        assert number not in everything
