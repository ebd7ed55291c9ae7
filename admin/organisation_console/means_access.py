"""What the screens of means share: who asks, by which rules, and the draft of a wizard."""

from __future__ import annotations

from admin.means.around import MeansAsker, site_of
from admin.means.drafts import MEANS_DRAFTS, MeansDraft
from admin.organisation_console.access import BeheerContext, absent

_LAST_SECONDS = 7 * 24 * 3600


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
