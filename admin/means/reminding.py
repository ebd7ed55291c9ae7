"""Reminding people of a means that they did not activate yet: ten days and two days before the
codes end. What a worker that stood still missed is told once, as near as it is by then.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from admin.means.around import MeansSite, site_of
from assurance import means_letters
from assurance.means_requests import RequestKind
from broker.process import Process
from broker.texts import means_mails
from broker.texts.means_mails import MeansTold
from directory.organisations import Organisation
from providers import activation
from state import outbox
from state.db import writing

MOST_MAILS: Final = 500  # in one go, so that other jobs get their turn; the rest comes at the next


def remind_due(process: Process) -> int:
    """Send what is due; how many. Two at once send it once."""
    sent = 0
    now = process.clock()
    with process.sessions() as session:
        letters = [
            one.id
            for one in means_letters.to_remind(session, now)
            if one.reminded < means_letters.reminder(one.sent_at, one.until, now)
        ]
    for letter_id in letters:
        if sent >= MOST_MAILS:
            break
        with process.sessions() as session, writing(session):
            sent += remind(session, site_of(process), letter_id)
    return sent


def remind(session: Session, site: MeansSite, letter_id: str) -> bool:
    """Send the reminder that is due for this letter, in the transaction of the caller; False where
    none is: the means was activated, ended or blocked meanwhile, or somebody else was first.
    """
    now = site.notifier.now
    letter = means_letters.locked(session, letter_id)
    if letter is None:
        return False
    step = means_letters.reminder(letter.sent_at, letter.until, now)
    waiting = activation.waiting(session, letter, now)
    if waiting is None or step <= letter.reminded or not waiting.email:
        return False
    letter.reminded = step
    request = waiting.request
    told = MeansTold(
        person=waiting.name,
        organisation=session.get_one(Organisation, request.organisation_id).name,
        level=waiting.level.label,
        reference=request.reference,
        until=letter.until,
        url=f"{site.base_url}/activeren",
        site=site.name,
    )
    is_new = request.kind is RequestKind.NEW
    mail = means_mails.reminder(waiting.email, waiting.locale, told, is_new=is_new)
    outbox.enqueue(session, site.sealer, mail, now, until=letter.until)
    return True
