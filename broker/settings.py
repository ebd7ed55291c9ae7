"""Settings: one TOML file, every key overridable by ``SLUIS__SECTION__KEY`` or a file named in
``…_FILE``.

Only what is needed to start lives here; services, makelaars and clients are registered with ``sluis
apply``. Order: environment, file named in the environment, TOML, default. An unknown key is
refused.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError, model_validator

from broker.development_settings import Development
from broker.message_settings import Letters, Mail, Sms
from broker.organisation_settings import (
    IdentityDocumentSettings,
    InvoicingSettings,
    Joining,
    Mandates,
    MeansSettings,
    RegisterSettings,
)
from broker.outgoing_settings import Outgoing
from broker.settings_sections import (
    LOOPBACK_HOSTS,
    Database,
    Keys,
    Limits,
    Log,
    LoginSettings,
    OidcTowardsPortals,
    Retention,
    SecondFactors,
    Section,
    SessionSettings,
    Store,
    Telemetry,
    Ui,
    Web,
    WorkerSettings,
)

PREFIX = "SLUIS__"
NO_SETTINGS = (
    f"there are no settings: no file and no {PREFIX}… in the environment; "
    "name a file with --config FILE, or copy config.example.toml to config.toml in this folder "
    "and set web.base_url"
)
Origin = Literal["file", "environment", "file named in environment"]


class SettingsError(Exception):
    """The configuration cannot be used; the message says which key and what to write instead."""


class Settings(Section):
    web: Web = Field(description="Where Sluis is reached, and by how many processes.")
    database: Database = Field(default=Database(), description="Where everything is kept.")
    store: Store = Field(default=Store(), description="Where logins under way are kept.")
    keys: Keys = Field(
        default=Keys(), description="The master key, and how long other keys are used."
    )
    ui: Ui = Field(default=Ui(), description="What pages show of you.")
    login: LoginSettings = Field(
        default=LoginSettings(),
        description="How long a login may take, and a session at our own pages.",
    )
    sessions: SessionSettings = Field(
        default=SessionSettings(),
        description=("How long a login may be used again by services that accept that."),
    )
    oidc: OidcTowardsPortals = Field(
        default=OidcTowardsPortals(), description="What portals that sign their requests may send."
    )
    mandates: Mandates = Field(default=Mandates(), description="What administrators may give.")
    means: MeansSettings = Field(
        default=MeansSettings(), description="How means that Sluis issues come to people."
    )
    identity_documents: IdentityDocumentSettings = Field(
        default=IdentityDocumentSettings(),
        description="Scans of identity documents that come with a request for a means.",
    )
    joining: Joining = Field(
        default=Joining(), description="How people come to belong to an organisation."
    )
    trade_register: RegisterSettings = Field(
        default=RegisterSettings(), description="Where facts of organisations come from."
    )
    invoicing: InvoicingSettings = Field(
        default=InvoicingSettings(), description="Who sends invoices to organisations."
    )
    worker: WorkerSettings = Field(
        default=WorkerSettings(), description="Who does the work behind the pages."
    )
    mail: Mail = Field(default=Mail(), description="How mail leaves.")
    sms: Sms = Field(default=Sms(), description="How codes by SMS leave.")
    letters: Letters = Field(default=Letters(), description="How letters leave.")
    second_factors: SecondFactors = Field(
        default=SecondFactors(), description="How many SMS, to where."
    )
    outgoing: Outgoing = Field(
        default=Outgoing(), description="Whom Sluis may call, and through what."
    )
    development: Development = Field(
        default=Development(), description="What only a machine of a developer may do."
    )
    log: Log = Field(default=Log(), description="What is logged.")
    limits: Limits = Field(
        default=Limits(),
        description=(
            "What one address, portal, person or browser may do; far above what people do."
        ),
    )
    telemetry: Telemetry = Field(default=Telemetry(), description="Where traces of requests go.")
    retention: Retention = Field(default=Retention(), description="How long what is kept, in days.")

    @property
    def base_url(self) -> str:
        return self.web.base_url

    @property
    def is_loopback(self) -> bool:
        """True where the development rules hold: http, no HSTS, listed outgoing loopback
        addresses.
        """
        return urlsplit(self.web.base_url).hostname in LOOPBACK_HOSTS

    @model_validator(mode="after")
    def _rules_between_sections(self) -> Settings:
        development = self.development.loopback or self.development.own_portal
        if not self.is_loopback and (development or self.ui.demo):
            raise ValueError("[development] and ui.demo are only for a loopback web.base_url")
        if self.web.bind == self.web.management_bind:
            raise ValueError("web.bind and web.management_bind are one address; choose two")
        if self.store.url == "memory:" and self.web.workers > 1:
            raise ValueError("store.url memory: serves one worker; use sql: or redis:// with more")
        return self


@dataclass(frozen=True)
class Given:
    """What was written, and where each (section, key) came from; the rest is defaults."""

    document: dict[str, Any]
    origins: Mapping[tuple[str, str], Origin]


def load(path: Path | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the file and the environment. Raises SettingsError with one line per wrong key."""
    return validated(given(path, environment))


