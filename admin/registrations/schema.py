"""``sluis config schema --documents``: JSON Schema of one document that ``sluis apply`` reads, for
editors.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import models_json_schema

from admin.cli.configuring import DRAFT
from admin.registrations.documents import MODELS


def schema() -> str:
    """One of the kinds, each with its fields and no other."""
    named, whole = models_json_schema([(model, "validation") for model in MODELS.values()])
    definitions = whole["$defs"]
    references = {kind: named[model, "validation"] for kind, model in MODELS.items()}
    for kind, reference in references.items():
        _give_kind(definitions[reference["$ref"].rpartition("/")[2]], kind)
    # What stands in a file of its own is read by apply and kept in ``metadata``.
    definitions["SamlSettings"]["properties"]["metadata_file"] = {"type": "string"}
    document = {
        "$schema": DRAFT,
        "title": "A document of sluis apply",
        "oneOf": list(references.values()),
        "$defs": definitions,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _give_kind(definition: dict[str, Any], kind: str) -> None:
    """Every document says what it is; the protocol of a makelaar follows from its section."""
    definition["properties"] = {"kind": {"const": kind}} | {
        name: field for name, field in definition["properties"].items() if name != "kind"
    }
    needed = [name for name in definition.get("required", []) if name != "kind"]
    definition["required"] = ["kind", *needed]
