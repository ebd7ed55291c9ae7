"""A mail: one content, as text and as HTML. Every mail is made here, so none of the two says what
the other does not.

What is written down is the text: paragraphs between empty lines, lists of lines that begin with
``- ``, quotes of lines that begin with ``> ``. ``broker.texts.mail_text`` reads it back. Addresses
become links and codes are set apart only where who makes the mail names them: a name that looks
like an address stays a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from broker.texts import mail_html
from broker.texts.mail_html import Part
from broker.texts.mail_text import Marked
from broker.texts.quoting import laid_out
from state.outbox import Message
from state.trace import show_reference


def mail(
    recipient: str,
    locale: str,
    subject: str,
    text: str,
    reference: str | None = None,
    *,
    links: Sequence[str] = (),
    codes: Sequence[str] = (),
) -> Message:
    """``text`` in the language ``locale``. ``links``: addresses in it that lead somewhere, http or
    https; ``codes``: what is copied from it (a code, user name, password), where it stands after a
    colon or in "is …."; ``reference``: eight characters, of the login or request it came from.
    """
    part = Part(_language(locale), _one_line(subject), laid_out(text))
    return _made(recipient, (part,), reference, links, codes)


def in_two_languages(recipient: str, dutch: tuple[str, str], english: tuple[str, str]) -> Message:
    """To who has no language here: subject and text in both, Dutch first."""
    parts = [
        Part(language, _one_line(subject), laid_out(text))
        for language, (subject, text) in (("nl", dutch), ("en", english))
    ]
    return _made(recipient, parts, None, (), ())


def _made(
    recipient: str,
    parts: Sequence[Part],
    reference: str | None,
    links: Sequence[str],
    codes: Sequence[str],
) -> Message:
    shown = (show_reference(reference),) if reference else ()
    marked = Marked(links=tuple(links), codes=(*codes, *shown))
    return Message(
        channel="mail",
        recipient=recipient,
        subject=" / ".join(part.subject for part in parts),
        text="\n".join(part.text for part in parts),
        reference=reference,
        html=mail_html.page(parts, marked),
    )


def _one_line(subject: str) -> str:
    return " ".join(laid_out(subject).split())


def _language(locale: str) -> str:
    return "en" if locale.startswith("en") else "nl"
