"""A fresh demo on disk: keys, metadata, registrations, settings. Nothing is started here."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Final
from zoneinfo import ZoneInfo

import pyotp

from sandbox import keys
from sandbox.addresses import Addresses, host_and_port, standard
from sandbox.makelaar.catalogue import CATALOGUE, HUB, Makelaar, Profile
from sandbox.makelaar.etd import pseudonym
from sandbox.makelaar.handwriting import metadata_of
from sandbox.people import PEOPLE, known_at
from sandbox.portal.clients import BEHIND_GATEWAY, CLIENTS, Client, PortalClient
from sandbox.saml_portal.party import CLIENT_ID as SAML_PORTAL
from sandbox.saml_portal.party import SamlParty, metadata

TEMPLATES: Final = Path(__file__).parent / "registrations"
REGISTER: Final = Path(__file__).parent / "trade_register.yaml"
NEEDS: Final = {
    "35-hub.yaml": "hub",
    "36-entra.yaml": "hub",
    "65-gateway.yaml": "gateway",
}  # template → address
JAN_AT_HUB: Final = """\
  - {provider: schakelpunt, subject: zw-jan-90c2d7}
  - {provider: wolkenhuis, subject: wh-jan-K3xT9pairwise}"""


@dataclass(frozen=True)
class Demo:
    """A prepared demo. ``config`` and ``registrations`` are what the operator's commands take."""

    directory: Path
    addresses: Addresses

    @property
    def config(self) -> Path:
        return self.directory / "config.toml"

    @property
    def registrations(self) -> Path:
        return self.directory / "registrations"

    @property
    def keys(self) -> Path:
        return self.directory / "keys"

    @property
    def secrets(self) -> Path:
        return self.directory / "secrets"

    @property
    def logs(self) -> Path:
        return self.directory / "logs"


def this_day() -> date:
    """In the Netherlands, where registrations have their days, wherever the demo runs."""
    return datetime.now(ZoneInfo("Europe/Amsterdam")).date()


def prepare(directory: Path, addresses: Addresses, today: date | None = None) -> Demo:
    """Make everything anew below ``directory``; what an earlier demo left there is removed."""
    if directory.exists():
        shutil.rmtree(directory)
    demo = Demo(directory.resolve(), addresses)
    for folder in (demo.registrations, demo.keys, demo.secrets, demo.logs):
        folder.mkdir(parents=True)
    (demo.directory / "demo.json").write_text(json.dumps(vars(addresses)))
    _write_secrets(demo)
    for profile in _profiles(addresses):
        keys.save(keys.new_pair(profile.name, profile.algorithm), demo.keys, profile.slug)
    for client in _clients(addresses):
        if client.uses_key:
            keys.save(keys.new_pair(client.client_id, "RS256"), demo.keys, client.client_id)
    keys.save(keys.new_pair(SAML_PORTAL), demo.keys, SAML_PORTAL)
    _write_metadata(demo)
    _write_registrations(demo, today or this_day())
    demo.config.write_text(_config(demo))
    return demo


def opened(directory: Path) -> Demo:
    """A demo that was prepared before. Raises FileNotFoundError when there is none."""
    fields = json.loads((directory / "demo.json").read_text())
    return Demo(directory.resolve(), Addresses(**fields))


def makelaars(demo: Demo) -> tuple[Makelaar, ...]:
    """The makelaars of this demo that know people themselves, with their keys."""
    return tuple(_makelaar(demo, profile, demo.addresses.makelaars) for profile in CATALOGUE)


def hub_makelaars(demo: Demo) -> tuple[Makelaar, ...]:
    """The makelaars of this demo that are brokers themselves, with their keys; none without a
    hub.
    """
    hub = demo.addresses.hub
    return () if hub is None else tuple(_makelaar(demo, profile, hub) for profile in HUB)


def _makelaar(demo: Demo, profile: Profile, server: str) -> Makelaar:
    has_secret = profile.client_auth == "client_secret_basic"
    return Makelaar(
        profile=profile,
        server=server,
        broker=demo.addresses.broker,
        pair=keys.load(demo.keys, profile.slug),
        client_secret=_secret(demo, profile.slug) if has_secret else None,
    )


