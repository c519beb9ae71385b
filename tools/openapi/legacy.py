"""What old routes honour, read from their handlers' code. Delete this file with `api/legacy_call.py`."""

from collections.abc import Iterator
from types import CodeType

from insurance.api.legacy_call import LegacyRoute
from insurance.api.route import Route

INSTANTS = ("as_at", "known_at", "since_as_at", "since_known_at")
_ETAGGED = ("quote_id", "policy_id", "claim_id", "complaint_id")


def operation_id(route: Route) -> str:
    if isinstance(route, LegacyRoute):
        return route.operation_id.replace("_", " ").title().replace(" ", "")
    return route.operation_id


def is_paged(route: Route) -> bool:
    return bool(route.paged) or _reads(route, "page") or _reads(route, "place")


def instants(route: Route) -> list[str]:
    return [name for name in INSTANTS if _reads(route, name)]


def honours_if_match(route: Route) -> bool:
    return route.if_match or _reads(route, "expected_revision")


def honours_if_none_match(route: Route) -> bool:
    if isinstance(route, LegacyRoute):
        return route.method == "GET" and route.path.rpartition("/")[2].strip("{}") in _ETAGGED
    return route.etag


def has_etag(route: Route) -> bool:
    if route.writes:
        return "etag" in route.view.model_fields
    return honours_if_none_match(route)


def _reads(route: Route, attribute: str) -> bool:
    """Whether an old handler, or a function inside it, reads this attribute of the call."""
    if not isinstance(route, LegacyRoute):
        return False
    return any(attribute in code.co_names for code in _codes(route.handler.__code__))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
