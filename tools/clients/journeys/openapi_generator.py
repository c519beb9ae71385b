"""Quote to paid claim with the Python client that openapi-generator makes."""

import json
import sys
import time
from pathlib import Path

from coverwright_client import (
    ApiClient,
    ClaimsApi,
    Configuration,
    IssuePolicyRequest,
    NoticeRequest,
    PoliciesApi,
    QuoteRequest,
    QuotesApi,
    SettlementApi,
)


def main(given_file: str) -> None:
    given = json.loads(Path(given_file).read_text("utf-8"))
    configuration = Configuration(host=given["base_url"], access_token=given["token"])
    quoted_at, notified_at = given["clock"]["quoted_at"], given["clock"]["notified_at"]

    def key(step: str) -> str:
        return f"{given['run']}-{step}"

    with ApiClient(configuration) as client:
        quotes, policies, claims = QuotesApi(client), PoliciesApi(client), ClaimsApi(client)
        quote = quotes.create_quote(
            key("quote"),
            QuoteRequest.model_validate(given["quote"]),
            coverwright_clock=quoted_at,
        )
        quotes.accept_quote(quote.id, key("accept"), coverwright_clock=quoted_at)
        policy = policies.issue_policy(
            key("issue"), IssuePolicyRequest(quote_id=quote.id), coverwright_clock=quoted_at
        )
        claim = claims.create_claim(
            key("claim"),
            NoticeRequest.model_validate({"policy_id": policy.id, **given["claim"]}),
            coverwright_clock=notified_at,
        )
        SettlementApi(client).settle_claim(claim.id, key("settle"), coverwright_clock=notified_at)
        while any(payment.status != "paid" for payment in claim.payments) or not claim.payments:
            time.sleep(0.2)
            claim = claims.get_claim(claim.id, coverwright_clock=notified_at)
    print(claim.id)


if __name__ == "__main__":
    main(sys.argv[1])
