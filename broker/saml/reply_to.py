"""What an AuthnRequest leaves for its answer, kept with the login."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assurance.levels import AssuranceLevel
from broker.downstream import LoginRequest
from broker.saml.answer_bindings import AnswerBinding


@dataclass(frozen=True)
class SamlReplyTo:
    """``acs_url``: where the answer goes, and ``binding`` how. ``request_id``: None where the login
    began here and nobody asked for an answer. ``name_id``: the format that was agreed on,
    ``persistent`` or ``transient``. ``subject``: the persistent NameID that must log in.
    ``classes``, with a space between: of these one is the answer; ``most``: the label of the level
    above which nothing is said.
    """

    acs_url: str
    request_id: str | None
    relay_state: str | None = None
    name_id: str = "persistent"
    subject: str | None = None
    classes: str | None = None
    most: str | None = None
    binding: AnswerBinding = AnswerBinding.POST

    def stored(self) -> Mapping[str, str | None]:
        """As ``LoginRequest.reply_to`` holds it."""
        return dict(vars(self))

    @classmethod
    def of(cls, request: LoginRequest) -> SamlReplyTo:
        """What this request left."""
        kept = request.reply_to
        return cls(
            acs_url=kept["acs_url"] or "",
            request_id=kept["request_id"],
            relay_state=kept.get("relay_state"),
            name_id=kept.get("name_id") or "persistent",
            subject=kept.get("subject"),
            classes=kept.get("classes"),
            most=kept.get("most"),
            binding=AnswerBinding(kept.get("binding") or AnswerBinding.POST),
        )

    @property
    def highest_said(self) -> AssuranceLevel | None:
        return None if self.most is None else AssuranceLevel.from_label(self.most)
