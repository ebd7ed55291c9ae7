"""The sections of the settings file, one class each; the names of their fields are its keys."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from directory.web_addresses import link_fault

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Web(Section):
    base_url: str = Field(
        description=(
            "The address that people and portals see, without a slash at the end. Another one "
            "is another issuer, so portals and makelaars must be told."
        ),
    )
    bind: str = Field(
        default="127.0.0.1:8000", description="The IP address and port where `sluis serve` listens."
    )
    workers: Annotated[int, Field(ge=1, le=64)] = Field(
        default=1, description="How many processes answer requests."
    )
    threads: Annotated[int, Field(ge=1, le=64)] = Field(
        default=4,
        description=(
            "How many requests each of them answers at once. One begins beside another that has "
            "taken 20 ms or more."
        ),
    )
    trusted_proxy_hops: Annotated[int, Field(ge=0, le=5)] = Field(
        default=0,
        description=(
            "How many reverse proxies of yours stand in front. Too many, and a visitor chooses "
            "the address that is logged and limited."
        ),
    )
    drain_seconds: Annotated[int, Field(ge=0, le=60)] = Field(
        default=2,
        description=(
            "How long an instance that was told to stop says that it is not ready and still "
            "serves, so that the balancer notices."
        ),
    )
    management_bind: str = Field(
        default="127.0.0.1:9000",
        description=("Host and port of metrics and health with names. Never public. Empty: none."),
    )

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
    url: str = Field(
        default="sqlite:///var/sluis.db",
        description=(
            "The database: SQLite, or PostgreSQL as `postgresql+psycopg://sluis@db/sluis`. "
            "Several machines need PostgreSQL."
        ),
    )


class Store(Section):
    url: str = Field(
        default="sql:",
        description=(
            "Where logins under way are kept. `sql:`: in the same database. `redis://` or "
            "`rediss://`: in Redis or Valkey. `memory:`: in the process, for one worker."
        ),
    )


class Keys(Section):
    master_key_file: Path = Field(
        default=Path("var/master.key"),
        description=(
            "The file with the master key, which seals secrets in the database. Never in the "
            "database, never in its back-up."
        ),
    )
    # Until a successor is published; 0: only by hand. Certificates for SAML last five years.
    rotate_days: Annotated[int, Field(ge=0, le=1460)] = Field(
        default=365,
        description=("After how many days a key gets a successor. 0: only by `sluis keys rotate`."),
    )
    certificate_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=60,
        description=(
            "How many days a next certificate stands in our metadata before it is used, unless a "
            "date is given."
        ),
    )
    decrypting_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=60,
        description=(
            "How many days after a change what is encrypted to the certificate of before is still "
            "opened."
        ),
    )


class Ui(Section):
    name: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        default="Inloggen",
        description=(
            "The organisation whose website this is, as sentences name it. Pages of a login have "
            "Inloggen bij before it at the top, unless it begins with that itself."
        ),
    )
    theme_css: Path | None = Field(
        default=None,
        description=(
            "A style sheet of your own (CSS in UTF-8, 1 MB at most), behind ours on every page. "
            "Read at the start. Fonts and images that it names must be ours: a page loads nothing "
            "from elsewhere."
        ),
    )
    support_url: str | None = Field(
        default=None, description="Your help page, at the foot of every page."
    )
    accessibility_url: str | None = Field(
        default=None,
        description=(
            "The accessibility statement of your own organisation, such as that in the register of "
            "the government; `/hulp/toegankelijkheid` leads there."
        ),
    )
    support_phone: str | None = Field(default=None, description="The phone of your help desk.")
    demo: bool = Field(
        default=False,
        description=("Whether pages say that this is a demonstration. Only at a loopback address."),
    )

    @field_validator("support_url", "accessibility_url")
    @classmethod
    def _can_be_followed(cls, value: str | None) -> str | None:
        fault = link_fault(value) if value is not None else None
        if fault is not None:
            raise ValueError(f"{fault.what}; {fault.instead}")
        return value


class LoginSettings(Section):
    transaction_minutes: Annotated[int, Field(ge=5, le=60)] = Field(
        default=15,
        description=(
            "How long a login may take, from the portal and back. Who asks for more time gets as "
            "much again, until eleven times this."
        ),
    )
    remember_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=90,
        description=(
            "How long a browser remembers the makelaar that was chosen, where its user asked that."
        ),
    )
    session_idle_minutes: Annotated[int, Field(ge=5, le=60)] = Field(
        default=15,
        description=(
            "After how long without a click a session at `/mijn`, `/beheer` or `/operator` ends."
        ),
    )
    session_hours: Annotated[int, Field(ge=1, le=12)] = Field(
        default=8, description="How long such a session lasts at most."
    )


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

    idle_minutes: Annotated[int, Field(ge=5, le=240)] = Field(
        default=30,
        description=("How long after its last use a login may be used again at another portal."),
    )
    hours: Annotated[int, Field(ge=1, le=12)] = Field(
        default=8, description="How long after it was made it may be."
    )


class WorkerSettings(Section):
    embedded: bool = Field(
        default=True,
        description=(
            "Whether `sluis serve` also delivers messages and does the jobs; with several "
            "`web.workers` in a process beside them. `false`: only `sluis worker` does."
        ),
    )


class SecondFactors(Section):
    """SMS codes cost money, so an installation says where to and how many at most."""

    sms_countries: tuple[str, ...] = Field(
        default=("NL", "BE", "DE", "LU"),
        description="Countries (ISO 3166-1) whose mobile numbers get codes.",
    )
    sms_most_per_hour: Annotated[int, Field(ge=1)] = Field(
        default=1000,
        description=("How many SMS are sent in an hour at most, for everybody together."),
    )
    alert_email: str | None = Field(
        default=None, description="Who gets a mail when that many were sent."
    )

    @field_validator("sms_countries")
    @classmethod
    def _countries(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """A word that is no country would quietly keep everybody there from getting codes."""
        import phonenumbers  # large, and only here

        found = tuple(entry.strip().upper() for entry in value)
        for entry, code in zip(value, found, strict=True):
            if code not in phonenumbers.SUPPORTED_REGIONS:
                raise ValueError(
                    f"{entry!r} is no country with telephone numbers; write its two letters of "
                    "ISO 3166-1, for example NL"
                )
        return found


class Log(Section):
    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="From which level on lines are written."
    )


class Limits(Section):
    """What one address, client, person or browser may do; far above what people do."""

    address_per_minute: Annotated[int, Field(ge=1)] = Field(
        default=1200,
        description=("Requests of one address in a minute, at each kind of endpoint."),
    )
    client_per_minute: Annotated[int, Field(ge=1)] = Field(
        default=12000,
        description=(
            "Requests of one portal in a minute, at each of its endpoints; logouts of one makelaar."
        ),
    )
    person_per_minute: Annotated[int, Field(ge=1)] = Field(
        default=240, description="Requests of one person in a minute."
    )
    failures_per_minute: Annotated[int, Field(ge=1)] = Field(
        default=60, description="Wrong codes, tokens and secrets of one address in a minute."
    )
    browser_logins: Annotated[int, Field(ge=2, le=50)] = Field(
        default=20,
        description=("Logins that one browser may have under way. The oldest gives way."),
    )
    loop_logins: Annotated[int, Field(ge=3)] = Field(
        default=10,
        description=(
            "Logins for one portal that may end in one browser in a minute before it is stopped"
            " as going round."
        ),
    )


class Telemetry(Section):
    """OpenTelemetry, of the extra ``telemetry``."""

    otlp_endpoint: str | None = Field(
        default=None,
        description=(
            "Where traces of requests are sent (OpenTelemetry over HTTP). Needs the extra "
            "`telemetry`. Left out: nowhere."
        ),
    )


class Retention(Section):
    trace_days: Annotated[int, Field(ge=1, le=90)] = Field(
        default=7, description="How long it is kept what happened in a login, step by step."
    )
    history_days: Annotated[int, Field(ge=30, le=3650)] = Field(
        default=540,
        description=(
            "How long logins are kept: people read theirs at `/mijn`, administrators those for "
            "their organisation at `/beheer`."
        ),
    )
    audit_days: Annotated[int, Field(ge=90, le=7300)] = Field(
        default=2555, description="How long events of the audit are kept."
    )
    outbox_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=30, description="How long it is known that a message was sent or given up."
    )
    session_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=30, description="How long sessions and grants are kept after their end."
    )
    invitation_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=90,
        description=(
            "How long an invitation, or a request of an intermediary to a client, is kept after it "
            "was over."
        ),
    )
