"""A motor quote, by hand: the price of a risk, its record and its answer. Plain dicts and whole numbers."""

import hashlib
import json
import os
import zlib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import cipher
from words import DICTIONARY, WORDS

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ZONE = ZoneInfo("Europe/London")
WEIGHTS = {
    "accidental_damage": 45,
    "fire_and_theft": 10,
    "third_party_liability": 40,
    "windscreen": 5,
}
AGE = ((21, 250), (25, 180), (30, 120), (70, 100), (None, 130))
MILES = ((5000, 90), (12000, 100), (None, 120))
NO_CLAIMS = (100, 70, 60, 50, 40, 35)
GROUP = ((10, 80), (20, 100), (30, 130), (40, 170), (None, 220))
EXCESS = ((25000, 100), (50000, 92), (None, 85))


class Unknown(Exception):
    """There is no such quote."""


def money(amount):
    return {"amount": amount, "currency": "GBP"}


def _below(table, value):
    return next(factor for bound, factor in table if bound is None or value < bound)


def _up_to(table, value):
    return next(factor for bound, factor in table if bound is None or value <= bound)


def _half_up(value, unit):
    return (2 * value + unit) // (2 * unit)


@cache
def _vehicles():
    path = os.path.join(os.path.dirname(__file__), "vehicle.json")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def price(answers, options):
    """What the risk costs, on which covers, and what an underwriter has to see."""
    vehicle = _vehicles().get("".join(answers["registration"].split()).upper())
    drivers = answers["drivers"]
    value = answers["vehicle_value"]["amount"]
    excess = answers["voluntary_excess"]["amount"]
    third_party = answers["cover_type"] == "third_party_fire_theft"
    findings = _findings(answers, vehicle, value)
    covers = _covers(value, excess, third_party, options)
    outcome = max(
        (found["outcome"] for found in findings),
        key=["refer", "decline"].index,
        default="bindable",
    )
    if vehicle is None:
        return vehicle, findings, covers, None, outcome
    net, scale = 40000, 1
    for factor in (
        _below(GROUP, vehicle["vehicle_group"]),
        _below(AGE, min(driver["age"] for driver in drivers)),
        140 if any(driver["convictions"] > 0 for driver in drivers) else 100,
        _up_to(MILES, answers["annual_mileage"]),
        70 if third_party else 100,
        _below(EXCESS, excess),
        NO_CLAIMS[min(answers["no_claims_years"], 5)],
    ):
        net, scale = net * factor, scale * 100
    if "courtesy_car" in options:
        net += 3000 * scale
    if "protected_ncd" in options:
        net += 4000 * scale
    net = max(_half_up(net, scale), 10000)
    return vehicle, findings, covers, _premium(net, covers), outcome


def _findings(answers, vehicle, value):
    drivers = answers["drivers"]
    rules = (
        (any(d["age"] < 17 for d in drivers), "driver_under_17", "decline", "A driver is under 17"),
        (
            any(d["convictions"] > 2 for d in drivers),
            "too_many_convictions",
            "decline",
            "A driver has more than 2 convictions",
        ),
        (
            answers["annual_mileage"] > 50000,
            "mileage_too_high",
            "decline",
            "More than 50,000 miles a year",
        ),
        (value > 5000000, "high_value", "refer", "The vehicle is worth more than 50,000"),
        (
            vehicle is not None and vehicle["vehicle_group"] > 45,
            "high_group",
            "refer",
            "The vehicle group is over 45",
        ),
        (vehicle is None, "vehicle", "refer", "Vehicle not recognised"),
    )
    return [
        {"code": code, "outcome": outcome, "reason": reason}
        for holds, code, outcome, reason in rules
        if holds
    ]


