"""What a transformed template holds."""

import re
from typing import Any

from tools.openapi.gateway import ANY_METHOD

type Json = dict[str, Any]

_ALIAS = re.compile(r"functions/\$\{(\w+)\}/invocations$")


def of_type(resources: Json, kind: str) -> Json:
    """The resources of a type, by logical id."""
    return {name: each for name, each in resources.items() if each["Type"] == kind}


def alias_in(uri: Json) -> str:
    """The alias that an integration or an authorizer calls."""
    found = _ALIAS.search(uri["Fn::Sub"])
    assert found is not None
    return found[1]


def aliases_of_integrations(resources: Json) -> set[str]:
    """The aliases that the API's operations call."""
    integrations = (
        operation["x-amazon-apigateway-integration"]
        for item in resources["Api"]["Properties"]["Body"]["paths"].values()
        for method, operation in item.items()
        if method != ANY_METHOD
    )
    return {alias_in(each["uri"]) for each in integrations if each["type"] != "mock"}
