"""``sluis export``: registrations as the YAML that ``sluis apply`` reads."""

from __future__ import annotations

import yaml
from sqlalchemy.orm import Session

from broker.settings import Settings
from state.engine import make_engine
from state.registrations import all_registrations


def export_documents(settings: Settings) -> str:
    """Every service, makelaar and client, one YAML document each."""
    with Session(make_engine(settings.database.url)) as session:
        documents = [{"kind": str(row.kind), **row.document} for row in all_registrations(session)]
    for document in documents:
        if document["kind"] == "IdentityProvider":
            document.pop("id_kind", None)
    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True)
