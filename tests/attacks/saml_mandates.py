"""Attributes with which a makelaar that speaks SAML asserts a mandate."""

from __future__ import annotations

from typing import Any

from providers.interface import Identity
from tests.providers.saml.edits import attribute, name_id
from tests.providers.saml.maker import SERVICE, Edit, finish, spoilt

LEGAL = "urn:etoegang:core:LegalSubjectID"
KVK = "urn:etoegang:1.9:EntityConcernedID:KvKnr"
RSIN = "urn:etoegang:1.9:EntityConcernedID:RSIN"
BSN = "urn:etoegang:1.12:EntityConcernedID:BSN"
UUID = "urn:etoegang:core:ServiceUUID"
ID = "urn:etoegang:core:ServiceID"
BRANCH = "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"
BETWEEN = "urn:etoegang:1.9:IntermediateEntityID:KvKnr"
OURS = {"speaks_for": ("90001201", "90001542")}
ALL = {"speaks_for": "register"}


def legal(*names: tuple[str, str]) -> Edit:
    return attribute(LEGAL, *[name_id(number, kind) for number, kind in names])


BAKERY = legal(("90001201", KVK))
FOR_SERVICE = attribute(UUID, SERVICE)


def acting(*edits: Edit, **settings: Any) -> Identity:
    return finish(spoilt(*edits, settings=settings or OURS))
