"""Structured logs: one JSON object per line, with the reference of the login, and nothing that
anyone could use.

Whatever a caller passes, the redaction processor is the last thing before the line is written.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import nullcontext, suppress
from typing import Any, Final, TextIO

import structlog
from flask import g, has_request_context

REMOVED: Final = "[removed]"
_SECRET_NAMES: Final = re.compile(
    r"(?i)(token|secret|password|cookie|authorization|assertion|saml_?response|saml_?request|code|seed|"
    r"verifier|nonce|relay_?state|bsn|subject|name_?id|private|session|mail|phone|recipient)"
)
_HARMLESS: Final = frozenset({"code_challenge_method", "status_code", "error_code", "public_key"})
# From the beginning of a run, which is read once: a text of many beginnings costs no more.
_JWT: Final = re.compile(
    r"(?<![A-Za-z0-9_-])(?=[A-Za-z0-9_-]*eyJ)[A-Za-z0-9_-]{8,}+"
    r"\.[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_-]*)?"
)
_LONG: Final = re.compile(r"[A-Za-z0-9+/_=-]{40,}")  # codes, keys, encoded messages
_NINE_DIGITS: Final = re.compile(r"(?<!\d)\d{9}(?!\d)")  # BSN or RSIN
_MAIL: Final = re.compile(
    r"[^\s@<>\"'(),;:=/]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9._-]{0,250}[A-Za-z0-9])?"
)
# International, or a Dutch mobile number; spaces and hyphens as people write them.
_PHONE: Final = re.compile(r"(?<![\w.:-])(?:\+[1-9]|00[1-9]|06)(?:[ -]?\d){8,14}(?!\d)")
_XML: Final = re.compile(r"<[A-Za-z?!/][^>]{0,2000}>")
_QUERY: Final = re.compile(r"\?[^\s\"']+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_WORD: Final = re.compile(r"[a-z_.-]{1,39}")  # in which none of these is ever found
_TAG: Final = re.compile(r"<[A-Za-z?!]")
MAX_TEXT: Final = 2000
MAX_TRACEBACK: Final = 6000
PRODUCT: Final = frozenset(
    {"broker", "admin", "providers", "consent", "assurance", "directory", "keys", "state"}
)


def redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Remove what a log may not hold, by name and by shape; the last processor but the writer."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if key not in _HARMLESS and _SECRET_NAMES.search(key):
        return REMOVED
    if key == "exception" and isinstance(value, str):
        return _clean_text(value, MAX_TRACEBACK)
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, Mapping):
        return {str(k): _clean(str(k), v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _clean_text(repr(value) if isinstance(value, bytes) else str(value))


def _clean_text(text: str, last: int | None = None) -> str:
    """``last``: keep so much of the end, where a traceback says what it is."""
    if _WORD.fullmatch(text) is not None:
        return text
    text = _without_document(text)
    for pattern in (_JWT, _QUERY, _XML, _MAIL, _LONG, _PHONE, _NINE_DIGITS):
        text = pattern.sub(REMOVED, text)
    text = _CONTROL.sub(" ", text)
    return text[:MAX_TEXT] if last is None else text[-last:]


def _without_document(text: str) -> str:
    """Without what lies between the first tag and the last closing one: text nodes hold names."""
    first, last = _TAG.search(text), text.rfind("</")
    if first is None or last < first.start():
        return text
    end = text.find(">", last)
    return text[: first.start()] + REMOVED + (text[end + 1 :] if end >= 0 else "")


def _may_speak(record: logging.LogRecord) -> bool:
    """Ours at the level that was set; libraries from WARNING on, because below it some of them
    write whole messages.
    """
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in PRODUCT


def _with_reference(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    if "reference" not in event and has_request_context():
        reference = getattr(g, "reference", None)
        if reference is not None:
            event["reference"] = reference
    return event


class _Lines:
    """Where our own events are written, each a line: beside those of libraries, and without what
    the standard library makes of an event that other handlers may want to see.
    """

    def __init__(self, handler: logging.StreamHandler[TextIO]) -> None:
        self._handler = handler

    def msg(self, line: str) -> None:
        """Where it cannot be written (the disk is full) nobody's request fails for it."""
        with self._handler.lock or nullcontext(), suppress(Exception):
            self._handler.stream.write(line + "\n")
            self._handler.flush()

    debug = info = warning = error = critical = fatal = exception = log = msg


def configure_logs(level: str) -> None:
    """Send structured events, and those of libraries, through redaction to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_reference,
        structlog.processors.format_exc_info,
    ]
    last: list[Any] = [redact, structlog.processors.JSONRenderer()]
    # Where a line cannot be written the library would print what it was made of, past redaction.
    logging.raiseExceptions = False
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_may_speak)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    structlog.configure(
        processors=[*shared, *last],
        logger_factory=lambda *_: _Lines(handler),
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        cache_logger_on_first_use=True,
    )
