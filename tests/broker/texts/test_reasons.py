"""Explanations: every reason that a login can end with is explained, in both languages."""

from __future__ import annotations

import ast
import re

import pytest

from admin.traces.explanation import translator
from broker.outgoing_settings import Outgoing
from broker.sso import standing
from broker.texts import reasons as explanations
from broker.texts.errors import ERRORS
from broker.texts.explanation import Explanation, names_in, span, values
from broker.texts.makelaar_reasons import AT_MAKELAAR, WITH_US
from broker.texts.reasons import FIXERS, Fixer
from broker.texts.trace_words import MEASURED
from providers import worth
from providers.oidc import representation
from providers.registry import OidcSettings
from providers.saml import mandate, status
from providers.saml_settings import SamlSettings
from providers.trouble import Side, Trouble
from tests.architecture.source_tree import python_files, tree

SAID_BY = {"ProviderRefused": 0, "XmlRefused": 0, "WireRefused": 0, "LoginRefused": 1, "Ended": 1}
READERS = {"only_child": 2, "text_of": 1, "instant": 2, "_check_period": 2}
# Words for the user's page; the trace holds the reason itself.
PAGES = {"message_rejected"}
EVERY = sorted(explanations._BY_REASON)
# What is told of a value beside the value itself.
COUNTED = {"alike", "elsewhere"}  # by admin.traces.clock_pattern
IN_WORDS = {"ahead", "behind"} | {
    name.removesuffix("_seconds") for name in MEASURED if name.endswith("_seconds")
}


def every_text(reason: str) -> tuple[Explanation, ...]:
    """What may be told of this reason: without anything measured, and closer."""
    whole = explanations._BY_REASON[reason]
    return (whole, *whole.closer)


def measured_for(one: Explanation) -> dict[str, str | int]:
    """Values for all that it tells."""
    found: dict[str, str | int] = {}
    for name in names_in(one):
        if name in ("ahead", "behind"):
            found["clock_seconds"] = 61 if name == "ahead" else -61
        elif name in IN_WORDS or name.endswith("_seconds"):
            found[f"{name.removesuffix('_seconds')}_seconds"] = 61
        else:
            found[name] = "x"
    return found


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
    return (found | set(status.REASONS.values())) - PAGES


def test_every_reason_in_the_code_is_explained() -> None:
    found = reasons()
    assert {"audience", "signature_invalid", "other_person", "mandate_missing"} <= found
    assert not {reason for reason in found if explanations.find(reason) is None}


@pytest.mark.parametrize("reason", EVERY)
def test_an_explanation_is_whole_in_both_languages(reason: str) -> None:
    for dutch in every_text(reason):
        measured = {name: f"<{name}>" for name in names_in(dutch)}
        english = explanations.told(dutch, translator("en"), measured)
        told = explanations.told(dutch, translator("nl"), measured)
        for name in ("cause", "remedy", "answer"):
            assert getattr(dutch, name) and getattr(english, name) != getattr(told, name)
        for language in (english, told):
            for name in measured:
                assert f"<{name}>" in language.cause + language.remedy


@pytest.mark.parametrize("reason", EVERY)
def test_whoever_mends_it_is_whom_the_caller_hears_of(reason: str) -> None:
    for one in every_text(reason):
        assert one.fixer is not Fixer.OPERATOR or one.answer != AT_MAKELAAR, one.cause
        assert one.fixer is not Fixer.MAKELAAR or one.answer != WITH_US, one.cause


@pytest.mark.parametrize("reason", EVERY)
def test_what_a_text_tells_of_is_something_that_is_measured(reason: str) -> None:
    whole, *closer = every_text(reason)
    assert not names_in(whole)  # said where nothing was measured
    for one in closer:
        assert names_in(one) and names_in(one) <= MEASURED.keys() | IN_WORDS | COUNTED
        assert not one.closer
        assert "%" not in one.answer  # the caller hears no value


@pytest.mark.parametrize("reason", EVERY)
def test_the_closest_is_told_and_nothing_breaks_where_a_value_is_missing(reason: str) -> None:
    whole = explanations._BY_REASON[reason]
    for one in whole.closer:
        measured = measured_for(one)
        chosen = explanations.find(reason, measured)
        assert chosen is not None and chosen in whole.closer
        assert names_in(chosen) <= values(measured).keys()
        assert explanations.told(one, translator("nl"))  # with nothing at hand
    assert explanations.find(reason, {"element": None}) is whole


