"""FastAPI behind Mangum."""

from typing import Annotated

import motor
import storage
from fastapi import FastAPI, Header, HTTPException, Request, Response
from mangum import Mangum
from models import Quote, QuoteRequest

app = FastAPI()


def caller(request):
    return request.scope["aws.event"]["requestContext"]["authorizer"]


@app.post("/v1/quotes", status_code=201, response_model_exclude_none=True)
def post_quote(
    asked: QuoteRequest,
    idempotency_key: Annotated[str, Header()],
    request: Request,
    response: Response,
) -> Quote:
    item, quote = motor.make_quote(
        asked.asked(),
        caller=caller(request),
        key=idempotency_key,
        now=motor.clock(request.headers),
        path=request.url.path,
        keys=storage.keys,
    )
    storage.put(item)
    response.headers["ETag"] = motor.etag(quote)
    return quote


@app.get("/v1/quotes/{quote_id}", response_model_exclude_none=True)
def get_quote(quote_id: str, request: Request, response: Response) -> Quote:
    try:
        quote = motor.read_quote(storage.get(quote_id), caller(request), storage.keys)
    except motor.Unknown:
        raise HTTPException(404, f"There is no quote {quote_id}.") from None
    response.headers["ETag"] = motor.etag(quote)
    return quote


handler = Mangum(app, lifespan="off")
