"""``sluis person may``: would a login let this person act, and which rule says no?"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import select

from admin.cli.process import process_at
from admin.mandates import what_if
from admin.mandates.means import MeansState
from admin.mandates.what_if import WhatIfAnswer, WhatIfRule
from broker.settings import Settings
from consent.authority import RefusalReason
from directory import dates, people
from directory.organisations import Organisation

_MEANS: Final = {
    MeansState.EXPIRED: "the activation of the means has ended by then",
    MeansState.BLOCKED: "the person is blocked",
    MeansState.RESTRICTED: "the means is restricted to the services of another provider",
    MeansState.NONE: "no makelaar of this service, and no account, lets the person in",
}
_MANDATE: Final = {
    RefusalReason.EXPIRED: "the mandate has ended by then",
    RefusalReason.UNUSED: "the mandate has lapsed by then, because nobody used it for too long",
    RefusalReason.NOT_YET_VALID: "the mandate begins later",
    RefusalReason.REVOKED: "the mandate was taken back",
    RefusalReason.LOGIN_LEVEL: "a login does not reach the level that the chain mandate needs",
    RefusalReason.MANDATE_LEVEL: "the mandate holds for a lower level than the service",
    RefusalReason.BRANCH: "the mandate is for branches, which this service does not know",
    RefusalReason.CHAIN_NOT_ALLOWED: "the service allows no chain mandates",
    RefusalReason.NOT_ALLOCATED: "the intermediary gave this client to others of its people",
    RefusalReason.LINK_NOT_ALLOWED: "it was given by a link in a mail, which does not count here",
    RefusalReason.PLACE_ENDED: "the person is no longer at the intermediary",
    RefusalReason.BRANCH_ENDED: "the branch of the mandate is there no more",
    RefusalReason.SUSPENDED: "the organisation is suspended",
    RefusalReason.RENUMBERED: "the organisation has another number since",
    RefusalReason.LEFT: "the person left the organisation after the mandate was given",
}


class NotRegistered(Exception):
    """There is no such organisation or service; the message says which."""


def may(
    settings: Settings, person_id: str, kvk: str, service_uuid: str, day: date | None
) -> tuple[bool, str]:
    """Yes or no, and a line to print. Raises NoSuchPerson and NotRegistered."""
    with process_at(settings) as process, process.sessions() as sql:
        configuration, now = process.holder.current, process.clock()
        people.known_person(sql, person_id)
        organisation = sql.scalars(select(Organisation).where(Organisation.kvk == kvk)).first()
        service = configuration.services.get(service_uuid)
        if organisation is None:
            raise NotRegistered("no organisation with this KvK number")
        if service is None:
            raise NotRegistered("no service with this UUID")
        answer = what_if.ask(
            sql,
            person_id=person_id,
            makelaars=configuration.providers,
            organisation=organisation,
            service=service,
            day=day or dates.day_of(now),
            now=now,
            unused_months=settings.mandates.unused_months,
            link_level=settings.mandates.chain_link_level,
        )
    return answer.may, _told(answer)


def _told(answer: WhatIfAnswer) -> str:
    if answer.may:
        through = answer.authority.intermediary if answer.authority is not None else None
        return f"Yes, through {through.number}." if through is not None else "Yes."
    return f"No: {_why(answer)}."


def _why(answer: WhatIfAnswer) -> str:
    if answer.rule is WhatIfRule.MEANS:
        return _MEANS[answer.means]
    if answer.rule is WhatIfRule.LEVEL:
        reached = answer.reached.label if answer.reached is not None else "nothing"
        return f"the service asks {answer.needed.label}, a login of this person reaches {reached}"
    if answer.rule is WhatIfRule.SUSPENDED:
        return "the organisation is suspended"
    if answer.refusal is not None:
        return _MANDATE.get(answer.refusal, "the mandate does not suffice")
    return "there is no mandate for this organisation at this service"
