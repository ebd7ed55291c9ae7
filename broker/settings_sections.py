"""The sections of the settings file, one class each; the names of their fields are its keys."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from directory.web_addresses import link_fault
from state.addresses import checked_loopback

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


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
    # A next certificate stands in our metadata so long before it is used, unless a date is given.
    certificate_days: Annotated[int, Field(ge=1, le=365)] = 60
    # What is encrypted to the certificate of before is opened so long after the change.
    decrypting_days: Annotated[int, Field(ge=1, le=365)] = 60


class Ui(Section):
    name: Annotated[str, Field(min_length=1, max_length=64)] = "Inloggen"
    theme_css: Path | None = Field(
        default=None,
        description=(
            "A style sheet of your own (CSS in UTF-8, 1 MB at most), behind ours on every page. "
            "Read at the start. Fonts and images that it names must be ours: a page loads nothing "
            "from elsewhere."
        ),
    )
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
