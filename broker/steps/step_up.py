"""The level is not reached yet: a second factor of Sluis where that counts (A9), else what would
help (A13).
"""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from assurance import recovery_codes, second_factor, webauthn
from assurance.means import FactorKind
from assurance.second_factor import Accepted, Locked, Method, Wrong
from assurance.sms import HOLDS
from assurance.step_up import LocalFactor, Unreachable, Upstream
from broker import observation, passkey_answers, sms_codes
from broker.dispatch import Advance, Outcome, Show, Turn
from broker.downstream.interface import LoginRefused, RefusalCode
from broker.http import limiting
from broker.login import FactorDone, Login
from broker.pages.level_unreachable import Elsewhere, LevelUnreachablePage
from broker.pages.second_factor import MethodChoice, SecondFactorPage
from broker.steps.frame import frame
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.outbox import Message, enqueue

MAX_ROUNDS = 3  # times that one login is sent to a makelaar for a higher level


def enter(turn: Turn) -> Outcome:
    """Ask the code, ask the makelaar for more, or say what is missing."""
    missing = turn.meets.missing
    if turn.login.too_low:
        return _unreachable(turn)
    if isinstance(missing, LocalFactor):
        return _ask_code(turn)
    if isinstance(missing, Upstream) and turn.login.departures < MAX_ROUNDS:
        return Advance(_back_to_makelaar(turn.login))
    return _unreachable(turn)


def _back_to_makelaar(login: Login) -> Login:
    """The makelaar is asked for more; whoever comes back must be the one who left."""
    return replace(login, identity=None, person_id=None, insists=True, must_be=login.person_id)


def answer(turn: Turn) -> Outcome:
    """Check the code; where no code can help, back to the portal."""
    if turn.login.too_low or not isinstance(turn.meets.missing, LocalFactor):
        raise LoginRefused(
            RefusalCode.LEVEL_UNREACHABLE, "level_unreachable", "user returned to the portal"
        )
    factor = _current(turn)
    if "use" in turn.form:
        return _use(turn, turn.form["use"])
    limiting.refuse_guessers(turn.rt, "factor")
    limiting.count_person(turn.rt, "factor", turn.login.person_id or "")
    if factor.kind is FactorKind.PASSKEY:
        return _judge_passkey(turn, factor)
    if factor.kind is FactorKind.SMS and "resend" in turn.form:
        return _ask_code(turn, again=True)
    return _judge_code(turn, factor)


def _judge_code(turn: Turn, factor: Method) -> Outcome:
    code = turn.form.get("code", "")
    is_sms = factor.kind is FactorKind.SMS
    expected = sms_codes.expected(turn, factor) if is_sms else None
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
    observation.factor_answered(str(factor.kind), outcome)
    if isinstance(outcome, Wrong):
        limiting.wrong_guess(turn.rt, "factor")
    if isinstance(outcome, Accepted):
        return _done(turn, factor)
    return _ask_code(turn, outcome)


def _judge_passkey(turn: Turn, asked: Method) -> Outcome:
    """What the script of the page sent; nothing where it could not run."""
    answer = turn.form.get("assertion", "")
    if not answer or asked.locked_until is not None:
        return _ask_code(turn)
    judged = passkey_answers.judge(turn, asked, answer)
    if isinstance(judged.outcome, Accepted):
        return _done(turn, judged.factor)
    with writing(turn.rt.session) as session:
        _recorded(turn, session, judged.factor, judged.outcome)
    return _ask_code(turn, judged.outcome)


def _done(turn: Turn, factor: Method) -> Outcome:
    done = FactorDone(factor.factor_id, str(factor.kind), turn.now)
    return Advance(replace(turn.login, factor=done, sms=None, challenge=None))


def _current(turn: Turn) -> Method:
    """The factor that is asked: the chosen one, else the one used last that is not locked."""
    factors, chosen = turn.meets.factors, turn.login.factor_chosen
    found = next((f for f in factors if f.factor_id == chosen), None)
    return found or next((f for f in factors if f.locked_until is None), factors[0])


def _use(turn: Turn, factor_id: str) -> Outcome:
    """Another way (A8); only a factor of this person that counts here."""
    if all(factor_id != f.factor_id for f in turn.meets.factors):
        return _ask_code(turn)
    return Advance(replace(turn.login, factor_chosen=factor_id))


