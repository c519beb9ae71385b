"""Quoting: what a risk costs, on what terms, and whether it is taken."""

from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Literal

from insurance import wiring
from insurance.api.app import Api, Call
from insurance.api.body import Request
from insurance.api.fields import Code, Day, MoneyOrNil, Reason, Text
from insurance.api.views.quotes import ExplanationView, PreviewView, QuoteView
from insurance.domain.contract.terms import LOAD_MAX, ImposedTerms
from insurance.domain.core.identity import new_quote_id
from insurance.domain.party.party import Policyholder
from insurance.operations.quoting.change_quote import (
    accept_quote,
    take_on_quote,
    turn_down_quote,
)
from insurance.operations.quoting.explain_quote import explain_quote
from insurance.operations.quoting.make_quote import RiskAsked, make_quote, preview_quote
from insurance.operations.quoting.read_quote import read_quote
from insurance.operations.receipt import Answer
from pydantic import AfterValidator, Field, StringConstraints

products, sources = wiring.products(), wiring.look_ups()
quotes, receipts, keys = wiring.stores().quotes, wiring.stores().quote_receipts, wiring.keys()

api = Api(receipts.recall)
handler = api.entrypoint()


def _bearable(load: str) -> str:
    if not -1 < Decimal(load) <= LOAD_MAX:
        raise ValueError(f"a share above -1 and up to {LOAD_MAX} is expected")
    return load


Load = Annotated[
    str,
    StringConstraints(pattern=r"^-?[0-9]{1,2}(\.[0-9]{1,6})?$"),
    AfterValidator(_bearable),
]


Territory = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]


class QuoteRequest(Request):
    """A risk to be priced."""

    product: Code
    start: Day
    """The first day of cover, where the risk is."""
    policyholder: Policyholder
    answers: dict[str, Any]
    """Answers to the product's questions, by code."""
    covers: Annotated[list[Code], Field(max_length=50)] = []
    """Optional covers that are wanted."""
    producer: Text | None = None
    """The producer of record, where it is not the partner itself."""
    territory: Territory | None = None
    """Where the risk is, of a product sold in several; its first one where none is said."""

    def asked(self) -> RiskAsked:
        return RiskAsked(
            product=self.product,
            start=self.start,
            policyholder=self.policyholder,
            answers=self.answers,
            options=tuple(self.covers),
            territory=self.territory or "",
            producer=self.producer,
        )


class AcceptanceRequest(Request):
    """Nothing is asked beside the quote itself."""


class ReferralDecisionRequest(Request):
    """What an underwriter decides of a referred risk."""

    decision: Literal["accept", "decline"]
    reason: Reason
    load: Load | None = None
    """A share of the net premium: "0.25" makes it a quarter dearer."""
    excess: MoneyOrNil | None = None
    exclusions: Annotated[list[Code], Field(max_length=50)] = []
    looked_up: Annotated[
        dict[Code, Annotated[dict[str, Any], Field(max_length=50)]], Field(max_length=10)
    ] = {}
    """What a look-up had not answered, by source: whoever accepts may tell it, and answers for it."""

    def imposed(self) -> ImposedTerms:
        return ImposedTerms(
            load=Decimal(self.load) if self.load is not None else None,
            excess=self.excess,
            exclusions=tuple(self.exclusions),
        )


@api.command("/v1/quotes", scope="quotes:write", status=HTTPStatus.CREATED, summary="Quote a risk")
def post_quote(request: QuoteRequest, call: Call) -> QuoteView | Answer:
    return call.once(
        lambda receipt: make_quote(
            request.asked(),
            caller=call.caller,
            carrier=wiring.carrier(),
            products=products,
            look_ups=sources,
            quotes=quotes,
            keys=keys,
            receipt=receipt,
        ),
        shows=QuoteView.of,
        recall=lambda receipt: quotes.recall(
            new_quote_id(call.caller.mode, call.caller.principal, receipt.key), receipt
        ),
    )


@api.query(
    "POST", "/v1/quotes/preview", scope="quotes:write", summary="Price a risk without keeping it"
)
def post_preview(request: QuoteRequest, call: Call) -> PreviewView:
    priced = preview_quote(
        request.asked(),
        mode=call.caller.mode,
        products=products,
        look_ups=sources,
        now=call.now,
    )
    return PreviewView.of(priced)


@api.query("GET", "/v1/quotes/{quote_id}", scope="quotes:read", summary="Read a quote")
def get_quote(quote_id: str, call: Call) -> QuoteView:
    return QuoteView.of(read_quote(quote_id, caller=call.caller, quotes=quotes))


@api.query(
    "GET",
    "/v1/quotes/{quote_id}/explanation",
    scope="quotes:read",
    summary="Explain a quote's price, step by step",
)
def get_explanation(quote_id: str, call: Call) -> ExplanationView:
    kept, priced = explain_quote(quote_id, caller=call.caller, products=products, quotes=quotes)
    return ExplanationView.of(kept, priced)


@api.command(
    "/v1/quotes/{quote_id}/acceptance", scope="quotes:write", summary="Accept a quote's offer"
)
def post_acceptance(quote_id: str, request: AcceptanceRequest, call: Call) -> QuoteView | Answer:
    return call.once(
        lambda receipt: accept_quote(
            quote_id,
            expected_revision=call.expected_revision,
            caller=call.caller,
            quotes=quotes,
            receipt=receipt,
        ),
        shows=QuoteView.of,
    )


@api.command(
    "/v1/quotes/{quote_id}/referral-decision",
    scope="quotes:underwrite",
    staff=True,
    summary="Decide a referred quote",
)
def post_referral_decision(
    quote_id: str, request: ReferralDecisionRequest, call: Call
) -> QuoteView | Answer:
    if request.decision == "decline":
        return call.once(
            lambda receipt: turn_down_quote(
                quote_id,
                reason=request.reason,
                expected_revision=call.expected_revision,
                caller=call.caller,
                quotes=quotes,
                receipt=receipt,
            ),
            shows=QuoteView.of,
        )
    return call.once(
        lambda receipt: take_on_quote(
            quote_id,
            request.imposed(),
            told=request.looked_up,
            reason=request.reason,
            expected_revision=call.expected_revision,
            caller=call.caller,
            products=products,
            quotes=quotes,
            receipt=receipt,
        ),
        shows=QuoteView.of,
    )
