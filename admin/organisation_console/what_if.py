"""What if, at ``/beheer``: may this colleague, for this company, open this service on that day?"""

from __future__ import annotations

from datetime import date

from flask import request
from werkzeug.wrappers import Response

from admin.mandates import colleagues, giving, what_if
from admin.mandates.colleagues import CompanyPerson
from admin.mandates.what_if import WhatIfAnswer
from admin.organisation_console.access import BeheerContext, blueprint, requires
from admin.organisation_console.what_if_page import WhatIfPage, WhatIfResult
from broker.texts import consent_words
from broker.web.endpoints import Endpoint
from broker.web.language import locale
from broker.web.responses import show
from directory import dates
from directory.organisations import Organisation
from directory.people import Role
from directory.services import Service


@blueprint.get("/mag-dit")
@Endpoint(limit="console", kept=("wie", "dienst", "dag"))
@requires(Role.ADMINISTRATOR)
def what_if_page(console: BeheerContext) -> Response:
    """The question, and the answer where all of it is filled in."""
    configuration = console.rt.configuration
    people = colleagues.at(console.sql, configuration.providers, console.here.id, console.now)
    services = sorted(
        giving.givable(configuration.services), key=lambda one: one.name.in_(locale()).casefold()
    )
    who = next((one for one in people if one.id == request.args.get("wie")), None)
    service = next((one for one in services if one.uuid == request.args.get("dienst")), None)
    today = dates.day_of(console.now)
    day = dates.typed(request.args.get("dag", ""))
    is_asked = bool(request.args.keys() & {"wie", "dienst", "dag"})
    lacking = is_asked and (who is None or service is None or day is None or day < today)
    result = None
    if who is not None and service is not None and day is not None and not lacking:
        result = _result(console, who, service, day)
    page = WhatIfPage(
        console=console.frame,
        people=tuple((one.id, one.name) for one in people),
        services=tuple((one.uuid, one.name.in_(locale())) for one in services),
        who=who.id if who is not None else "",
        service=service.uuid if service is not None else "",
        day=day if day is not None else today,
        given_day=request.args.get("dag", "")[: dates.LONGEST_TYPED],
        today=today,
        result=result,
        wrong=_wrong(who, service, day, today) if lacking else "",
    )
    return show(page, 422 if lacking else 200)


def _wrong(
    who: CompanyPerson | None, service: Service | None, day: date | None, today: date
) -> str:
    """The first field that is not filled in as it must be."""
    if who is None:
        return "wie"
    if service is None:
        return "dienst"
    return "dag" if day is None or day < today else ""


def _result(
    console: BeheerContext, who: CompanyPerson, service: Service, day: date
) -> WhatIfResult:
    answer = what_if.ask(
        console.sql,
        person_id=who.id,
        makelaars=console.rt.configuration.providers,
        organisation=console.sql.get_one(Organisation, console.here.id),
        service=service,
        day=day,
        now=console.now,
        unused_months=console.rt.settings.mandates.unused_months,
        link_level=console.rt.settings.mandates.chain_link_level,
    )
    return WhatIfResult(
        person_id=who.id,
        person=who.name,
        service=service.name.in_(locale()),
        day=day,
        may=answer.may,
        rule=str(answer.rule or ""),
        needed=answer.needed.label,
        reached=answer.reached.label if answer.reached is not None else "",
        means=str(answer.means),
        refusal=consent_words.refusal(answer.refusal) if answer.refusal is not None else "",
        mandate_id=answer.authority.mandate_id if answer.authority is not None else None,
        through=_through(answer),
        until=answer.authority.valid_until if answer.authority is not None else None,
    )


def _through(answer: WhatIfAnswer) -> str:
    """The intermediary of a chain."""
    chain = answer.authority.intermediary if answer.authority is not None else None
    return (chain.name or chain.number) if chain is not None else ""
