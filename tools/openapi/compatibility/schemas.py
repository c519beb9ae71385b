"""Schemas compared: what callers send may be taken more widely, what they read may only get narrower.

Values of an enumeration are the exception: an answer may have new ones, and callers were told so (CHANGELOG, 0.10.0).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from tools.openapi.compatibility.change import (
    Change,
    Changes,
    Effect,
    Json,
    Side,
    at,
    resolved,
    when,
)

type Definition = Mapping[str, Json]

UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
FORMS: Final = ("pattern", "format", "multipleOf", "contentEncoding")
REFERENCE: Final = "#/components/schemas/"


class Comparison:
    """Compares the schemas of two definitions; what both name alike is looked at once for each side."""

    def __init__(self, before: Definition, after: Definition) -> None:
        self._before, self._after = before, after
        self._seen: set[tuple[str, str, Side]] = set()

    def changes(self, before: Json, after: Json, side: Side, pointer: str) -> Changes:
        """What changed between two schemas."""
        names = _name(before), _name(after)
        if any(names):
            if (*names, side) in self._seen:
                return
            self._seen.add((*names, side))
            if names[0] == names[1]:
                pointer = at("/components/schemas", names[0])
        old, new = _or_null(self._before, before), _or_null(self._after, after)
        if isinstance(old, bool) or isinstance(new, bool):
            yield from _openness(old, new, side, pointer)
            return
        yield from _types(old, new, side, pointer)
        yield from _values(old, new, side, pointer)
        if (
            side is Side.REQUEST or _enumerated(new) is None
        ):  # a list of values says more than any bound
            yield from _bounds(old, new, side, pointer)
        yield from self._object(old, new, side, pointer)
        yield from self._items(old, new, side, pointer)
        yield from self._alternatives(old, new, side, pointer)
        yield from self._all_of(old, new, side, pointer)

    def _object(self, old: Json, new: Json, side: Side, pointer: str) -> Changes:
        had, has = old.get("properties", {}), new.get("properties", {})
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(had.keys() - has.keys()):
            refused = new.get("additionalProperties") is False
            breaks = refused if side is Side.REQUEST else True
            yield when(breaks, at(pointer, "properties", name), f"the {side} lost a property")
        for name in sorted(has.keys() - had.keys()):
            breaks = side is Side.REQUEST and name in needs
            kind = "a required" if name in needs else "an optional"
            yield when(
                breaks, at(pointer, "properties", name), f"the {side} has {kind} property more"
            )
        for name in sorted(had.keys() & has.keys()):
            where = at(pointer, "properties", name)
            if (name in needed) != (name in needs):
                now = "required" if name in needs else "optional"
                yield when(
                    (name in needs) is (side is Side.REQUEST), where, f"the property is {now} now"
                )
            yield from self.changes(had[name], has[name], side, where)
        yield from self._more(old, new, side, at(pointer, "additionalProperties"))

    def _more(self, old: Json, new: Json, side: Side, pointer: str) -> Changes:
        had, has = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if had != has or isinstance(had, Mapping):
            yield from self.changes(had, has, side, pointer)

    def _items(self, old: Json, new: Json, side: Side, pointer: str) -> Changes:
        if _kinds(old) == _kinds(new) and ("items" in old or "items" in new):
            yield from self.changes(
                old.get("items", True), new.get("items", True), side, at(pointer, "items")
            )

    def _alternatives(self, old: Json, new: Json, side: Side, pointer: str) -> Changes:
        for word in ("oneOf", "anyOf"):
            had, has = _but_null(old.get(word, ())), _but_null(new.get(word, ()))
            if bool(had) != bool(has):
                yield when(
                    (side is Side.REQUEST) is bool(has),
                    at(pointer, word),
                    "the alternatives are others",
                )
                continue
            pairs, gone, come = self._paired(had, has)
            for index, (before, after) in pairs:
                yield from self.changes(before, after, side, at(pointer, word, index))
            for index in gone:
                yield when(side is Side.REQUEST, at(pointer, word, index), "an alternative is gone")
            for index in come:
                yield when(
                    side is Side.ANSWER, at(pointer, word, index), "there is an alternative more"
                )

    def _paired(
        self, had: list[Json], has: list[Json]
    ) -> tuple[list[tuple[int, tuple[Json, Json]]], list[int], list[int]]:
        """Alternatives of one name, or else that are the same throughout; places of the others."""
        left = dict(enumerate(has))
        pairs, gone = [], []
        for index, before in enumerate(had):
            place = next(
                (each for each, after in left.items() if self._matches(before, after)), None
            )
            if place is None:
                gone.append(index)
            else:
                pairs.append((place, (before, left.pop(place))))
        if len(gone) == len(left) == 1:  # one that changed
            place, after = left.popitem()
            pairs.append((place, (had[gone.pop()], after)))
        return pairs, gone, list(left)

    def _matches(self, before: Json, after: Json) -> bool:
        if _name(before) or _name(after):
            return _name(before) == _name(after)
        return bool(before == after)

    def _all_of(self, old: Json, new: Json, side: Side, pointer: str) -> Changes:
        had, has = old.get("allOf", ()), new.get("allOf", ())
        for index, (before, after) in enumerate(zip(had, has, strict=False)):
            yield from self.changes(before, after, side, at(pointer, "allOf", index))
        if len(had) != len(has):
            more = len(has) > len(had)
            yield when(
                more is (side is Side.REQUEST),
                at(pointer, "allOf"),
                f"{len(has)} parts instead of {len(had)}",
            )


def _name(schema: Json) -> str:
    reference = schema.get("$ref", "") if isinstance(schema, Mapping) else ""
    return str(reference).removeprefix(REFERENCE)


def _openness(old: Json, new: Json, side: Side, pointer: str) -> Changes:
    """`true` takes anything, `false` nothing. An answer may always have members that nobody knows."""
    if old == new:
        return
    if side is Side.ANSWER and isinstance(old, bool) and isinstance(new, bool):
        yield Change(Effect.ADDITIVE, pointer, "other members may come, or no longer")
        return
    wider = new is True or old is False
    yield when(
        wider is (side is Side.ANSWER),
        pointer,
        "takes anything now" if wider else "takes less than anything now",
    )


def _or_null(definition: Definition, schema: Json) -> Json:
    """What a reference leads to; a schema or null, said as two alternatives, is that schema with null."""
    found = resolved(definition, schema)
    for word in ("oneOf", "anyOf"):
        said = found.get(word, ()) if isinstance(found, Mapping) else ()
        others = _but_null(said)
        if len(others) == 1 and len(said) == 2 and word not in others[0]:  # noqa: PLR2004 - it, and null
            rest = {name: value for name, value in found.items() if name != word}
            return {**rest, **_or_null(definition, others[0]), "nullable": True}
    return found


def _but_null(alternatives: Iterator[Json] | tuple[Json, ...]) -> list[Json]:
    return [each for each in alternatives if each != {"type": "null"}]


def _kinds(schema: Json) -> set[str]:
    """The types that a schema takes; empty: any."""
    said = schema.get("type", ())
    kinds = {said} if isinstance(said, str) else set(said)
    if (
        schema.get("nullable")
        or {"type": "null"} in schema.get("anyOf", ())
        or {"type": "null"} in schema.get("oneOf", ())
    ):
        kinds.add("null")
    return kinds


def _types(old: Json, new: Json, side: Side, pointer: str) -> Changes:
    had, has = _kinds(old), _kinds(new)
    if ("null" in had) != ("null" in has):
        comes = "null" in has
        reason = f"the {side} may be null" if comes else f"the {side} may no longer be null"
        yield when(comes is (side is Side.ANSWER), at(pointer, "type"), reason)
    had, has = had - {"null"}, has - {"null"}
    if had == has:
        return
    wide, narrow = (has, had) if side is Side.REQUEST else (had, has)
    fits = not wide or (bool(narrow) and all(_fits(kind, wide) for kind in narrow))
    yield when(not fits, at(pointer, "type"), f"{_list(has)} instead of {_list(had)}")


def _fits(kind: str, wide: set[str]) -> bool:
    return kind in wide or (kind == "integer" and "number" in wide)


def _values(old: Json, new: Json, side: Side, pointer: str) -> Changes:
    had, has = _enumerated(old), _enumerated(new)
    where = at(pointer, "enum")
    if had is None or has is None:
        if had != has:
            closed = had is None
            yield when(
                closed is (side is Side.REQUEST),
                where,
                "a closed list now" if closed else "no closed list any more",
            )
    else:
        for value in [each for each in had if each not in has]:
            yield when(side is Side.REQUEST, where, f"{value!r} is gone")
        for value in [each for each in has if each not in had]:
            yield Change(Effect.ADDITIVE, where, f"{value!r} is new")
    if side is Side.REQUEST and old.get("default") != new.get("default"):
        breaks = "default" in old
        yield when(
            breaks,
            at(pointer, "default"),
            f"{new.get('default')!r} instead of {old.get('default')!r}",
        )


def _enumerated(schema: Json) -> list[Json] | None:
    if "const" in schema:
        return [schema["const"]]
    found = schema.get("enum")
    return list(found) if found is not None else None


def _bounds(old: Json, new: Json, side: Side, pointer: str) -> Changes:
    for word in (*UPPER, *LOWER):
        had, has = old.get(word), new.get(word)
        if had == has:
            continue
        tighter = has is not None and (had is None or (has < had if word in UPPER else has > had))
        yield when(tighter is (side is Side.REQUEST), at(pointer, word), f"{has} instead of {had}")
    for word in FORMS:
        had, has = old.get(word), new.get(word)
        if had != has:
            breaks = has is not None if side is Side.REQUEST else had is not None
            yield when(breaks, at(pointer, word), f"{has} instead of {had}")
    if bool(old.get("uniqueItems")) != bool(new.get("uniqueItems")):
        asked = bool(new.get("uniqueItems"))
        yield when(asked is (side is Side.REQUEST), at(pointer, "uniqueItems"), f"{asked} now")


def _list(kinds: set[str]) -> str:
    return " or ".join(sorted(kinds)) or "anything"