@pytest.mark.parametrize("reason", EVERY)
def test_the_page_says_whose_it_is_as_the_explanation_does(reason: str) -> None:
    for one in every_text(reason):
        measured = measured_for(one)
        found = explanations.find(reason, measured)
        assert found is not None
        page = explanations.page_of(reason, measured)
        assert page in ERRORS
        if found.page is None:
            assert (page == explanations.OURS) is (found.fixer is Fixer.OPERATOR)


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (599, "9 min 59 s")]
)
def test_seconds_are_told_in_words(seconds: int, told: str) -> None:
    assert span(seconds) == span(-seconds) == told


def test_a_value_names_no_other_value() -> None:
    one = explanations.find("issuer_mismatch", {"seen": "x", "expected": "x", "setting": "x"})
    assert one is not None
    measured = {"seen": "%(expected)s", "expected": "https://one.example", "setting": "s"}
    told = explanations.told(one, translator("nl"), measured)
    assert "De makelaar noemt zich %(expected)s." in told.cause


@pytest.mark.parametrize(
    ("reason", "measured", "said"),
    [
        (
            "issue_instant",
            {"clock_seconds": 599, "allowed_seconds": 180, "setting": "saml.skew_seconds"},
            "De klok van de makelaar loopt 9 min 59 s voor op de onze. Toegestaan is 180 s.",
        ),
        (
            "token_too_old",
            {"clock_seconds": -700, "allowed_seconds": 60, "setting": "oidc.skew_seconds"},
            "loopt minstens 11 min 40 s achter op de onze",
        ),
        (
            "issue_instant",
            {"waited_seconds": 400, "allowed_seconds": 360},
            "Het antwoord kwam pas na 6 min 40 s. Toegestaan is 6 min.",
        ),
        (
            "validity_too_long",
            {
                "validity_seconds": 4200,
                "allowed_seconds": 3600,
                "setting": "saml.max_validity_seconds",
            },
            "Het antwoord van de makelaar geldt 70 min. Toegestaan is 60 min.",
        ),
        (
            "level_unknown",
            {"word": "1", "setting": "levels", "line": 'levels: {"1": EH2}'},
            "De makelaar noemt het niveau 1.",
        ),
        ("level_unknown", {"seen": "none", "line": "x"}, "De makelaar zegt niets over het niveau."),
        (
            "makelaar_denied",
            {"status_code": "Responder / RequestDenied", "status_message": "No."},
            'De makelaar meldt Responder / RequestDenied: "No.".',
        ),
    ],
)
def test_an_explanation_tells_what_was_measured(
    reason: str, measured: dict[str, str | int], said: str
) -> None:
    found = explanations.find(reason, measured)
    assert found is not None
    assert said in explanations.told(found, translator("nl"), measured).cause


def test_everybody_who_can_help_has_a_name() -> None:
    assert set(FIXERS) == set(Fixer)
    assert explanations.find("no such reason") is None
    assert explanations.find(None) is None


@pytest.mark.parametrize("trouble", Trouble)
def test_who_mends_a_trouble_is_who_the_page_says_that_it_is_of(trouble: Trouble) -> None:
    told = explanations.find(trouble.value)
    assert told is not None
    assert (told.fixer is Fixer.MAKELAAR) is (trouble.side is Side.THEIRS)
    assert (told.fixer is Fixer.NOBODY) is (trouble.side is Side.NOBODYS)
    assert (told.fixer is Fixer.OPERATOR) is (trouble.side in (Side.OURS, Side.BETWEEN))
    assert ("statuspagina" in told.remedy) is (trouble is Trouble.UNAVAILABLE)
    ours, theirs = "Het ligt aan ons." in told.answer, "Het ligt aan uw makelaar." in told.answer
    assert ours is (trouble.side is Side.OURS)
    assert not theirs or trouble.side is Side.THEIRS


def test_what_names_a_setting_of_a_makelaar_names_one_that_there_is() -> None:
    known = {f"oidc.{name}" for name in OidcSettings.model_fields}
    known |= {f"saml.{name}" for name in SamlSettings.model_fields}
    known |= {f"outgoing.{name}" for name in Outgoing.model_fields}
    for trouble in Trouble:
        told = explanations.find(trouble.value)
        assert told is not None
        named = set(re.findall(r"\b(?:oidc|saml|outgoing)\.[a-z_]+", told.remedy))
        assert named <= known, trouble


@pytest.mark.parametrize("reason", sorted(explanations._BY_REASON))
def test_what_is_said_to_the_caller_blames_nobody_but_who_mends_it(reason: str) -> None:
    told = explanations.find(reason)
    assert told is not None
    if "Het ligt aan uw makelaar." in told.answer:
        assert told.fixer is Fixer.MAKELAAR
    if "Het ligt aan ons." in told.answer:
        assert told.fixer is Fixer.OPERATOR
