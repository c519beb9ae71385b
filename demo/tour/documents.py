"""A scene about documents: made from the policy, read through a link that expires, recognised by their hashes."""

from __future__ import annotations

from hashlib import sha256

import httpx

from demo import ANSWER_SECONDS
from demo.tour.claims import MOTOR
from demo.tour.policy_life import IN_FEBRUARY, TEENAGER, issued
from demo.tour.visitor import Visitor


def written_about_and_filed(visitor: Visitor) -> str:
    path = issued(visitor)
    visitor.now = IN_FEBRUARY
    younger = {"effective_on": "2027-06-01", "answers": {"drivers": [*MOTOR["drivers"], TEENAGER]}}
    visitor.post(f"{path}/endorsements", younger)
    for kind in ("schedule", "endorsement_letter"):
        made = visitor.post(f"{path}/documents", {"kind": kind})
        document, link = made["document"], made["link"]
        file = httpx.get(link["url"], trust_env=False, timeout=ANSWER_SECONDS).content
        visitor.expect(
            sha256(file).hexdigest() == document["sha256"], "the file is what was entered"
        )
        visitor.say("made", f"{kind}: {document['id']}, {document['size_bytes']} bytes")
        visitor.say("stored", f"sealed/{document['id']}, SHA-256 {document['stored_sha256'][:16]}…")
        visitor.say("download link", f"until {link['expires_at']}: {link['url'].partition('?')[0]}")
        visitor.say("to look at", str(visitor.keep(f"{kind}.pdf", file)))
    again = visitor.post(f"{path}/documents", {"kind": "schedule"})
    register = visitor.get(f"{path}/documents")["items"]
    visitor.expect(again["document"] == register[0], "the same document is made once")
    visitor.expect(len(register) == len(("schedule", "letter")), "the register has them both")
    return f"{len(register)} documents in the register, each stored once"
