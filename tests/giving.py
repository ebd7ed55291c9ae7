"""What giving a mandate needs beside a database: services, a makelaar that knows people, and who
gives.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final

from admin.actor import Actor
from admin.mandates.decision_rules import DeciderLogin
from admin.mandates.giving import Chosen, Circumstances
from assurance.levels import AssuranceLevel
from directory.fields import LocalizedText
from directory.people import ExternalIdentity
from directory.services import MandateRule, RelyingParty, Service
from providers.registry import ProviderRecord
from tests.clocks import START
from tests.keys_for_tests import make_sealer

MAKELAAR: Final = "polderpoort"


def service(uuid: str, level: AssuranceLevel = AssuranceLevel.EH3, **facts: Any) -> Service:
    """Vergunningen, at which people act for an organisation."""
    values: dict[str, Any] = {
        "service_id": f"urn:x:{uuid}",
        "name": LocalizedText(nl="Vergunningen", en="Permits"),
        "provider_name": LocalizedText(nl="Gemeente", en="Municipality"),
        "provider_oin": "00000004000000001000",
        "mandate": MandateRule.REQUIRED,
    }
    return Service(uuid=uuid, level=level, **{**values, **facts})


def makelaar(
    ceiling: AssuranceLevel = AssuranceLevel.EH3, *, lifts: bool = False, state: str = "live"
) -> ProviderRecord:
    """A record that says how high its logins go."""
    facts = {
        "id": MAKELAAR,
        "name": "Veerhuis",
        "level_ceiling": ceiling.label,
        "local_factor_lifts": lifts,
        "state": state,
        "oidc": {"issuer": "https://veerhuis.example", "client_id": "sluis"},
    }
    return ProviderRecord.model_validate(facts)


def known(person_id: str, provider_id: str = MAKELAAR, **facts: Any) -> ExternalIdentity:
    """An identity with which the person can log in."""
    return ExternalIdentity(
        provider_id=provider_id,
        subject_hash=f"hash-of-{person_id}",
        person_id=person_id,
        created_at=START,
        **facts,
    )


def around(
    services: Mapping[str, Service],
    *,
    by: str = "jan",
    level: AssuranceLevel = AssuranceLevel.EH3,
    at: datetime = START,
    now: datetime = START,
    organisation_id: str = "bakery",
    makelaars: Mapping[str, ProviderRecord] | None = None,
    portals: Collection[RelyingParty] = (),
) -> Circumstances:
    """Jan decides at the bakery, with a login of this level and moment."""
    return Circumstances(
        organisation_id=organisation_id,
        actor=Actor.administrator(by),
        login=DeciderLogin(level, at),
        services=services,
        makelaars=makelaars if makelaars is not None else {MAKELAAR: makelaar()},
        portals=portals,
        sealer=make_sealer(),
        max_years=5,
        now=now,
    )


def chosen(person_id: str, uuid: str, until: date, **facts: Any) -> Chosen:
    """One person at one service."""
    values: dict[str, Any] = {"people": (person_id,), "services": (uuid,), "general": None}
    return Chosen(until=until, **{**values, **facts})