def validated(written: Given) -> Settings:
    """The settings with their defaults. Raises SettingsError with one line per wrong key."""
    try:
        return Settings.model_validate(written.document)
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(item) for item in error.errors())) from None


def given(path: Path | None, environment: Mapping[str, str] = os.environ) -> Given:
    """What the file and the environment say, not yet judged. Raises SettingsError."""
    document = _from_file(path) if path is not None else {}
    named = _from_environment(environment)
    if path is None and not named:
        raise SettingsError(NO_SETTINGS)
    origins: dict[tuple[str, str], Origin] = {
        (section, key): "file"
        for section, keys in document.items()
        if isinstance(keys, dict)
        for key in keys
    }
    for section, key, value, origin in named:
        if not isinstance(document.setdefault(section, {}), dict):
            raise SettingsError(f"{section}: write it as a section, [{section}]")
        document[section][key] = value
        origins[section, key] = origin
    return Given(document, origins)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        # Some editors begin a file with a mark that says it is UTF-8.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(
            f"{path} does not exist: name the file of your installation (`make demo` prints that "
            "of a demo), or copy config.example.toml to start"
        ) from None
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} is not UTF-8: the byte at {error.start} is not; save it as UTF-8"
        ) from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({type(error).__name__})") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}") from None


def _from_environment(environment: Mapping[str, str]) -> list[tuple[str, str, Any, Origin]]:
    found: list[tuple[str, str, Any, Origin]] = []
    for name in sorted(environment, key=lambda n: not n.endswith("_FILE")):
        if not name.startswith(PREFIX):
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        value: Any = environment[name]
        origin: Origin = "environment"
        if key.endswith("_file") and not _is_known(section, key):
            key, value = key.removesuffix("_file"), _contents(name, Path(value))
            origin = "file named in environment"
        if _is_list(section, key):
            value = [part.strip() for part in value.split(",") if part.strip()]
        found.append((section, key, value, origin))
    return found


def _contents(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{name}: the file {path} cannot be read ({type(error).__name__})"
        ) from None


def _section_fields(section: str) -> Mapping[str, Any]:
    field = Settings.model_fields.get(section)
    model = field.annotation if field else None
    return model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}


def _is_known(section: str, key: str) -> bool:
    return key in _section_fields(section)


def _is_list(section: str, key: str) -> bool:
    field = _section_fields(section).get(key)
    return field is not None and str(field.annotation).startswith("tuple")


def _missing(where: str) -> Iterator[str]:
    """A line per key that has no default: of a whole section, or the one that was left out."""
    fields = _section_fields(where)
    keys = [f"{where}.{name}" for name, field in fields.items() if field.is_required()] or [where]
    for key in keys:
        name = PREFIX + key.upper().replace(".", "__")
        yield f"{key}: missing; write it in the settings file, or set {name}"


def _explain(item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"]) or "configuration"
    if item["type"] == "missing":
        return "\n".join(_missing(where))
    if item["type"] != "extra_forbidden":
        return f"{where}: {item['msg'].removeprefix('Value error, ')}"
    section = str(item["loc"][0])
    known = list(_section_fields(section)) if len(item["loc"]) > 1 else list(Settings.model_fields)
    close = difflib.get_close_matches(str(item["loc"][-1]), known, n=1)
    hint = f"; did you mean {close[0]}?" if close else f"; known here: {', '.join(known)}"
    return f"{where}: unknown key{hint}"
