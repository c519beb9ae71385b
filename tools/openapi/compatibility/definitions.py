"""Definitions compared, operation by operation."""

from collections.abc import Iterator, Mapping
from typing import Final

from tools.openapi.compatibility.change import (
    Change,
    Changes,
    Effect,
    Json,
    Side,
    at,
    keyed,
    resolved,
    when,
)
from tools.openapi.compatibility.schemas import Comparison, Definition

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SUCCESS: Final = ("1", "2", "3")
"""How the statuses begin that are no refusal."""
PRODUCTS: Final = "x-coverwright-api-products"
STEP_UP: Final = "x-coverwright-step-up"


def changes_between(before: Definition, after: Definition) -> list[Change]:
    """Every change between two definitions, in the order of the paths.

    A problem that is new, or no longer answered, breaks nobody: callers were told to expect any (RFC 9457).
    """
    return list(_Definitions(before, after).changes())


def effect_of(changes: list[Change]) -> Effect:
    """The gravest."""
    return max((change.effect for change in changes), default=Effect.NONE)


class _Definitions:
    def __init__(self, before: Definition, after: Definition) -> None:
        self._before, self._after = before, after
        self._schemas = Comparison(before, after)

    def changes(self) -> Changes:
        old, new = dict(_operations(self._before)), dict(_operations(self._after))
        for (path, method), operation in old.items():
            where = at("/paths", path, method)
            if (path, method) not in new:
                announced = operation.get("deprecated", False)
                reason = (
                    "the operation, which was deprecated, is gone"
                    if announced
                    else "the operation is gone"
                )
                yield when(not announced, where, reason)
            else:
                yield from self._operation(operation, new[path, method], where)
        for path, method in sorted(new.keys() - old.keys()):
            yield Change(Effect.ADDITIVE, at("/paths", path, method), "the operation is new")

    def _operation(self, old: Json, new: Json, where: str) -> Changes:
        if old.get("operationId") != new.get("operationId"):
            reason = f"{new.get('operationId')} instead of {old.get('operationId')}"
            yield Change(Effect.BREAKING, at(where, "operationId"), reason)
        if new.get("deprecated") and not old.get("deprecated"):
            yield Change(Effect.ADDITIVE, at(where, "deprecated"), "it is deprecated")
        yield from _security(old, new, at(where, "security"))
        yield from _api_products(old, new, at(where, PRODUCTS))
        if bool(old.get(STEP_UP)) != bool(new.get(STEP_UP)):
            yield when(
                bool(new.get(STEP_UP)), at(where, STEP_UP), "a fresh sign-in is asked for otherwise"
            )
        yield from self._parameters(old, new, at(where, "parameters"))
        yield from self._body(old, new, at(where, "requestBody"))
        yield from self._answers(old, new, at(where, "responses"))

    def _parameters(self, old: Json, new: Json, where: str) -> Changes:
        had, has = (
            {f"{each['in']}:{each['name']}": each for each in self._each(of, definition)}
            for of, definition in ((old, self._before), (new, self._after))
        )
        gone, come = keyed(had, has)
        for name in gone:
            yield Change(
                Effect.BREAKING,
                at(where, name),
                "the parameter is gone: one that is not known is refused",
            )
        for name in come:
            needed = bool(has[name].get("required"))
            yield when(
                needed,
                at(where, name),
                "a required parameter more" if needed else "an optional parameter more",
            )
        for name in sorted(had.keys() & has.keys()):
            needed, needs = (bool(each[name].get("required")) for each in (had, has))
            if needed != needs:
                yield when(
                    needs,
                    at(where, name),
                    f"the parameter is {'required' if needs else 'optional'} now",
                )
            pair = had[name].get("schema", {}), has[name].get("schema", {})
            yield from self._schemas.changes(*pair, Side.REQUEST, at(where, name, "schema"))

    def _each(self, operation: Json, definition: Definition) -> list[Json]:
        return [resolved(definition, each) for each in operation.get("parameters", ())]

    def _body(self, old: Json, new: Json, where: str) -> Changes:
        had = resolved(self._before, old.get("requestBody"))
        has = resolved(self._after, new.get("requestBody"))
        if had is None or has is None:
            if had is not has:
                breaks = has is None or bool(has.get("required"))
                yield when(
                    breaks, where, "a body is taken no longer" if has is None else "a body is taken"
                )
            return
        needed, needs = bool(had.get("required")), bool(has.get("required"))
        if needed != needs:
            yield when(
                needs,
                at(where, "required"),
                f"the body is {'required' if needs else 'optional'} now",
            )
        yield from self._media(had, has, Side.REQUEST, at(where, "content"))

    def _media(self, had: Json, has: Json, side: Side, where: str) -> Changes:
        old, new = had.get("content", {}), has.get("content", {})
        gone, come = keyed(old, new)
        for kind in gone:
            yield Change(
                Effect.BREAKING, at(where, kind), f"the {side} has this media type no longer"
            )
        for kind in come:
            yield Change(Effect.ADDITIVE, at(where, kind), f"the {side} has this media type too")
        for kind in sorted(old.keys() & new.keys()):
            pair = old[kind].get("schema", {}), new[kind].get("schema", {})
            yield from self._schemas.changes(*pair, side, at(where, kind, "schema"))

    def _answers(self, old: Json, new: Json, where: str) -> Changes:
        had, has = old.get("responses", {}), new.get("responses", {})
        gone, come = keyed(had, has)
        for status in gone:
            yield when(
                status.startswith(SUCCESS), at(where, status), "the status is answered no longer"
            )
        for status in come:
            yield Change(Effect.ADDITIVE, at(where, status), "the status is new")
        for status in sorted(had.keys() & has.keys()):
            before, after = resolved(self._before, had[status]), resolved(self._after, has[status])
            lost, found = keyed(before.get("headers", {}), after.get("headers", {}))
            for name in lost:
                yield Change(
                    Effect.BREAKING, at(where, status, "headers", name), "the answer lost a header"
                )
            for name in found:
                yield Change(
                    Effect.ADDITIVE,
                    at(where, status, "headers", name),
                    "the answer has a header more",
                )
            yield from self._media(before, after, Side.ANSWER, at(where, status, "content"))


