"""Reading: every mistake with its place, and a hint where a word is nearly right."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from pydantic import ValidationError

from admin.registrations.documents import DocumentsRefused, IdentityDocument
from admin.registrations.reading import read
from tests.admin.registrations.documents import HELP_DESK, SERVICE, written

WITHOUT_LIBYAML: Final = """
import sys
from pathlib import Path
sys.modules["yaml._yaml"] = None  # as where PyYAML was built without libyaml
from admin.registrations.reading import read
print([entry.model.key for entry in read(Path(sys.argv[1]))])
"""


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {**SERVICE, "kind": "Servce"},
        {**HELP_DESK, "phon": "1"},
        HELP_DESK,
        HELP_DESK,
    )
    with pytest.raises(DocumentsRefused) as refused:
        read(file)
    told = [line.removeprefix(f"{file}:").partition(": ")[2] for line in refused.value.lines]
    assert told[0] == "kind 'Servce' is unknown; did you mean Service?"
    assert told[1] == "phon: unknown field; did you mean phone?"
    assert told[2].startswith("HelpDesk site stands in ")


@pytest.mark.parametrize("name", ["logo", "logo_uri"])
@pytest.mark.parametrize("document", [SERVICE, HELP_DESK], ids=["service", "help desk"])
def test_A_03_no_document_has_a_place_for_a_logo(
    tmp_path: Path, document: dict[str, object], name: str
) -> None:
    assert len(read(written(tmp_path, document))) == 1
    with pytest.raises(DocumentsRefused) as refused:
        read(written(tmp_path, {**document, name: "https://x.example/logo.svg"}))
    assert f"{name}: unknown field" in refused.value.lines[0]


@pytest.mark.parametrize("scopes", ["openid profile", {"openid": True}])
def test_a_value_of_another_kind_is_told_in_words_of_yaml(tmp_path: Path, scopes: object) -> None:
    oidc = {"issuer": "https://a.example", "client_id": "s", "scopes": ["openid", "profile"]}
    makelaar = {"kind": "IdentityProvider", "id": "polder", "name": "A", "level_ceiling": "EH3"}
    assert read(written(tmp_path, {**makelaar, "oidc": oidc}))
    with pytest.raises(DocumentsRefused) as refused:
        read(written(tmp_path, {**makelaar, "oidc": {**oidc, "scopes": scopes}}))
    (line,) = refused.value.lines
    assert "oidc.scopes: it is no list; write [one, two]" in line


@pytest.mark.heavy  # imports the product in a process of its own
def test_documents_are_read_without_libyaml_too(tmp_path: Path) -> None:
    file = written(tmp_path, HELP_DESK)
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_LIBYAML, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout.strip(), ran.returncode) == ("['site']", 0), ran.stderr


def test_a_folder_without_documents_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(DocumentsRefused, match="1 mistakes"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("written_as", "kept"),
    [
        ("person-1", "person-1"),
        (" person-1\n", "person-1"),
        ("urn:another\x1fperson-1 ", "urn:another\x1fperson-1"),
    ],
)
def test_a_person_is_written_as_a_login_compares_it(written_as: str, kept: str) -> None:
    assert IdentityDocument(provider="polderpoort", subject=written_as).subject == kept


@pytest.mark.parametrize(
    "subject",
    [
        "",
        " ",
        "person  1",
        "person\u200b-1",
        "a\x1fb\x1fc",
        "a\u202eb",
        "\ufeffa",
        "a\x07",
        "a\x1f",
    ],
)
def test_a_person_whom_no_login_can_be_is_a_mistake(subject: str) -> None:
    with pytest.raises(ValidationError, match="write what the makelaar calls the person"):
        IdentityDocument(provider="polderpoort", subject=subject)
