"""What leaves for the portal: shown with its values, agreed to or declined (A11)."""

from __future__ import annotations

from broker.downstream import LoginRefused, RefusalCode
from broker.journey.dispatch import Advance, Show, StepOutcome, Turn
from broker.journey.pages.consent import ConsentItem, ConsentPage
from broker.journey.steps.frame import frame
from broker.web.announcements import spoken
from broker.web.language import locale
from directory.services import ConsentRule
from state.copies import replace


def enter(turn: Turn) -> StepOutcome:
    """Show exactly the values that would leave now."""
    context, ground = turn.context, turn.context.service.consent_ground
    page = ConsentPage(
        frame=frame(turn),
        items=tuple(
            ConsentItem(i.claim, i.values, i.purpose.in_(locale()) if i.purpose else None)
            for i in context.released
        ),
        shown=context.shown,
        is_information=context.service.consent is ConsentRule.INFORM,
        ground=spoken(ground) if ground is not None else None,
        privacy_url=context.service.privacy_url,
        help_url=context.service.help_url,
    )
    return Show(page)


def answer(turn: Turn) -> StepOutcome:
    """Agree to what was shown; if that changed in the meantime, show it again."""
    if turn.form.get("agree") != "yes":
        raise LoginRefused(RefusalCode.CANCELLED, "cancelled", "consent declined")
    if turn.form.get("shown") != turn.context.shown:
        return enter(turn)
    kept = bool(turn.form.get("keep"))
    return Advance(replace(turn.login, consent=turn.context.shown, consent_kept=kept))
