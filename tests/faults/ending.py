"""How a login ended for the one who sat before the screen, and whether the page was of any help."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sandbox.browser import Page
from sandbox.wire import Answer
from tests.faults.balancer import HEADER, SAYS_CUT

REFERENCE: Final = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")
TAG: Final = re.compile(r"<[^>]*>")
WAY_ON: Final = "Wat kunt u nu doen?"
TRACES: Final = ("Traceback", 'File "', "werkzeug", "sqlalchemy", "psycopg", "redis.exceptions")


class Kind(StrEnum):
    """What a login can end in. Only the last is no good."""

    REDEEMED = "redeemed"
    BUSY = "busy, try again"  # 503 with Retry-After
    HELPED = "a page that helps"
    TOLD_PORTAL = "the portal was told"
    CUT = "cut with its worker"  # the request that a killed process had in its hands
    BAD = "BAD"


@dataclass(frozen=True)
class Ending:
    """One try. ``what``: where it ended, for the one who reads the report."""

    kind: Kind
    what: str = ""
    grant: str | None = None
    sid: str | None = None

    @property
    def is_done(self) -> bool:
        return self.kind is Kind.REDEEMED


def judge_page(page: Page, broker: str) -> Ending:
    """A page on which the browser stopped before it came back to the portal."""
    where = f"{page.status} {page.url.partition('?')[0]} {page.heading}"
    if not page.url.startswith(broker):
        return Ending(Kind.BAD, where)
    return judge_answer(page.answer, where)


def judge_answer(answer: Answer, where: str) -> Ending:
    """An answer of the broker, or of the balancer in its place."""
    if answer.header(HEADER) == SAYS_CUT:
        return Ending(Kind.CUT, where)
    body = answer.body.decode("utf-8", "replace")
    if any(trace in body for trace in TRACES) or answer.status == 500:
        return Ending(Kind.BAD, where)
    if answer.status == 503:
        says_when = (answer.header("Retry-After") or "").isdigit()
        is_ours = answer.header(HEADER) is not None or helps(answer) or _is_json(answer)
        return Ending(Kind.BUSY if says_when and is_ours else Kind.BAD, where)
    if 400 <= answer.status < 500 and helps(answer):
        return Ending(Kind.HELPED, where)
    return Ending(Kind.BAD, where)


def bad(endings: Sequence[Ending]) -> list[str]:
    """What no user should have met."""
    return [ending.what for ending in endings if ending.kind is Kind.BAD]


def helps(answer: Answer) -> bool:
    """Does the page say what to do now, and by which reference a helpdesk finds this login?"""
    text = TAG.sub(" ", answer.body.decode("utf-8", "replace"))
    return WAY_ON in text and REFERENCE.search(text) is not None


def _is_json(answer: Answer) -> bool:
    return (answer.header("Content-Type") or "").startswith("application/json")
