"""Settings: one TOML file, every key overridable by ``SLUIS__SECTION__KEY`` or a file named in
``…_FILE``.

Only what is needed to start lives here; services, makelaars and clients are registered with ``sluis
apply``. Order: environment, file named in the environment, TOML, default. An unknown key is
refused.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from broker.outgoing_settings import Outgoing
from directory.web_addresses import link_fault
from state.addresses import checked_loopback

PREFIX = "SLUIS__"
NO_SETTINGS = (
    f"there are no settings: no file and no {PREFIX}… in the environment; "
    "name a file with --config FILE, or copy config.example.toml to config.toml in this folder "
    "and set web.base_url"
)
Origin = Literal["file", "environment", "file named in environment"]
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class SettingsError(Exception):
    """The configuration cannot be used; the message says which key and what to write instead."""


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Web(Section):
    base_url: str  # https://login.example.nl, no trailing slash
    bind: str = "127.0.0.1:8000"
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    threads: Annotated[int, Field(ge=1, le=64)] = 4
    trusted_proxy_hops: Annotated[int, Field(ge=0, le=5)] = 0
    drain_seconds: Annotated[int, Field(ge=0, le=60)] = 2  # not ready but serving, then stop
    management_bind: str = "127.0.0.1:9000"  # health and metrics, never public; empty: none

    @field_validator("management_bind")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if value and not (host and port.isdecimal() and 0 < int(port) < 65536):
            raise ValueError('write host:port, for example 127.0.0.1:9000, or "" for none')
        return value

    @field_validator("bind")
    @classmethod
    def _address_and_port(cls, value: str) -> str:
        """The server takes an address and no name."""
        host, _, port = value.rpartition(":")
        try:
            ipaddress.ip_address(host[1:-1] if host[:1] + host[-1:] == "[]" else host)
        except ValueError:
            host = ""
        if not (host and port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
            raise ValueError(
                "write an IP address and a port: 127.0.0.1:8000 for this machine alone, "
                "0.0.0.0:8000 for all of its addresses, [::]:8000 for those of IPv6"
            )
        return value

    @field_validator("base_url")
    @classmethod
    def _plain_origin(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            raise ValueError("write the port as a number, or none") from None
        if value != "".join(value.split()):
            raise ValueError("write the address without white space")
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError("write the whole address, for example https://login.example.nl")
        if parts.path or parts.query or parts.fragment or parts.username:
            raise ValueError("write only scheme, host and port, without a slash at the end")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
            raise ValueError("http is for loopback only; use https")
        return value


class Database(Section):
    url: str = "sqlite:///var/sluis.db"


class Store(Section):
    url: str = "sql:"  # sql: (same database), redis://host:6379/0, or memory: (one worker)


class Keys(Section):
    master_key_file: Path = Path("var/master.key")
    # Until a successor is published; 0: only by hand. Certificates for SAML last five years.
    rotate_days: Annotated[int, Field(ge=0, le=1460)] = 365


class Ui(Section):
    name: Annotated[str, Field(min_length=1, max_length=64)] = "Inloggen"
    theme_css: Path | None = None
    support_url: str | None = None
    support_phone: str | None = None
    demo: bool = False

    @field_validator("support_url")
    @classmethod
    def _can_be_followed(cls, value: str | None) -> str | None:
        fault = link_fault(value) if value is not None else None
        if fault is not None:
            raise ValueError(f"{fault.what}; {fault.instead}")
        return value


class LoginSettings(Section):
    transaction_minutes: Annotated[int, Field(ge=5, le=60)] = 15
    remember_days: Annotated[int, Field(ge=1, le=365)] = 90
    session_idle_minutes: Annotated[int, Field(ge=5, le=60)] = 15
    session_hours: Annotated[int, Field(ge=1, le=12)] = 8


class OidcTowardsPortals(Section):
    """OpenID Connect towards portals: what a client assertion (RFC 7523) may say of itself."""

    assertion_seconds: Annotated[
        int,
        Field(
            ge=60,
            le=86400,
            description="How far ahead its exp and how far back its iat may lie, in seconds. An "
            "hour is what Authlib writes, without a way to change it.",
        ),
    ] = 3600
    assertion_audiences: Annotated[
        tuple[Literal["issuer", "token_endpoint", "both"], ...],
        Field(
            min_length=1,
            description="What its aud may be: the issuer or the token endpoint as one string; "
            "both: a list of exactly these two, as openid-client 5 writes it.",
        ),
    ] = ("issuer", "token_endpoint")


class SessionSettings(Section):
    """One sign-on: how long a login may be built on by services that accept that."""

    idle_minutes: Annotated[int, Field(ge=5, le=240)] = 30
    hours: Annotated[int, Field(ge=1, le=12)] = 8


class Mandates(Section):
    max_years: Annotated[int, Field(ge=1, le=5)] = 5


class WorkerSettings(Section):
    embedded: bool = True  # sluis serve does the work as well; False: only sluis worker does


class Mail(Section):
    adapter: Literal["none", "smtp", "webhook", "notify"] = "none"
    url: str | None = None  # smtp://host:587, the webhook's address or that of Notify
    sender: str = "Sluis <noreply@localhost>"  # of smtp
    secret_file: Path | None = None  # of smtp: the password; of webhook: what signs
    template_id: str | None = None  # of notify, with the fields subject and body
    api_key_file: Path | None = None  # of notify


class Sms(Section):
    adapter: Literal["none", "webhook", "notify"] = "none"
    url: str | None = None
    secret_file: Path | None = None
    template_id: str | None = None
    api_key_file: Path | None = None


class Letters(Sms):
    """Sent as text messages are: to an address of yours, or through Notify."""


class SecondFactors(Section):
    """SMS codes cost money, so an installation says where to and how many at most."""

    sms_countries: tuple[str, ...] = ("NL", "BE", "DE", "LU")  # ISO 3166-1
    sms_most_per_hour: Annotated[int, Field(ge=1)] = 1000
    alert_email: str | None = None  # who hears that this limit is reached


class Development(Section):
    """Only with a loopback ``web.base_url``."""

    loopback: tuple[str, ...] = ()  # host:port that outgoing calls may reach over http

    @field_validator("loopback")
    @classmethod
    def _of_this_machine(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            try:
                checked_loopback(frozenset({entry}))
            except ValueError:
                raise ValueError(
                    f"{entry!r} is no address of this machine with a port; write for example "
                    "127.0.0.1:8001"
                ) from None
        return value


class Log(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"


class Limits(Section):
    """What one address, client, person or browser may do; far above what people do."""

    address_per_minute: Annotated[int, Field(ge=1)] = 1200  # at each kind of endpoint
    client_per_minute: Annotated[int, Field(ge=1)] = 12000  # of one portal, at each of two
    person_per_minute: Annotated[int, Field(ge=1)] = 240
    failures_per_minute: Annotated[int, Field(ge=1)] = 60  # wrong codes, tokens and secrets
    browser_logins: Annotated[int, Field(ge=2, le=50)] = 20  # open at once; the oldest gives way
    loop_logins: Annotated[int, Field(ge=3)] = 10  # ended, of one portal, in a minute


class Telemetry(Section):
    """OpenTelemetry, of the extra ``telemetry``."""

    otlp_endpoint: str | None = None  # http://127.0.0.1:4318/v1/traces; None: off


class Retention(Section):
    trace_days: Annotated[int, Field(ge=1, le=90)] = 7
    history_days: Annotated[int, Field(ge=30, le=3650)] = 540
    audit_days: Annotated[int, Field(ge=90, le=7300)] = 2555  # seven years
    outbox_days: Annotated[int, Field(ge=1, le=365)] = 30  # after sending or giving up
    session_days: Annotated[int, Field(ge=1, le=3650)] = 30  # sessions and grants after their end


class Settings(Section):
    web: Web
    database: Database = Database()
    store: Store = Store()
    keys: Keys = Keys()
    ui: Ui = Ui()
    login: LoginSettings = LoginSettings()
    sessions: SessionSettings = SessionSettings()
    oidc: OidcTowardsPortals = OidcTowardsPortals()
    mandates: Mandates = Mandates()
    worker: WorkerSettings = WorkerSettings()
    mail: Mail = Mail()
    sms: Sms = Sms()
    letters: Letters = Letters()
    second_factors: SecondFactors = SecondFactors()
    outgoing: Outgoing = Outgoing()
    development: Development = Development()
    log: Log = Log()
    limits: Limits = Limits()
    telemetry: Telemetry = Telemetry()
    retention: Retention = Retention()

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
        if not self.is_loopback and (self.development.loopback or self.ui.demo):
            raise ValueError(
                "development.loopback and ui.demo are only for a loopback web.base_url"
            )
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
        raise SettingsError(f"{path} does not exist; copy config.example.toml to start") from None
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