def _covers(value, excess, third_party, options):
    covers = []
    if not third_party:
        covers.append(
            {
                "code": "accidental_damage",
                "name": "Accidental Damage",
                "limit": money(value),
                "excess_note": "550 with a driver under 25 at the wheel, else 250;"
                " plus the voluntary excess.",
            }
        )
    covers.append(
        {
            "code": "fire_and_theft",
            "name": "Fire and Theft",
            "limit": money(value),
            "excess": money(25000 + excess),
        }
    )
    covers.append(
        {
            "code": "third_party_liability",
            "name": "Third Party Liability",
            "limit": money(2000000000),
        }
    )
    if not third_party:
        covers.append(
            {
                "code": "windscreen",
                "name": "Windscreen",
                "limit": money(150000),
                "excess": money(7500),
            }
        )
    if "courtesy_car" in options:
        covers.append({"code": "courtesy_car", "name": "Courtesy Car", "limit": money(50000)})
    if "protected_ncd" in options:
        covers.append({"code": "protected_ncd", "name": "Protected NCD"})
    return covers


def _premium(net, covers):
    tax = _half_up(net * 12, 100)
    held = [cover["code"] for cover in covers if cover["code"] in WEIGHTS]
    shares = _shares(net, [WEIGHTS[code] for code in held])
    return {
        "net": money(net),
        "lines": [
            {"kind": "tax", "code": "ipt", "name": "Insurance Premium Tax", "amount": money(tax)},
            {
                "kind": "fee",
                "code": "arrangement_fee",
                "name": "Arrangement fee",
                "amount": money(2500),
            },
        ],
        "by_cover": [
            {"cover": code, "amount": money(share)}
            for code, share in zip(held, shares, strict=True)
        ],
        "total": money(net + tax + 2500),
    }