def _recorded(
    turn: Turn, session: Session, factor: Method, outcome: Accepted | Wrong | Locked
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
    email = turn.meets.person.email
    if email is None:
        return
    text = _("Er is een herstelcode gebruikt om in te loggen. U heeft er nog %(left)d.", left=left)
    more = _("Was u dit niet zelf? Waarschuw de beheerder van uw organisatie.")
    message = Message(
        "mail", email, _("Herstelcode gebruikt"), f"{text}\n{more}\n", turn.login.reference
    )
    enqueue(session, turn.rt.sealer, message, turn.now)


def _ask_code(turn: Turn, outcome: Wrong | Locked | None = None, *, again: bool = False) -> Outcome:
    factor, login = _current(turn), turn.login
    locked = outcome.until if isinstance(outcome, Locked) else factor.locked_until
    limited, options = False, None
    if factor.kind is FactorKind.SMS and isinstance(outcome, Wrong) and login.sms is not None:
        login = replace(login, sms=replace(login.sms, wrong=login.sms.wrong + 1))
    if factor.kind is FactorKind.SMS and locked is None and (again or not _was_sent(turn, factor)):
        sent = sms_codes.send(turn, factor)
        login, limited = sent or login, sent is None
    if factor.kind is FactorKind.PASSKEY and locked is None:
        login = replace(login, challenge=webauthn.new_challenge())
        options = passkey_answers.options(turn, login.challenge or "")
    page = SecondFactorPage(
        frame=frame(turn),
        method=str(factor.kind),
        label=factor.label,
        digits=factor.digits,
        is_wrong=isinstance(outcome, Wrong),
        tries_left=_tries_left(factor, login, outcome),
        locked_until=locked,
        valid_until=login.sms.sent_at + HOLDS if login.sms else None,
        pause=login.sms.pause_left(turn.now) if login.sms else 0,
        is_limited=limited,
        countries=sms_codes.countries(turn.rt) if factor.kind is FactorKind.SMS else (),
        options=options,
        others=_others(turn, factor),
    )
    return Show(page, status=200 if outcome is None else 422, login=login)


def _tries_left(factor: Method, login: Login, outcome: Wrong | Locked | None) -> int | None:
    """Of the factor; of an SMS code as well, which holds for fewer."""
    if factor.kind is FactorKind.SMS and login.sms is not None:
        left = login.sms.tries_left
        return min(left, outcome.tries_left) if isinstance(outcome, Wrong) else left
    return outcome.tries_left if isinstance(outcome, Wrong) else None


def _others(turn: Turn, factor: Method) -> tuple[MethodChoice, ...]:
    """The other ways (A8), last used first. All passkeys are one way: the browser knows which."""
    found: dict[str, MethodChoice] = {}
    for f in sorted(turn.meets.factors, key=lambda f: f.locked_until is not None):
        is_passkey = f.kind is FactorKind.PASSKEY
        if f.factor_id == factor.factor_id or (is_passkey and factor.kind is FactorKind.PASSKEY):
            continue
        label = "" if is_passkey else f.label
        way = str(f.kind) if is_passkey else f.factor_id
        found.setdefault(way, MethodChoice(f.factor_id, str(f.kind), label, f.locked_until))
    return tuple(found.values())


def _was_sent(turn: Turn, factor: Method) -> bool:
    return turn.login.sms is not None and turn.login.sms.factor_id == factor.factor_id


def _unreachable(turn: Turn) -> Outcome:
    meets = turn.meets
    given = turn.login.given if turn.login.too_low else meets.reached
    page = LevelUnreachablePage(
        frame=frame(turn),
        needed=meets.needed.label,
        given=given.label if given else None,
        no_factor=isinstance(meets.missing, Unreachable) and meets.missing.no_factor,
        makelaar=meets.way_name,
        others=tuple(
            Elsewhere(r.name, r.help_url)
            for r in meets.offered
            if r.id != turn.login.provider_id and r.state == "live" and meets.reaches(r)
        ),
        help_url=meets.way_help,
    )
    return Show(page, status=403)
