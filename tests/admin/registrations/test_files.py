"""Files are read in the encoding that they say they are in, or refused with a sentence."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
import yaml
from sqlalchemy.orm import Session

from admin.registrations.documents import DocumentsRefused, Entry
from admin.registrations.files import FileRefused, secret_text, seed_text, xml_text
from admin.registrations.reading import read
from broker.settings import Settings
from tests.admin.registrations.documents import HELP_DESK, PERSON, SERVICE, applied

DUTCH = {**HELP_DESK, "name": {"nl": "Coördinatie"}}
TEXT = yaml.safe_dump(DUTCH, allow_unicode=True)
XML = '<?xml version="1.0" encoding="{0}"?>\n<a>Coördinatie</a>'


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),  # Notepad
        TEXT.encode("utf-16"),  # PowerShell's >
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.replace("\n", "\r\n").encode(),
    ],
)
def test_a_document_is_read_in_every_encoding_of_yaml(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(raw)
    (entry,) = read(file)
    assert entry.model.name.nl == "Coördinatie"


def test_what_is_merged_and_said_anew_does_not_stand_there_twice(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    rest = yaml.safe_dump({key: value for key, value in HELP_DESK.items() if key != "name"})
    file.write_text(f"{rest}name: {{<<: {{nl: Oud, en: Old}}, nl: Nieuw}}\n", encoding="utf-8")
    (entry,) = read(file)
    assert (entry.model.name.nl, entry.model.name.en) == ("Nieuw", "Old")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (TEXT.encode("latin-1"), "it is not UTF-8: the byte at 29, in line 3; save it as UTF-8"),
        (codecs.BOM_UTF16_LE + b"\x00", "it is not UTF-16"),
        (b"kind: HelpDesk\nname: a\x00b\n", "not YAML (it holds the sign U+0000)"),
        (b"kind: [\n", "not YAML"),
        (b"kind: HelpDesk\nphone: '1'\nphone: '2'\n", "phone stands here twice"),
        (b"kind: HelpDesk\nname: {nl: a, nl: b}\n", "nl stands here twice"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_with_its_file(
    tmp_path: Path, raw: bytes, told: str
) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(raw)
    with pytest.raises(DocumentsRefused) as refused:
        read(tmp_path)
    assert refused.value.lines[0].startswith(str(file)) and told in refused.value.lines[0]


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    with pytest.raises(DocumentsRefused) as refused:
        read(tmp_path)
    assert "cannot be read" in refused.value.lines[0]


def test_one_thing_that_two_places_share_is_no_double(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    service = {**SERVICE, "provider_name": SERVICE["name"]}
    text = yaml.safe_dump(service)
    assert "&id001" in text and "*id001" in text
    file.write_text(text, encoding="utf-8")
    assert len(read(file)) == 1


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (XML.format("UTF-8").encode(), XML.format("UTF-8")),
        (codecs.BOM_UTF8 + XML.format("utf-8").encode(), XML.format("utf-8")),
        ("<a>Coördinatie</a>".encode(), "<a>Coördinatie</a>"),
        (XML.format("ISO-8859-1").encode("latin-1"), XML.replace(' encoding="{0}"', "")),
        (XML.format("windows-1252").encode("cp1252"), XML.replace(' encoding="{0}"', "")),
    ],
)
def test_xml_is_read_by_its_declaration(raw: bytes, kept: str) -> None:
    assert xml_text(raw) == kept


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("<a>Coördinatie</a>".encode("latin-1"), "declares it in its first line"),
        (XML.format("UTF-8").encode("latin-1"), "not UTF-8"),
        (XML.format("us-ascii").encode(), "not us-ascii, as it declares"),
        (XML.format("utf-7").encode(), "utf-7 is not read here"),
        (XML.format("unicode_escape").encode(), "unicode_escape is not read here"),
    ],
)
def test_xml_that_is_not_what_it_declares_is_told(raw: bytes, told: str) -> None:
    with pytest.raises(FileRefused, match=told):
        xml_text(raw)


def test_metadata_in_a_file_of_another_encoding_is_a_mistake_at_its_field(tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_bytes("<a>ö</a>".encode("latin-1"))
    makelaar = {
        "kind": "IdentityProvider",
        "id": "m1",
        "name": "M",
        "level_ceiling": "EH3",
        "saml": {"entity_id": "urn:m", "metadata_file": "m.xml"},
    }
    file = tmp_path / "a.yaml"
    file.write_text(yaml.safe_dump(makelaar), encoding="utf-8")
    with pytest.raises(DocumentsRefused) as refused:
        read(file)
    assert "saml.metadata_file: it is not UTF-8" in refused.value.lines[0]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (None, "cannot be read"),
        (b" \n", "it is empty"),
        (b"geheim\xff", "it is not UTF-8"),
        (b"geheim 1", "it is no base32"),
    ],
)
def test_a_file_with_a_secret_is_refused_without_the_secret(
    tmp_path: Path, session: Session, settings: Settings, raw: bytes | None, told: str
) -> None:
    if raw is not None:
        (tmp_path / "seed").write_bytes(raw)
    with pytest.raises(DocumentsRefused) as refused:
        applied(session, settings, tmp_path, {**PERSON, "totp_secret_file": "seed"})
    (line,) = refused.value.lines
    assert "totp_secret_file: seed: " in line and told in line and "geheim" not in line


@pytest.mark.parametrize("seed", ["JBSWY3DPEHPK3PXP", "jbswy3dpehpk3pxp", "JBSWY3DPEHPK3PXPA==="])
def test_a_secret_is_read_without_the_white_space_and_the_mark_around_it(
    tmp_path: Path, seed: str
) -> None:
    (tmp_path / "seed").write_bytes(codecs.BOM_UTF8 + f"{seed}\r\n".encode())
    entry = Entry("Person", None, "a:1", tmp_path)
    assert seed_text(entry, "x", Path("seed")) == seed
    assert secret_text(entry, "x", Path("seed")) == seed
