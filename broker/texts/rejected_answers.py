"""The page of an answer of a makelaar that was refused: it says what the explanation of the reason
says, so that nobody reads on a page what the help desk denies.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask_babel import gettext

from broker.texts import reasons
from broker.texts.errors import ERRORS, ErrorText
from broker.texts.explanation import GENERAL_ANSWERS

KEYS: Final = frozenset({reasons.REJECTED, reasons.OURS})


def page_text(key: str, reason: str | None) -> ErrorText:
    """``key``: of the page, one of KEYS; ``reason``: the machine word for which the answer was
    refused.
    """
    text, told = ERRORS[key], reasons.find(reason)
    if told is None or told.answer in GENERAL_ANSWERS:
        return text
    return replace(text, what=gettext(told.answer))
