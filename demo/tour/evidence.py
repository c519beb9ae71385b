"""A scene about evidence: a photograph sent by a form that takes nothing else, and read without its place."""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha256
from typing import Any

import httpx

from demo import ANSWER_SECONDS
from demo.tour.claims import notified
from demo.tour.visitor import Visitor

type Json = dict[str, Any]

PLACE = b"59.331N-18.065E"
COMMENT = b"\xff\xfe" + (len(PLACE) + 2).to_bytes(2) + PLACE
GREY = b64decode(
    "/9j/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
    "AQH/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8A"
    "P//Z"
)
"""One pixel, as JPEG."""
PHOTOGRAPH = GREY[:2] + COMMENT + GREY[2:]
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def sent_checked_and_read_again(visitor: Visitor) -> str:
    path = f"/v1/claims/{notified(visitor, 150_000)}/evidence"
    kept = _sent(visitor, path, PHOTOGRAPH, "image/jpeg")
    visitor.expect(kept["status"] == "received", "a sound photograph is received")
    link = visitor.get(f"{path}/{kept['id']}")["link"]
    read = httpx.get(link["url"], trust_env=False, timeout=ANSWER_SECONDS).content
    visitor.expect(PLACE not in read and PLACE in PHOTOGRAPH, "where it was taken is gone")
    visitor.say("download link", f"until {link['expires_at']}: {link['url'].partition('?')[0]}")
    visitor.say("to look at", str(visitor.keep("evidence.jpg", read)))
    bad = _sent(visitor, path, b"%PDF-1.7\n" + EICAR, "application/pdf")
    visitor.expect(bad["refused_because"] == "infected", "malware is refused")
    visitor.expect("link" not in visitor.get(f"{path}/{bad['id']}"), "and nobody gets a link to it")
    return f"{kept['id']} received without its place, {bad['id']} refused: {bad['refused_because']}"


def _sent(visitor: Visitor, path: str, file: bytes, media_type: str) -> Json:
    """The file as the claim has it once it was sent by the form and read."""
    about = {"code": "other", "media_type": media_type, "size_bytes": len(file)}
    asked = visitor.post(path, about | {"sha256": sha256(file).hexdigest()})
    upload = asked["upload"]
    sent = httpx.post(
        upload["url"],
        data=upload["fields"],
        files={"file": file},
        trust_env=False,
        timeout=ANSWER_SECONDS,
    ).status_code
    visitor.say("form", f"{media_type}, {len(file)} bytes: {sent}")
    received = visitor.post(f"{path}/{asked['evidence']['id']}/receipt")
    visitor.say("evidence", f"{received['id']}: {received['status']}")
    return received
