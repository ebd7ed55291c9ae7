"""Export: registrations as the YAML that apply reads."""

from __future__ import annotations

import yaml
from sqlalchemy.orm import Session

from state.registrations import all_registrations


def export(session: Session) -> str:
    """Every service, makelaar, client and text for people, one YAML document each. Not audited:
    nothing in it is about a person.
    """
    # A makelaar's own ``kind`` (its protocol) follows from its section when it is read again.
    documents = [{**row.document, "kind": str(row.kind)} for row in all_registrations(session)]
    if not documents:
        return "# Nothing is registered.\n"
    documents = [{"kind": each["kind"], **each} for each in documents]
    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True)