def _profiles(addresses: Addresses) -> tuple[Profile, ...]:
    return CATALOGUE if addresses.hub is None else (*CATALOGUE, *HUB)


def _clients(addresses: Addresses) -> tuple[Client, ...]:
    return CLIENTS if addresses.gateway is None else (*CLIENTS, *BEHIND_GATEWAY)


def portal_clients(demo: Demo) -> tuple[PortalClient, ...]:
    """The portal's clients with their keys or secrets."""
    return tuple(
        PortalClient(
            client,
            key=keys.as_jwk(keys.load(demo.keys, client.client_id), "RS256")
            if client.uses_key
            else None,
            secret=None if client.uses_key else _secret(demo, client.client_id),
        )
        for client in _clients(demo.addresses)
    )


def saml_party(demo: Demo) -> SamlParty:
    """The portal that speaks SAML, with its key."""
    return SamlParty(demo.addresses.portal, keys.load(demo.keys, SAML_PORTAL))


def totp_secret(demo: Demo, person: str) -> str:
    """The base32 secret bound to this person. Raises FileNotFoundError when there is none."""
    return (demo.secrets / f"{person}.totp").read_text().strip()


def password(demo: Demo, person: str) -> str:
    """The password of this person's account. Raises FileNotFoundError when there is none."""
    return (demo.secrets / f"{person}.password").read_text().strip()


def device_seed(demo: Demo, person: str) -> str:
    """The base32 seed in the OTP device of this person. Raises FileNotFoundError."""
    return (demo.secrets / f"{person}.device").read_text().strip()


def recovery_codes(demo: Demo, person: str) -> list[str]:
    """The recovery codes that this person keeps in a drawer. Raises FileNotFoundError."""
    return (demo.secrets / f"{person}.codes").read_text().split()


def _recovery_code() -> str:
    signs = secrets.token_hex(8)
    return "-".join(signs[start : start + 4] for start in range(0, 16, 4))


def _secret(demo: Demo, name: str) -> str:
    return (demo.secrets / f"{name}.secret").read_text().strip()


def _write_secrets(demo: Demo) -> None:
    named = [p.slug for p in CATALOGUE if p.client_auth == "client_secret_basic"]
    named += [c.client_id for c in CLIENTS if not c.uses_key]
    contents = {f"{name}.secret": secrets.token_urlsafe(32) for name in named}
    for person in ("roos", "eva"):
        contents[f"{person}.totp"] = pyotp.random_base32()
    for person in (p.key for p in PEOPLE if p.account):
        contents[f"{person}.password"] = "-".join(secrets.token_hex(2) for _ in range(3))
    contents["roos.totp"] = pyotp.random_base32()
    contents["joost.device"] = pyotp.random_base32()
    contents["yara.number"] = "+31612345601"
    contents["yara.codes"] = "\n".join(_recovery_code() for _ in range(10))
    contents["postbus.secret"] = secrets.token_urlsafe(32)
    contents["sandbox.secret"] = secrets.token_urlsafe(32)
    for name, content in contents.items():
        keep_secret(demo, name, content)


def keep_secret(demo: Demo, name: str, content: str) -> None:
    """A file that only its owner reads."""
    file = demo.secrets / name
    file.touch(mode=0o600)
    file.write_text(content)


def _write_metadata(demo: Demo) -> None:
    for makelaar in (*makelaars(demo), *hub_makelaars(demo)):
        if makelaar.profile.protocol == "saml":
            target = demo.registrations / f"{makelaar.profile.slug}.xml"
            target.write_bytes(metadata_of(makelaar))
    (demo.registrations / f"{SAML_PORTAL}.xml").write_bytes(metadata(saml_party(demo)))


