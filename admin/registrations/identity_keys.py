"""By what the database knows an identity that a document names."""

from __future__ import annotations

from admin.registrations.documents import DocumentsRefused, Entry, IdentityDocument
from directory.people import ExternalIdentity, subject_hash
from keys.sealing import Sealer

IdentityKey = tuple[str, str]  # makelaar, and keyed hash of the subject


def key_of(sealer: Sealer, entry: Entry, identity: IdentityDocument) -> IdentityKey:
    """Raises DocumentsRefused for one that another installation exported."""
    if identity.subject is not None:
        return identity.provider, subject_hash(sealer, identity.provider, identity.subject)
    mark, _, hashed = (identity.subject_hash or "").partition(".")
    if mark != _mark(sealer):
        raise DocumentsRefused(
            [
                f"{entry.place}: identities: this subject_hash is of an installation with another "
                "master key; write the subject that the makelaar sends"
            ]
        )
    return identity.provider, hashed


def keys_of(sealer: Sealer, entry: Entry) -> list[IdentityKey]:
    """Of every identity of a person. Raises DocumentsRefused."""
    return [key_of(sealer, entry, one) for one in entry.model.identities]


def exported(sealer: Sealer, row: ExternalIdentity) -> str:
    """The ``subject_hash`` of a document: with a mark of the master key that can be compared."""
    return f"{_mark(sealer)}.{row.subject_hash}"


def _mark(sealer: Sealer) -> str:
    return sealer.fingerprint("subject-mark")[:8]
