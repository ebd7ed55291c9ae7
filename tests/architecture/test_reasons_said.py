"""The walk over the code reads what a module says, also through functions and names."""

from __future__ import annotations

import ast

import pytest

from tests.architecture import reasons_said
from tests.architecture.reasons_said import said


@pytest.mark.parametrize(
    ("reason", "call", "module"),
    [
        ("token_nonce", "ProviderRefused", "providers.oidc.tokens"),  # a constant
        ("decryption_failed", "XmlRefused", "keys.xml.encryption"),  # a name of its module
        ("level_lowered", "LoginRefused", "broker.journey.completion"),  # of another module
        ("conditions", "WireRefused", "providers.saml.conditions"),  # handed to a function
        ("represents_malformed", "ProviderRefused", "providers.authority"),  # declared
        ("login_elsewhere", "PageError", "broker.journey.dispatch"),
    ],
)
def test_a_reason_is_found_where_it_is_said(reason: str, call: str, module: str) -> None:
    found, _, _ = said()
    assert reasons_said.Said(reason, call, module) in found


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("'one'", {"one"}),
        ("'one' if x else 'two'", {"one", "two"}),
        ("None", set()),
        ("standing.SERVICE_GONE", {"service_gone"}),
        ("reason", None),
        ("f'{x}'", None),
        ("'one' if x else y", None),
    ],
)
def test_what_is_computed_is_not_taken_for_a_word(expression: str, words: set[str] | None) -> None:
    node = ast.parse(expression, mode="eval").body
    assert reasons_said._words(node, "broker.journey.completion") == words
