"""What may be written in a field, in words, from its JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tools.reference.table import code

Schema = Mapping[str, Any]
_NAMES: Final = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "`true` or `false`",
    "object": "anything",
}
_FORMATS: Final = {
    "path": "file",
    "date": "day",
    "date-time": "moment with a zone",
}
LOCALIZED: Final = frozenset({"LocalizedText", "Words", "ShortWords"})


def in_words(field: Schema, definitions: Schema) -> str:
    """``text of at most 64 signs``, ``list of `nl` or `en```; a section by its heading."""
    if "$ref" in field:
        return _named(field["$ref"].rpartition("/")[2], definitions)
    if "const" in field:
        return code(field["const"])
    if "enum" in field:
        return _one_of([code(value) for value in field["enum"]])
    if "anyOf" in field:
        kinds = [in_words(one, definitions) for one in field["anyOf"] if one.get("type") != "null"]
        return _one_of(list(dict.fromkeys(kinds)))
    if field.get("type") == "array":
        items = field.get("items") or field.get("prefixItems", [{}])[0]
        return f"list of {in_words(items, definitions)}"
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), Mapping):
        return f"map to {in_words(field['additionalProperties'], definitions)}"
    return _simple(field)


def default_of(field: Schema) -> str:
    """As it is written; empty for nothing."""
    value = field.get("default")
    if value is None or value in ([], {}, ""):
        return ""
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, list):
        return ", ".join(code(one) for one in value)
    return "" if isinstance(value, dict) else code(value)


def sections_of(field: Schema, definitions: Schema) -> list[str]:
    """The definitions with fields of their own that this one leads to, in order."""
    found = [field["$ref"].rpartition("/")[2]] if "$ref" in field else []
    inner = [*field.get("anyOf", []), *field.get("allOf", []), *field.get("prefixItems", [])]
    for key in ("items", "additionalProperties"):
        if isinstance(field.get(key), Mapping):
            inner.append(field[key])
    for one in inner:
        found += sections_of(one, definitions)
    return [name for name in found if "properties" in definitions[name] and name not in LOCALIZED]


def _named(name: str, definitions: Schema) -> str:
    if name in LOCALIZED:
        return "text in `nl` and `en`"
    if "properties" in definitions[name]:
        return f"[section](#{name.lower()})"
    return in_words(definitions[name], definitions)


def _simple(field: Schema) -> str:
    words = _FORMATS.get(field.get("format", "")) or _NAMES.get(field.get("type", ""), "anything")
    least, most = field.get("minimum"), field.get("maximum")
    if least is not None and most is not None:
        words += f", {least} to {most}"
    elif least is not None:
        words += f", at least {least}"
    if "maxLength" in field:
        words += f" of at most {field['maxLength']} signs"
    if "pattern" in field:
        words += f" like {code(field['pattern'])}"
    return words


def _one_of(kinds: list[str]) -> str:
    return kinds[0] if len(kinds) == 1 else ", ".join(kinds[:-1]) + f" or {kinds[-1]}"