def _operations(definition: Definition) -> Iterator[tuple[tuple[str, str], Json]]:
    for path, item in definition.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield (path, method), item[method]


def _security(old: Json, new: Json, where: str) -> Changes:
    """Each scheme lets one kind of caller in, with all of its scopes."""
    had, has = _schemes(old), _schemes(new)
    gone, come = keyed(had, has)
    for name in gone:
        yield Change(Effect.BREAKING, at(where, name), "this kind of caller is let in no longer")
    for name in come:
        yield Change(Effect.ADDITIVE, at(where, name), "this kind of caller is let in too")
    for name in sorted(had.keys() & has.keys()):
        for scope in sorted(has[name] - had[name]):
            yield Change(Effect.BREAKING, at(where, name), f"the scope {scope} is asked for")
        for scope in sorted(had[name] - has[name]):
            yield Change(
                Effect.ADDITIVE, at(where, name), f"the scope {scope} is asked for no longer"
            )


def _schemes(operation: Json) -> Mapping[str, set[str]]:
    return {
        name: set(scopes) for each in operation.get("security", ()) for name, scopes in each.items()
    }


def _api_products(old: Json, new: Json, where: str) -> Changes:
    if PRODUCTS not in old:  # 0.9.0 did not say it
        return
    had, has = set(old[PRODUCTS]), set(new.get(PRODUCTS, ()))
    for code in sorted(had - has):
        yield Change(Effect.BREAKING, where, f"{code} has the operation no longer")
    for code in sorted(has - had):
        yield Change(Effect.ADDITIVE, where, f"{code} has the operation too")
