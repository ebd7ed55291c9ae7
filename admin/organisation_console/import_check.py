"""The page that shows what a file would change, before it does."""

from __future__ import annotations

from typing import Final

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from admin.imports.drafts import ImportDraft
from admin.imports.mandates import MandatesPlan
from admin.imports.people import PeoplePlan, PlaceChange, PlannedPlace
from admin.mandates import colleagues, decision_rules
from admin.organisation_console import files
from admin.organisation_console.access import AGAIN, BeheerContext
from admin.organisation_console.import_pages import ImportCheckPage, ImportGroup, ImportRow
from assurance.levels import AssuranceLevel, highest_of
from broker.texts.mandate_changes import every_service
from broker.web.language import locale
from broker.web.registration_names import service_name
from consent.changes import PlannedChange, TermChange

MOST_SHOWN: Final = 100  # rows of a group


def page(
    console: BeheerContext, draft: ImportDraft, plan: PeoplePlan | MandatesPlan
) -> ImportCheckPage:
    """Of a file with which nothing is wrong."""
    if isinstance(plan, PeoplePlan):
        groups, digest, needed = _of_people(plan), plan.digest, None
    else:
        groups, digest = _of_mandates(console, plan), plan.giving.digest
        needed = _highest(plan)
    if needed is None:
        lack = decision_rules.lack_to_decide(console.login, console.now)
    else:
        lack = decision_rules.lack_to_grant(console.login, needed, console.now)
    return ImportCheckPage(
        console=console.frame,
        kind=draft.kind,
        draft_id=draft.id,
        groups=tuple(group for group in groups if group.number),
        digest=digest,
        lack=str(lack or ""),
        needed=(needed or console.login.level).label,
        have=console.login.level.label,
        again=f"{url_for('console.check_import', draft_id=draft.id)}?{AGAIN}=ja",
    )


def _highest(plan: MandatesPlan) -> AssuranceLevel | None:
    return highest_of(*(one.wish.level for one in plan.giving.changes))


def _of_people(plan: PeoplePlan) -> list[ImportGroup]:
    made = []
    for change in PlaceChange:
        found = plan.of(change)
        made.append(ImportGroup(change, len(found), tuple(map(_place, found[:MOST_SHOWN]))))
    return made


def _place(one: PlannedPlace) -> ImportRow:
    was = files.role(one.was) if one.was is not None else _("hoorde er niet bij")
    return ImportRow(one.line, one.name, one.email, was, files.role(one.role))


def _of_mandates(console: BeheerContext, plan: MandatesPlan) -> list[ImportGroup]:
    makelaars = console.rt.configuration.providers
    found = colleagues.at(console.sql, makelaars, console.here.id, console.now)
    names = {one.id: one.name for one in found}
    made = []
    for change in TermChange:
        changes = plan.giving.of(change)
        shown = tuple(_mandate(console, plan, one, names) for one in changes[:MOST_SHOWN])
        made.append(ImportGroup(change, len(changes), shown))
    return made


def _mandate(
    console: BeheerContext, plan: MandatesPlan, one: PlannedChange, names: dict[str, str]
) -> ImportRow:
    uuid = one.wish.service_uuid
    service = service_name(console.rt.configuration, uuid) if uuid else None
    return ImportRow(
        line=plan.lines[one.wish],
        person=names.get(one.wish.person_id, "–"),
        detail=service or every_service(one.wish.level.label, locale()),
        was=format_date(one.current, "d MMMM y") if one.current is not None else _("geen"),
        now=format_date(plan.dated[one.wish], "d MMMM y"),
    )
