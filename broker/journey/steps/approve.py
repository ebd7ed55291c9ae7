"""What the portal asks the user to agree to (A16): the text as it was sent, the document, and an
answer that counts as a signature.
"""

from __future__ import annotations

from broker.downstream import LoginRefused, RefusalCode
from broker.journey.dispatch import Advance, Show, StepOutcome, Turn
from broker.journey.document_view import shown, to_answer
from broker.journey.login_time import counts_still
from broker.journey.pages.document import DocumentPage
from broker.journey.steps.frame import frame
from consent.documents import Answer, remark_of
from state.copies import replace

LATER = "document_postponed"


def enter(turn: Turn) -> StepOutcome:
    """Show what is asked."""
    return _show(turn)


def answer(turn: Turn) -> StepOutcome:
    """Keep the answer to exactly what was shown. It goes out once a code confirmed it."""
    document, form = to_answer(turn), turn.form
    if "later" in form:
        raise LoginRefused(RefusalCode.CANCELLED, "cancelled", LATER)
    choice, remark = form.get("decision"), remark_of(form.get("remark", ""))
    if form.get("shown") != document.shown:
        return _show(turn)
    if choice not in ("agree", "decline") or remark is None:
        return _show(turn, error="choice" if remark is not None else "remark")
    said = Answer(
        shown=document.shown,
        agrees=choice == "agree",
        remark=remark,
        deposit=document.may_deposit and choice == "agree" and bool(form.get("deposit")),
        at=turn.now,
    )
    login = replace(turn.login, answer=said, confirmed=None)
    # Who confirms it must be the one who gave it.
    return Advance(login.once_more() if _needs_login(turn) else login)


def _needs_login(turn: Turn) -> bool:
    """Who has no factor of ours confirms by the login that was made for this, while that is fresh.
    More time does not make it so.
    """
    login, minutes = turn.login, turn.rt.settings.login.transaction_minutes
    if turn.context.factors or login.identity is None:
        return False
    return not counts_still(login, login.identity.authenticated_at, turn.now, minutes)


def _show(turn: Turn, error: str | None = None) -> StepOutcome:
    document, form = to_answer(turn), turn.form
    page = DocumentPage(
        frame=frame(turn),
        document=shown(document),
        fingerprint=document.shown,
        asks_code=bool(turn.context.factors),
        asks_login=_needs_login(turn),
        choice=form.get("decision"),
        remark=form.get("remark", ""),
        deposit=bool(form.get("deposit")),
        error=error,
    )
    return Show(page, status=422 if error else 200)
