"""XML is 1.0 wherever it comes in: messages of makelaars and portals, and the metadata of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from broker.saml import messages
from broker.saml.errors import UntrustedRequest
from broker.saml.portal_metadata import PortalMetadataRefused, read_portal_metadata
from providers.interface import ProviderRefused
from providers.saml.metadata import MetadataRefused, read_metadata
from tests.broker.saml.portals import ENTITY, Asked, form, metadata, query
from tests.providers.saml.maker import (
    Recipe,
    callback,
    certificate,
    metadata_of,
    provider_for,
    remembered,
)

RESPONSE: Final = Recipe().raw()
REQUEST: Final = Asked().text()
OURS: Final = metadata_of(certificate())
THEIRS: Final = metadata()
Door = Callable[[bytes], object]
# Each takes what stands before the root.
DOORS: Final[dict[str, Door]] = {
    "response": lambda head: provider_for().finish(remembered(), callback(head + RESPONSE)),
    "request by redirect": lambda head: messages.from_redirect(
        query(head + REQUEST, key=None).encode()
    ),
    "request by post": lambda head: messages.from_post(form(head + REQUEST)),
    "metadata of a makelaar": lambda head: read_metadata(head + OURS),
    "metadata of a portal": lambda head: read_portal_metadata(head.decode() + THEIRS, ENTITY),
}
REFUSED: Final = (ProviderRefused, UntrustedRequest, MetadataRefused, PortalMetadataRefused)
GOOD: Final = (
    b"",
    b'<?xml version="1.0"?>',
    b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n",
    b'<?xml\tversion =\n"1.0" encoding="utf-8" ?>',
)
BAD: Final = (
    b'<?xml version="1.1"?>',
    b"<?xml version='1.1' encoding='UTF-8'?>",
    b'<?xml\n version\t=\r\n"1.1"?>',
    b'<?xml version="1.00"?>',
    b'<?xml version="2.0"?>',
    b'<?xml version="1"?>',
    b'<?xml version=" 1.0"?>',
    b'<?xml version=""?>',
    b'<?xml encoding="UTF-8"?>',
    b'<?xml encoding="UTF-8" version="1.1"?>',
    b'<?XML version="1.0"?>',
    b'<?xml version="1.0"?><?xml version="1.1"?>',
)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("head", GOOD)
def test_xml_of_this_version_is_read_everywhere(door: str, head: bytes) -> None:
    assert DOORS[door](head)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("head", BAD)
def test_xml_of_another_version_is_refused_everywhere(door: str, head: bytes) -> None:
    with pytest.raises(REFUSED):
        DOORS[door](head)
