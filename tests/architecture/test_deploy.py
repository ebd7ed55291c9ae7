"""What is shipped to run Sluis with names settings and commands that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from admin.cli import main
from admin.virus_scan import clamd
from broker.monitoring import draining
from broker.settings import Settings
from broker.settings_sections import Web
from broker.web import bodies
from broker.web.bodies import MAX_FILE_BODY, MOST_SCANS
from tests.architecture.source_tree import ROOT, files

DEPLOY = tuple(path for path in files() if path.parts[0] == "deploy")
DOCUMENTS = tuple(path for path in files() if path.parts[0] == "docs" and path.suffix == ".md")
_VARIABLE = re.compile(r"SLUIS__([A-Z_]+?)__([A-Z_]+)")
_COMMAND = re.compile(r"(?:`|\$ |/bin/|^)sluis(?: --config \S+)? ([a-z][a-z-]*)", re.MULTILINE)
_COMPOSED = re.compile(r"(?:command: |args: |CMD )\[\"?([a-z]+)\"?\]")


def _read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _is_setting(section: str, key: str) -> bool:
    field = Settings.model_fields.get(section.lower())
    known = getattr(field.annotation, "model_fields", {}) if field else {}
    return key.lower() in known or key.lower().removesuffix("_file") in known


@pytest.mark.parametrize("path", [p for p in DEPLOY if p.suffix in (".yaml", ".yml")], ids=str)
def test_it_is_yaml(path: Path) -> None:
    assert all(isinstance(document, dict) for document in yaml.safe_load_all(_read(path)))


def test_every_variable_is_a_setting() -> None:
    named = [(p, *found) for p in DEPLOY for found in _VARIABLE.findall(_read(p))]
    assert len(named) >= 5
    assert [one for one in named if not _is_setting(one[1], one[2])] == []


def test_every_command_exists() -> None:
    found = [(p, verb) for p in (*DEPLOY, *DOCUMENTS) for verb in _COMMAND.findall(_read(p))]
    found += [(p, verb) for p in DEPLOY for verb in _COMPOSED.findall(_read(p))]
    assert {"serve", "worker", "migrate"} <= {verb for _, verb in found}
    assert [one for one in found if one[1] not in main.commands] == []


@pytest.mark.parametrize(("key", "known"), [("BASE_URL", True), ("BASE_ULR", False)])
def test_a_wrong_name_would_be_seen(key: str, known: bool) -> None:
    assert _is_setting("WEB", key) is known


def test_who_stops_us_waits_until_we_are_done() -> None:
    needed = Web.model_fields["drain_seconds"].default + draining.FINISH_SECONDS
    patience = re.compile(
        r"(?:TimeoutStopSec=|terminationGracePeriodSeconds: |grace_period: )(\d+)"
    )
    given = [int(each) for path in DEPLOY for each in patience.findall(_read(path))]
    assert len(given) == 5, "two units, two deployments, one composition"
    assert min(given) > needed


@pytest.mark.parametrize("path", [p for p in DEPLOY if p.suffix == ".service"], ids=str)
def test_a_unit_can_be_read(path: Path, tmp_path: Path) -> None:
    """By systemd where it is here, with a program that exists in the place of ours."""
    text = _read(path)
    parser = ConfigParser(strict=False, interpolation=None)
    parser.read_string(text)
    assert set(parser) == {"DEFAULT", "Unit", "Service", "Install"}
    assert parser["Service"]["execstart"].split()[0] == "/opt/sluis/bin/sluis"
    if shutil.which("systemd-analyze") is None:
        return
    unit = tmp_path / path.name
    unit.write_text(text.replace("/opt/sluis/bin/sluis", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if path.name in line]
    assert (done.returncode, said) == (0, [])


def test_every_image_can_be_pinned_by_digest() -> None:
    """None is named where it is used: deploy/pin-images writes the digests into one file."""
    named = dict(re.findall(r"^([A-Z]+_IMAGE)=(\S+)$", _read(Path("deploy/images.env")), re.M))
    composed = yaml.safe_load(_read(Path("deploy/compose.yaml")))["services"]
    used = {service["image"] for service in composed.values()} - {"sluis"}
    assert {re.sub(r"\$\{([A-Z]+_IMAGE):\?.*\}", r"\1", one) for one in used} < named.keys()
    dockerfile = _read(Path("deploy/Dockerfile"))
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.M)) == {"${PYTHON_IMAGE}"}
    assert f"ARG PYTHON_IMAGE={named['PYTHON_IMAGE'].partition('@')[0]}" in dockerfile


@pytest.mark.parametrize(
    ("answer", "pinned"), [("sha256:0a1b", True), ("", False), ("ERROR: no such image", False)]
)
def test_images_are_pinned_all_or_none(tmp_path: Path, answer: str, pinned: bool) -> None:
    docker = tmp_path / "docker"
    docker.write_text(f"#!/bin/sh\necho \"$@\" >>{tmp_path}/asked\necho '{answer}'\n")
    docker.chmod(0o755)
    file = tmp_path / "images.env"
    before = "# why\nA_IMAGE=postgres:17\nB_IMAGE=redis:7@sha256:old\n"
    file.write_text(before)
    done = subprocess.run(
        [ROOT / "deploy/pin-images", file],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode == 0) is pinned
    after = f"# why\nA_IMAGE=postgres:17@{answer}\nB_IMAGE=redis:7@{answer}\n"
    assert file.read_text() == (after if pinned else before)
    asked = (tmp_path / "asked").read_text().split("\n")
    assert asked[0].endswith("postgres:17")
    assert [path.name for path in tmp_path.glob("*.new")] == []


def test_the_store_asks_for_a_password() -> None:
    composed = yaml.safe_load(_read(Path("deploy/compose.yaml")))
    redis = composed["services"]["redis"]
    assert "--aclfile /run/secrets/store-users" in " ".join(redis["command"])
    assert "store-users" in redis["secrets"]
    documents = list(yaml.safe_load_all(_read(Path("deploy/kubernetes/redis.yaml"))))
    container = documents[0]["spec"]["template"]["spec"]["containers"][0]
    assert "--aclfile /secrets/store-users" in " ".join(container["args"])
    for path in DEPLOY:
        assert "SLUIS__STORE__URL:" not in _read(path), "the address holds the password: a file"


def _directives(text: str) -> dict[str, str]:
    return dict(re.findall(r"^\s*([a-z0-9_]+)\s+([^;{]+);", text, re.M))


def _scans_at_the_proxy() -> tuple[str, str]:
    """Which addresses of scans have a place of their own, and what stands there."""
    found = re.search(
        r'location ~ "([^"]+)" \{(.*?)\n    \}', _read(Path("deploy/nginx.conf")), re.S
    )
    assert found is not None
    return found[1], found[2]


def test_the_proxy_of_the_example_bounds_what_it_takes() -> None:
    scans = _scans_at_the_proxy()[1]
    directives = _directives(_read(Path("deploy/nginx.conf")).replace(scans, ""))
    assert {
        "client_max_body_size": "3m",
        "client_header_timeout": "10s",
        "client_body_timeout": "10s",
        "limit_conn": "each 64",
        "http2_max_concurrent_streams": "32",
        "underscores_in_headers": "off",
        "proxy_http_version": "1.1",
        "proxy_request_buffering": "on",
        "proxy_max_temp_file_size": "0",
    }.items() <= directives.items()
    assert MAX_FILE_BODY < 3 * 1024 * 1024


def test_the_proxy_of_the_example_takes_scans_and_writes_none_down() -> None:
    """As much as Sluis reads, where Sluis reads it, for as long as a scanner may take."""
    address, text = _scans_at_the_proxy()
    assert address == f"^{bodies.SCANS_AT.pattern}$"
    directives = _directives(text)
    size = int(directives["client_max_body_size"].removesuffix("m")) * 1024 * 1024
    assert size > MOST_SCANS and directives["client_body_buffer_size"] == f"{size // 2**20}m"
    assert int(directives["proxy_read_timeout"].removesuffix("s")) > clamd.WITHIN + 10
    assert "proxy_set_header" not in text, "one here would take the place of those of the server"
    assert text.count("limit_conn each") == text.count("limit_conn scans") == 1
    composed = yaml.safe_load(_read(Path("deploy/compose.yaml")))
    assert "/var/cache/nginx" in composed["services"]["proxy"]["tmpfs"]
