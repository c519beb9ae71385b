"""The web ACL's own rules, as far as they look at one request: size and address.

AWS's managed rule groups are AWS's, and the rate of one address says nothing where every caller
is this machine; both are left out here, on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local.aws.gateway.context import Request

type Json = dict[str, Any]
type Statement = Callable[[Request], bool]

_COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "EQ": lambda size, limit: size == limit,
    "NE": lambda size, limit: size != limit,
    "LE": lambda size, limit: size <= limit,
    "LT": lambda size, limit: size < limit,
    "GE": lambda size, limit: size >= limit,
    "GT": lambda size, limit: size > limit,
}
_POSITIONS: Mapping[str, Callable[[str, str], bool]] = {
    "EXACTLY": lambda text, wanted: text == wanted,
    "STARTS_WITH": lambda text, wanted: text.startswith(wanted),
    "ENDS_WITH": lambda text, wanted: text.endswith(wanted),
    "CONTAINS": lambda text, wanted: wanted in text,
}


class Firewall:
    """Rules in the order of their priority; the first that blocks or allows decides."""

    def __init__(self, acl: Json | None) -> None:
        self._rules: list[tuple[bool, Statement]] = []
        if acl is None:
            return
        association = acl.get("AssociationConfig", {}).get("RequestBody", {}).get("API_GATEWAY", {})
        limit = association.get("DefaultSizeInspectionLimit", "KB_16")  # what AWS inspects
        self._body_seen = int(limit.removeprefix("KB_")) * 1024
        for rule in sorted(acl.get("Rules", ()), key=lambda each: int(each["Priority"])):
            action = rule.get("Action", {})
            if ("Block" in action or "Allow" in action) and _is_about_one_request(rule):
                self._rules.append(("Block" in action, self._statement(rule["Statement"])))

    def blocks(self, request: Request) -> bool:
        return next((blocks for blocks, matches in self._rules if matches(request)), False)

    def _statement(self, declared: Json) -> Statement:
        ((kind, body),) = declared.items()
        match kind:
            case "AndStatement":
                parts = [self._statement(each) for each in body["Statements"]]
                return lambda request: all(part(request) for part in parts)
            case "OrStatement":
                parts = [self._statement(each) for each in body["Statements"]]
                return lambda request: any(part(request) for part in parts)
            case "NotStatement":
                part = self._statement(body["Statement"])
                return lambda request: not part(request)
            case "ByteMatchStatement":
                return _byte_match(body)
            case "SizeConstraintStatement":
                return self._size_constraint(body)
        raise NotImplementedError(f"the local firewall does not know {kind}")

    def _size_constraint(self, declared: Json) -> Statement:
        """The size of a body; one larger than what WAF inspects is handled as declared."""
        field = declared["FieldToMatch"]
        if "Body" not in field:
            raise NotImplementedError(f"the local firewall measures bodies, not {field}")
        compare = _COMPARISONS[declared["ComparisonOperator"]]
        oversize = field["Body"].get("OversizeHandling", "CONTINUE")

        def matches(request: Request) -> bool:
            size = len(request.body)
            if size > self._body_seen and oversize != "CONTINUE":
                return bool(oversize == "MATCH")
            return compare(min(size, self._body_seen), int(declared["Size"]))

        return matches


def _is_about_one_request(rule: Json) -> bool:
    return not rule["Statement"].keys() & {"RateBasedStatement", "ManagedRuleGroupStatement"}


def _byte_match(declared: Json) -> Statement:
    if "UriPath" not in declared["FieldToMatch"]:
        raise NotImplementedError("the local firewall matches paths only")
    compare = _POSITIONS[declared["PositionalConstraint"]]
    wanted = declared["SearchString"]
    return lambda request: compare(f"/{request.stage}{request.path}", wanted)
