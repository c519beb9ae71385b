"""A policy: header, version, invoice and event, written in one transaction with the quote's last change."""

from datetime import datetime

import ledger
import motor
import quotes
import tables
from once import once
from refusals import Conflict, NotFound
from schemas import Policy

HEADER, VERSION, INVOICE = "POLICY", "POLICY#VERSION#", "INVOICE#"
COPIED = ("quote_id", "party_id", "product", "period", "premium", "covers", "partner", "carrier")


@once
def issue(*, asked, caller, now) -> Policy:
    quote = quotes.load(asked["body"]["quote_id"], caller)
    policy_id = "pol" + quote["id"].removeprefix("quo")
    if quote["status"] != "accepted":
        return _issued_before(policy_id, asked, caller, now, quote)
    header, version = _header(policy_id, quote, asked, caller, now), _version(policy_id, quote)
    due = version["premium"]["total"]
    issued = ledger.event(
        policy_id,
        1,
        "policy.issued",
        actor=caller["principal"],
        mode=caller["mode"],
        at=motor.text(now),
        facts={name: version[name] for name in COPIED},
        postings=ledger.issued(version["premium"]),
    )
    try:
        tables.write(
            tables.update(
                quote["id"],
                quotes.SORT,
                expects="accepted",
                values={"status": "bound", "revision": quote["revision"] + 1},
            ),
            tables.put(header),
            tables.put(version),
            tables.put(_invoice(policy_id, quote, due)),
            tables.put(issued),
        )
    except tables.Taken:
        return _issued_before(policy_id, asked, caller, now, quote)
    return _shown(header, version, now)


def read(policy_id, caller, now):
    return _shown(*load(policy_id, caller), now)


def load(policy_id, caller):
    """The header, and the version that holds now."""
    header, *versions = tables.collection(policy_id, HEADER) or [None]
    if header is None or header["partner"] != caller["partner"]:
        raise NotFound(f"There is no policy {policy_id}.")
    return header, versions[int(header["current_version"]) - 1]


def _issued_before(policy_id, asked, caller, now, quote):
    """The policy that an earlier try of this request issued, before it died; else it is a refusal."""
    if quote["status"] not in {"accepted", "bound"}:
        raise Conflict(f"The quote is {quote['status']}.")
    header, version = load(policy_id, caller)
    if header["issued_by"] != asked["key"]:
        raise Conflict("A policy was issued on this quote.")
    return _shown(header, version, now)


def _header(policy_id, quote, asked, caller, now):
    return {
        **tables.key(policy_id, HEADER),
        **tables.listed("POLICY", policy_id, quote["partner"], quote["period"]["start"]),
        "id": policy_id,
        "number": "POL-" + policy_id.rsplit("_", 1)[1].upper(),
        "quote_id": quote["id"],
        "partner": quote["partner"],
        "mode": caller["mode"],
        "current_version": 1,
        "revision": 1,
        "issued_at": motor.text(now),
        "issued_by": asked["key"],
    }


def _version(policy_id, quote):
    return {
        **tables.key(policy_id, f"{VERSION}0001"),
        **{name: quote[name] for name in COPIED if name in quote},
        "quote_id": quote["id"],
        "party_id": "pty" + quote["id"].removeprefix("quo"),
        "looked_up": quote["looked_up"],
        "key": quote["key"],
        "sealed": quote["sealed"],
    }


def _invoice(policy_id, quote, due):
    start = quote["period"]["start"]
    return {
        **tables.key(policy_id, f"{INVOICE}0001"),
        "gsi2pk": "INVOICE#due",
        "gsi2sk": f"{start}#{policy_id}",
        "policy_id": policy_id,
        "lines": quote["premium"]["lines"],
        "net": quote["premium"]["net"],
        "total": due,
        "status": "due",
        "due_at": start,
    }


def _shown(header, version, now):
    personal, _ = tables.personal(version, version["quote_id"])
    start = version["period"]["start"]
    end = version["period"]["end"]
    begun, over = datetime.fromisoformat(start) <= now, datetime.fromisoformat(end) <= now
    return Policy.model_validate(
        {
            **{name: version[name] for name in COPIED},
            **{name: header[name] for name in ("id", "number", "revision", "issued_at")},
            "status": "expired" if over else "on_risk" if begun else "pending",
            "policyholder": personal["policyholder"],
            "cover_begins_at": start,
            "as_at": now,
            "charged": version["premium"]["total"],
        }
    )
