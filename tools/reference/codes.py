"""The pages of error codes, of reasons and of events, in English."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import force_locale, gettext

from broker.texts import reasons, trace_words
from broker.texts.errors import ERRORS
from broker.texts.outside_request import texts
from broker.texts.reasons import FIXERS
from state.audit import EventTag
from tools.reference import since
from tools.reference.table import Page, code, table


def pages() -> list[Page]:
    with texts(), force_locale("en"):
        return [_errors(), _reasons(), _events()]


def _errors() -> Page:
    rows = sorted(
        (
            code(text.code),
            str(text.title),
            f"{text.what} {text.now}",
            since.of("errors", text.code),
            code(key),
        )
        for key, text in ERRORS.items()
    )
    return Page(
        "errors",
        "Error codes",
        "Every code that a page of error shows, with what the page says. The reference beside it "
        "finds the cause: `sluis trace REFERENCE`.",
        (table(("Code", "Title", "Says", "Since", "Key"), rows),),
        tuple(sorted({text.code for text in ERRORS.values()})),
    )


def _reasons() -> Page:
    return Page(
        "reasons",
        "Reasons",
        "Every machine word for why something was refused, as traces, logs and metrics have it. "
        "Where more was measured, the trace says it more closely.",
        (table(("Reason", "Means", "What to do", "Since", "Who"), _reason_rows()),),
        tuple(sorted(reasons.known())),
    )


def _reason_rows() -> Iterator[tuple[str, ...]]:
    for word in sorted(reasons.known()):
        found = reasons.find(word)
        assert found is not None
        who = gettext(FIXERS[found.fixer])
        yield (
            code(word),
            gettext(found.cause),
            gettext(found.remedy),
            since.of("reasons", word),
            who,
        )


def _events() -> Page:
    rows = (
        (code(tag.value), since.of("events", tag.value), trace_words.event(tag))
        for tag in sorted(EventTag)
    )
    return Page(
        "events",
        "Events of the audit",
        "Every tag in the audit. Lines of the log are told in [logs](../operators/logs.md).",
        (table(("Tag", "Since", "Says"), rows),),
        tuple(sorted(tag.value for tag in EventTag)),
    )
