"""What a form is about, where a cookie says so. Tabs of one browser share their cookies, so a page
says it in its forms too, and a form of an older page does nothing to what another tab opened since
(decision 55).
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from flask import g, request

from broker.errors import PageError

FIELD: Final = "over"
_CHARACTERS: Final = 32  # 128 bits: two subjects of one browser never meet


def keep_to(*subject: str) -> None:
    """From here on this request is about ``subject``: what the cookie holds that its pages show,
    such as an id. Every form of its pages says so. Raises PageError 409 for a form that was shown
    for something else, or says nothing.
    """
    mark = _mark(subject)
    if request.method == "POST":
        said = request.form.get(FIELD, "")
        if not hmac.compare_digest(said.encode(), mark.encode()):
            raise PageError(409, "other_tab", "the form of another page")
    g.form_subject = mark


def begin(*subject: str) -> None:
    """The same where this very request opens it, so that no form can have said it."""
    g.form_subject = _mark(subject)


def shown() -> str | None:
    """What the forms of this request say; None where no cookie says what they are about."""
    found: str | None = g.get("form_subject")
    return found


def _mark(subject: tuple[str, ...]) -> str:
    """Says nothing of an id or a name, and is the same for the same subject."""
    whole = "".join(f"{len(one)}:{one}" for one in subject)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:_CHARACTERS]
