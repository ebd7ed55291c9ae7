"""How a portal wants its answer: in a form, or by a reference that it resolves here."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from providers.saml.wire.names import ARTIFACT, POST


class AnswerBinding(enum.StrEnum):
    """As kept with a login."""

    POST = "post"
    ARTIFACT = "artifact"


OF_URI: Final[Mapping[str, AnswerBinding]] = MappingProxyType(
    {POST: AnswerBinding.POST, ARTIFACT: AnswerBinding.ARTIFACT}
)
