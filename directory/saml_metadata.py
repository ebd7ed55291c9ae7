"""Where the metadata of a SAML party come from, and who vouches for them: the same for makelaars
and portals.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Final, Literal
from urllib.parse import quote

from pydantic import AfterValidator, Field

from directory.services import RegisteredDocument

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def sha256_fingerprint(text: str) -> str:
    """As openssl and browsers write it: capitals, colons and spaces mean nothing."""
    digits = re.sub(r"[:\s]", "", text).lower().removeprefix("sha256fingerprint=")
    if not _SHA256.fullmatch(digits):
        raise ValueError("write the SHA-256 fingerprint of the certificate: 64 hexadecimal digits")
    return digits


class MetadataSettings(RegisteredDocument):
    """The source of a party's metadata: a file, an address, or a metadata query service. What an
    address publishes is kept beside the registration, and followed.
    """

    metadata: str | None = Field(
        default=None,
        description=(
            "The metadata themselves; `metadata_file` reads them from a file. Beside an address: "
            "what holds until something newer was fetched."
        ),
    )
    metadata_url: str | None = Field(
        default=None,
        description="Where the party publishes its metadata. A worker follows them.",
    )
    metadata_query: str | None = Field(
        default=None,
        description=(
            "The base address of a metadata query service (MDQ) that has the metadata, in place of "
            "`metadata_url`."
        ),
    )
    metadata_query_by: Literal["entity_id", "sha1"] = Field(
        default="entity_id",
        description=(
            "How `metadata_query` is asked: with the whole entityID, or with its SHA-1 as "
            "`{sha1}…`."
        ),
    )
    metadata_signing_certificate: str | None = Field(
        default=None,
        description=(
            "A certificate in PEM, or several. The metadata, or a list that holds them, must then "
            "be signed with the key of one of them. `metadata_signing_certificate_file` reads "
            "them from a file."
        ),
    )
    metadata_signing_fingerprints: tuple[
        Annotated[str, AfterValidator(sha256_fingerprint)], ...
    ] = Field(
        default=(),
        description=(
            "SHA-256 fingerprints of certificates. The metadata must be signed with the key of one "
            "of them, which stands in the signature."
        ),
    )
    metadata_trust_tls: bool = Field(
        default=False,
        description=(
            "Whether keys and addresses that appear in metadata that no registered certificate "
            "signed are taken because they came from `metadata_url` over TLS. Left out: they wait "
            "for `sluis metadata approve`."
        ),
    )

    @property
    def follows_metadata(self) -> bool:
        """Is there an address to look at, again and again?"""
        return self.metadata_url is not None or self.metadata_query is not None

    def metadata_address(self, entity_id: str) -> str | None:
        """Where the metadata of this entity are published; None where no address is known."""
        if self.metadata_query is None:
            return self.metadata_url
        if self.metadata_query_by == "sha1":
            digest = hashlib.sha1(entity_id.encode(), usedforsecurity=False).hexdigest()
            name = f"{{sha1}}{digest}"
        else:
            name = entity_id
        return f"{self.metadata_query.rstrip('/')}/entities/{quote(name, safe='')}"

    def metadata_origin(self, entity_id: str) -> str:
        """A digest of whose metadata these are, where they come from and who must have signed
        them: a copy holds only while this is the same.
        """
        parts = (
            entity_id,
            self.metadata_address(entity_id) or "",
            self.metadata or "",
            self.metadata_signing_certificate or "",
            *sorted(self.metadata_signing_fingerprints),
        )
        hashed = (hashlib.sha256(part.encode("utf-8", "surrogatepass")).digest() for part in parts)
        return hashlib.sha256(b"".join(hashed)).hexdigest()
