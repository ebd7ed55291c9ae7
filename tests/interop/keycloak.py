"""Keycloak, from Maven Central, in development mode with a database in memory: one server for all
tests, told what to do by its REST API, as its console does.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests

from tests.interop.processes import running
from tests.servers import free_port

ROOT: Final = Path(__file__).parents[2]
VERSION: Final = "26.0.8"
ARTIFACT: Final = "keycloak-quarkus-dist"
REALM: Final = "gemeente"
PASSWORD: Final = "invented-for-a-test"


@dataclass(frozen=True)
class Keycloak:
    """A running server. ``secret``: of its administrator."""

    base_url: str
    secret: str

    @property
    def realm(self) -> str:
        return f"{self.base_url}/realms/{REALM}"

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Its administration below the realm. Raises HTTPError with what it says."""
        answer = requests.request(
            method,
            f"{self.base_url}/admin/realms/{REALM}{path}",
            headers={"Authorization": f"Bearer {self._token()}", **more.pop("headers", {})},
            timeout=60,
            **more,
        )
        if answer.status_code >= 400:
            raise requests.HTTPError(f"{path}: {answer.status_code} {answer.text}")
        return answer

    def _token(self) -> str:
        said = requests.post(
            f"{self.base_url}/realms/master/protocol/openid-connect/token",
            data={
                "grant_type": "password",
                "client_id": "admin-cli",
                "username": "admin",
                "password": self.secret,
            },
            timeout=60,
        )
        said.raise_for_status()
        return str(said.json()["access_token"])

    def make_user(self, user_name: str, first_name: str, last_name: str) -> None:
        """With a password, and nothing left to do at the first login."""
        user = {
            "username": user_name,
            "enabled": True,
            "firstName": first_name,
            "lastName": last_name,
            "email": f"{user_name}@gemeente.example",
            "emailVerified": True,
            "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
        }
        self.call("POST", "/users", json=user)

    def import_metadata(self, metadata: bytes, attributes: dict[str, str]) -> None:
        """*Import client* of the console, with these attributes on its tabs."""
        found = self.call(
            "POST",
            "/client-description-converter",
            data=metadata,
            headers={"Content-Type": "text/plain"},
        ).json()
        found["attributes"] = {**found["attributes"], **attributes}
        self.call("POST", "/clients", json=found)


def unpacked() -> Path:
    """The distribution, below var/; fetched with Maven once."""
    home = ROOT / "var" / f"keycloak-{VERSION}"
    if not (home / "whole").exists():
        shutil.rmtree(home, ignore_errors=True)
        (ROOT / "var").mkdir(exist_ok=True)
        coordinates = f"org.keycloak:{ARTIFACT}:{VERSION}:zip"
        command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={coordinates}"]
        done = subprocess.run(
            [*command, f"-DoutputDirectory={ROOT / 'var'}"],
            capture_output=True,
            text=True,
            check=False,
        )
        archive = ROOT / "var" / f"{ARTIFACT}-{VERSION}.zip"
        if done.returncode or not archive.exists():
            raise RuntimeError(f"mvn dependency:copy: {done.stdout}{done.stderr}")
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(ROOT / "var")  # makes the folder of its name
        archive.unlink()
        (home / "whole").touch()
    return home


@contextmanager
def serving(folder: Path, port: int) -> Iterator[Keycloak]:
    """The server runs inside this block, with an empty realm."""
    home = folder / "keycloak"
    shutil.copytree(unpacked(), home)
    imported = home / "data" / "import"
    imported.mkdir(parents=True)
    (imported / "realm.json").write_text(
        f'{{"realm": "{REALM}", "enabled": true, "sslRequired": "none"}}'
    )
    server = Keycloak(f"http://127.0.0.1:{port}", secrets.token_urlsafe(16))
    options = ("--db=dev-mem", "--cache=local", "--import-realm", "--http-host=127.0.0.1")
    ports = (f"--http-port={port}", f"--http-management-port={free_port()}")
    with running(
        ["sh", str(home / "bin" / "kc.sh"), "start-dev", *options, *ports],
        environment={
            **os.environ,
            "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
            "KC_BOOTSTRAP_ADMIN_PASSWORD": server.secret,
            "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1",
        },
        log=folder / "keycloak.log",
        ready_url=f"{server.realm}/.well-known/openid-configuration",
        seconds=240,
    ):
        yield server
