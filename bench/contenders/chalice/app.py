"""AWS Chalice."""

import motor
import storage
from chalice import BadRequestError, Chalice, NotFoundError, Response
from models import QuoteRequest
from pydantic import ValidationError

app = Chalice(app_name="quotes")


@app.route("/v1/quotes", methods=["POST"])
def post_quote():
    request = app.current_request
    try:
        asked = QuoteRequest.model_validate(request.json_body)
    except ValidationError as error:
        raise BadRequestError(str(error)) from error
    item, quote = motor.make_quote(
        asked.asked(),
        caller=request.context["authorizer"],
        key=request.headers["idempotency-key"],
        now=motor.clock(request.headers),
        path=request.path,
        keys=storage.keys,
    )
    storage.put(item)
    return Response(quote, status_code=201, headers={"ETag": motor.etag(quote)})


@app.route("/v1/quotes/{quote_id}", methods=["GET"])
def get_quote(quote_id):
    caller = app.current_request.context["authorizer"]
    try:
        quote = motor.read_quote(storage.get(quote_id), caller, storage.keys)
    except motor.Unknown:
        raise NotFoundError(f"There is no quote {quote_id}.") from None
    return Response(quote, headers={"ETag": motor.etag(quote)})


handler = app
