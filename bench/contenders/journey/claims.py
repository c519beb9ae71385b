"""A claim: header, reserve, payment and events under one key; each command writes its part in one transaction."""

import hashlib

import cover
import ledger
import motor
import policies
import tables
from once import once
from refusals import Conflict, NotFound
from schemas import Claim, CoverageCheck, Reported

HEADER, RESERVE, PAYMENT = "CLAIM", "CLAIM#RESERVE#", "CLAIM#PAYMENT#"
FIRST_PAYMENT = f"{PAYMENT}1"
INDEMNITY = f"{RESERVE}indemnity"


def check(loss, caller, now):
    _, version = policies.load(loss["policy_id"], caller)
    answers = tables.personal(version, version["quote_id"])[0]["answers"]
    rules, steps, payable = cover.judge(loss, version, answers, now)
    return CoverageCheck(
        outcome="refer" if payable is None else "pass",
        rules=rules,
        steps=steps,
        payable=None if payable is None else motor.money(payable),
    )


@once
def notify(*, asked, caller, now) -> Claim:
    """Take a notice; with `settle` decide and pay at once, too."""
    notice = asked["body"]
    header, version = policies.load(notice["policy_id"], caller)
    held, party_key = tables.personal(version, version["quote_id"])
    rules, steps, payable = cover.judge(notice, version, held["answers"], now)
    claim_id = _id_for(header["id"], asked["key"])
    at = motor.text(now)
    personal = {name: notice.get(name) for name in ("claimant", "payee", "facts", "narrative")}
    claim = {
        **tables.key(claim_id, HEADER),
        **tables.listed("CLAIM", claim_id, header["partner"], notice["occurred_at"]),
        "id": claim_id,
        "number": "CLM-" + claim_id.rsplit("_", 1)[1].upper(),
        "policy_id": header["id"],
        "policy_number": header["number"],
        "partner": header["partner"],
        "mode": caller["mode"],
        "status": "notified",
        "decision": "pending",
        "revision": 1,
        "cover": notice["cover"],
        "occurred_at": notice["occurred_at"],
        "reported_at": at,
        "claimed": notice["claimed"],
        "paid": motor.money(0),
        "notified_by": asked["key"],
        "key": version["key"],
        "sealed": tables.sealed(personal, claim_id, party_key),
    }
    reserve = {
        **tables.key(claim_id, INDEMNITY),
        "cost_type": "indemnity",
        "outstanding": motor.money(payable or 0),
        "reason": "initial",
        "at": at,
    }
    payments = []
    if notice.get("settle"):
        claim |= _decided(rules, steps, payable) | {"settled_by": asked["key"]}
        payments = _payments(claim, caller, at)
    kind = "claim.notified_and_settled" if payments else "claim.notified"
    postings = ledger.reserved(payable) if payable else []
    event = _event(claim, reserve, payments, kind, caller["principal"], at, postings)
    try:
        tables.write(*map(tables.put, (claim, reserve, *payments, event)))
    except tables.Taken:  # the id comes from the key: an earlier try died before its record was whole
        return read(claim_id, caller)
    return _shown(claim, reserve, payments, personal)


@once
def settle(*, asked, claim_id, caller, now) -> Claim:
    claim, reserve, payments = load(claim_id, caller)
    if claim["status"] != "notified":
        return _settled_before(claim, reserve, payments, asked)
    _, version = policies.load(claim["policy_id"], caller)
    held, _ = tables.personal(version, version["quote_id"])
    personal, _ = tables.personal(claim, claim_id)
    loss = {**claim, "facts": personal["facts"]}
    rules, steps, payable = cover.judge(loss, version, held["answers"], now)
    at = motor.text(now)
    changes = {
        **_decided(rules, steps, payable),
        "settled_by": asked["key"],
        "revision": int(claim["revision"]) + 1,
    }
    claim |= changes
    payments = _payments(claim, caller, at)
    kind = "claim.settled" if payments else "claim.referred"
    event = _event(claim, reserve, payments, kind, caller["principal"], at)
    try:
        tables.write(
            tables.update(claim_id, HEADER, expects="notified", values=changes),
            *map(tables.put, (*payments, event)),
        )
    except tables.Taken:
        return _settled_before(*load(claim_id, caller), asked)
    return _shown(claim, reserve, payments, personal)


