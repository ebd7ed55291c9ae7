"""The section ``[outgoing]`` of the settings."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from state.outgoing_allow import parse_party
from state.outgoing_proxy import read_proxy


class Outgoing(BaseModel):
    """Calls to others: makelaars, portals, and the addresses that messages leave by. Nothing but
    https at ports 443 and 8443 on the open internet is called, unless it stands here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    allow: tuple[str, ...] = Field(
        default=(),
        description=(
            "Parties inside a private network that may be called: host names, IP addresses and "
            "networks, each with a port where it has its own: idp.intern, idp.intern:9443, "
            "10.1.0.0/16, [fd00::/8]:9443. A name may then lead inside; a network holds for every "
            "name that leads there. This machine itself, its link and the metadata of clouds are "
            "never called."
        ),
    )
    proxy: str | None = Field(
        default=None,
        description=(
            "The HTTP proxy that every call goes through: http://user@proxy.example.nl:3128, or "
            "https:// for one that speaks TLS itself. It must allow CONNECT."
        ),
    )
    proxy_password_file: Path | None = Field(
        default=None, description="The file with the password of the user of outgoing.proxy."
    )
    proxy_resolves: bool = Field(
        default=False,
        description=(
            "false: names are looked up here, and the proxy is given the address that was checked. "
            "true: the proxy is given names and looks them up; for networks that know no outside "
            "names and proxies that judge by name. It must then refuse inside addresses itself."
        ),
    )
    no_proxy: tuple[str, ...] = Field(
        default=(),
        description=(
            "Who is called around the proxy, written as in outgoing.allow. Loopback always is. "
            "Where the proxy looks names up, a network is about addresses written as numbers only."
        ),
    )
    ca_file: Path | None = Field(
        default=None,
        description=(
            "PEM file with certificates of an authority of your own, believed beside those of the "
            "system."
        ),
    )

    @field_validator("allow", "no_proxy")
    @classmethod
    def _parties(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            parse_party(entry)
        return value

    @field_validator("proxy")
    @classmethod
    def _a_proxy(cls, value: str | None) -> str | None:
        if value is not None:
            read_proxy(value)
        return value

    @model_validator(mode="after")
    def _only_with_a_proxy(self) -> Outgoing:
        if self.proxy is None and (
            self.proxy_resolves or self.proxy_password_file or self.no_proxy
        ):
            raise ValueError("proxy_password_file, proxy_resolves and no_proxy go with proxy")
        if self.proxy_password_file and not urlsplit(self.proxy or "").username:
            raise ValueError("proxy: say whose password it is: http://user@proxy.example.nl:3128")
        return self
