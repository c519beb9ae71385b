"""A product that says everything that a definition can say, with scenarios that try it."""

import json
from typing import Any

from insurance.domain.product import ProductSource
from insurance.domain.product.definition.files import read_source

DOCUMENT: dict[str, Any] = {
    "code": "everything",
    "version": "1",
    "name": "Everything",
    "status": "active",
    "sale": {
        "new_business_from": "2025-06-01",
        "new_business_until": "2029-06-01",
        "renewals_from": "2025-09-01",
        "renewals_until": "2030-06-01",
    },
    "filings": [{"territory": "GB", "reference": "F-1"}],
    "territories": ["GB", "IE"],
    "currency": "GBP",
    "time_zone": "Europe/London",
    "day_count": "months",
    "term": {"months": 12, "inception_time": "12:01"},
    "rounding": {"mode": "up", "unit_minor": 5, "place": "cover"},
    "questions": [
        {
            "code": "name",
            "type": "text",
            "label": "Name",
            "min": 1,
            "max": 60,
            "pattern": "[A-Z].*",
        },
        {
            "code": "people",
            "type": "integer",
            "label": "People",
            "min": 1,
            "max": 20,
            "help": "All",
        },
        {"code": "share", "type": "decimal", "places": 3, "min": 0, "max": 1, "default": "0.125"},
        {"code": "worth", "type": "money", "min": 0, "max": 100000, "classification": "internal"},
        {
            "code": "colour",
            "type": "choice",
            "choices": ["red", {"code": "blue", "label": "Sky blue"}],
            "default": "red",
        },
        {"code": "paint", "type": "boolean", "visible_when": "colour == 'blue'", "default": False},
        {
            "code": "things",
            "type": "list",
            "required": False,
            "max": 5,
            "fields": [
                {"code": "what", "type": "text", "label": "What", "help": "A word", "max": 30},
                {"code": "value", "type": "money", "max": 5000},
                {"code": "weight", "type": "decimal", "places": 1, "default": "0.5"},
                {"code": "kind", "type": "choice", "choices": ["old", "new"], "default": "old"},
            ],
        },
    ],
    "searched_by": ["name", "things/what"],
    "corrections": {
        "answers": [{"answer": "name", "repeats": "name"}],
        "evidence": ["name"],
        "documents": ["schedule"],
    },
    "look_ups": [
        {
            "source": "place",
            "key": "name",
            "fields": [{"code": "risk", "type": "integer", "min": 0, "max": 9, "label": "Risk"}],
            "unavailable": {
                "outcome": "inform",
                "reason": "Nobody knows the place",
                "authority": "placer",
                "defaults": {"risk": 5},
            },
        }
    ],
    "values": {"twice": "people * 2"},
    "tables": {
        "by_people": {"values": ["factor", "extra"], "description": "By the number of people"}
    },
    "covers": [
        {
            "code": "main",
            "name": "Main cover",
            "description": "What is meant",
            "section": "Things",
            "limit": "worth",
            "excess": 50,
            "wording": "Clause 1",
            "waiting_days": 10,
            "waiting_count": "calendar",
            "waiting_from": "policy",
            "aggregates": [
                {
                    "code": "main_year",
                    "name": "All losses of a year",
                    "kind": "limit",
                    "amount": 3000,
                    "per": "term",
                    "reinstatements": {"count": 1, "premium_rate": "0.5", "pro_rata": "amount"},
                }
            ],
            "claim": {
                "asks": [
                    {"code": "report", "type": "text", "required": False, "pattern": "R[0-9]+"},
                    {
                        "code": "age",
                        "type": "decimal",
                        "places": 1,
                        "min": 0,
                        "max": 50,
                        "default": "2.5",
                        "label": "Age",
                        "help": "In years",
                    },
                    {
                        "code": "parts",
                        "type": "list",
                        "required": False,
                        "fields": [{"code": "cost", "type": "money"}],
                    },
                    {"code": "how", "type": "choice", "choices": ["fire", "water"]},
                ],
                "evidence": [{"code": "photo", "label": "A photograph", "when": "claimed > 500"}],
                "causes": ["fire", "storm"],
                "item": "things",
                "exclusions": [
                    {
                        "code": "too_old",
                        "when": "age > 40",
                        "reason": "Too old",
                        "wording": "Clause 9",
                        "outcome": "fail",
                    }
                ],
                "rules": [
                    {"code": "many_parts", "when": "count(p for p in parts) > 1", "reason": "Many"}
                ],
                "payout": [
                    {
                        "code": "worn",
                        "name": "Wear",
                        "depreciate": "age / 100",
                        "recoverable": True,
                    },
                    {"average": {"insured": "worth", "value": "claimed * 2", "coinsurance": "0.9"}},
                    {"up_to": "limit", "when": "claimed > 100"},
                    {"less": "excess"},
                    {"share": "0.95"},
                    {"amount": 4000},
                    {"up_to_aggregate": "main_year"},
                    {"less_aggregate": "own_share"},
                ],
                "counts": "claimed > 200",
                "reserve": "claimed + 100",
            },
        },
        {
            "code": "extra",
            "optional": True,
            "when": "people < 15",
            "not_available": "Too many people",
            "limit": 800,
            "excess": "claimed * 0.1",
            "excess_note": "A tenth of the loss",
            "trigger": "claims_made",
            "retroactive_date": "date('2024-01-01')",
            "extended_reporting_days": 30,
        },
    ],
    "underwriting": [
        {
            "code": "crowded",
            "outcome": "refer",
            "when": "twice > 20",
            "reason": "Many people",
            "authority": "chief",
            "priority": 5,
            "blocks": "bind",
            "expires_days": 30,
        },
        {
            "code": "no_extra",
            "outcome": "exclude",
            "when": "colour == 'blue'",
            "reason": "Blue",
            "covers": ["extra"],
        },
        {"code": "painted", "outcome": "load", "when": "paint", "reason": "Paint", "load": "0.2"},
    ],
    "rating": {
        "shared_by": {"main": 3, "extra": 1},
        "steps": [
            {"step": "base", "name": "Basic premium", "base": "100 + worth * 0.01"},
            {"step": "by_people", "factor": "by_people__factor(people)", "when": "people > 1"},
            {"step": "own_extra", "cover": "extra", "base": 12},
            {"step": "both", "covers": ["main", "extra"], "add": 3},
            {"step": "risk", "load": "place.risk / 100", "into": "extra"},
            {"step": "less", "discount": "share / 10"},
            {"step": "least", "minimum": 20},
            {"step": "most", "maximum": 5000},
            {
                "step": "each_thing",
                "for_each": "things",
                "as": "thing",
                "steps": [
                    {"step": "thing_base", "base": "thing.value * 0.0123", "name": "A thing"},
                    {"step": "old", "factor": "1.3", "when": "thing.kind == 'old'"},
                    {"step": "heavy", "add": "money(thing.weight) / 3"},
                    {"step": "thing_round", "round": 1, "mode": "up"},
                    {"step": "thing_load", "load": "0.011"},
                    {"step": "thing_less", "discount": "0.007"},
                    {"step": "thing_least", "minimum": 2},
                    {"step": "thing_most", "maximum": 50},
                ],
            },
            {"step": "rounded", "round": 1, "mode": "down"},
        ],
        "charges": [
            {"code": "tax", "kind": "tax", "name": "Tax", "rate": "0.12", "on": ["net"]},
            {
                "code": "levy",
                "kind": "levy",
                "rate": "0.01",
                "on": ["net", "tax"],
                "refund": "full",
            },
            {"code": "fee", "kind": "fee", "amount": 7, "when": "people > 1", "refund": "none"},
            {"code": "inside", "rate": "0.05", "included": True},
        ],
        "commission": "0.1",
    },
    "life": {
        "quote_validity_days": 20,
        "cooling_off_days": 10,
        "grace_days": 5,
        "premium_set_off": False,
        "reinstatement_days": 40,
        "notice": {"jurisdiction": "US-NY"},
        "broker_change": {
            "commission": "agreed",
            "share": "0.4",
            "share_min": "0.3",
            "share_max": "0.5",
        },
        "cancellation": [
            {
                "by": "policyholder",
                "reason": "sold",
                "method": "short_rate",
                "fee": 5,
                "minimum_earned": "0.1",
                "retained": "0.05",
                "table": "kept",
            },
            {"by": "insurer", "method": "formula", "formula": "days_in_force / days_in_term"},
        ],
        "adjustment": {
            "reprice_on": "current",
            "method": "pro_rata",
            "fee": 3,
            "rounding": "line",
        },
        "instalments": [
            {
                "code": "monthly",
                "name": "Each month",
                "count": 12,
                "charge_rate": "0.04",
                "odd_units": "last",
            }
        ],
    },
    "renewal": {
        "invite_days": 25,
        "fair": True,
        "changes": [
            {
                "answer": "people",
                "to": "people + (1 if claim.counts else 0)",
                "for_each": "claims",
                "as": "claim",
            },
            {"answer": "things.value", "to": "item.value * 0.9", "when": "item.value > 10"},
        ],
        "rules": [
            {
                "code": "many_claims",
                "outcome": "refer",
                "when": "size(claims) > 1",
                "reason": "Many claims",
                "authority": "chief",
            }
        ],
    },
    "claims": {
        "trigger": "occurrence",
        "reporting_deadline_days": 60,
        "reported_late": "fail",
        "straight_through_limit": 400,
        "straight_through_total": 900,
        "payout": [{"up_to": "limit"}, {"less": "excess"}],
        "exclusions": [{"code": "far_too_dear", "when": "claimed > 9000", "reason": "Not so much"}],
        "rules": [{"code": "dear", "when": "claimed > 4000", "reason": "Dear", "outcome": "refer"}],
        "aggregates": [{"code": "own_share", "kind": "deductible", "amount": 30, "per": "life"}],
        "authority": [{"role": "claims_handler", "cost_type": "indemnity", "limit": 1000}],
        "fraud": [{"code": "round", "when": "claimed % 100 == 0", "score": 40, "reason": "Round"}],
        "fraud_bands": [{"below": 30, "outcome": "pass"}, {"outcome": "hold"}],
        "recovery": {"deductible": "made_whole"},
    },
    "documents": {
        "kinds": ["schedule", "certificate"],
        "languages": ["en"],
        "certificate_shows": ["name"],
        "texts": {"en": {"schedule.title": "All of it"}},
    },
    "numbers": {
        "policy": {
            "prefix": "EV",
            "year": "four_digits",
            "symbols": "digits",
            "length": 9,
            "check": "luhn",
            "separator": "/",
        },
        "claim": {"prefix": "EVC"},
        "renewal": "new_number",
    },
}

