"""A scene of webhooks: a partner's receiver is told of a policy, and checks who says so."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread
from typing import Any, Final, NamedTuple

from demo.tour.claims import motor_policy, motor_risk
from demo.tour.visitor import Visitor

type Json = dict[str, Any]

TOLD_SECONDS: Final = 60.0
LOOPBACK: Final = "127.0.0.1"


class Message(NamedTuple):
    """What a receiver is sent."""

    headers: Mapping[str, str]
    body: bytes

    def is_signed(self, secret: str, body: bytes) -> bool:
        """Whether who knows the secret signed this body, by Standard Webhooks."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = (
            f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        )
        wanted = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        sent = self.headers["webhook-signature"].split()
        return any(hmac.compare_digest(each, f"v1,{wanted}") for each in sent)


def told_by_a_webhook_that_says_who_sent_it(visitor: Visitor) -> str:
    visitor.now = datetime.now(UTC)
    with _receiving() as (url, messages):
        webhook = visitor.post("/v1/webhooks", {"url": url})
        path = f"/v1/webhooks/{webhook['id']}"
        policy = motor_policy(visitor)
        message = _about(policy["id"], messages, visitor)
        visitor.post(path, {"status": "paused"})
    told = json.loads(message.body)
    visitor.say(told["type"], f"{policy['id']}, as {message.headers['webhook-id']}")
    secret = webhook["secret"]
    visitor.expect(message.is_signed(secret, message.body), "the message is signed by the secret")
    forged = message.body.replace(b"policy.", b"claim.")
    visitor.expect(not message.is_signed(secret, forged), "a message that was changed is not")
    visitor.expect(
        motor_risk()["policyholder"]["name"].encode() not in message.body, "it names nobody"
    )
    return f"{told['type']} arrived at the partner's receiver, signed, without personal data"


def _about(object_id: str, messages: Queue[Message], visitor: Visitor) -> Message:
    """The first message about an object."""
    while True:
        try:
            message = messages.get(timeout=TOLD_SECONDS)
        except Empty:
            visitor.fail(f"the receiver was not told in {TOLD_SECONDS:.0f} s")
        if json.loads(message.body)["data"]["object"]["id"] == object_id:
            return message


@contextmanager
def _receiving() -> Iterator[tuple[str, Queue[Message]]]:
    """A receiver on this machine, which the local stack may send to."""
    messages: Queue[Message] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            messages.put(
                Message({name.lower(): value for name, value in self.headers.items()}, body)
            )
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing is told but by the visitor."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/events", messages
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
