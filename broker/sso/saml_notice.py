"""What the outbox keeps of a logout that is told by SOAP. The request itself is made and signed at
each delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter

from assurance.session_names import SessionName
from state.outbox import TO_MAKELAAR, Message

TO_PORTAL: Final = "saml_portal"
_NAMES: Final = TypeAdapter(tuple[SessionName, ...])


def portal_message(client_id: str, names: Sequence[SessionName], reference: str | None) -> Message:
    """To this portal."""
    return _message(client_id, TO_PORTAL, names, reference)


def makelaar_message(
    provider_id: str, names: Sequence[SessionName], reference: str | None
) -> Message:
    """To this makelaar."""
    return _message(provider_id, TO_MAKELAAR, names, reference)


def names_in(message: Message) -> Sequence[SessionName]:
    """Who is meant. Raises ValidationError."""
    return _NAMES.validate_json(message.text)


def _message(
    recipient: str, kind: str, names: Sequence[SessionName], reference: str | None
) -> Message:
    text = _NAMES.dump_json(tuple(names)).decode()
    return Message("logout", recipient, kind, text, reference)
