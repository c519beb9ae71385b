"""The file of API products: every operation for partners belongs to those that it says, and nobody else says it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from insurance.access.binding import BOUND_SCOPES
from insurance.api.route import Route
from insurance.api_products import (
    API_PRODUCTS,
    FILE,
    READ_ONLY_PATHS,
    products_of,
    read_offers,
)
from insurance.domain.core.errors import FieldFault
from insurance.domain.core.scopes import Scope
from insurance.domain.partner.application import (
    PARTNER_SCOPES,
    ApplicationInput,
    PartnerPlan,
    not_on_offer,
)
from jsonschema import Draft202012Validator

from local.settings import ROOT
from tools.openapi.handlers import handlers

LAYER = ROOT / "layers" / "common" / "insurance"
VERSION = r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$"
WORDS = {"type": "string", "pattern": "^[A-Z].*[a-z.]$", "maxLength": 400}
PATHS = {
    "type": "array",
    "items": {"type": "string", "pattern": "^/v[1-9][0-9]*/[a-z-]+$"},
    "uniqueItems": True,
    "minItems": 1,
}
SCOPES = {"type": "array", "items": {"enum": list(Scope)}, "uniqueItems": True}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["in_every_product", "read_only", "products"],
    "properties": {
        "in_every_product": {
            "type": "object",
            "additionalProperties": False,
            "required": ["paths", "scopes"],
            "properties": {"paths": PATHS, "scopes": SCOPES},
        },
        "read_only": PATHS,
        "products": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z]+(-[0-9]+)?$"},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": [
                    *("title", "description", "owner", "plans", "paths", "scopes"),
                    *("proves_sender", "version", "changes", "released"),
                ],
                "properties": {
                    "title": WORDS,
                    "description": WORDS,
                    "owner": WORDS,
                    "plans": {
                        "type": "array",
                        "items": {"enum": list(PartnerPlan)},
                        "minItems": 1,
                        "uniqueItems": True,
                    },
                    "paths": PATHS,
                    "scopes": SCOPES,
                    "proves_sender": {"type": "boolean"},
                    "version": {"type": "string", "pattern": VERSION},
                    "changes": WORDS,
                    "released": {"type": "string", "pattern": f"^$|{VERSION}"},
                },
            },
        },
    },
}


def routes_for_partners() -> list[Route]:
    return [
        route for each in handlers() for route in each.routes if route.takes_proofs
    ]  # applications, and people who signed in through one


def test_the_file_has_the_form_that_an_api_product_has() -> None:
    faults = Draft202012Validator(SCHEMA).iter_errors(json.loads(FILE.read_text("utf-8")))

    assert [f"{fault.json_path}: {fault.message}" for fault in faults] == []


def test_a_member_that_no_offer_has_is_refused() -> None:
    file = json.loads(FILE.read_text("utf-8"))
    file["products"]["quoting"]["colour"] = "blue"

    with pytest.raises(TypeError, match="colour"):
        read_offers(file)


def test_every_operation_for_partners_belongs_to_an_api_product() -> None:
    homeless = [route.path for route in routes_for_partners() if not products_of(route.path)]

    assert homeless == []


@pytest.mark.parametrize("code", API_PRODUCTS)
def test_an_api_product_names_the_paths_and_scopes_of_its_operations_and_no_other(
    code: str,
) -> None:
    offer = API_PRODUCTS[code]
    own = [route for route in routes_for_partners() if offer.opens(route.path)]

    assert {route.scope for route in own} == set(offer.scopes)
    unused = [
        path
        for path in offer.paths
        if not any(each.path == path or each.path.startswith(f"{path}/") for each in own)
    ]
    assert unused == []


def test_the_paths_that_are_only_read_are_those_behind_which_no_route_takes_anything_else() -> None:
    methods: dict[str, set[str]] = {
        path: set() for offer in API_PRODUCTS.values() for path in offer.paths
    }
    for route in (route for each in handlers() for route in each.routes):
        path = "/".join(route.path.split("/")[:3])
        methods.get(path, set()).add(route.method)

    assert {path for path, used in methods.items() if used == {"GET"}} == READ_ONLY_PATHS


def test_partners_may_have_every_scope_that_a_route_asks_of_applications_and_no_other() -> None:
    asked = {route.scope for route in routes_for_partners()}

    assert asked == PARTNER_SCOPES


def test_a_path_that_only_begins_like_a_products_is_none_of_its() -> None:
    assert products_of("/v1/quotesque") == ()
    assert products_of("/v1/quotes") == products_of("/v1/quotes/quo_1") == ("quoting",)
    assert products_of("/v1/events") == tuple(API_PRODUCTS)


def test_nobody_else_names_an_api_product() -> None:
    """Where partners are registered and admitted; elsewhere the same words are of other things."""
    named = re.compile(rf"""["']({"|".join(API_PRODUCTS)})["']""")
    rooms = [LAYER / "access", *LAYER.glob("*/partner"), *LAYER.glob("*/partners")]
    rooms += [ROOT / "functions" / "authorizer", ROOT / "functions" / "partners"]

    found = [
        f"{source.relative_to(ROOT)}: {line.strip()}"
        for source in [*(each for room in rooms for each in room.rglob("*.py"))]
        for line in source.read_text("utf-8").splitlines()
        if named.search(line)
    ]

    assert found == []


def test_only_what_reads_claims_has_scopes_by_which_a_sender_must_prove_itself() -> None:
    for offer in API_PRODUCTS.values():
        if offer.proves_sender:
            assert any(scope.startswith(BOUND_SCOPES) for scope in offer.scopes)


def lacking(asked: ApplicationInput) -> list[FieldFault]:
    return not_on_offer(asked.plan, asked.products, asked.scopes)


def asked(**changes: Any) -> ApplicationInput:
    return ApplicationInput.model_validate(
        {
            "code": "a-b",
            "name": "A",
            "team": "A",
            "plan": "bronze",
            "reason": "why",
            "products": ("quoting",),
            "scopes": ("quotes:read",),
            **changes,
        },
        strict=False,
    )


def test_an_application_asks_for_scopes_of_its_api_products_alone() -> None:
    assert lacking(asked()) == []

    [fault] = lacking(asked(scopes=("quotes:read", "claims:settle")))

    assert (fault.pointer, fault.code) == ("/scopes", "not-offered")
    assert "claims:settle" in fault.detail


def test_an_application_has_a_plan_on_which_each_of_its_api_products_is_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = json.loads(Path(FILE).read_text("utf-8"))
    file["products"]["quoting"]["plans"] = ["gold"]
    module = "insurance.api_products.API_PRODUCTS"
    monkeypatch.setattr(module, read_offers(file))

    [fault] = lacking(asked())

    assert (fault.pointer, fault.code) == ("/plan", "not-offered")
