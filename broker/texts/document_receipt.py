"""The mail that a user keeps of an answer to a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from broker.texts import times
from broker.texts.mail import mail
from consent.documents import Answer, AskedDocument
from state.outbox import Message
from state.trace import show_reference


@dataclass(frozen=True)
class Receipt:
    """What was answered. ``amount``, ``recipient`` and ``represented`` as the page showed them."""

    document: AskedDocument
    answer: Answer
    amount: str | None
    represented: str | None
    recipient: str
    reference: str
    portal_url: str | None = None

    def message(self, email: str) -> Message:
        """In the language of the page that was answered."""
        subject = _("Bewijs van uw antwoord: %(title)s", title=self.document.title)
        said = _("U ging akkoord.") if self.answer.agrees else _("U ging niet akkoord.")
        warning = _("Was u dit niet zelf? Waarschuw meteen de beheerder van uw organisatie.")
        lines = "\n".join(f"{name}: {value}" for name, value in self._facts() if value)
        text = f"{said}\n\n{lines}\n\n{warning}"
        return mail(email, times.spoken(), subject, text, self.reference)

    def _facts(self) -> Sequence[tuple[str, str | None]]:
        return (
            (_("Document"), self.document.title),
            (_("Bedrag"), self.amount),
            (_("Namens"), self.represented),
            (_("Voor"), self.recipient),
            (_("Website"), self.portal_url),
            (_("Wanneer"), times.moment(self.answer.at)),
            (_("Opmerking"), self.answer.remark or None),
            (_("Controlegetal"), self.document.control),
            (_("Code voor de helpdesk"), show_reference(self.reference)),
        )
