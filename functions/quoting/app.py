"""Quoting: what a risk costs, on what terms, and whether it is accepted."""

from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Literal

from insurance import bundles, wiring
from insurance.api.body import Request
from insurance.api.fields import Code, MoneyOrNil, Reason
from insurance.api.requests.quotes import QuoteRequest
from insurance.api.requests.risks import UPLOAD, RiskUploadRequest, answers_of
from insurance.api.router import Api
from insurance.api.views.quotes import ExplanationView, PreviewView, QuoteView
from insurance.api.views.uploads import AnnouncedUploadView
from insurance.domain.contract.terms import LOAD_MAX, ImposedTerms
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    InvalidFields,
    LookUpUnavailable,
    NoAuthority,
    PartyDiffers,
    PartyNotFound,
    ProcessingRestricted,
    ProductNotFound,
    QuoteExpired,
    ReferralOpen,
    Stopped,
    WrongState,
)
from insurance.domain.core.roles import EVERY_ROLE, SERVICING_ROLES, UNDERWRITING_ROLES
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.product.covers import COVERS_MAX
from insurance.domain.quote.pricing import PricedRisk
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Command, Query
from insurance.operations.files.uploads import AnnouncedUpload, announce_upload
from insurance.operations.quoting.accept_quote import accept_quote
from insurance.operations.quoting.decide_referral import (
    AcceptanceInput,
    accept_referral,
    decline_referral,
)
from insurance.operations.quoting.explain_quote import Explanation, explain_quote
from insurance.operations.quoting.make_quote import RiskInput, make_quote, preview_quote
from insurance.operations.quoting.read_quote import read_quote
from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

ports = bundles.quoting_ports()
quotes, idempotency = wiring.stores().quotes, wiring.stores().contract_idempotency

api = Api(idempotency.find_replay, wiring.edge()._replace(products=wiring.products))
handler = api.entrypoint()

SELLERS = {CallerKind.APPLICATION, CallerKind.STAFF}
TRIED_BY = {*SELLERS, CallerKind.DEVELOPER}
"""Developers have the scopes in test mode alone."""


def _bearable(load: str) -> str:
    if not -1 < Decimal(load) <= LOAD_MAX:
        raise PydanticCustomError("out_of_range", f"Give a share above -1 and up to {LOAD_MAX}.")
    return load


Load = Annotated[
    str,
    StringConstraints(pattern=r"^-?[0-9]{1,2}(\.[0-9]{1,6})?$"),
    AfterValidator(_bearable),
]


def _risk(request: QuoteRequest, call: Command | Query) -> RiskInput:
    return request.risk(
        answers_of(request.answers, request.upload_id, call.caller, bundles.risk_uploads)
    )


class ReferralDecisionRequest(Request):
    """An underwriter's decision on a referred risk."""

    decision: Literal["accept", "decline"]
    reason: Reason
    load: Load | None = None
    """A share of the net premium: "0.25" makes it a quarter dearer."""
    excess: MoneyOrNil | None = None
    exclusions: Annotated[list[Code], Field(max_length=COVERS_MAX)] = []
    looked_up: Annotated[
        dict[Code, Annotated[dict[str, Any], Field(max_length=60)]], Field(max_length=20)
    ] = {}
    """Facts that a look-up had not answered, by source: the underwriter answers for them."""

    def acceptance(self) -> AcceptanceInput:
        imposed = ImposedTerms(
            load=Decimal(self.load) if self.load is not None else None,
            excess=self.excess,
            exclusions=tuple(self.exclusions),
        )
        return AcceptanceInput(self.reason, imposed, self.looked_up)


@api.command(
    "/v1/quotes",
    operation_id="createQuote",
    summary="Create a quote",
    scope=Scope.QUOTES_WRITE,
    callers=TRIED_BY,
    roles=SERVICING_ROLES,
    status=HTTPStatus.CREATED,
    shows=QuoteView,
    raises=(
        AlreadyErased,
        InvalidFields,
        PartyDiffers,
        PartyNotFound,
        ProcessingRestricted,
        ProductNotFound,
        Stopped,
        *UPLOAD,
    ),
    find_replay=quotes.find_replay,
)
def post_quote(request: QuoteRequest, command: Command) -> Stored[Quote]:
    return make_quote(_risk(request, command), command, ports)


@api.query(
    "/v1/quotes/preview",
    method="POST",
    operation_id="previewQuote",
    summary="Preview a quote without storing it",
    scope=Scope.QUOTES_WRITE,
    callers=TRIED_BY,
    roles=SERVICING_ROLES,
    shows=PreviewView,
    raises=(
        InvalidFields,
        ProductNotFound,
        Stopped,
        *UPLOAD,
    ),
)
def post_preview(request: QuoteRequest, query: Query) -> PricedRisk:
    return preview_quote(_risk(request, query), query, ports)


@api.query(
    "/v1/quotes/uploads",
    method="POST",
    operation_id="announceAnswers",
    summary="Announce a file of answers and get a form to upload it",
    scope=Scope.QUOTES_WRITE,
    callers=TRIED_BY,
    roles=SERVICING_ROLES,
    shows=AnnouncedUploadView,
)
def post_upload(request: RiskUploadRequest, query: Query) -> AnnouncedUpload:
    """For risks that are larger than a request, such as a fleet. The file is a JSON object with `answers`. The form
    takes this very file for ten minutes; a quote, an endorsement, a transfer or a preview may name it for a day."""
    return announce_upload(request.file(), query, bundles.risk_uploads())


@api.query(
    "/v1/quotes/{quote_id}",
    operation_id="getQuote",
    summary="Read a quote",
    scope=Scope.QUOTES_READ,
    callers=TRIED_BY,
    roles=EVERY_ROLE,
    shows=QuoteView,
    etag=True,
)
def get_quote(quote_id: str, query: Query) -> Stored[Quote]:
    return read_quote(quote_id, query, ports)


@api.query(
    "/v1/quotes/{quote_id}/explanation",
    operation_id="getQuoteExplanation",
    summary="Explain the price of a quote step by step",
    scope=Scope.QUOTES_READ,
    callers=TRIED_BY,
    roles=EVERY_ROLE,
    shows=ExplanationView,
    etag=True,
    raises=(AlreadyErased,),
)
def get_explanation(quote_id: str, query: Query) -> Explanation:
    return explain_quote(quote_id, query, ports)


@api.command(
    "/v1/quotes/{quote_id}/acceptance",
    operation_id="acceptQuote",
    summary="Accept a quote",
    scope=Scope.QUOTES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=QuoteView,
    if_match=True,
    raises=(AlreadyErased, QuoteExpired, ReferralOpen, WrongState),
)
def post_acceptance(quote_id: str, command: Command) -> Stored[Quote]:
    return accept_quote(quote_id, command, ports)


@api.command(
    "/v1/quotes/{quote_id}/referral-decision",
    operation_id="decideQuoteReferral",
    summary="Accept or decline a referred quote",
    scope=Scope.QUOTES_UNDERWRITE,
    callers={CallerKind.STAFF},
    roles=UNDERWRITING_ROLES,
    shows=QuoteView,
    if_match=True,
    raises=(
        AlreadyErased,
        InvalidFields,
        LookUpUnavailable,
        NoAuthority,
        QuoteExpired,
        WrongState,
    ),
)
def post_referral_decision(
    quote_id: str, request: ReferralDecisionRequest, command: Command
) -> Stored[Quote]:
    if request.decision == "decline":
        return decline_referral(quote_id, request.reason, command, ports)
    return accept_referral(quote_id, request.acceptance(), command, ports)
