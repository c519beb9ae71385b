"""Quote to paid claim with the client that openapi-python-client makes."""

import json
import sys
import time
from pathlib import Path

from coverwright_client import AuthenticatedClient
from coverwright_client.api.claims import create_claim, get_claim
from coverwright_client.api.policies import issue_policy
from coverwright_client.api.quotes import accept_quote, create_quote
from coverwright_client.api.settlement import settle_claim
from coverwright_client.models import (
    ClaimView,
    IssuePolicyRequest,
    NoticeRequest,
    PolicyView,
    QuoteRequest,
    QuoteView,
)


def main(given_file: str) -> None:
    given = json.loads(Path(given_file).read_text("utf-8"))
    client = AuthenticatedClient(base_url=given["base_url"], token=given["token"])
    quoted_at, notified_at = given["clock"]["quoted_at"], given["clock"]["notified_at"]

    def key(step: str) -> str:
        return f"{given['run']}-{step}"

    quote = good(
        QuoteView,
        create_quote.sync(
            client=client,
            body=QuoteRequest.from_dict(given["quote"]),
            idempotency_key=key("quote"),
            coverwright_clock=quoted_at,
        ),
    )
    good(
        QuoteView,
        accept_quote.sync(
            quote.id, client=client, idempotency_key=key("accept"), coverwright_clock=quoted_at
        ),
    )
    policy = good(
        PolicyView,
        issue_policy.sync(
            client=client,
            body=IssuePolicyRequest(quote_id=quote.id),
            idempotency_key=key("issue"),
            coverwright_clock=quoted_at,
        ),
    )
    claim = good(
        ClaimView,
        create_claim.sync(
            client=client,
            body=NoticeRequest.from_dict({"policy_id": policy.id, **given["claim"]}),
            idempotency_key=key("claim"),
            coverwright_clock=notified_at,
        ),
    )
    good(
        ClaimView,
        settle_claim.sync(
            claim.id, client=client, idempotency_key=key("settle"), coverwright_clock=notified_at
        ),
    )
    while any(payment.status != "paid" for payment in claim.payments) or not claim.payments:
        time.sleep(0.2)
        read = get_claim.sync(claim.id, client=client, coverwright_clock=notified_at)
        claim = good(ClaimView, read)
    print(claim.id)


def good[Answer](kind: type[Answer], answer: object) -> Answer:
    """The answer, or an end with the problem."""
    if not isinstance(answer, kind):
        sys.exit(f"{getattr(answer, 'code', answer)}: {getattr(answer, 'detail', '')}")
    return answer


if __name__ == "__main__":
    main(sys.argv[1])
