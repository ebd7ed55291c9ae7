"""Who speaks SAML with us, as registered: each has an address of its own of our metadata."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from keys.saml_keys import OwnRole
from state.registrations import Kind, all_registrations


def saml_parties(session: Session) -> Mapping[OwnRole, tuple[str, ...]]:
    """Makelaars in our role as service provider, portals in that as identity provider."""
    kinds = {OwnRole.SP: Kind.IDENTITY_PROVIDER, OwnRole.IDP: Kind.CLIENT}
    rows = [row for row in all_registrations(session) if row.document.get("saml") is not None]
    return {
        role: tuple(sorted(row.name for row in rows if row.kind is kind))
        for role, kind in kinds.items()
    }
