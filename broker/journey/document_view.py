"""The document of a login as pages show it, in the language of the page."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from flask_babel import format_currency, format_date

from broker.downstream import LoginRefused, RefusalCode
from broker.journey.dispatch import Turn
from broker.journey.pages.document import DocumentRecap, ShownDocument
from consent.documents import AskedDocument
from directory.dates import day_of


def to_answer(turn: Turn) -> AskedDocument:
    """The document, while it may be answered. Raises LoginRefused when that is over."""
    document = turn.login.request.document
    assert document is not None
    refuse_late(document, turn.now)
    return document


def refuse_late(document: AskedDocument, now: datetime) -> None:
    """Raises LoginRefused from the day ``answer_before`` on, as it is in the Netherlands."""
    today = day_of(now)
    if document.answer_before is not None and today >= document.answer_before:
        raise LoginRefused(RefusalCode.NOT_ALLOWED, "document_over", "answer_before has passed")


def shown(document: AskedDocument) -> ShownDocument:
    """Every fact of it."""
    day = document.answer_before
    return ShownDocument(
        title=document.title,
        summary=document.summary,
        amount=amount(document),
        answer_before=format_date(day, "long") if day is not None else None,
        control=document.control,
        url=document.url,
        kind=kind(document.media_type),
        size=size(document.size),
        may_deposit=document.may_deposit,
        lang=document.locale,
    )


def recap(turn: Turn, document: AskedDocument) -> DocumentRecap:
    """What is confirmed, in a few words."""
    answer = turn.login.answer
    assert answer is not None
    return DocumentRecap(document.title, amount(document), answer.agrees, document.locale)


def amount(document: AskedDocument) -> str | None:
    """``€ 1.284,50``."""
    if document.amount is None:
        return None
    return str(format_currency(Decimal(document.amount.value), document.amount.currency))


def kind(media_type: str) -> str:
    """``pdf``; what people call it, where that is another word."""
    name = media_type.rpartition("/")[2]
    return {"plain": "txt"}.get(name, name.rpartition("+")[2])


def size(value: int) -> str:
    """``214 kB``, as file managers count."""
    for unit, of in (("MB", 1_000_000), ("kB", 1000)):
        if value >= of:
            return f"{value / of:.0f} {unit}"
    return f"{value} B"