def _shares(amount, weights):
    """By weight; the odd units go one each to the largest remainders."""
    whole = sum(weights)
    shares = [amount * weight // whole for weight in weights]
    odd = amount - sum(shares)
    if odd:
        left = [amount * weight % whole for weight in weights]
        for place in sorted(range(len(shares)), key=left.__getitem__, reverse=True)[:odd]:
            shares[place] += 1
    return shares


def quote_id(mode, principal, key):
    digest = hashlib.sha256()
    for part in ("quote", mode, principal, key):
        digest.update(len(part.encode()).to_bytes(8, "big") + part.encode())
    number = int.from_bytes(digest.digest(), "big")
    suffix = "".join(ALPHABET[number >> 5 * place & 31] for place in range(16))
    return ("quo_test_" if mode == "test" else "quo_") + suffix


def clock(headers):
    """The caller's own time in test mode."""
    sent = headers.get("Coverwright-Clock") or headers.get("coverwright-clock")
    return datetime.fromisoformat(sent).astimezone(UTC) if sent else datetime.now(UTC)


def quote_facts(asked, *, caller, key, now):
    """What a quote says, without what is personal. `asked` is validated JSON."""
    vehicle, findings, covers, premium, outcome = price(asked["answers"], asked["covers"])
    start = datetime.combine(date.fromisoformat(asked["start"]), datetime.min.time(), ZONE)
    end = start.replace(year=start.year + 1)
    stands_until = min(now + timedelta(days=30), max(_utc(start) + timedelta(days=1), now))
    facts = {
        "id": quote_id(caller["mode"], caller["principal"], key),
        "partner": caller["partner"],
        "carrier": os.environ["CARRIER"],
        "product": {"code": "personal_motor", "version": "2026.1"},
        "period": {"start": text(start), "end": text(end)},
        "looked_up": {"vehicle": vehicle},
        "status": {"bindable": "bindable", "refer": "referred", "decline": "declined"}[outcome],
        "covers": covers,
        "premium": premium,
        "created_at": text(now),
        "created_by": caller["principal"],
        "valid_until": text(stands_until),
    }
    if premium is None:
        del facts["premium"]
    if findings:
        facts["findings"] = findings
    if asked["covers"]:
        facts["options"] = asked["covers"]
    if asked.get("producer"):
        facts["producer"] = asked["producer"]
    return facts


def disposable_from(facts):
    """When DynamoDB may delete the quote, in seconds."""
    return int((datetime.fromisoformat(facts["valid_until"]) + timedelta(days=30)).timestamp())


def make_quote(asked, *, caller, key, now, path, keys):
    """The record to store, as names to (type, value), and the answer. `asked` is validated JSON."""
    facts = quote_facts(asked, caller=caller, key=key, now=now)
    personal = {"answers": asked["answers"], "policyholder": asked["policyholder"]}
    wrapped, plain = keys.new()
    sealed = cipher.seal(plain, _pack(personal), facts["id"].encode())
    event = {
        "stream": facts["id"],
        "sequence": 1,
        "type": "quote.made",
        "actor": caller["principal"],
        "mode": caller["mode"],
        "effective_at": text(now),
        "processed_at": text(now),
        "facts": facts,
        "postings": [],
        "sealed": sealed.hex(),
        "previous_hash": bytes(32).hex(),
    }
    item = {
        "id": facts["id"],
        "v": 1,
        "revision": 1,
        "hash": hashlib.sha256(_json(event)).digest(),
        "at": text(now),
        "body": _pack(facts),
        "sealed": sealed,
        "expires_at": disposable_from(facts),
        "key": wrapped,
        "request": hashlib.sha256(_json({"path": path, "body": asked})).digest(),
    }
    return item, answer(facts, personal, 1)


def read_quote(item, caller, keys):
    """The answer from a stored record. Raises Unknown for another partner's."""
    if item is None:
        raise Unknown
    facts = _unpack(item["body"])
    if facts["partner"] != caller["partner"]:
        raise Unknown
    plain = keys.open(item["key"])
    personal = _unpack(cipher.unseal(plain, item["sealed"], item["id"].encode()))
    return answer(facts, personal, int(item["revision"]))


def answer(facts, personal, revision):
    shown = {
        "id": facts["id"],
        "party_id": "pty" + facts["id"].removeprefix("quo"),
        "status": facts["status"],
        "revision": revision,
        "product": facts["product"],
        "period": facts["period"],
        "premium": facts.get("premium"),
        "covers": facts["covers"],
        "findings": facts.get("findings", []),
        "policyholder": personal["policyholder"],
        "answers": personal["answers"],
        "options": facts.get("options", []),
        "producer": facts.get("producer"),
        "carrier": facts["carrier"],
        "created_at": facts["created_at"],
        "expires_at": facts["valid_until"],
    }
    return {name: value for name, value in shown.items() if value is not None}


def etag(quote):
    return f'"{quote["revision"]}-quote"'


class Keys:
    """Party keys: one KMS data key held for a while, each party's own key wrapped with it."""

    def __init__(self, generate, decrypt):
        self._generate = generate
        self._decrypt = decrypt
        self._held = {}
        self._current = None

    def new(self):
        if self._current is None:
            self._current = self._generate()
            self._held[self._current[0]] = self._current[1]
        blob, data_key = self._current
        plain = os.urandom(32)
        return blob + cipher.wrap(data_key, plain), plain

    def open(self, wrapped):
        blob = bytes(wrapped[:-40])
        if blob not in self._held:
            self._held[blob] = self._decrypt(blob)
        return cipher.unwrap(self._held[blob], bytes(wrapped[-40:]))


def _utc(moment):
    return moment.astimezone(UTC)


def text(moment):
    """An instant in RFC 3339."""
    return _utc(moment).isoformat().replace("+00:00", "Z")


def _json(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _pack(value):
    compressor = zlib.compressobj(level=9, wbits=-15, zdict=WORDS)
    return DICTIONARY + compressor.compress(_json(value)) + compressor.flush()


def _unpack(packed):
    return json.loads(zlib.decompressobj(wbits=-15, zdict=WORDS).decompress(bytes(packed)[1:]))
