"""The page of registration files: every kind of document with its fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from admin.registrations.schema import schema
from tools.reference import since
from tools.reference.kinds_of_values import Schema, default_of, in_words, sections_of
from tools.reference.table import Page, code, table

HEADINGS: Final = ("Field", "May be", "Default", "Since", "Says")


def page() -> Page:
    whole = json.loads(schema())
    definitions = whole["$defs"]
    names = [reference["$ref"].rpartition("/")[2] for reference in whole["oneOf"]]
    sections = list(_sections(names, definitions))
    parts = [_document(definitions[name], definitions) for name in names]
    parts += [_section(name, definitions) for name in sections]
    items = [_item(definitions[n], one) for n in names + sections for one in _names(definitions[n])]
    return Page(
        "documents",
        "Registration files",
        "Every kind of document that `sluis apply` reads, with its fields. For an editor: "
        "`sluis config schema --documents`.",
        tuple(parts),
        tuple(items),
    )


def _document(definition: Schema, definitions: Schema) -> str:
    kind = definition["properties"]["kind"]["const"]
    protocol = " over SAML" if definition["title"] == "SamlServiceProvider" else ""
    return f"## {kind}{protocol}\n\n{_first(definition)}{_fields(definition, definitions)}"


def _section(name: str, definitions: Schema) -> str:
    definition = definitions[name]
    return f"## {name}\n\n{_first(definition)}{_fields(definition, definitions)}"


def _first(definition: Schema) -> str:
    """What its docstring begins with."""
    words = " ".join(str(definition.get("description", "")).split()).replace("``", "`")
    return f"{words}\n\n" if words else ""


def fields_of(definition: Schema, definitions: Schema, page: str) -> str:
    """The table of its fields, for another page than this one, of which ``page`` is the address."""
    return _fields(definition, definitions).replace("](#", f"]({page}#").replace("``", "`")


def _fields(definition: Schema, definitions: Schema) -> str:
    required = set(definition.get("required", ()))
    return table(
        HEADINGS,
        (
            (
                code(name),
                in_words(field, definitions),
                "required" if name in required else default_of(field),
                since.of("documents", _item(definition, name)),
                field.get("description", ""),
            )
            for name, field in definition["properties"].items()
        ),
    )


def _names(definition: Schema) -> Iterator[str]:
    yield from definition["properties"]


def _item(definition: Schema, field: str) -> str:
    return f"{definition['title']}.{field}"


def _sections(names: list[str], definitions: Schema) -> Iterator[str]:
    """What the documents lead to, once each, in the order in which they are met."""
    seen, waiting = set(names), list(names)
    while waiting:
        for field in definitions[waiting.pop(0)]["properties"].values():
            for name in sections_of(field, definitions):
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
                    yield name
