"""Sending an SMS code in a login: what may be sent, and what the login remembers of it."""

from __future__ import annotations

from urllib.parse import urlsplit

from assurance import second_factor, sms
from assurance.second_factor import SecondFactorMethod
from assurance.sms import SmsSent
from broker.journey.dispatch import Turn
from broker.journey.document_view import amount
from broker.journey.login import Login
from broker.second_factors.sms_limits import NotSent, spend_message
from broker.texts import text_messages
from broker.web.language import locale
from consent.documents import AskedDocument
from state.copies import replace
from state.db import writing
from state.limits import spend
from state.outbox import Message, enqueue


def send(
    turn: Turn, factor: SecondFactorMethod, document: AskedDocument | None = None
) -> Login | NotSent:
    """Have a code sent and remember its hash. ``document``: what it confirms, said beside it.

    The message waits in the outbox, so the page does not wait for its delivery. Raises
    StoreUnavailable.
    """
    rt, login = turn.rt, turn.login
    number = second_factor.number_of(rt.session, rt.sealer, factor.factor_id)
    address = turn.request.remote_addr or ""
    held_back = spend_message(rt, number, address, turn.now, login.reference)
    if held_back is not None:
        return held_back
    code = sms.new_code()
    purpose = _purpose(turn, document, code)
    host = urlsplit(rt.base_url).hostname or ""
    message = Message("sms", number, "", sms.text(purpose, code, host), login.reference)
    with writing(rt.session) as session:
        enqueue(session, rt.sealer, message, turn.now, until=turn.now + sms.HOLDS)
    kept = sms.code_hash(rt.sealer, login_id=login.id, factor_id=factor.factor_id, code=code)
    return replace(login, sms=SmsSent(factor.factor_id, kept, turn.now))


def _purpose(turn: Turn, document: AskedDocument | None, code: str) -> str:
    """What the code is for, before the code."""
    if document is None:
        return text_messages.to_log_in(turn.context.service.name.in_(locale()), code)
    worth = amount(document)
    subject = f"{document.title}, {worth}" if worth else document.title
    agrees = turn.login.answer is not None and turn.login.answer.agrees
    return text_messages.to_answer(subject, code, agrees=agrees)


def sent_in(login: Login, factor: SecondFactorMethod) -> SmsSent | None:
    """What was sent to this number in this login."""
    sent = login.sms
    return sent if sent is not None and sent.factor_id == factor.factor_id else None


def one_more_wrong(login: Login, factor: SecondFactorMethod, *, used_up: bool = False) -> Login:
    """The login after a wrong try of its code; ``used_up``: it may not be tried again."""
    sent = sent_in(login, factor)
    if sent is None:
        return login
    wrong = sms.TRIES.most if used_up else sent.wrong + 1
    return replace(login, sms=replace(sent, wrong=wrong))


def expected(turn: Turn, factor: SecondFactorMethod) -> str | None:
    """The hash of the code that counts now; None when none does. Counts one try of the code."""
    sent = sent_in(turn.login, factor)
    if sent is None or not sent.works(turn.now):
        return None
    if spend(turn.rt.store, (sms.TRIES, sent.code_hash)):
        return None
    return sent.code_hash


def given(turn: Turn, factor: SecondFactorMethod, code: str) -> str:
    """The hash of what was typed."""
    return sms.code_hash(
        turn.rt.sealer, login_id=turn.login.id, factor_id=factor.factor_id, code=code
    )
