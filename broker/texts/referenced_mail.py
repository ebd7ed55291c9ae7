"""A mail of paragraphs that ends with the reference of what it tells."""

from __future__ import annotations

from collections.abc import Sequence

from broker.texts.mail import mail
from state.outbox import Message
from state.trace import show_reference


def referenced_mail(
    recipient: str, locale: str, subject: str, lines: Sequence[str], reference: str
) -> Message:
    """Empty paragraphs are left out."""
    word = "Reference" if locale == "en" else "Referentie"
    said = [line for line in lines if line]
    text = "\n\n".join([*said, f"{word}: {show_reference(reference)}"])
    return mail(recipient, locale, subject, text, reference)
