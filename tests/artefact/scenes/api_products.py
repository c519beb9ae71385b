"""Scenes of API products: a version from its review to its end."""

from collections.abc import Iterator

from tests.artefact.scenes.common import (
    AUTHOR,
    FINANCE,
    HARBOUR,
    PRODUCT_ENDS,
    PUBLISHER,
    Json,
    Scene,
)

ONE = "GET /v1/api-products/{api_product}"
STEP = "POST /v1/api-products/{api_product}/steps"
QUOTING: Json = {"variables": {"api_product": "quoting"}}
VERSION = "0.10.0"


def step(name: str, **beside: str) -> Json:
    return {"version": VERSION, "step": name, "reason": "planned", **beside}


def api_product_scenes() -> Iterator[Scene]:
    yield Scene("catalogue/list", "GET /v1/api-products", HARBOUR)
    yield Scene("catalogue/read", ONE, AUTHOR, **QUOTING)
    unknown: Json = {"variables": {"api_product": "quotation"}}
    yield Scene("catalogue/read_unknown", ONE, HARBOUR, **unknown)
    yield Scene("catalogue/submit_without_the_role", STEP, FINANCE, step("submit"), **QUOTING)
    yield Scene("catalogue/publish_a_draft", STEP, AUTHOR, step("publish"), **QUOTING)
    yield Scene("catalogue/submit", STEP, AUTHOR, step("submit"), **QUOTING)
    done: tuple[str, ...] = ("catalogue/submit",)
    yield Scene("catalogue/approve_ones_own", STEP, AUTHOR, step("approve"), done, **QUOTING)
    yield Scene("catalogue/approve", STEP, PUBLISHER, step("approve"), done, **QUOTING)
    done = (*done, "catalogue/approve")
    yield Scene("catalogue/publish", STEP, AUTHOR, step("publish"), done, **QUOTING)
    done = (*done, "catalogue/publish")
    yield Scene("catalogue/deprecate_at_once", STEP, AUTHOR, step("deprecate"), done, **QUOTING)
    ends = step("deprecate", sunset_at="2027-06-30T00:00:00Z", successor="/v1/policies")
    yield Scene("catalogue/deprecate", STEP, AUTHOR, ends, done, **QUOTING)
    done = PRODUCT_ENDS
    early = "2027-06-01T00:00:00Z"
    yield Scene("catalogue/retire_early", STEP, AUTHOR, step("retire"), done, at=early, **QUOTING)
    over = "2027-06-30T00:00:00Z"
    yield Scene("catalogue/retire", STEP, AUTHOR, step("retire"), done, at=over, **QUOTING)
