"""A small product that no release has bundled, for tests that publish one."""

import json
from collections.abc import Mapping
from typing import Any

from insurance.domain.product.definition.files import Files

PET: Mapping[str, Any] = {
    "code": "pet",
    "version": "2026.1",
    "name": "Pet",
    "territories": ["GB"],
    "filings": [{"territory": "GB", "reference": "CW-PET-1"}],
    "currency": "GBP",
    "time_zone": "Europe/London",
    "questions": [{"code": "age", "type": "integer", "min": 0, "max": 20}],
    "covers": [{"code": "vet", "name": "Vet", "limit": 1000}],
    "rating": {"steps": [{"step": "base", "base": 100}, {"step": "age", "factor": "by_age(age)"}]},
    "claims": {"authority": [{"role": "claims_handler", "limit": 5000}]},
}
BY_AGE = "age>=,age<,factor\n,8,1\n8,,2\n"
SCENARIOS: Mapping[str, Any] = {
    "risks": {"baseline": {"start": "2026-07-01", "answers": {"age": 7}}},
    "scenarios": [
        {"name": "young", "expect": {"net": "100.00"}},
        {"name": "old", "with": {"answers": {"age": 8}}, "expect": {"net": "200.00"}},
        {"name": "claim", "claim": {"cover": "vet", "claimed": 10}, "expect": {"payable": "10.00"}},
    ],
}


def files(
    version: str = "2026.1",
    *,
    scenarios: Mapping[str, Any] = SCENARIOS,
    table: str = BY_AGE,
    **changes: Any,
) -> Files:
    document = json.dumps({**PET, "version": version, **changes})
    return Files(document, {"by_age": table}, json.dumps(scenarios))
