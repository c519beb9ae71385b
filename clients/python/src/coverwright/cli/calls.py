"""`coverwright call`: any operation of the API, by its path."""

from __future__ import annotations

from coverwright.cli.command import Call, Commands, Unusable


def add(commands: Commands) -> None:
    """The commands of this group."""
    parser = commands.add("call", "Call any operation; the answer is JSON", call_path, writes=True)
    parser.add_argument("method", choices=("GET", "POST"))
    parser.add_argument("path", help="with its query: '/v1/claims?status=open'")
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="the body, as JSON; - reads standard input"
    )
    parser.add_argument("--if-match", metavar="ETAG", help="only if the object is as it was read")


def call_path(call: Call) -> None:
    chosen = call.chosen
    if not chosen.path.startswith("/"):
        raise Unusable(f"{chosen.path} does not begin with /")
    body = call.body() if chosen.file else None
    key = call.key() if chosen.method == "POST" else None
    headers = {"Idempotency-Key": key, "If-Match": chosen.if_match}
    answer = call.connection.call(
        chosen.method,
        chosen.path,
        body=body,
        headers={name: value for name, value in headers.items() if value},
    )
    chosen.json = True
    call.show(answer.body, ())
