"""The question for a second factor of Sluis: in a login that must be lifted (A9), or for the answer
to a document (A16). Which one was used last is asked first; another way is a button away (A8).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assurance import recovery_codes, second_factor, webauthn
from assurance.accepted_factor import AcceptedFactor
from assurance.factors import FactorKind
from assurance.second_factor import Accepted, Locked, SecondFactorMethod, Wrong
from assurance.sms import HOLDS
from broker.downstream import RefusalCode
from broker.journey import document_view, instrumentation, passkeys, sms_codes
from broker.journey.dispatch import Advance, Show, StepOutcome, Turn
from broker.journey.flow import Step
from broker.journey.login import Login, Stopped
from broker.journey.pages.second_factor import MethodChoice, SecondFactorPage, SmsCode
from broker.journey.steps.frame import frame
from broker.second_factors import sms_limits
from broker.second_factors.sms_limits import NotSent
from broker.texts import notices
from broker.web import rate_limits
from broker.web.language import locale
from consent.documents import AskedDocument
from providers.registry import ProviderRecord
from state import audit
from state.audit import AuditEvent, EventTag
from state.copies import replace
from state.db import writing
from state.outbox import enqueue

LOCKED = Stopped(RefusalCode.LEVEL_UNREACHABLE, "factor_locked")


@dataclass(frozen=True)
class Question:
    """Why it is asked. ``accepted`` is the login after a good code; ``makelaar`` may give the level
    instead; ``document`` is what the code is for.
    """

    step: Step
    accepted: Callable[[Login, AcceptedFactor], Login]
    makelaar: ProviderRecord | None = None
    document: AskedDocument | None = None


def enter(turn: Turn, question: Question) -> StepOutcome:
    """Ask; where codes are sent, send one."""
    return _ask_code(turn, question)


def answer(turn: Turn, question: Question) -> StepOutcome:
    """Judge what came, or ask in another way."""
    factor = _current(turn)
    if "use" in turn.form:
        return _use(turn, question, turn.form["use"])
    rate_limits.refuse_guessers(turn.rt, "factor")
    rate_limits.count_person(turn.rt, "factor", turn.login.person_id or "")
    if factor.kind is FactorKind.PASSKEY:
        return _judge_passkey(turn, question, factor)
    if factor.kind is FactorKind.SMS and "resend" in turn.form:
        return _ask_code(turn, question, again=True)
    return _judge_code(turn, question, factor)


def _judge_code(turn: Turn, question: Question, factor: SecondFactorMethod) -> StepOutcome:
    code = turn.form.get("code", "")
    if not second_factor.is_code(factor.kind, factor.digits, code):
        return _ask_code(turn, question, is_no_code=True)
    is_sms = factor.kind is FactorKind.SMS
    expected = sms_codes.expected(turn, factor) if is_sms else None
    if is_sms and expected is None:  # no code can be right here, so this is no guess at one
        login = sms_codes.one_more_wrong(turn.login, factor, used_up=True)
        return _ask_code(replace(turn, login=login), question, is_refused=True)
    with writing(turn.rt.session) as session:
        outcome = second_factor.verify(
            session,
            turn.rt.sealer,
            factor_id=factor.factor_id,
            person_id=turn.login.person_id or "",
            code=code,
            now=turn.now,
            expected=expected,
            given=sms_codes.given(turn, factor, code) if is_sms else "",
        )
        _recorded(turn, session, factor, outcome)
    instrumentation.factor_answered(str(factor.kind), outcome)
    if isinstance(outcome, Wrong):
        rate_limits.wrong_guess(turn.rt, "factor")
    if isinstance(outcome, Accepted):
        return _done(turn, question, factor)
    return _ask_code(turn, question, outcome)


def _judge_passkey(turn: Turn, question: Question, asked: SecondFactorMethod) -> StepOutcome:
    """What the script of the page sent; nothing where it could not run."""
    answer = turn.form.get("assertion", "")
    if not answer or asked.locked_until is not None:
        return _ask_code(turn, question)
    judged = passkeys.judge(turn, asked, answer)
    instrumentation.factor_answered(str(judged.factor.kind), judged.outcome)
    if isinstance(judged.outcome, Accepted):
        return _done(turn, question, judged.factor)
    with writing(turn.rt.session) as session:
        _recorded(turn, session, judged.factor, judged.outcome)
    if isinstance(judged.outcome, Wrong):
        rate_limits.wrong_guess(turn.rt, "factor")
    return _ask_code(turn, question, judged.outcome)


def _done(turn: Turn, question: Question, factor: SecondFactorMethod) -> StepOutcome:
    done = AcceptedFactor(factor.factor_id, str(factor.kind), turn.now)
    return Advance(replace(question.accepted(turn.login, done), sms=None, challenge=None))


def _current(turn: Turn) -> SecondFactorMethod:
    """The factor that is asked: the chosen one, else the one used last that is not locked."""
    factors, chosen = turn.context.factors, turn.login.factor_chosen
    found = next((f for f in factors if f.factor_id == chosen), None)
    return found or next((f for f in factors if f.locked_until is None), factors[0])


def _use(turn: Turn, question: Question, factor_id: str) -> StepOutcome:
    """Another way (A8); only a factor of this person that counts here."""
    if all(factor_id != f.factor_id for f in turn.context.factors):
        return _ask_code(turn, question)
    return Advance(replace(turn.login, factor_chosen=factor_id))


def _recorded(
    turn: Turn, session: Session, factor: SecondFactorMethod, outcome: Accepted | Wrong | Locked
) -> None:
    """A lock that begins, and a recovery code that was used, of which the person is told."""
    if isinstance(outcome, Locked) and factor.locked_until is None:
        tag = EventTag.FACTOR_LOCKED
    elif isinstance(outcome, Accepted) and factor.kind is FactorKind.RECOVERY_CODES:
        tag = EventTag.RECOVERY_CODE_USED
        _tell(turn, session, recovery_codes.left(session, factor.factor_id))
    else:
        return
    person = turn.login.person_id
    audit.record(session, AuditEvent(tag, turn.now, turn.login.reference, person_id=person))


def _tell(turn: Turn, session: Session, left: int) -> None:
    email = turn.context.person.email
    if email is None:
        return
    message = notices.recovery_code_used(
        email,
        left,
        turn.login.reference,
        at=turn.now,
        service=turn.context.service.name.in_(locale()),
        base_url=turn.rt.base_url,
    )
    enqueue(session, turn.rt.sealer, message, turn.now)


def _ask_code(
    turn: Turn,
    question: Question,
    outcome: Wrong | Locked | None = None,
    *,
    again: bool = False,
    is_refused: bool = False,
    is_no_code: bool = False,
) -> StepOutcome:
    """``again``: another SMS is asked. ``is_refused``: what was typed was not judged, because no
    code can be right here; ``is_no_code``: because it has not the shape of one.
    """
    factor, login = _current(turn), turn.login
    locked = outcome.until if isinstance(outcome, Locked) else factor.locked_until
    is_sms = factor.kind is FactorKind.SMS
    not_sent, options = None, None
    if is_sms and isinstance(outcome, Wrong):
        login = sms_codes.one_more_wrong(login, factor)
    if is_sms and locked is None and (again or sms_codes.sent_in(login, factor) is None):
        sent = sms_codes.send(turn, factor, question.document)
        login, not_sent = (login, sent) if isinstance(sent, NotSent) else (sent, None)
    if factor.kind is FactorKind.PASSKEY and locked is None:
        login = replace(login, challenge=webauthn.new_challenge())
        options = passkeys.options(turn, login.challenge or "")
    record = question.makelaar
    page = SecondFactorPage(
        frame=frame(turn),
        method=str(factor.kind),
        label=factor.label,
        digits=factor.digits,
        is_wrong=isinstance(outcome, Wrong),
        is_no_code=is_no_code,
        tries_left=_tries_left(factor, login, outcome),
        locked_until=locked,
        sms=_sms(turn, factor, login, not_sent) if is_sms else None,
        options=options,
        others=_others(turn, factor),
        makelaar=record.name if record else None,
        step=str(question.step),
        document=document_view.recap(turn, question.document) if question.document else None,
    )
    failed = outcome is not None or is_refused or is_no_code
    stopped = LOCKED if locked is not None else None
    status = 422 if failed else 200
    return Show(page, status=status, login=login, stopped=stopped)


def _sms(turn: Turn, factor: SecondFactorMethod, login: Login, not_sent: NotSent | None) -> SmsCode:
    """What the page says of the code that was sent in this login, and of the next."""
    sent = sms_codes.sent_in(login, factor)
    works = sent is not None and sent.works(turn.now)
    wait = not_sent.wait if not_sent else 0
    return SmsCode(
        countries=sms_limits.countries(turn.rt),
        valid_until=sent.sent_at + HOLDS if sent and works else None,
        is_over=sent is not None and not works,
        is_limited=not_sent is not None and not wait,
        is_early=wait > 0,
        pause=wait or (sent.pause_left(turn.now) if sent else 0),
    )


def _tries_left(
    factor: SecondFactorMethod, login: Login, outcome: Wrong | Locked | None
) -> int | None:
    """Of the factor; of an SMS code as well, which holds for fewer."""
    sent = sms_codes.sent_in(login, factor)
    if factor.kind is FactorKind.SMS and sent is not None:
        left = sent.tries_left
        return min(left, outcome.tries_left) if isinstance(outcome, Wrong) else left
    return outcome.tries_left if isinstance(outcome, Wrong) else None


def _others(turn: Turn, factor: SecondFactorMethod) -> tuple[MethodChoice, ...]:
    """The other ways (A8), last used first. All passkeys are one way: the browser knows which."""
    found: dict[str, MethodChoice] = {}
    for f in sorted(turn.context.factors, key=lambda f: f.locked_until is not None):
        is_passkey = f.kind is FactorKind.PASSKEY
        if f.factor_id == factor.factor_id or (is_passkey and factor.kind is FactorKind.PASSKEY):
            continue
        label = "" if is_passkey else f.label
        way = str(f.kind) if is_passkey else f.factor_id
        found.setdefault(way, MethodChoice(f.factor_id, str(f.kind), label, f.locked_until))
    return tuple(found.values())
