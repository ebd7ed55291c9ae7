"""JSON Schema of one document that apply reads, for editors."""

from __future__ import annotations

import json
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from admin.registrations.kinds import KINDS
from assurance.levels import AssuranceLevel

OF_FILES: Final = {  # what stands in a file of its own: its name, from the folder of the document
    "metadata_file": "The XML file with the metadata, from the folder of this document.",
    "metadata_signing_certificate_file": (
        "The PEM file with who may have signed the metadata, from the folder of this document."
    ),
}
DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema() -> str:
    """One of the kinds, each with its fields and no other."""
    models = [(kind.name, model) for kind in KINDS.values() for model in kind.models]
    named, whole = models_json_schema([(model, "validation") for _, model in models])
    definitions = whole["$defs"]
    references = [(kind, named[model, "validation"]) for kind, model in models]
    for kind, reference in references:
        _give_kind(definitions[reference["$ref"].rpartition("/")[2]], kind)
    # What stands in a file of its own is read by apply and kept in the field without ``_file``.
    for section in ("SamlSettings", "SamlPortalSettings"):
        for field, what in OF_FILES.items():
            definitions[section]["properties"][field] = {"type": "string", "description": what}
    for definition in definitions.values():
        for field in definition.get("properties", {}).values():
            _say_level(field)
    document = {
        "$schema": DRAFT,
        "title": "A document of sluis apply",
        "oneOf": [reference for _, reference in references],
        "$defs": definitions,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _say_level(field: dict[str, Any]) -> None:
    """The default of a level as it is written, not as it is counted."""
    default = field.get("default")
    if isinstance(default, AssuranceLevel):
        field["default"] = default.label
    elif type(default) is int and AssuranceLevel.EH3.label in field.get("enum", ()):
        field["default"] = AssuranceLevel(default).label


def _give_kind(definition: dict[str, Any], kind: str) -> None:
    """Every document says what it is; the protocol of a makelaar follows from its section."""
    definition["properties"] = {
        "kind": {"const": kind, "description": "What this document is."}
    } | {name: field for name, field in definition["properties"].items() if name != "kind"}
    needed = [name for name in definition.get("required", []) if name != "kind"]
    definition["required"] = ["kind", *needed]
