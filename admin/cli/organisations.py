"""``sluis organisation``: facts of one organisation, its number, and its administrators."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE
from admin.cli.process import process_at
from admin.organisations import billing, records, relinking, restoring
from admin.organisations.billing import BillingAround
from admin.organisations.records import (
    ConfirmedFacts,
    FactsRefused,
    NoSuchOrganisation,
    NotInRegister,
    Taken,
)
from admin.organisations.relinking import Merger, Relinked, RelinkRefused
from admin.organisations.restoring import RestoreFault, RestoreRefused
from admin.terms import role_extension
from admin.terms.role_extension import ExtensionFault, ExtensionRefused, ExtensionWish
from admin.trade_register import lookup
from admin.trade_register.entries import RegisterTrouble
from broker.process import Process
from broker.settings import Settings
from broker.sso.logout import LogoutNotifier
from directory import administrator_role, company_numbers, organisation_records
from directory.company_numbers import NoCompanyNumber, NumberFault
from directory.organisations import Establishment, Organisation
from state.db import writing

TROUBLES: Final = {
    "none": (
        "no register is chosen; set trade_register.adapter, or use `sluis organisation confirm`"
    ),
    "key_refused": "the register refuses our key; look at trade_register.api_key_file",
    "key_not_readable": "the file of trade_register.api_key_file cannot be read, or is empty",
    "other_number": "the register answered about another number; nothing was taken",
    "not_json": "the register answered no JSON; is trade_register.url right?",
    "not_understood": "the register answered something that we do not understand",
    "file_not_readable": "the file of trade_register.file cannot be read",
    "file_not_understood": "the file of trade_register.file is not as it must be",
    "file_too_large": "the file of trade_register.file is larger than 20 MB",
    "number_twice": "a number stands twice in the file of trade_register.file",
}
REFUSALS: Final = {
    "same": "both are one number",
    "taken": "the new number is registered here; use `sluis organisation merge`",
    "moved": "one of these went up in another before; see `sluis organisation show`",
    "rsin": "this is no RSIN: nine digits, of which the last one checks the others",
}
ROLES: Final = {
    ExtensionFault.NO_ADMINISTRATOR: "this person is no administrator there",
    ExtensionFault.OWN: "nobody extends the own role",
    ExtensionFault.EARLY: "a role can be extended in its last half year",
}
STANDS: Final = {
    RestoreFault.OPEN: "it is not closed",
    RestoreFault.MOVED: "it went up in another, which has what it had",
    RestoreFault.REGISTER: (
        "it left the trade register; where that is mended, use `sluis organisation refresh`"
    ),
}


class NotDone(Exception):
    """A line that says why."""


def show(settings: Settings, kvk: str, *, as_json: bool) -> list[str]:
    """Lines to print. Raises NotDone."""
    with process_at(settings) as process, process.sessions() as session, _explained():
        kvk = _number(kvk)
        moved = organisation_records.moved_to(session, kvk)
        facts = _facts(session, records.organisation_at(session, moved or kvk))
    if as_json:
        return [json.dumps({"moved_to": moved, **facts}, indent=2)]
    head = [f"{kvk} became {moved}."] if moved else []
    return [*head, *(f"{name:12} {_told(value)}" for name, value in facts.items())]


def look_up(settings: Settings, kvk: str) -> list[str]:
    """Lines to print. Raises NotDone."""
    with process_at(settings) as process, process.sessions() as session, _explained():
        found = lookup.look_up(session, process, _number(kvk))
    entry = found.entry
    head = [f"Here this number became {found.moved_to}."] if found.moved_to else []
    if entry is None:
        return [*head, "The register does not know this number."]
    lines = [f"{name:12} {_told(value)}" for name, value in entry if name != "branches"]
    branches = [f"{'branch':12} {one.number} {one.name}" for one in entry.branches]
    return [*head, *lines, *branches]


def refresh(settings: Settings, kvk: str) -> list[str]:
    """Lines to print. Raises NotDone."""
    with process_at(settings) as process, process.sessions() as session, _explained():
        taken = records.refresh(session, process, _number(kvk), actor=COMMAND_LINE)
    return _taken(taken)


def confirm(settings: Settings, kvk: str, facts: ConfirmedFacts) -> list[str]:
    """Lines to print. Raises NotDone."""
    with _written(settings) as (process, session):
        now = process.clock()
        taken = records.confirm(session, _number(kvk), facts, actor=COMMAND_LINE, now=now)
    return _taken(taken)


def renumber(settings: Settings, old: str, new: str, rsin: str | None) -> list[str]:
    """Lines to print. Raises NotDone."""
    with _written(settings) as (process, session):
        numbers = _number(old), _number(new)
        notifier = _notifier(process)
        done = relinking.renumber(session, notifier, *numbers, rsin=rsin, actor=COMMAND_LINE)
    return [f"{old} is {new} now; write that number in your documents.", _reference(done)]


def merge(settings: Settings, old: str, new: str) -> list[str]:
    """Lines to print. Raises NotDone."""
    with _written(settings) as (process, session):
        numbers = _number(old), _number(new)
        services = process.holder.current.services
        around = Merger(COMMAND_LINE, services, _notifier(process))
        done = relinking.merge(session, around, *numbers)
    counts = ", ".join(f"{number} {sort.replace('_', ' ')}" for sort, number in done.moved.items())
    return [
        f"{old} went up in {new}: {counts}. Write {new} in your documents.",
        *_ended_by_links(done),
        *_restricted(done),
        _reference(done),
    ]


def _ended_by_links(done: Relinked) -> list[str]:
    """What did not go along, where there was any."""
    ended = done.ended
    if not ended.requests and not ended.chain_mandates:
        return []
    return [
        f"Ended, because a link in a mail to the old one says nothing for the new one: "
        f"{ended.chain_mandates} chain mandates given with a link, {ended.requests} requests that "
        "waited. Intermediaries ask again."
    ]


def _restricted(done: Relinked) -> list[str]:
    if not done.restricted_ended:
        return []
    return [
        f"{done.restricted_ended} restricted login means end: a company has one. Its "
        "administrators were told which stays."
    ]


def restore(settings: Settings, kvk: str) -> list[str]:
    """Lines to print. Raises NotDone."""
    with _written(settings) as (process, session):
        number, now = _number(kvk), process.clock()
        is_administered = restoring.restore(session, number, actor=COMMAND_LINE, now=now)
    lines = [f"{number} counts again, with what it had and nobody ended."]
    if not is_administered:
        lines.append("Nobody administers it: give somebody that role in your documents.")
        if settings.joining.account_requests:
            asked_at = f"{settings.base_url}/toegang/aanvragen"
            lines.append(f"Who has no account yet asks for one at {asked_at}.")
    return lines


def contract(settings: Settings, kvk: str, begins: date | None, ends: date | None) -> list[str]:
    """Lines to print. Raises NotDone."""
    with _written(settings) as (process, session):
        around = BillingAround(
            organisation_id=records.organisation_at(session, _number(kvk)).id,
            actor=COMMAND_LINE,
            login=None,
            sealer=process.sealer,
            now=process.clock(),
            hands_on=process.settings.invoicing.adapter != "none",
        )
        billing.set_contract(session, around, begins, ends)
    return [f"The contract of {kvk} runs from {begins or 'any day'} until {ends or 'any day'}."]


def extend_role(settings: Settings, kvk: str, person_id: str) -> list[str]:
    """Lines to print. Raises NotDone."""
    with process_at(settings) as process, process.sessions() as session, _explained():
        place = records.organisation_at(session, _number(kvk))
        wish = ExtensionWish(
            place.id, person_id, COMMAND_LINE, None, process.sealer, process.clock()
        )
        with writing(session):
            last = administrator_role.last_day(role_extension.extend(session, wish))
    return [f"{person_id} is an administrator of {kvk} until {last}."]


@contextmanager
def _written(settings: Settings) -> Iterator[tuple[Process, Session]]:
    """All of it in one transaction, or nothing."""
    with (
        _explained(),
        process_at(settings) as process,
        process.sessions() as session,
        writing(session),
    ):
        yield process, session


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except RegisterTrouble as trouble:
        reason = trouble.reason
        raise NotDone(TROUBLES.get(reason, f"the register could not be asked ({reason})")) from None
    except RelinkRefused as refused:
        raise NotDone(REFUSALS[refused.why]) from None
    except RestoreRefused as refused:
        raise NotDone(STANDS[refused.why]) from None
    except NoSuchOrganisation:
        raise NotDone("no organisation is registered here under this number") from None
    except NotInRegister:
        raise NotDone("the register does not know this number; nothing was taken") from None
    except FactsRefused as refused:
        raise NotDone(f"cannot be kept like this: {refused}") from None
    except ExtensionRefused as refused:
        raise NotDone(ROLES[refused.why]) from None


# Nine digits may be a citizen service number: they are not said again.
_SEEN: Final = {
    NumberFault.EMPTY: "there is no number",
    NumberFault.BRANCH: "twelve digits are the number of a branch",
    NumberFault.RSIN: "nine digits may be an RSIN, not a KvK number",
}


def _number(typed: str) -> str:
    try:
        return company_numbers.read(typed)
    except NoCompanyNumber as wrong:
        seen = _SEEN.get(wrong.why, f"{typed[:20]!r} is no KvK number")
        raise NotDone(f"{seen}; write eight digits, such as 90001201") from None


def _facts(session: Session, organisation: Organisation) -> dict[str, Any]:
    record = organisation_records.record_of(session, organisation.id)
    branches = session.scalars(
        select(Establishment.number)
        .where(Establishment.organisation_id == organisation.id, Establishment.ended_at.is_(None))
        .order_by(Establishment.number)
    )
    old = organisation_records.old_numbers(session, organisation.id)
    return {
        "kvk": organisation.kvk,
        "name": organisation.name,
        "rsin": organisation.rsin,
        "address": record.address if record else None,
        "telephone": record.telephone if record else None,
        "source": str(record.source) if record else None,
        "looked at": record.looked_at.isoformat(timespec="minutes") if record else None,
        "ended": record.ended.isoformat() if record and record.ended else None,
        "suspended": organisation.suspended_at is not None,
        "branches": list(branches),
        "was": [one.kvk for one in old],
    }


def _told(value: Any) -> str:
    if value is None or value == []:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _taken(taken: Taken) -> list[str]:
    lines = [f"Changed: {', '.join(taken.fields)}." if taken.fields else "Nothing changed."]
    if taken.is_ended:
        lines.append("It left the register: nobody can act for it any more.")
    lines += [f"Branch {number} stands here and not in the register." for number in taken.unknown]
    return lines


def _notifier(process: Process) -> LogoutNotifier:
    portals = process.holder.current.relying_parties
    return LogoutNotifier(process.sealer, process.downstreams, portals, process.clock())


def _reference(done: Relinked) -> str:
    return f"In the audit under {done.reference}."
