"""The API: FastAPI behind Mangum, every route in one function."""

from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import claims
import motor
import once
import policies
import quotes
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from mangum import Mangum
from models import Quote, QuoteRequest
from refusals import Conflict, NotFound
from schemas import (
    BankReport,
    Claim,
    CoverageCheck,
    IssueRequest,
    Loss,
    Nothing,
    Notice,
    Policy,
    Reported,
)

app = FastAPI(title="Motor insurance")


class Call(NamedTuple):
    """Who calls, and when: in test mode a caller may set the time."""

    caller: dict
    now: datetime
    path: str

    def asked(self, key, body):
        """What the idempotency utility is given: a key of this caller for this path, and the body."""
        return {"key": f"{self.caller['principal']}#{self.path}#{key}", "body": body}


def scope(name):
    """A call of somebody who has the scope."""

    async def call(request: Request) -> Call:
        caller = request.scope["aws.event"]["requestContext"]["authorizer"]
        if name not in caller["scopes"].split():
            raise HTTPException(403, f"The scope {name} is needed.")
        if caller["mode"] != "test" and "coverwright-clock" in request.headers:
            raise HTTPException(400, "The time can be set in test mode only.")
        once.config.register_lambda_context(request.scope["aws.context"])
        return Call(caller, motor.clock(request.headers), request.url.path)

    return Depends(call)


async def bank(request: Request) -> Call:
    """A call of the bank: the gateway has checked its token and its scope."""
    claims_of_token = request.scope["aws.event"]["requestContext"]["authorizer"]["claims"]
    once.config.register_lambda_context(request.scope["aws.context"])
    return Call(
        {"principal": claims_of_token["client_id"]}, datetime.now(UTC), request.url.path
    )


Key = Annotated[str, Header(alias="Idempotency-Key", max_length=128)]


@app.post("/v1/quotes", status_code=201, response_model_exclude_none=True)
def post_quote(asked: QuoteRequest, key: Key, call: Annotated[Call, scope("quotes:write")]) -> Quote:
    return quotes.make(asked=call.asked(key, asked.asked()), caller=call.caller, now=call.now)


@app.get("/v1/quotes/{quote_id}", response_model_exclude_none=True)
def get_quote(quote_id: str, call: Annotated[Call, scope("quotes:read")]) -> Quote:
    return quotes.read(quote_id, call.caller)


@app.post("/v1/quotes/{quote_id}/acceptance", response_model_exclude_none=True)
def post_acceptance(
    quote_id: str, asked: Nothing, key: Key, call: Annotated[Call, scope("quotes:write")]
) -> Quote:
    return quotes.accept(
        asked=call.asked(key, {}), quote_id=quote_id, caller=call.caller, now=call.now
    )


@app.post("/v1/policies", status_code=201, response_model_exclude_none=True)
def post_policy(
    asked: IssueRequest, key: Key, call: Annotated[Call, scope("policies:write")]
) -> Policy:
    return policies.issue(
        asked=call.asked(key, asked.model_dump()), caller=call.caller, now=call.now
    )


@app.get("/v1/policies/{policy_id}", response_model_exclude_none=True)
def get_policy(policy_id: str, call: Annotated[Call, scope("policies:read")]) -> Policy:
    return policies.read(policy_id, call.caller, call.now)


@app.post("/v1/coverage-checks", response_model_exclude_none=True)
def post_coverage_check(
    asked: Loss, call: Annotated[Call, scope("claims:read")]
) -> CoverageCheck:
    return claims.check(asked.asked(), call.caller, call.now)


@app.post("/v1/claims", status_code=201, response_model_exclude_none=True)
def post_claim(asked: Notice, key: Key, call: Annotated[Call, scope("claims:write")]) -> Claim:
    if asked.settle and "claims:settle" not in call.caller["scopes"].split():
        raise HTTPException(403, "The scope claims:settle is needed.")
    return claims.notify(asked=call.asked(key, asked.asked()), caller=call.caller, now=call.now)


@app.get("/v1/claims/{claim_id}", response_model_exclude_none=True)
def get_claim(claim_id: str, call: Annotated[Call, scope("claims:read")]) -> Claim:
    return claims.read(claim_id, call.caller)


@app.post("/v1/claims/{claim_id}/settlement", response_model_exclude_none=True)
def post_settlement(
    claim_id: str, asked: Nothing, key: Key, call: Annotated[Call, scope("claims:settle")]
) -> Claim:
    return claims.settle(
        asked=call.asked(key, {}), claim_id=claim_id, caller=call.caller, now=call.now
    )


@app.post("/v1/bank-reports", response_model_exclude_none=True)
def post_bank_report(
    asked: BankReport, key: Key, call: Annotated[Call, Depends(bank)]
) -> Reported:
    return claims.report(
        asked=call.asked(key, asked.asked()), bank=call.caller["principal"], now=call.now
    )


@app.exception_handler(NotFound)
async def not_found(_: Request, error: NotFound):
    return JSONResponse({"detail": str(error)}, 404)


@app.exception_handler(Conflict)
async def conflict(_: Request, error: Conflict):
    return JSONResponse({"detail": str(error)}, 409)


@app.exception_handler(IdempotencyAlreadyInProgressError)
async def in_progress(_: Request, error: IdempotencyAlreadyInProgressError):
    return JSONResponse({"detail": "This request is being carried out."}, 409)


@app.exception_handler(IdempotencyValidationError)
async def other_body(_: Request, error: IdempotencyValidationError):
    return JSONResponse({"detail": "The key came with another body before."}, 422)


handler = Mangum(app, lifespan="off")