def _write_registrations(demo: Demo, today: date) -> None:
    values = {
        "portal": demo.addresses.portal,
        "makelaars": demo.addresses.makelaars,
        "gateway": demo.addresses.gateway,
        "hub": demo.addresses.hub,
        "jan_at_hub": JAN_AT_HUB if demo.addresses.hub else "",
        "pseudonym_jan": _pseudonym_at_waterpoort(demo, "jan"),
        "yesterday": today - timedelta(days=1),
        "last_year": today - timedelta(days=365),
        "in_six_weeks": today + timedelta(days=42),
        "in_three_years": today + timedelta(days=3 * 365),
        "totp_roos": demo.secrets / "roos.totp",
        "totp_eva": demo.secrets / "eva.totp",
        "password_daan": demo.secrets / "daan.password",
        "password_eva": demo.secrets / "eva.password",
        "recovery_codes_yara": demo.secrets / "yara.codes",
        "sms_yara": demo.secrets / "yara.number",
        "device_joost": demo.secrets / "joost.device",
        "sleutelhof_secret": demo.secrets / "sleutelhof.secret",
    }
    for client in portal_clients(demo):
        name = client.registration.client_id
        if client.key is not None:
            values[f"jwks_{name}"] = keys.public_jwks_json(client.key)
        if client.secret is not None:
            values[f"secret_sha256_{name}"] = hashlib.sha256(client.secret.encode()).hexdigest()
    absent = {name for name, needed in NEEDS.items() if values[needed] is None}
    for template in sorted(TEMPLATES.glob("*.yaml")):
        if template.name in absent:
            continue
        text = Template(template.read_text(encoding="utf-8")).substitute(values)
        (demo.registrations / template.name).write_text(text, encoding="utf-8")


def _pseudonym_at_waterpoort(demo: Demo, person: str) -> str:
    """How Waterpoort, which speaks as eHerkenning does, names this person to the broker."""
    (login,) = (how for who, how in known_at("waterpoort") if who.key == person)
    return pseudonym(login.subject, f"{demo.addresses.broker}/saml/metadata")


def _config(demo: Demo) -> str:
    addresses = demo.addresses
    others = {name: url for name, url in addresses.parties().items() if name != "broker"}
    own = [addresses.own] if addresses.own else []  # its keys are read, it hears of logging out
    reachable = [host_and_port(url) for url in (*others.values(), *own)]
    reachable += os.environ.get("CALLS", "").replace(",", " ").split()  # software of your own
    return f"""\
# Written by `make demo`; gone at the next one.
[web]
base_url = "{addresses.broker}"
bind = "127.0.0.1:{addresses.broker.rpartition(":")[2]}"
management_bind = "{addresses.management or ""}"
drain_seconds = 0

[database]
url = "sqlite:///{demo.directory / "sluis.db"}"

[store]
url = "sql:"

[keys]
master_key_file = "{demo.directory / "master.key"}"

[ui]
name = "Voorbeeld"
support_url = "{addresses.portal}/hulp"
support_phone = "088 000 0000"
demo = true

[mail]
adapter = "webhook"
url = "{addresses.postbus}/api/messages"
secret_file = "{demo.secrets / "postbus.secret"}"

[sms]
adapter = "webhook"
url = "{addresses.postbus}/api/messages"
secret_file = "{demo.secrets / "postbus.secret"}"

[letters]
adapter = "webhook"
url = "{addresses.postbus}/api/messages"
secret_file = "{demo.secrets / "postbus.secret"}"

[mandates]
chain_link_level = "EH3" # a client without an administrator agrees with a link in a mail

[means]
restricted_to = ["00000004000000004000"] # a means for the municipality alone

[joining]
account_requests = true # at /toegang/aanvragen

[invoicing]
adapter = "webhook"
url = "{addresses.postbus}/api/messages"
secret_file = "{demo.secrets / "postbus.secret"}"

[trade_register]
adapter = "file"
file = "{REGISTER}"

[limits] # everybody comes from one address here
address_per_minute = 1000000
client_per_minute = 1000000
person_per_minute = 1000000
failures_per_minute = 1000000

[development]
loopback = {json.dumps(reachable)}
{_own_portal(demo.addresses)}"""


def _own_portal(addresses: Addresses) -> str:
    return f'own_portal = "{host_and_port(addresses.own)}"\n' if addresses.own else ""


if __name__ == "__main__":
    print(prepare(Path(sys.argv[1]), standard()).directory)
