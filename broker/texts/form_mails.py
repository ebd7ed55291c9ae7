"""Mails about change forms, in Dutch and English. What was asked stands in none of them; what an
operator answered is quoted below what we say.
"""

from __future__ import annotations

from collections.abc import Sequence

from broker.texts.mail import mail
from broker.texts.quoting import quoted
from state.outbox import Message
from state.trace import show_reference


def received(recipient: str, locale: str, reference: str) -> Message:
    """To who sent it."""
    if locale == "en":
        subject = "We received your form"
        lines = [
            "We received your change form. You get an e-mail when we have decided.",
            "You can follow it in the administration, at Forms.",
        ]
    else:
        subject = "Wij ontvingen uw formulier"
        lines = [
            "Wij ontvingen uw wijzigingsformulier. U krijgt een e-mail als wij hebben beslist.",
            "U kunt het volgen bij Beheer, onder Formulieren.",
        ]
    return _message(recipient, locale, subject, lines, reference)


def to_operator(recipient: str, locale: str, base_url: str, reference: str) -> Message:
    """A form waits for the help desk."""
    if locale == "en":
        subject = "A change form waits"
        lines = [f"A change form waits in the operator console of {base_url}, at Forms."]
    else:
        subject = "Er wacht een wijzigingsformulier"
        lines = [
            f"Er wacht een wijzigingsformulier in de operatorconsole van {base_url}, bij "
            "Formulieren."
        ]
    return _message(recipient, locale, subject, lines, reference)


def decided(recipient: str, locale: str, answer: str, reference: str, *, is_done: bool) -> Message:
    """To who sent it, with the answer."""
    if locale == "en":
        subject = "Your form was handled" if is_done else "Your form was refused"
        lines = [
            "We did what you asked." if is_done else "We cannot do what you asked.",
            "This is our answer:",
        ]
    else:
        subject = "Uw formulier is afgehandeld" if is_done else "Uw formulier is afgewezen"
        lines = [
            "Wij deden wat u vroeg." if is_done else "Wij kunnen niet doen wat u vroeg.",
            "Dit is ons antwoord:",
        ]
    lines[-1] = f"{lines[-1]}\n{quoted(answer)}"
    return _message(recipient, locale, subject, lines, reference, is_last=True)


def _message(
    recipient: str,
    locale: str,
    subject: str,
    lines: Sequence[str],
    reference: str,
    *,
    is_last: bool = False,
) -> Message:
    """``is_last``: what stands last was written by somebody, and nothing of ours comes after it."""
    word = "Reference" if locale == "en" else "Referentie"
    ours = f"{word}: {show_reference(reference)}"
    parts = [*lines[:-1], ours, lines[-1]] if is_last else [*lines, ours]
    return mail(recipient, locale, subject, "\n\n".join(parts), reference)
