"""What a session is called by others: by the SAML portals that it was used for, and at the makelaar
where it was made. Needed when it ends, to say so there and to understand it from there.

Names are personal: they are sealed, and found by a keyed hash. A row outlives its session for a
while, so that who asks for what ended already hears that, and not that nobody knows it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Index, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from keys.opening import open_or_log
from keys.sealing import Sealer
from state.db import Base, UtcDateTime, new_id, sealed_column, table_of
from state.prepared import PreparedStatement, insert_into
from state.purging import delete_some

_CONTEXT: Final = "session_name"


@dataclass(frozen=True)
class SessionName:
    """``name``: the NameID, or the ``sub``; ``index``: the SessionIndex, or the ``sid``; ``about``:
    the attributes of the NameID (Format and the qualifiers); ``id_token``: what proves at an OpenID
    Connect makelaar which session is meant.
    """

    name: str = field(repr=False)
    index: str | None = field(default=None, repr=False)
    about: Mapping[str, str] = field(default_factory=dict, repr=False)
    id_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class KeptName:
    """``holder``: the session of a browser, or the grant of a console, that is called so."""

    holder: str
    party: str
    name: SessionName


class SessionNameRow(Base):
    """``party``: ``portal:`` and a client_id, or ``makelaar:`` and the id of its record."""

    __tablename__ = _CONTEXT
    __table_args__ = (
        Index("ix_session_name_party_name_hash", "party", "name_hash"),
        Index("ix_session_name_party_index_hash", "party", "index_hash"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    holder: Mapped[str] = mapped_column(String(26), index=True)
    party: Mapped[str] = mapped_column(String(210))
    name_hash: Mapped[str] = mapped_column(String(64))
    index_hash: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[bytes] = sealed_column(f"{_CONTEXT}:{{id}}")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


_table = table_of(SessionNameRow)
_c = _table.c
_INSERT: Final = PreparedStatement(insert_into(_table))
_NAME: Final = TypeAdapter(SessionName)


def of_portal(client_id: str) -> str:
    """The party that this portal is."""
    return f"portal:{client_id}"


def of_makelaar(provider_id: str) -> str:
    """The party that this makelaar is."""
    return f"makelaar:{provider_id}"


def keep(
    session: Session,
    sealer: Sealer,
    names: Collection[SessionName],
    *,
    holder: str,
    party: str,
    until: datetime,
) -> None:
    """Keep these names with the transaction of the login that they come from."""
    for one in names:
        identifier = new_id()
        _INSERT.run(
            session,
            {
                "id": identifier,
                "holder": holder,
                "party": party,
                "name_hash": _hash(sealer, "name", party, one.name),
                "index_hash": _index_hash(sealer, party, one.index),
                "name": sealer.seal(_NAME.dump_json(one), f"{_CONTEXT}:{identifier}"),
                "expires_at": until,
            },
        )


def of_holder(session: Session, sealer: Sealer, holder: str) -> Sequence[KeptName]:
    """By what names this session goes, each once, those of an earlier moment first."""
    query = select(_c.id, _c.holder, _c.party, _c.name).where(_c.holder == holder)
    return _opened(session, sealer, query.order_by(_c.expires_at, _c.id))


def called(
    session: Session,
    sealer: Sealer,
    party: str,
    *,
    name: str | None = None,
    indexes: Collection[str] = (),
) -> Sequence[KeptName]:
    """Every session that this party calls so, whether or not it stands. With ``indexes`` only those
    under one of them; of a ``name`` also those for which it was given none. Raises ValueError where
    neither is asked.
    """
    if name is None and not indexes:
        raise ValueError("a session is asked for by its name or its index")
    query = select(_c.id, _c.holder, _c.party, _c.name).where(_c.party == party)
    hashes = [_hash(sealer, "index", party, one) for one in indexes]
    if name is not None:
        query = query.where(_c.name_hash == _hash(sealer, "name", party, name))
        if hashes:
            query = query.where(or_(_c.index_hash.in_(hashes), _c.index_hash.is_(None)))
    else:
        query = query.where(_c.index_hash.in_(hashes))
    return _opened(session, sealer, query.order_by(_c.id))


def purge(session: Session, before: datetime) -> int:
    """Delete a portion of the names of sessions that were over before this moment; how many."""
    return delete_some(session, SessionNameRow.id, SessionNameRow.expires_at < before)


def _opened(session: Session, sealer: Sealer, query: object) -> Sequence[KeptName]:
    found: dict[tuple[str, str, bytes], KeptName] = {}
    for identifier, holder, party, sealed in session.execute(query):  # type: ignore[call-overload]
        opened = open_or_log(sealer, sealed, f"{_CONTEXT}:{identifier}", what=_CONTEXT)
        if opened is None:
            continue
        try:
            one = KeptName(holder, party, _NAME.validate_json(opened))
        except ValidationError:  # another version of the program wrote it
            continue
        found.setdefault((holder, party, opened), one)
    return tuple(found.values())


def _hash(sealer: Sealer, what: str, party: str, value: str) -> str:
    return sealer.fingerprint(f"session-{what}", party, value)


def _index_hash(sealer: Sealer, party: str, index: str | None) -> str | None:
    return None if index is None else _hash(sealer, "index", party, index)
