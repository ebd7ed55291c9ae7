"""Where metadata come from: a file, an address or a query service, and who must have signed."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from directory.saml_metadata import MetadataSettings

NAME = "https://idp.example/saml?tenant=a/b"
HEX = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({}, None),
        ({"metadata_url": "https://m.example/x"}, "https://m.example/x"),
        (
            {"metadata_query": "https://mdq.example"},
            "https://mdq.example/entities/https%3A%2F%2Fidp.example%2Fsaml%3Ftenant%3Da%2Fb",
        ),
        (
            {"metadata_query": "https://mdq.example/v1/", "metadata_query_by": "sha1"},
            "https://mdq.example/v1/entities/%7Bsha1%7D88ce3276d9aa24c8ce46f99c3c8ba968f76b7b9c",
        ),
    ],
)
def test_the_address_of_metadata(fields: dict[str, str], address: str | None) -> None:
    settings = MetadataSettings.model_validate(fields)
    assert settings.metadata_address(NAME) == address
    assert settings.follows_metadata is (address is not None)


@pytest.mark.parametrize(
    "written",
    [
        HEX,
        HEX.upper(),
        ":".join(HEX[at : at + 2] for at in range(0, 64, 2)).upper(),
        " ".join(HEX[at : at + 2] for at in range(0, 64, 2)),
        f"sha256 Fingerprint={HEX.upper()}",
    ],
)
def test_a_fingerprint_as_tools_print_it(written: str) -> None:
    read = MetadataSettings.model_validate({"metadata_signing_fingerprints": [written]})
    assert read.metadata_signing_fingerprints == (HEX,)


@pytest.mark.parametrize("written", ["", HEX[:40], HEX + "0", "g" * 64])
def test_what_is_no_sha_256_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="64 hexadecimal digits"):
        MetadataSettings.model_validate({"metadata_signing_fingerprints": [written]})


def test_a_copy_is_of_one_source_and_of_one_signer() -> None:
    fields = {"metadata_url": "https://m.example/x"}
    origin = MetadataSettings.model_validate(fields).metadata_origin(NAME)
    for more in (
        {"metadata_url": "https://m.example/y"},
        {"metadata": "<x/>"},
        {"metadata_signing_certificate": "pem"},
        {"metadata_signing_fingerprints": [HEX]},
        {"metadata_url": None, "metadata_query": "https://m.example/x"},
    ):
        assert MetadataSettings.model_validate({**fields, **more}).metadata_origin(NAME) != origin
    assert MetadataSettings.model_validate(fields).metadata_origin(f"{NAME}/") != origin
    trusting = MetadataSettings.model_validate({**fields, "metadata_trust_tls": True})
    assert trusting.metadata_origin(NAME) == origin  # whom to believe is asked at each look
