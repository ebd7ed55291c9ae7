"""Page, trace, log and the portal's error say the same thing: every machine reason of the product
has each of these voices, and none of them blames another one than the explanation does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

import pytest
from flask_babel import force_locale

from broker.downstream import RefusalCode
from broker.journey import callbacks
from broker.journey.login import Ended
from broker.journey.trouble import stopped_by
from broker.oidc.errors import DESCRIPTIONS, OF_REFUSAL, Refused
from broker.texts import page_reasons, reasons, rejected_answers, trace_values, trace_words
from broker.texts.errors import ERRORS
from broker.texts.explanation import Explanation, Fixer
from broker.texts.outside_request import texts
from broker.texts.page_reasons import page_reason
from broker.web import json_errors
from providers.interface import ProviderRefused
from providers.trouble import Side, Trouble
from state.audit import EventTag
from tests.architecture.reasons_said import COMPUTED, Said, calls_by_name, said
from tests.architecture.source_tree import ROOT, python_files
from tests.broker.facts import LOGIN

PAGES: Final = {"PageError", "UnknownTarget"}
MESSAGES: Final = {"ProviderRefused", "WireRefused", "XmlRefused"}
# No makelaar answers so.
REQUESTS_OF_PORTALS: Final = (
    "providers.saml.wire.redirect",
    "providers.saml.wire.logout_received",
    "broker.saml",
)
# Reasons that end in no page of error of ours, by the call that says them, and what is seen then.
NO_ERROR_PAGE: Final[Mapping[str, str]] = {
    "LoginRefused": "the portal hears it at once, and shows a page of its own",
    "Stopped": "a page of the journey says what is missing, with the way on",
    "NothingWorth": "the portal hears it at once, or a new login is asked",
    "ProviderUnavailable": "a page of the journey offers to try again (Trouble)",
    "JudgedCallback": "the journey goes on with the page that fits",
}
LOGS: Final = {
    **dict.fromkeys(PAGES, "page_error"),
    **dict.fromkeys(MESSAGES, "makelaar.message_rejected"),
    "ProviderUnavailable": "makelaar.unavailable",
    "JudgedCallback": "login.ended",
    "LoginRefused": "login.ended",
    "NothingWorth": "login.ended",
    "Stopped": "login.ended",
    "Ended": "login.ended",
}
# Who may have to mend what a portal hears with this code.
BLAMES: Final[Mapping[RefusalCode, frozenset[Fixer]]] = {
    RefusalCode.CANCELLED: frozenset({Fixer.NOBODY}),
    RefusalCode.LOGIN_REQUIRED: frozenset(
        {Fixer.USER, Fixer.PORTAL, Fixer.MAKELAAR, Fixer.OPERATOR}
    ),
    RefusalCode.INTERACTION_REQUIRED: frozenset({Fixer.PORTAL, Fixer.USER}),
    RefusalCode.CONSENT_REQUIRED: frozenset({Fixer.PORTAL, Fixer.USER}),
    RefusalCode.ACCOUNT_SELECTION_REQUIRED: frozenset({Fixer.PORTAL, Fixer.USER}),
    RefusalCode.LEVEL_UNREACHABLE: frozenset({Fixer.USER, Fixer.OPERATOR}),
    RefusalCode.MANDATE_MISSING: frozenset({Fixer.ADMINISTRATOR, Fixer.OPERATOR}),
    RefusalCode.NOT_ALLOWED: frozenset(set(Fixer) - {Fixer.NOBODY}),
    RefusalCode.PROVIDER_FAILED: frozenset({Fixer.MAKELAAR, Fixer.OPERATOR}),
    RefusalCode.UNAVAILABLE: frozenset({Fixer.MAKELAAR, Fixer.OPERATOR}),
    # A portal may have no key for the answer that it wants encrypted.
    RefusalCode.SERVER_ERROR: frozenset({Fixer.OPERATOR, Fixer.USER, Fixer.PORTAL}),
}
# Words on a page or in an answer, and who can have to mend it then.
WORDS: Final[tuple[tuple[str, frozenset[Fixer]], ...]] = (
    ("komt niet door u", frozenset(set(Fixer) - {Fixer.USER})),
    ("ligt niet aan u", frozenset(set(Fixer) - {Fixer.USER})),
    ("Er is niets misgegaan", frozenset({Fixer.NOBODY})),
    ("ligt aan uw makelaar", frozenset({Fixer.MAKELAAR})),
    ("van uw makelaar was niet geldig", frozenset({Fixer.MAKELAAR})),
    ("heeft een storing", frozenset({Fixer.MAKELAAR})),
    ("ligt aan ons", frozenset({Fixer.OPERATOR})),
    ("fout in de website waar u vandaan komt", frozenset({Fixer.PORTAL})),
    ("beheerder van uw organisatie", frozenset({Fixer.ADMINISTRATOR})),
)


def found() -> frozenset[Said]:
    """To read them all takes a second, in every process that only looks which tests there are."""
    return said()[0]


def literal_calls(call: str) -> list[str]:
    return sorted({one.reason for one in found() if one.call == call})


def explained(reason: str, call: str) -> Explanation:
    told = reasons.find(page_reason(reason) if call in PAGES else reason)
    assert told is not None, f"{reason} ({call}) has no explanation"
    return told


def blamed(text: str, told: Explanation) -> None:
    """The text blames nobody but who can mend it."""
    for words, fixers in WORDS:
        assert words not in text or told.fixer in fixers, f"{words!r}, but by {told.fixer}: {text}"


def test_every_reason_is_read_from_the_code() -> None:
    _, unread, used = said()
    assert not unread, "declare these in COMPUTED, with their words"
    assert set(COMPUTED) == used, "these declarations are of no use any more"
    everything = {one.reason for one in found()}
    assert {"audience", "signature_invalid", "other_person", "mandate_missing"} <= everything
    assert {"conditions", "represents_malformed", "level_lowered", "outgoing_proxy"} <= everything
    assert len(everything) > 100


@pytest.mark.parametrize("call", sorted(LOGS))
def test_every_reason_is_explained_and_its_answer_blames_who_can_mend_it(call: str) -> None:
    for reason in literal_calls(call):
        told = explained(reason, call)
        blamed(told.answer, told)


@pytest.mark.parametrize("key", sorted(ERRORS))
def test_every_page_has_its_explanation_and_blames_nobody_else(key: str) -> None:
    told, text = reasons.find(page_reason(key)), ERRORS[key]
    assert told is not None
    with texts(), force_locale("nl"):
        blamed(f"{text.title}. {text.what} {text.now}", told)
    blamed(told.answer, told)


def test_every_page_that_is_shown_has_a_text() -> None:
    shown = {one.reason for one in found() if one.call in PAGES}
    assert shown <= set(ERRORS)
    assert set(page_reasons.BY_REASON) <= {page_reason(key) for key in ERRORS}
    assert set(json_errors.DESCRIPTIONS) <= set(ERRORS)


def judged(reason: str, monkeypatch: pytest.MonkeyPatch) -> Ended:
    """How a login ends whose answer is refused for this reason."""

    def refuse(*_: Any) -> None:
        raise ProviderRefused(reason)

    monkeypatch.setattr(callbacks, "_identity", refuse)
    remembered = SimpleNamespace(provider_id="polder")
    arrival: Any = SimpleNamespace(
        kept=SimpleNamespace(login=LOGIN),
        sent=SimpleNamespace(remembered=remembered),
        callback=SimpleNamespace(received_at=LOGIN.created_at + timedelta(seconds=1)),
    )
    rt: Any = None
    ended = callbacks._judge(rt, arrival).login.ended
    assert ended is not None
    return ended


def test_a_refused_answer_says_the_same_on_its_page_and_to_the_portal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [one for one in found() if not one.module.startswith(REQUESTS_OF_PORTALS)]
    refused = {one.reason for one in answers if one.call in MESSAGES}
    assert len(refused) > 60
    for reason in sorted(refused):
        ended, told = judged(reason, monkeypatch), explained(reason, "ProviderRefused")
        assert ended.reason == reason
        assert ended.public_key in ERRORS
        assert told.fixer in BLAMES[ended.code], f"{reason}: {ended.code}, but by {told.fixer}"
        with texts(), force_locale("nl"):
            key = ended.public_key
            is_rejected = key in rejected_answers.KEYS
            text = rejected_answers.page_text(key, reason) if is_rejected else ERRORS[key]
            blamed(f"{text.title}. {text.what} {text.now}", told)


@pytest.mark.parametrize("call", sorted(NO_ERROR_PAGE))
def test_what_ends_in_no_page_of_error_says_why(call: str) -> None:
    assert literal_calls(call), "nothing says this any more"
    assert NO_ERROR_PAGE[call]


def test_every_call_is_heard_somewhere() -> None:
    calls = {one.call for one in found()}
    assert calls <= PAGES | MESSAGES | set(NO_ERROR_PAGE) | {"Ended"}
    assert calls == set(LOGS)


def codes() -> Iterator[tuple[RefusalCode, str]]:
    """Code and reason that stand in one call."""
    for node in _of_call("LoginRefused", "Stopped", "Ended"):
        code, reason = (*node.args, None, None)[:2]
        if not (isinstance(code, ast.Attribute) and isinstance(reason, ast.Constant)):
            continue
        if code.attr in RefusalCode.__members__:
            yield RefusalCode[code.attr], str(reason.value)


def test_what_a_portal_hears_blames_who_can_mend_it() -> None:
    pairs = set(codes())
    assert (RefusalCode.LEVEL_UNREACHABLE, "level_above_all") in pairs
    for code, reason in sorted(pairs):
        told = explained(reason, "LoginRefused")
        assert told.fixer in BLAMES[code], f"{reason}: {code}, but by {told.fixer}"
    for trouble in Trouble:
        told = explained(trouble.value, "Stopped")
        assert told.fixer in BLAMES[stopped_by(trouble).code], trouble


@pytest.mark.parametrize("trouble", Trouble)
def test_the_page_of_a_makelaar_in_trouble_says_whose_it_is(trouble: Trouble) -> None:
    """Its side chooses its words; what lies between us is looked into here first."""
    told = explained(trouble.value, "Stopped")
    others = {Side.THEIRS: Fixer.MAKELAAR, Side.NOBODYS: Fixer.NOBODY}
    assert told.fixer is others.get(trouble.side, Fixer.OPERATOR)


@pytest.mark.parametrize("code", RefusalCode)
def test_every_code_has_the_error_and_the_sentence_of_the_protocol(code: RefusalCode) -> None:
    assert OF_REFUSAL[code] and DESCRIPTIONS[code]
    assert BLAMES[code]


@pytest.mark.parametrize("reason", Refused)
def test_what_is_refused_before_a_login_is_explained(reason: Refused) -> None:
    told = explained(reason, "note")
    assert told.fixer in (Fixer.PORTAL, Fixer.OPERATOR)
    blamed(told.answer, told)


def test_every_line_of_the_log_that_tells_a_reason_is_documented() -> None:
    document = (ROOT / "docs/operators/logs.md").read_text(encoding="utf-8")
    code = "".join((ROOT / path).read_text(encoding="utf-8") for path in python_files("broker"))
    for event in {*LOGS.values(), "token.refused", "authorize.refused"}:
        assert f"| `{event}` |" in document
        assert f'"{event}"' in code


@pytest.mark.parametrize(
    "tag",
    [
        EventTag.LOGIN_REFUSED,
        EventTag.LOGIN_CANCELLED,
        EventTag.LOGIN_EXPIRED,
        EventTag.MESSAGE_REJECTED,
    ],
)
def test_every_event_that_carries_a_reason_has_words(tag: EventTag) -> None:
    assert tag in trace_words.EVENTS


@pytest.mark.parametrize(
    ("reason", "call"), [("no such reason", "ProviderRefused"), ("no such page", "Stopped")]
)
def test_a_reason_that_nobody_explains_is_noticed(reason: str, call: str) -> None:
    with pytest.raises(AssertionError, match="has no explanation"):
        explained(reason, call)


@pytest.mark.parametrize(
    ("text", "fixer"),
    [
        ("Dat komt niet door u.", Fixer.USER),
        ("Het antwoord van uw makelaar was niet geldig.", Fixer.OPERATOR),
        ("Het ligt aan ons.", Fixer.MAKELAAR),
        ("Er is niets misgegaan.", Fixer.PORTAL),
    ],
)
def test_a_text_that_blames_another_one_is_noticed(text: str, fixer: Fixer) -> None:
    with pytest.raises(AssertionError, match="but by"):
        blamed(text, Explanation("", "", fixer, ""))


# What a trace holds beside its reason.


def _of_call(*names: str) -> Iterator[ast.Call]:
    return (node for name in names for _, node, _ in calls_by_name().get(name, ()))


def test_every_sentence_of_a_page_error_has_words() -> None:
    details = {
        node.args[2].value
        for node in _of_call("PageError")
        if len(node.args) > 2 and isinstance(node.args[2], ast.Constant)
    }
    assert len(details) > 20
    assert not details - set(trace_values.VALUES["detail"])


def test_everything_that_is_measured_has_a_name() -> None:
    places = {"at", "reason", "client_id", "detail"}
    named: set[str] = set()
    for node in _of_call("note", "ProviderRefused", "_given", "measured"):
        named |= {keyword.arg for keyword in node.keywords if keyword.arg is not None}
    for node in _of_call(*calls_by_name()):
        for keyword in node.keywords:
            if keyword.arg in ("found", "measured"):
                named |= _keys(keyword.value)
    facts = ROOT / "broker/web/error_facts.py"
    for part in ast.walk(ast.parse(facts.read_text(encoding="utf-8"))):
        named |= _keys(part)
    assert {"sent", "registered", "error_code", "kept_by_browser"} <= named
    assert not named - places - set(trace_words.MEASURED)


def _keys(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Dict):
        return set()
    return {key.value for key in node.keys if isinstance(key, ast.Constant)}


def test_every_step_of_a_refusal_has_a_name() -> None:
    steps = {
        keyword.value.value
        for node in _of_call("note")
        for keyword in node.keywords
        if keyword.arg == "at" and isinstance(keyword.value, ast.Constant)
    }
    assert {"client", "token", "userinfo"} <= steps
    assert steps | {"page", "program"} <= set(trace_words.STEPS)
