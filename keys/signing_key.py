"""SigningKey: one key pair of ours as kept; its private half is sealed, and gone once retired."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from state.db import Base, UtcDateTime, enum_column_type, sealed_column


class KeyUse(enum.StrEnum):
    """What a key is for, one thing each: a signature for one use must mean nothing elsewhere."""

    OIDC_SIGNING = "oidc_signing"
    SAML_SIGNING = "saml_signing"  # as service provider, towards makelaars
    SAML_ENCRYPTION = "saml_encryption"  # what makelaars encrypt for us
    SAML_IDP_SIGNING = "saml_idp_signing"  # as identity provider, towards portals
    SAML_TLS_CLIENT = "saml_tls_client"  # our side of TLS at who asks it
    CLIENT_SIGNING = "client_signing"  # our private_key_jwt at makelaars
    CLIENT_ENCRYPTION = "client_encryption"  # ID tokens and userinfo encrypted for us
    AUDIT_SIGNING = "audit_signing"  # checkpoints of the audit chain


# These travel with a certificate around them: in metadata, or in TLS.
CERTIFIED_USES: Final = (
    KeyUse.SAML_SIGNING,
    KeyUse.SAML_ENCRYPTION,
    KeyUse.SAML_IDP_SIGNING,
    KeyUse.SAML_TLS_CLIENT,
)


class KeyState(enum.StrEnum):
    """``requested`` waits for its certificate and is known to nobody; ``next`` is published, not
    used; ``retiring`` is published for what it signed before.
    """

    REQUESTED = "requested"
    NEXT = "next"
    ACTIVE = "active"
    RETIRING = "retiring"
    RETIRED = "retired"


class SigningKey(Base):
    """A row. ``kid`` is the JWK thumbprint (RFC 7638), so one key cannot be here for two uses."""

    __tablename__ = "signing_key"
    # Two processes that start or rotate at once end with one key.
    __table_args__ = tuple(
        Index(
            f"uq_signing_key_one_{state}",
            "use",
            "algorithm",
            unique=True,
            sqlite_where=text(f"state = '{state}'"),
            postgresql_where=text(f"state = '{state}'"),
        )
        for state in (KeyState.NEXT, KeyState.ACTIVE)
    )

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    use: Mapped[KeyUse] = mapped_column(enum_column_type(KeyUse, 20))
    algorithm: Mapped[str] = mapped_column(String(10))  # what it was made for; RSA for SAML
    state: Mapped[KeyState] = mapped_column(enum_column_type(KeyState, 10))
    sealed: Mapped[bytes | None] = sealed_column("signing-key:{use}:{kid}")  # PKCS #8 DER
    # PEM, for SAML: its own first, then those of the authorities that issued it.
    certificate: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    # From when a next key is used, whether or not anybody wrote down by then that it is.
    activates_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def is_of_a_known_use() -> ColumnElement[bool]:
    """A newer version beside this one may have made keys for what this one does not do."""
    return SigningKey.use.in_(tuple(KeyUse))


def is_retired(session: Session, use: KeyUse, kid: str) -> bool:
    """Was this a key of ours that verifies nothing any more: retired in its time, or revoked?"""
    known = select(SigningKey.kid).where(
        SigningKey.kid == kid, SigningKey.use == use, SigningKey.state == KeyState.RETIRED
    )
    return session.scalar(known) is not None
