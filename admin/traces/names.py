"""What registrations are called, for who has no configuration in process."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from broker.configuration import called
from directory.consoles import CONSOLES
from providers.accounts import PROVIDER_ID
from state.registrations import Kind, Registration

_OWN: Final = "Sluis"
_KINDS: Final = {
    "client": Kind.CLIENT,
    "service": Kind.SERVICE,
    "provider": Kind.IDENTITY_PROVIDER,
}


class RegistrationNames:
    """Names in one language, also of what was withdrawn."""

    def __init__(self, session: Session, language: str) -> None:
        self._session = session
        self._language = language

    def __call__(self, kind: str, identifier: str) -> str | None:
        """``kind``: ``client``, ``service`` or ``provider``. None for what has no name here."""
        if kind not in _KINDS:
            return None
        if (kind, identifier) == ("provider", PROVIDER_ID):
            return _OWN
        for console in CONSOLES:
            if identifier in (console.client_id, console.service.uuid):
                return console.service.name.in_(self._language)
        row = self._session.get(Registration, (_KINDS[kind], identifier))
        name = called(row) if row is not None else None
        return name.in_(self._language) if name is not None else None

    def with_id(self, kind: str, identifier: str | None) -> str | None:
        """``Polderpoort (polderpoort)``; the identifier alone where there is no name."""
        name = self(kind, identifier) if identifier else None
        return f"{name} ({identifier})" if name not in (None, identifier) else identifier
