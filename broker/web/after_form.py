"""Is a request where a form of ours ends? Then its answer is no redirect off our origin.

Browsers hold every redirect that follows a form against ``form-action`` of its page, up to the next
page that is shown; also those of others, whom no list of ours can name (decision 22).
"""

from __future__ import annotations

from flask import current_app

from broker.web.current_request import current_request
from broker.web.endpoints import endpoints_of


def ends_form() -> bool:
    """True for a form of ours, and for what may follow it by redirects within our origin: Chromium
    says of a request whether it has been on our origin alone.
    """
    request = current_request()
    if request.method == "POST":
        return endpoints_of(current_app).asked().csrf  # what needs no token, others post
    return request.headers.get("Sec-Fetch-Site") == "same-origin"
