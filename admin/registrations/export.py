"""``sluis export``: registrations as the YAML that ``sluis apply`` reads."""

from __future__ import annotations

import yaml

from broker.settings import Settings
from state.engine import session_at
from state.registrations import all_registrations


def export_documents(settings: Settings) -> str:
    """Every service, makelaar, client and text for people, one YAML document each."""
    with session_at(settings.database.url) as session:
        # A makelaar's own ``kind`` (its protocol) follows from its section when it is read again.
        documents = [{**row.document, "kind": str(row.kind)} for row in all_registrations(session)]
    if not documents:
        return "# Nothing is registered.\n"
    documents = [{"kind": each["kind"], **each} for each in documents]
    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True)
