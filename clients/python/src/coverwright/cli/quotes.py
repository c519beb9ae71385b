"""`coverwright quote` and `coverwright quotes …`."""

from __future__ import annotations

from typing import Final

from coverwright.cli.command import Call, Commands, add_file, add_limit

SHOWN: Final = (
    "id",
    "status",
    "outcome",
    "product",
    "period",
    "premium.net",
    "premium.lines",
    "premium.total",
    "findings",
)
COLUMNS: Final = ("id", "status", "product.code", "period", "total")
STATUSES: Final = (
    "bindable, quoted, referred, declined, accepted, bound, expired, migrating, reversed"
)


def add(commands: Commands) -> None:
    """The commands of this group."""
    quote = commands.add("quote", "Price a risk, and keep the quote", new, writes=True)
    add_file(quote, "product, start, policyholder and answers")
    quote.add_argument("--preview", action="store_true", help="price it and keep nothing")
    quotes = commands.group("quotes", "Read and accept quotes")
    quotes.add("show", "Show a quote", show).add_argument("id")
    quotes.add("explain", "Show how the price came about", explain).add_argument("id")
    quotes.add("accept", "Accept a quote", accept, writes=True).add_argument("id")
    listed = quotes.add("list", "List quotes, the newest first", list_quotes)
    listed.add_argument("--status", help=f"only those that are {STATUSES}")
    add_limit(listed)


def new(call: Call) -> None:
    path = "/v1/quotes/preview" if call.chosen.preview else "/v1/quotes"
    call.show(call.send(path, call.body()), SHOWN)


def show(call: Call) -> None:
    call.show(call.connection.get(f"/v1/quotes/{call.chosen.id}"), SHOWN)


def explain(call: Call) -> None:
    answer = call.connection.get(f"/v1/quotes/{call.chosen.id}/explanation")
    if call.chosen.json:
        call.show(answer, ())
    else:
        steps = [each for each in answer["steps"] if each.get("operand") is not None]
        call.show_all(steps, ("name", "operation", "operand", "running", "inputs"))


def accept(call: Call) -> None:
    call.show(call.send(f"/v1/quotes/{call.chosen.id}/acceptance"), SHOWN)


def list_quotes(call: Call) -> None:
    call.show_all(call.listed("/v1/quotes", status=call.chosen.status), COLUMNS)
