"""Rules about the text of the repository: size, escaping, nothing of anybody's own machine."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source_tree import PRODUCT, ROOT, files, nodes, python_files, texts, tree
from tests.conftest import HEAVY, LONGEST

MOST_LINES = 400
UNSAFE_IN_TEMPLATES = re.compile(r"\|\s*safe\b|autoescape\s+false|\bMarkup\b")
UNSAFE_IN_CODE = frozenset({"Markup", "render_template_string", "mark_safe"})

# What a text may not hold -> why
NOT_IN_TEXTS = {
    r"\.\./shared\b": "points outside the repository",
    r"/(?<![\w.:/-]/)(?:root|home|work|Users)/\w": "a path of somebody's machine",
    r"--(?:extra-)?index-url|--find-links|--registry[= ]": "names a package index",
    r'"resolved": *"': "a package lock that names a host",
}
ABOUT_PACKAGE_INDEXES = ("--no-emit-index-url", "--no-emit-find-links")


def test_files_fit_on_a_few_screens() -> None:
    too_long = {
        str(path): lines
        for path in python_files()
        if "migrations" not in path.parts
        if (lines := len((ROOT / path).read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert not too_long, f"split these by noun: {too_long}"


def test_A_02_templates_switch_escaping_off_nowhere() -> None:
    wrong = [
        f"{path}: {found.group()}"
        for path, text in texts()
        if "templates" in path.parts
        for found in UNSAFE_IN_TEMPLATES.finditer(text)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("text", ["{{ name|safe }}", "{{ name | safe }}", "{% autoescape false %}"])
def test_an_unsafe_template_is_seen(text: str) -> None:
    assert UNSAFE_IN_TEMPLATES.search(text)


def test_A_02_templates_are_escaped_by_their_file_name() -> None:
    # Autoescaping follows the name; a page in a file with another name would go out as it is.
    wrong = [
        str(path)
        for path in files()
        if "templates" in path.parts and path.parts[0] in PRODUCT
        if path.suffix not in (".html", ".svg", ".xml", ".txt")
    ]
    assert not wrong, "\n".join(wrong)


def test_A_02_code_builds_no_markup_from_strings() -> None:
    wrong = []
    for path in python_files(*PRODUCT):
        for node in nodes(tree(path)):
            name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)
            if name in UNSAFE_IN_CODE:
                wrong.append(f"{path}: {name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("pattern", "why"), list(NOT_IN_TEXTS.items()))
def test_texts_name_nothing_outside_the_repository(pattern: str, why: str) -> None:
    wrong = []
    for path, text in texts():
        if not re.search(pattern, text):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if any(option in line for option in ABOUT_PACKAGE_INDEXES) or path == Path(
                "tests/architecture/test_source.py"
            ):
                continue
            if re.search(pattern, line):
                wrong.append(f"{path}:{number}")
    assert not wrong, f"{why}:\n" + "\n".join(wrong)


def test_the_lock_holds_names_versions_and_hashes_only() -> None:
    allowed = re.compile(
        r"(#.*|[\w.\[\],-]+==[\w.!+]+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?)?"
    )
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    wrong = [line for line in lines if not allowed.fullmatch(line)]
    assert not wrong, "\n".join(wrong)


def test_the_files_that_start_first_are_there() -> None:
    missing = [name for name in (*LONGEST, *HEAVY) if not (ROOT / "tests" / name).is_file()]
    assert not missing, missing
