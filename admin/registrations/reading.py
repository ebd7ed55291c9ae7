"""Reading: YAML files become validated documents. Every mistake is found before anything is
written.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args

import yaml
from pydantic import BaseModel, ValidationError
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.reader import ReaderError
from yaml.resolver import Resolver

from admin.registrations import files
from admin.registrations.documents import DocumentsRefused, Entry
from admin.registrations.kinds import KINDS

_Parsed = tuple[int, list[tuple[int, str]], Any]


class _Loader(yaml.SafeLoader):
    """What looks like a day and is none, such as 29 February 2027, stays text: its field says what
    is wrong.
    """

    def day(self, node: yaml.ScalarNode) -> Any:
        try:
            return self.construct_yaml_timestamp(node)
        except (ValueError, OverflowError):
            return node.value


def _quick_loader() -> Callable[[str], Any]:
    """The same rules on libyaml, in a tenth of the time; nodes are put together here, where one in
    another is bounded. Its words of what is wrong are not ours. A PyYAML that was built without
    libyaml has the slow one alone.
    """
    try:
        from yaml._yaml import CParser
    except ImportError:
        return _Loader

    class QuickLoader(Composer, CParser, SafeConstructor, Resolver):
        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)
            Composer.__init__(self)
            SafeConstructor.__init__(self)
            Resolver.__init__(self)

        day = _Loader.day

    QuickLoader.add_constructor("tag:yaml.org,2002:timestamp", QuickLoader.day)
    return QuickLoader


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.day)
_quick: Final = _quick_loader()


def read(path: Path) -> list[Entry]:
    """Every document under ``path``, in the order of KINDS. Raises DocumentsRefused with all
    mistakes.
    """
    found = (
        sorted(path.glob("**/*.yaml")) + sorted(path.glob("**/*.yml")) if path.is_dir() else [path]
    )
    entries: list[Entry] = []
    mistakes: list[str] = []
    if not found:
        mistakes.append(f"{path}: no .yaml file here")
    for file in found:
        for place, document in _documents(file, mistakes):
            entry = _validated(place, document, file.parent, mistakes)
            if entry is not None:
                entries.append(entry)
    mistakes += _twice(entries)
    if mistakes:
        raise DocumentsRefused(mistakes)
    order = list(KINDS)
    return sorted(entries, key=lambda entry: order.index(entry.kind))


def _twice(entries: list[Entry]) -> Iterator[str]:
    """Two documents for one thing: which of them holds would be chance."""
    seen: dict[tuple[str, str], str] = {}
    for entry in entries:
        first = seen.setdefault((entry.kind, entry.model.key), entry.place)
        if first != entry.place:
            yield f"{entry.place}: {entry.kind} {entry.model.key} stands in {first} as well"


def _documents(file: Path, mistakes: list[str]) -> Iterator[tuple[str, Any]]:
    try:
        text = files.unicode_text(file)
        documents = _all_of(text)
    except files.FileRefused as refused:
        mistakes.append(f"{file}: {refused}")
        return
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        mistakes.append(f"{file}:{line}: not YAML (it holds the sign U+{error.character:04X})")
        return
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line_of_it = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", "cannot be read")
        mistakes.append(f"{file}{line_of_it}: not YAML ({problem})")
        return
    for begin, doubled, document in documents:
        mistakes.extend(f"{file}:{line}: {key} stands here twice" for line, key in doubled)
        if document is not None:
            yield f"{file}:{begin}", document


def _all_of(text: str) -> list[_Parsed]:
    """Raises YAMLError, ValueError and RecursionError, in the words of the slow one."""
    try:
        return list(_parsed(_quick(text)))
    except (yaml.YAMLError, ValueError, RecursionError):
        return list(_parsed(_Loader(text)))


def _parsed(loader: Any) -> Iterator[_Parsed]:
    """Of each document its first line, what it holds twice with its line, and what it says. Raises
    YAMLError, and ValueError for a date that is none.
    """
    while loader.check_node():
        node = loader.get_node()
        assert node is not None
        doubled = list(_doubled(node))  # first: to read a document takes its merged keys apart
        yield node.start_mark.line + 1, doubled, loader.construct_document(node)


def _doubled(root: yaml.Node) -> Iterator[tuple[int, str]]:
    """Line and key of what a mapping holds twice: YAML would take the last and say nothing."""
    waiting, known = [root], {id(root)}  # an alias is the same node again
    while waiting:
        node = waiting.pop()
        inner: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                inner.append(value)
                if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                    if key.value in seen:
                        yield key.start_mark.line + 1, key.value
                    seen.add(key.value)
        elif isinstance(node, yaml.SequenceNode):
            inner = list(node.value)
        waiting += [one for one in inner if id(one) not in known]
        known |= {id(one) for one in inner}


def _validated(place: str, document: Any, folder: Path, mistakes: list[str]) -> Entry | None:
    kind = document.get("kind") if isinstance(document, dict) else None
    known = KINDS.get(str(kind))
    if known is None:
        close = difflib.get_close_matches(str(kind), KINDS, n=1)
        hint = f"; did you mean {close[0]}?" if close else f"; known: {', '.join(KINDS)}"
        mistakes.append(f"{place}: kind {kind!r} is unknown{hint}")
        return None
    fields = {key: value for key, value in document.items() if key != "kind"}
    model = known.model_of(fields)
    try:
        _read_saml_files(fields, folder)
        return Entry(known.name, model.model_validate(fields), place, folder)
    except _SamlFileRefused as refused:
        mistakes.append(f"{place}: {refused}")
    except ValidationError as error:
        mistakes.extend(f"{place}: {_explain(item, model)}" for item in error.errors())
    return None


class _SamlFileRefused(Exception):
    """Field and why."""


# The field that holds what a file of its own may hold -> how such a file is read.
_SAML_FILES: Final[Mapping[str, Callable[[Path], str]]] = {
    "metadata": files.xml_file_text,
    "metadata_signing_certificate": files.unicode_text,
}


def _read_saml_files(fields: dict[str, Any], folder: Path) -> None:
    saml = fields.get("saml")
    if not isinstance(saml, dict):
        return
    whole = dict(saml)
    for field, read_text in _SAML_FILES.items():
        named = whole.pop(f"{field}_file", None)
        if named is None:
            continue
        try:
            whole[field] = read_text(folder / str(named))
        except files.FileRefused as refused:
            raise _SamlFileRefused(f"saml.{field}_file: {refused}") from None
    fields["saml"] = whole


# What is said of a value of another kind, in the words of who writes YAML.
_IN_YAML: Final[Mapping[str, str]] = {
    "tuple_type": "it is no list; write [one, two], or a line with a dash for each",
    "list_type": "it is no list; write [one, two], or a line with a dash for each",
    "dict_type": "it is no section; write names with a colon below it",
    "model_type": "it is no section; write names with a colon below it",
}


def _explain(item: Any, model: type[BaseModel]) -> str:
    where = ".".join(str(part) for part in item["loc"]) or "document"
    if item["type"] != "extra_forbidden":
        said = _IN_YAML.get(item["type"]) or item["msg"].removeprefix("Value error, ")
        return f"{where}: {said}"
    close = difflib.get_close_matches(str(item["loc"][-1]), _known_at(model, item["loc"]), n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"{where}: unknown field{hint}"


def _known_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The fields, as documents write them, of the section where this one stands."""
    for part in loc[:-1]:
        field = model.model_fields.get(str(part))
        inner = _model_in(field.annotation) if field is not None else None
        model = inner or model  # a number in a list is no field
    known = [field.alias or name for name, field in model.model_fields.items()]
    in_files = [field for field in _SAML_FILES if field in known]
    return [*known, *(f"{field}_file" for field in in_files)]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in get_args(annotation))
    return next((model for model in found if model is not None), None)
