"""What a form is about, where a cookie says so. Tabs of one browser share their cookies, so a page
says it in its forms too, and a form of an older page does nothing to what another tab opened since
(decision 55).
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from flask import g, request
from werkzeug.exceptions import RequestEntityTooLarge

from broker.errors import PageError

FIELD: Final = "over"
_CHARACTERS: Final = 32  # 128 bits: two subjects of one browser never meet


def keep_to(*subject: str) -> None:
    """From here on this request is about ``subject``: what the cookie holds that its pages show,
    such as an id. Every form of its pages says so. Raises PageError 409 for a form that was shown
    for something else, or says nothing.
    """
    if request.method == "POST" and not is_said(*subject):
        raise PageError(409, "other_tab", "the form of another page")
    begin(*subject)


def begin(*subject: str) -> None:
    """The same where this very request opens it, so that no form can have said it."""
    g.form_subject = _mark(subject)


def says() -> bool:
    """Was a form sent that says what it is about? One that is too large to be read says nothing,
    and nothing is done with it.
    """
    try:
        return request.method == "POST" and FIELD in request.form
    except RequestEntityTooLarge:
        return False


def is_said(*subject: str) -> bool:
    """Was the form shown for this?"""
    said = request.form.get(FIELD, "")
    return hmac.compare_digest(said.encode(), _mark(subject).encode())


def shown() -> str | None:
    """What the forms of this request say; None where no cookie says what they are about."""
    found: str | None = g.get("form_subject")
    return found


def _mark(subject: tuple[str, ...]) -> str:
    """Says nothing of an id or a name, and is the same for the same subject."""
    whole = "".join(f"{len(one)}:{one}" for one in subject)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:_CHARACTERS]
