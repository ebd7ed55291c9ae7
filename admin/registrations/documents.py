"""Documents: YAML files become validated models. Every mistake is found before anything is
written.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from assurance.levels import AssuranceLevel
from directory.announcements import Announcement
from directory.fields import Level
from directory.help_desks import HelpDesk
from directory.services import OidcClient, Service
from providers.accounts import canonical_email, canonical_user_name
from providers.registry import ProviderRecord


class DocumentsRefused(Exception):
    """The files hold mistakes; one line each, with the place."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(f"{len(lines)} mistakes")
        self.lines = lines


class Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _moment(value: Any) -> Any:
    """A date means its beginning, in UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else value


Moment = Annotated[datetime, BeforeValidator(_moment)]
Kvk = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
BranchNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
PersonId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,26}$")]


class EstablishmentDocument(Document):
    number: BranchNumber
    name: str
    address: str | None = None


class OrganisationDocument(Document):
    kvk: Kvk
    rsin: Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")] | None = None
    name: str
    shares_administrators: bool = True
    establishments: tuple[EstablishmentDocument, ...] = ()

    @property
    def key(self) -> str:
        return self.kvk


class IdentityDocument(Document):
    provider: str
    subject: str
    means_active_until: Moment | None = None


class MembershipDocument(Document):
    kvk: Kvk
    role: Literal["member", "administrator"] = "member"


class AccountDocument(Document):
    """An account at Sluis itself. ``password_file`` holds the first password, which its user must
    replace unless ``temporary`` is false; later changes of the file change nothing.
    """

    user_name: Annotated[str, AfterValidator(canonical_user_name)]
    email: Annotated[str, AfterValidator(canonical_email)] | None = None
    level: Literal["EMAIL", "EH2", "EH2+", "EH3"] = "EMAIL"
    password_file: Path | None = None
    temporary: bool = True
    ended: bool = False

    @property
    def rank(self) -> AssuranceLevel:
        return AssuranceLevel.from_label(self.level)


class DeviceDocument(Document):
    """An OTP device with its seed in base32: 6 digits, 30 seconds, SHA-1."""

    serial: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    seed_file: Path


class PersonDocument(Document):
    id: PersonId
    name: str
    email: str | None = None
    locale: Literal["nl", "en"] = "nl"
    blocked: bool = False
    identities: tuple[IdentityDocument, ...] = ()
    organisations: tuple[MembershipDocument, ...] = ()
    totp_secret_file: Path | None = None
    account: AccountDocument | None = None
    sms_number_file: Path | None = None
    otp_device: DeviceDocument | None = None
    recovery_codes_file: Path | None = None  # one code a line

    @property
    def key(self) -> str:
        return self.id

    @model_validator(mode="after")
    def _administrators_have_means(self) -> PersonDocument:
        is_administrator = any(place.role == "administrator" for place in self.organisations)
        is_email = self.account is not None and not self.account.rank.has_two_factors
        if is_administrator and is_email and not self.identities:
            raise ValueError("an administrator needs a makelaar, or an account of EH2+ or higher")
        return self


class MandateDocument(Document):
    person: PersonId
    organisation: Kvk
    service: str | None = None
    level: Level
    branches: tuple[BranchNumber, ...] = ()
    begins: Annotated[Moment, Field(alias="from")]
    until: Moment
    revoked: bool = False

    @property
    def key(self) -> str:
        branches = "+".join(self.branches)
        service = self.service or "every service"
        return f"{self.person} for {self.organisation} at {service} {branches}".strip()


class ChainMandateDocument(Document):
    organisation: Kvk
    intermediary: Kvk
    service: str
    level: Level
    begins: Annotated[Moment, Field(alias="from")]
    until: Moment
    revoked: bool = False

    @property
    def key(self) -> str:
        return f"{self.organisation} through {self.intermediary} at {self.service}"


MODELS: dict[str, type[BaseModel]] = {
    "Organisation": OrganisationDocument,
    "Service": Service,
    "IdentityProvider": ProviderRecord,
    "Client": OidcClient,
    "Announcement": Announcement,
    "HelpDesk": HelpDesk,
    "Person": PersonDocument,
    "Mandate": MandateDocument,
    "ChainMandate": ChainMandateDocument,
}


@dataclass(frozen=True)
class Entry:
    """One document. ``place`` is file and line for messages; ``folder`` is what relative paths
    mean.
    """

    kind: str
    model: Any
    place: str
    folder: Path


def read(path: Path) -> list[Entry]:
    """Every document under ``path``, in the order of MODELS. Raises DocumentsRefused with all
    mistakes.
    """
    files = (
        sorted(path.glob("**/*.yaml")) + sorted(path.glob("**/*.yml")) if path.is_dir() else [path]
    )
    entries: list[Entry] = []
    mistakes: list[str] = []
    if not files:
        mistakes.append(f"{path}: no .yaml file here")
    for file in files:
        for place, document in _documents(file, mistakes):
            entry = _validated(place, document, file.parent, mistakes)
            if entry is not None:
                entries.append(entry)
    mistakes += _twice(entries)
    if mistakes:
        raise DocumentsRefused(mistakes)
    order = list(MODELS)
    return sorted(entries, key=lambda entry: order.index(entry.kind))


def _twice(entries: list[Entry]) -> Iterator[str]:
    """Two documents for one thing: which of them holds would be chance."""
    seen: dict[tuple[str, str], str] = {}
    for entry in entries:
        first = seen.setdefault((entry.kind, entry.model.key), entry.place)
        if first != entry.place:
            yield f"{entry.place}: {entry.kind} {entry.model.key} stands in {first} as well"


def _documents(file: Path, mistakes: list[str]) -> Iterator[tuple[str, Any]]:
    text = file.read_text(encoding="utf-8")
    try:
        nodes = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
        documents = list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        mistakes.append(f"{file}{line}: not YAML ({getattr(error, 'problem', 'cannot be read')})")
        return
    for node, document in zip(nodes, documents, strict=True):
        if document is not None:
            yield f"{file}:{node.start_mark.line + 1}", document


def _validated(place: str, document: Any, folder: Path, mistakes: list[str]) -> Entry | None:
    kind = document.get("kind") if isinstance(document, dict) else None
    model = MODELS.get(str(kind))
    if model is None:
        close = difflib.get_close_matches(str(kind), MODELS, n=1)
        hint = f"; did you mean {close[0]}?" if close else f"; known: {', '.join(MODELS)}"
        mistakes.append(f"{place}: kind {kind!r} is unknown{hint}")
        return None
    fields = {key: value for key, value in document.items() if key != "kind"}
    try:
        _read_metadata_file(fields, folder)
        return Entry(str(kind), model.model_validate(fields), place, folder)
    except OSError as error:
        mistakes.append(f"{place}: {error.filename}: {error.strerror}")
    except ValidationError as error:
        mistakes.extend(f"{place}: {_explain(item, model)}" for item in error.errors())
    return None


def _read_metadata_file(fields: dict[str, Any], folder: Path) -> None:
    saml = fields.get("saml")
    if isinstance(saml, dict) and "metadata_file" in saml:
        file = folder / str(saml["metadata_file"])
        rest = {key: value for key, value in saml.items() if key != "metadata_file"}
        fields["saml"] = {**rest, "metadata": file.read_text(encoding="utf-8")}


def _explain(item: Any, model: type[BaseModel]) -> str:
    where = ".".join(str(part) for part in item["loc"]) or "document"
    if item["type"] != "extra_forbidden":
        return f"{where}: {item['msg'].removeprefix('Value error, ')}"
    close = difflib.get_close_matches(str(item["loc"][-1]), _known_at(model, item["loc"]), n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"{where}: unknown field{hint}"


def _known_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The fields, as documents write them, of the section where this one stands."""
    for part in loc[:-1]:
        field = model.model_fields.get(str(part))
        inner = _model_in(field.annotation) if field is not None else None
        model = inner or model  # a number in a list is no field
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in get_args(annotation))
    return next((model for model in found if model is not None), None)
