"""What templates do with texts."""

from __future__ import annotations

import pytest

from broker.web.templating import numbers_whole


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bakkerij (KvK 9000 1201)", "Bakkerij (KvK\u00a09000\u00a01201)"),
        ("RSIN 0012 34567", "RSIN\u00a00012\u00a034567"),
        ("Vestiging 000012345678", "Vestiging 000012345678"),
        ("EH2", "EH2"),
    ],
)
def test_the_number_of_an_organisation_stays_on_one_line(text: str, shown: str) -> None:
    assert numbers_whole(text) == shown
