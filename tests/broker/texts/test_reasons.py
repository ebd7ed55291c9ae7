"""Explanations: every reason that a login can end with is explained, in both languages."""

from __future__ import annotations

import ast

import pytest

from admin.traces.explanation import translator
from broker.sso import standing
from broker.texts import reasons as explanations
from broker.texts.reasons import FIXERS, Fixer
from providers import worth
from providers.oidc import representation
from providers.saml import mandate
from tests.architecture.source_tree import python_files, tree

SAID_BY = {"ProviderRefused": 0, "XmlRefused": 0, "WireRefused": 0, "LoginRefused": 1, "Ended": 1}
READERS = {"only_child": 2, "text_of": 1, "instant": 1, "_check_period": 2}
# Words for the user's page; the trace holds the reason itself.
PAGES = {"message_rejected"}


def reasons() -> set[str]:
    """Every reason that the code writes as a literal, and the words that go by protocol."""
    found = set()
    for path in python_files("providers", "keys", "broker"):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = {**SAID_BY, **READERS}.get(name)
            if place is None or len(node.args) <= place:
                continue
            said = node.args[place]
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                found.add(said.value)
    for module in (standing, worth):
        found |= {said for name, said in vars(module).items() if name.isupper()}
    for dialect in (mandate.DIALECT, representation.DIALECT):
        found |= {dialect.party, dialect.intermediary, dialect.branch}
    return found - PAGES


def test_every_reason_in_the_code_is_explained() -> None:
    found = reasons()
    assert {"audience", "signature_invalid", "other_person", "mandate_missing"} <= found
    assert not {reason for reason in found if explanations.find(reason) is None}


@pytest.mark.parametrize("reason", sorted(explanations._BY_REASON))
def test_an_explanation_is_whole_in_both_languages(reason: str) -> None:
    dutch = explanations.find(reason)
    assert dutch is not None
    english = explanations.told(dutch, translator("en"))
    for name in ("cause", "remedy", "answer"):
        assert getattr(dutch, name) and getattr(english, name) != getattr(dutch, name)
    assert explanations.told(dutch, translator("nl")) == dutch


def test_everybody_who_can_help_has_a_name() -> None:
    assert set(FIXERS) == set(Fixer)
    assert explanations.find("no such reason") is None
    assert explanations.find(None) is None