TABLES = {
    "by_people": "people>=,people<=,factor,extra\n1,5,1.1,1\n6,20,1.4,2\n",
    "kept": "days>=,days<,share\n0,30,0.2\n30,,0.5\n",
    "kept_longer": "days>=,days<,share\n0,60,0.3\n60,,0.6\n",
}

SCENARIOS: dict[str, Any] = {
    "risks": {
        "baseline": {
            "answers": {
                "name": "Ann",
                "people": 4,
                "worth": 2000,
                "things": [{"what": "Ring", "value": 700, "weight": 2}],
            },
            "look_ups": {"place": {"risk": 3}},
            "covers": ["extra"],
        },
        "crowd": {
            "answers": {"name": "Bob", "people": 12, "worth": 900, "colour": "blue", "paint": True},
            "covers": ["extra"],
        },
    },
    "scenarios": [
        {"name": "the baseline"},
        {"name": "a crowd", "risk": "crowd"},
        {"name": "imposed", "risk": "crowd", "imposed": {"load": "0.1"}},
        {
            "name": "renewed",
            "renew": {
                "claims": [
                    {"cover": "main", "paid": 100},
                    {"cover": "main", "paid": 50, "counts": False},
                ]
            },
        },
        {"name": "renewed with one claim", "renew": {"claims": [{"cover": "main", "paid": 100}]}},
        *(
            {
                "name": f"a loss of {claimed} by {how}",
                "claim": {
                    "cover": "main",
                    "claimed": claimed,
                    "cause": "fire",
                    "item": {"what": "Ring"},
                    "facts": {"how": how, "photo": photo, **facts},
                    "occurred": "2026-06-01",
                    "reported": "2026-06-20",
                },
            }
            for claimed, how, photo, facts in (
                (300, "fire", False, {}),
                (800, "water", True, {"age": "3.5", "report": "R1"}),
                (5000, "fire", True, {"age": "45"}),
                (150, "fire", False, {"parts": [{"cost": 5}, {"cost": 6}]}),
                (600, "fire", False, {}),
            )
        ),
        {"name": "the extra", "claim": {"cover": "extra", "claimed": 250, "facts": {}}},
        {"name": "far too dear", "claim": {"cover": "extra", "claimed": 9500, "facts": {}}},
    ],
}


def everything() -> ProductSource:
    """The product, read as an upload is."""
    return read_source(json.dumps(DOCUMENT), TABLES, json.dumps(SCENARIOS))
