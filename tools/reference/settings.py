"""The page of the settings: every key of the file and its variable."""

from __future__ import annotations

from typing import Final

from broker.settings import PREFIX, Settings
from tools.reference import since
from tools.reference.kinds_of_values import default_of, in_words
from tools.reference.table import Page, code, table

HEADINGS: Final = ("Key", "May be", "Default", "Since", "Says")


def page() -> Page:
    whole = Settings.model_json_schema()
    definitions = whole["$defs"]
    parts: list[str] = []
    items: list[str] = []
    for section, at in whole["properties"].items():
        reference = at.get("$ref") or at["allOf"][0]["$ref"]
        definition = definitions[reference.rpartition("/")[2]]
        required = set(definition.get("required", ()))
        rows = (
            (
                code(name),
                in_words(field, definitions),
                "required" if name in required else default_of(field),
                since.of("settings", f"{section}.{name}"),
                field.get("description", ""),
            )
            for name, field in definition["properties"].items()
        )
        items += [f"{section}.{name}" for name in definition["properties"]]
        head = f"## [{section}]\n\n{at['description']}"
        parts.append(f"{head}\n\n{table(HEADINGS, rows)}")
    return Page(
        "settings",
        "Settings",
        "Every key of the settings file. Each can be set as "
        f"`{PREFIX}SECTION__KEY`, or read from a file with `{PREFIX}SECTION__KEY_FILE`.",
        tuple(parts),
        tuple(items),
    )
