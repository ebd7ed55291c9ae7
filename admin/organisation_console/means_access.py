"""What the screens of means share: who asks, by which rules, and the draft of a wizard."""

from __future__ import annotations

from typing import Final

from flask import request

from admin.means.around import MeansAsker, site_of
from admin.means.drafts import MEANS_DRAFTS, MeansDraft
from admin.organisation_console.access import BeheerContext, absent
from broker.web.registration_names import provider_name

ORDINARY: Final = "gewoon"  # in a form
_LAST_SECONDS: Final = 7 * 24 * 3600


def asker(console: BeheerContext) -> MeansAsker:
    """The administrator of this session, now."""
    return MeansAsker(
        organisation_id=console.here.id,
        actor=console.actor,
        login=console.login,
        login_level=console.session.level,
        site=site_of(console.rt),
        now=console.now,
    )


def restrictions(console: BeheerContext, now: str | None = None) -> tuple[tuple[str, str], ...]:
    """OIN and name of each provider to whose services a means can be restricted; ``now``: what one
    is restricted to already.
    """
    offered = dict.fromkeys(asker(console).site.rules.restricted_to)
    if now is not None:
        offered.setdefault(now)
    return tuple((oin, restriction_name(console, oin)) for oin in offered)


def restriction_asked(before: str | None) -> str | None:
    """What a form says of it: the OIN of a provider, ORDINARY for none; as it was where it says
    nothing.
    """
    said = request.values.get("soort", before or ORDINARY)[:20]
    return None if said == ORDINARY else said


def restriction_name(console: BeheerContext, oin: str | None) -> str:
    """The provider with this OIN; the OIN itself where nobody has it any more, empty for none."""
    return provider_name(console.rt.configuration, oin) or oin if oin is not None else ""


def begin(console: BeheerContext, draft: MeansDraft) -> MeansDraft:
    """A new draft, to which a later visit finds back."""
    made = MEANS_DRAFTS.begin(console.rt.store, console.rt.sealer, draft)
    console.rt.store.put(_last_key(console), made.id.encode(), _LAST_SECONDS)
    return made


def keep(console: BeheerContext, draft: MeansDraft) -> None:
    MEANS_DRAFTS.keep(console.rt.store, console.rt.sealer, draft)


def found(console: BeheerContext, draft_id: str) -> MeansDraft | None:
    """The draft of this administrator in this company."""
    return MEANS_DRAFTS.find(
        console.rt.store,
        console.rt.sealer,
        draft_id,
        person_id=console.person_id,
        organisation_id=console.here.id,
    )


def one_draft(console: BeheerContext, draft_id: str) -> MeansDraft:
    """The same; elsewhere there is none."""
    draft = found(console, draft_id)
    return draft if draft is not None else absent(console)


def last_draft(console: BeheerContext) -> MeansDraft | None:
    """The one that was begun last here, while it is not finished."""
    kept = console.rt.store.get(_last_key(console))
    draft = found(console, kept.decode()) if kept is not None else None
    return draft if draft is not None and draft.done is None else None


def _last_key(console: BeheerContext) -> str:
    return f"means-draft-last:{console.person_id}:{console.here.id}"
