"""Evidence sent as people send it: announced, uploaded by the form, and checked."""

from hashlib import sha256
from typing import Any

from tests.support import loopback
from tests.support.calls import LOSS_CLOCK, Answer
from tests.support.platform import Platform

NAME = "ada-quillfeathers-garden.jpg"


def offer(file: bytes, **changes: Any) -> dict[str, Any]:
    about = {"code": "other", "media_type": "image/jpeg", "name": NAME}
    return about | {"size_bytes": len(file), "sha256": sha256(file).hexdigest()} | changes


def asked(handlers: Platform, path: str, file: bytes, **changes: Any) -> Any:
    answer = handlers.call("POST", path, offer(file, **changes), clock=LOSS_CLOCK)
    assert answer.status == 201, answer.text
    return answer.body


def send(upload: Any, file: bytes) -> int:
    return loopback.post(upload["url"], data=upload["fields"], files={"file": file}).status_code


def receipt(handlers: Platform, path: str, evidence: Any, **options: Any) -> Answer:
    return handlers.call(
        "POST", f"{path}/{evidence['id']}/receipt", {}, clock=LOSS_CLOCK, **options
    )


def sent(handlers: Platform, path: str, file: bytes, **changes: Any) -> Any:
    """The evidence as it is once the file was sent and read."""
    made = asked(handlers, path, file, **changes)
    assert send(made["upload"], file) == 204
    answer = receipt(handlers, path, made["evidence"])
    assert answer.status == 200, answer.text
    return answer.body
