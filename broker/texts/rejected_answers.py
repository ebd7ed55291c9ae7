"""The page of an answer of a makelaar that was refused: it says what the explanation of the reason
says, so that nobody reads on a page what the help desk denies.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from broker.texts import reasons
from broker.texts.errors import ERRORS, ErrorText
from broker.texts.explanation import Fixer

KEY: Final = "message_rejected"
_OURS: Final = _(
    "Wij konden het antwoord van uw makelaar niet gebruiken. Dat komt niet door u. "
    "Er zijn geen gegevens doorgegeven."
)
_LATER: Final = _("Probeer het later opnieuw, of log in met een andere makelaar.")


def page_text(reason: str | None) -> ErrorText:
    """``reason``: the machine word for which the answer was refused."""
    text, told = ERRORS[KEY], reasons.find(reason)
    if told is None:
        return text
    if told.answer not in reasons.GENERAL_ANSWERS:
        return replace(text, what=gettext(told.answer))
    if told.fixer is Fixer.OPERATOR:
        return replace(text, what=str(_OURS), now=str(_LATER))
    return text
