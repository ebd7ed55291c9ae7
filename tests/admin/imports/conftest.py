"""The bakery of the mandates, with Jan as its administrator and Roos."""

from __future__ import annotations

from tests.admin.mandates.conftest import bakery, mandate_of_roos, request_of_roos

__all__ = ["bakery", "mandate_of_roos", "request_of_roos"]
