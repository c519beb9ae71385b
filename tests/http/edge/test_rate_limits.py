"""What a plan lets through stands in every answer that the plan counts."""

import re
from datetime import UTC, datetime

import pytest
from insurance.api.rate_limits import POLICY
from insurance.domain.partner.quota import Span

from tests.support.calls import BANK, PARTNER, UNDERWRITER
from tests.support.platform import Platform


def policies(said: str) -> dict[str, tuple[int, int]]:
    """Quota and window by name: a list of structured fields (RFC 9651), as the draft has it."""
    items = re.findall(r'"([a-z]+)";q=([0-9]+);w=([0-9]+)', said)
    assert said == ", ".join(f'"{name}";q={q};w={w}' for name, q, w in items)
    return {name: (int(quota), int(window)) for name, quota, window in items}


def test_a_partner_is_told_the_plan(handlers: Platform):
    said = handlers.call("GET", "/v1/products", by=PARTNER).headers[POLICY]

    month = Span.month(datetime.now(UTC)).seconds
    assert policies(said) == {
        "second": (200, 1),
        "day": (2_000_000, 86_400),
        "month": (20_000_000, month),
    }


def test_policies_are_issued_at_a_rate_of_their_own(handlers: Platform):
    refused = handlers.call("POST", "/v1/policies", {"quote_id": "quo_test_0"}, by=PARTNER)

    assert policies(refused.headers[POLICY])["second"] == (50, 1)


@pytest.mark.parametrize(
    ("path", "who"), [("/v1/kept-reports", BANK), ("/v1/screenings", UNDERWRITER)]
)
def test_what_no_plan_counts_says_nothing(handlers: Platform, path: str, who: str):
    """The staff pool's own routes stand outside all plans."""
    assert POLICY not in handlers.call("GET", path, by=who).headers
