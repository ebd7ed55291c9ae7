"""``sluis config``: mistakes, effective values with their origin, and the schema."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from admin.cli import main
from admin.cli.configuring import masked
from broker.settings import Settings
from sandbox.prepare import Demo
from tests.admin.cli.conftest import Sluis


def test_settings_that_can_be_used_have_no_mistakes(sluis: Sluis) -> None:
    done = sluis("config", "check")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("command", [("export",), ("config", "check"), ("doctor",)])
def test_without_any_settings_it_says_how_to_give_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, command)
    assert done.exit_code in (2, 3)
    assert "--config FILE" in done.output and "config.example.toml" in done.output


def test_a_key_that_must_be_there_is_named_with_two_ways_to_give_it(
    sluis: Sluis, demo: Demo
) -> None:
    demo.config.write_text("[ui]\n", encoding="utf-8")
    assert sluis("config", "check").output == (
        "web.base_url: missing; write it in the settings file, or set SLUIS__WEB__BASE_URL\n"
    )


def test_every_mistake_is_a_line(sluis: Sluis, demo: Demo) -> None:
    demo.config.write_text(
        '[web]\nbase_url = "http://login.example.nl"\nworkers = 0\n[keys]\nmaster_key_fil = "x"\n',
        encoding="utf-8",
    )
    done = sluis("config", "check")
    assert done.exit_code == 3
    assert [line.split(":")[0] for line in done.output.splitlines()] == [
        "web.base_url",
        "web.workers",
        "keys.master_key_fil",
    ]
    assert "did you mean master_key_file?" in done.output


def test_a_file_of_outgoing_calls_that_cannot_be_read_is_a_mistake(
    sluis: Sluis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUIS__OUTGOING__CA_FILE", "/nowhere/ca.pem")
    done = sluis("config", "check")
    assert (done.exit_code, done.output.count("\n")) == (3, 1)
    assert done.output.startswith("outgoing.ca_file: /nowhere/ca.pem cannot be read")


@pytest.mark.parametrize(
    ("text", "said"),
    [("[web", "config.toml"), ('web = "x"', "web"), ("[web]\n[web]", "config.toml")],
)
def test_a_file_of_another_shape_is_a_mistake(
    sluis: Sluis, demo: Demo, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.setenv("SLUIS__WEB__THREADS", "2")
    demo.config.write_text(text, encoding="utf-8")
    done = sluis("config", "check")
    assert done.exit_code == 3
    assert said in done.output


def test_a_file_named_in_the_environment_that_is_missing_is_a_mistake(
    sluis: Sluis, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SLUIS__DATABASE__URL_FILE", str(tmp_path / "gone"))
    done = sluis("config", "check")
    assert done.exit_code == 3
    assert "SLUIS__DATABASE__URL_FILE" in done.output


def test_each_value_tells_where_it_comes_from(
    sluis: Sluis, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "url").write_text("redis://:hunter2@store:6379/0\n", encoding="utf-8")
    monkeypatch.setenv("SLUIS__STORE__URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("SLUIS__WEB__THREADS", "7")
    done = sluis("config", "show", "--origin", "--json")
    assert done.exit_code == 0, done.output
    shown = json.loads(done.output)
    assert shown["web"]["base_url"]["origin"] == "file"
    assert shown["web"]["threads"] == {"value": 7, "origin": "environment"}
    assert shown["store"]["url"] == {
        "value": "redis://:***@store:6379/0",
        "origin": "file named in environment",
    }
    assert shown["retention"]["trace_days"] == {"value": 7, "origin": "default"}


def test_what_is_shown_is_toml(sluis: Sluis, demo: Demo) -> None:
    given = tomllib.loads(demo.config.read_text(encoding="utf-8"))
    done = sluis("config", "show", "--origin")
    told = tomllib.loads(
        "\n".join(line for line in done.output.splitlines() if " = null" not in line)
    )
    assert told["web"]["base_url"] == given["web"]["base_url"]
    assert set(told["limits"]) == set(type(Settings.model_fields["limits"].default).model_fields)
    assert "# default" in done.output


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            "postgresql+psycopg://sluis:p@ss/w:rd@db/sluis",
            "postgresql+psycopg://sluis:***@db/sluis",
        ),
        ("postgresql+psycopg://sluis@db/sluis", "postgresql+psycopg://sluis@db/sluis"),
        ("postgresql://db/sluis?user=a&password=b", "postgresql://db/sluis?user=a&password=***"),
        ("https://mail.example.nl/hook?api_key=b#x", "https://mail.example.nl/hook?api_key=***#x"),
        ("sqlite:///var/sluis.db", "sqlite:///var/sluis.db"),
        ("https://login.example.nl:8443", "https://login.example.nl:8443"),
        ("Sluis <noreply@localhost>", "Sluis <noreply@localhost>"),
    ],
)
def test_passwords_and_tokens_in_addresses_are_masked(value: str, told: str) -> None:
    assert masked("url", value) == told


def test_a_key_that_is_a_secret_is_masked_whole() -> None:
    assert masked("smtp_password", "hunter2") == "***"
    assert masked("master_key_file", "var/master.key") == "var/master.key"


def test_the_schema_knows_every_section_and_refuses_others(sluis: Sluis) -> None:
    schema = json.loads(sluis("config", "schema").output)
    assert set(schema["properties"]) == set(Settings.model_fields)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["web"]


@pytest.mark.parametrize("command", [("serve",), ("worker",), ("config", "check")])
@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SLUIS__WEB__BIND", ":8000", "web.bind: write an IP address and a port"),
        ("SLUIS__WEB__BIND", "localhost:8000", "web.bind: write an IP address and a port"),
        ("SLUIS__DATABASE__URL", "postgres://sluis@db/sluis", "database.url: postgres is not"),
        ("SLUIS__DATABASE__URL", "db", "database.url: it cannot be read"),
        ("SLUIS__STORE__URL", "redis://host:port", "store.url is"),
        ("SLUIS__DEVELOPMENT__LOOPBACK", "example.nl", "development.loopback: 'example.nl' is no"),
        ("SLUIS__LETTERS__URL", "ftp://x", "letters"),
    ],
)
def test_it_is_a_sentence_wherever_it_is_met(
    sluis: Sluis,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    name: str,
    value: str,
    told: str,
) -> None:
    monkeypatch.setenv(name, value)
    done = sluis(*command)
    assert done.exit_code == (3 if command[0] == "config" else 2), done.output
    assert told in done.output and isinstance(done.exception, SystemExit)


def test_doctor_tells_it_too(sluis: Sluis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUIS__DATABASE__URL", "postgres://sluis@db/sluis")
    done = sluis("doctor")
    assert done.exit_code == 3 and "database.url: postgres is not" in done.output