@once
def report(*, asked, bank, now) -> Reported:
    """What the bank did with a payment: a payment that is paid releases its reserve and closes the claim."""
    said = asked["body"]
    payment_id = said["instruction_id"]
    claim_id = "clm" + payment_id.removeprefix("pay").rpartition("_")[0]
    claim, reserve, payments = _load(claim_id)
    payment = next((each for each in payments if each["id"] == payment_id), None)
    if payment is None:
        raise NotFound(f"There is no payment {payment_id}.")
    if payment["status"] != "executing":
        return _reported_before(payment, claim_id, said)
    at, sequence = motor.text(now), int(claim["revision"]) + 1
    status = said["outcome"]
    changes = {"status": status, "bank_reference": said["bank_reference"], "finished_at": at}
    writes = [tables.update(claim_id, payment["sk"], expects="executing", values=changes)]
    payment |= changes
    claim_changes = {"revision": sequence}
    postings = []
    if status == "paid":
        outstanding, amount = int(reserve["outstanding"]["amount"]), int(payment["amount"]["amount"])
        postings = ledger.paid(outstanding, amount)
        claim_changes |= {"status": "closed", "paid": payment["amount"]}
        reserve |= {"outstanding": motor.money(0), "reason": "payment", "at": at}
        writes.append(_replaced(reserve))
    writes.append(tables.update(claim_id, HEADER, expects="settling", values=claim_changes))
    claim |= claim_changes
    event = _event(claim, reserve, [payment], f"payment.{status}", bank, at, postings)
    try:
        tables.write(*writes, tables.put(event))
    except tables.Taken:
        payment = tables.get(claim_id, payment["sk"])
        return _reported_before(payment, claim_id, said)
    return Reported(instruction_id=payment_id, claim_id=claim_id, status=status)


def read(claim_id, caller):
    claim, reserve, payments = load(claim_id, caller)
    personal, _ = tables.personal(claim, claim_id)
    return _shown(claim, reserve, payments, personal)


def load(claim_id, caller):
    claim, reserve, payments = _load(claim_id)
    if claim["partner"] != caller["partner"]:
        raise NotFound(f"There is no claim {claim_id}.")
    return claim, reserve, payments


def _load(claim_id):
    items = {item["sk"]: item for item in tables.collection(claim_id, HEADER)}
    if HEADER not in items:
        raise NotFound(f"There is no claim {claim_id}.")
    payments = [item for sort, item in items.items() if sort.startswith(PAYMENT)]
    return items[HEADER], items[INDEMNITY], payments


def _id_for(policy_id, key):
    tail = int.from_bytes(hashlib.sha256(key.encode()).digest())
    letters = "".join(motor.ALPHABET[tail >> 5 * place & 31] for place in range(6))
    return "clm" + policy_id.removeprefix("pol") + letters


def _decided(rules, steps, payable):
    """What a decision changes of a claim: what is beyond the rules, or large, a person decides."""
    if payable is None or payable > cover.STRAIGHT_THROUGH:
        return {"status": "referred", "decision": "pending", "rules": rules, "steps": steps}
    return {
        "status": "settling",
        "decision": "approved",
        "rules": rules,
        "steps": steps,
        "payable": motor.money(payable),
    }


def _payments(claim, caller, at):
    """The order to the bank, where the decision was to pay."""
    if claim["status"] != "settling":
        return []
    payment_id = "pay" + claim["id"].removeprefix("clm") + "_1"
    return [
        {
            **tables.key(claim["id"], FIRST_PAYMENT),
            "gsi2pk": "PAYMENT",
            "gsi2sk": f"{at}#{payment_id}",
            "id": payment_id,
            "cost_type": "indemnity",
            "status": "executing",
            "amount": claim["payable"],
            "requested_by": caller["principal"],
            "requested_at": at,
        }
    ]


def _event(claim, reserve, payments, kind, actor, at, postings=()):
    facts = {
        **{name: claim[name] for name in FACTS if name in claim},
        "reserve": reserve["outstanding"],
        "payments": [
            {name: each[name] for name in ("id", "status", "amount")} for each in payments
        ],
    }
    return ledger.event(
        claim["id"],
        int(claim["revision"]),
        kind,
        actor=actor,
        mode=claim["mode"],
        at=at,
        facts=facts,
        postings=postings,
    )


FACTS = ("id", "policy_id", "partner", "status", "decision", "cover", "occurred_at", "claimed", "payable")


def _replaced(item):
    return {"Put": {"TableName": tables.TABLE, "Item": item}}


def _settled_before(claim, reserve, payments, asked):
    """What an earlier try of this request decided, before it died; else it is a refusal."""
    if claim.get("settled_by") != asked["key"]:
        raise Conflict(f"The claim is {claim['status']}.")
    personal, _ = tables.personal(claim, claim["id"])
    return _shown(claim, reserve, payments, personal)


def _reported_before(payment, claim_id, said):
    """A report that was taken already; one that contradicts it is refused."""
    if payment["status"] != said["outcome"]:
        raise Conflict(f"The payment is {payment['status']}.")
    return Reported(instruction_id=payment["id"], claim_id=claim_id, status=payment["status"])


def _shown(claim, reserve, payments, personal):
    return Claim.model_validate(
        {
            "rules": [],
            "steps": [],
            **claim,
            **personal,
            "reserve": reserve["outstanding"],
            "reserves": [reserve],
            "payments": [{**each, "instruction_id": each["id"]} for each in payments],
        }
    )
