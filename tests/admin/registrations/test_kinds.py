"""The table of kinds: every registration is in it, and what it refers to is in it as well."""

from __future__ import annotations

from typing import Any

import pytest

from admin.registrations.kinds import KINDS, REGISTERED, Reference
from broker.configuration import MODELS
from state.registrations import Kind
from tests.admin.registrations.documents import HELP_DESK, PORTAL, SERVICE, UUID


def test_every_registration_has_its_entry_and_its_model() -> None:
    assert set(REGISTERED) == set(Kind) == set(MODELS)
    for kind in Kind:
        assert KINDS[kind].models is MODELS[kind]
    rows = {name for name, kind in KINDS.items() if kind.withdrawal is None}
    assert rows == {"Organisation", "Person", "Mandate", "ChainMandate"}


def test_what_is_referred_to_is_written_before_what_refers_to_it() -> None:
    order = list(KINDS)
    for name, needs in {
        "Client": ("Service",),
        "Announcement": ("Service", "IdentityProvider"),
        "HelpDesk": ("Service",),
        "Person": ("Organisation", "IdentityProvider"),
        "Mandate": ("Person", "Organisation", "Service"),
        "ChainMandate": ("Organisation", "Service"),
    }.items():
        assert all(order.index(need) < order.index(name) for need in needs)


MANDATE = {"organisation": "12345678", "level": "EH3", "from": "2026-01-01", "until": "2027-01-01"}


@pytest.mark.parametrize(
    ("document", "names"),
    [
        (SERVICE, []),
        ({**SERVICE, "makelaars": ["m"]}, [Reference("makelaars", "IdentityProvider", "m")]),
        (PORTAL, [Reference("services", "Service", UUID)]),
        ({**HELP_DESK, "service": UUID}, [Reference("service", "Service", UUID)]),
        (
            {"kind": "ChainMandate", **MANDATE, "intermediary": "87654321", "service": UUID},
            [
                Reference("organisation", "Organisation", "12345678"),
                Reference("intermediary", "Organisation", "87654321"),
                Reference("service", "Service", UUID),
            ],
        ),
    ],
)
def test_a_document_says_what_must_stand(document: dict[str, Any], names: list[Reference]) -> None:
    kind = KINDS[document["kind"]]
    fields = {name: value for name, value in document.items() if name != "kind"}
    assert list(kind.refers_to(kind.model_of(fields).model_validate(fields, strict=False))) == names
