"""Every stored shape as JSON Schema, and what of a change makes stored data unreadable.

Schemas are of what is read. A change is a break unless each body that the old schema allows is read by the new
one as the same value: fields may come with a default, values may come, bounds may go.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from insurance.domain.claim.register import NoticedClaim
from insurance.domain.core.classification import Record
from insurance.domain.core.posting import Posting
from insurance.domain.core.value import Value
from insurance.domain.events.catalogue import CATALOGUE
from insurance.domain.ledger.reconciliation import ReconciliationProgress
from insurance.domain.search.summaries import SUMMARIES
from insurance.dynamodb.kinds import ItemKind, every_kind

from tests.compatibility.kinds import kind_of

type Json = dict[str, Any]

RECORDS: Mapping[str, type[Record]] = {
    schema.__name__: schema
    for schema in (*(each.schema for each in CATALOGUE.values()), *SUMMARIES.values())
}
"""Bodies that say their version."""
VALUES: Mapping[str, type[Value]] = {
    each.__name__: each for each in (Posting, NoticedClaim, ReconciliationProgress)
}
"""Values in packed bodies that have no version: they only grow."""
FREE = {"title", "description", "examples", "discriminator", "format"}
"""What a schema says to people, and what pydantic checks nowhere."""


def shapes(items: list[tuple[str, Json]]) -> Json:
    """Every shape with its version; those of items as these show them."""
    return {
        "records": {
            name: {"version": schema.VERSIONS.written, "schema": schema_of(schema)}
            for name, schema in sorted(RECORDS.items())
        },
        "values": {name: schema_of(value) for name, value in sorted(VALUES.items())},
        "items": {
            kind.name: {"version": kind.written, "columns": columns}
            for kind, columns in sorted(columns_of(items).items(), key=lambda each: each[0].name)
        },
    }


def schema_of(value: type[Value]) -> Json:
    """The schema with what it refers to in place, without what is for people."""
    schema = value.model_json_schema()
    return _resolved(schema, schema.get("$defs", {}), ())  # type: ignore[no-any-return]  # an object stays one


def columns_of(items: list[tuple[str, Json]]) -> dict[ItemKind, Json]:
    """The columns of each kind by name, with their types; `in all` of its items or not."""
    seen: dict[ItemKind, Counter[str]] = {kind: Counter() for kind in every_kind()}
    types: dict[ItemKind, Json] = {kind: {} for kind in every_kind()}
    count: Counter[ItemKind] = Counter()
    for table, item in items:
        kind = kind_of(table, item)
        if kind is None:
            continue
        count[kind] += 1
        for name, value in item.items():
            column = _generic(name)
            seen[kind][column] += 1
            [types[kind][column]] = value
    return {
        kind: {
            name: {"type": types[kind][name], "always": seen[kind][name] == count[kind]}
            for name in sorted(types[kind])
        }
        for kind in types
    }


def changed_columns(before: Json, after: Json, kind: ItemKind) -> list[str]:
    """What of a kind's columns is not as that version had them."""
    if before["version"] < kind.known:
        return []
    was = before["columns"]
    gone = [f"{name} is gone" for name in was if name not in after]
    other = [
        f"{name} is {after[name]['type']}"
        for name in was
        if name in after and after[name]["type"] != was[name]["type"]
    ]
    grows = after.keys() if kind.in_parts else kind.passing
    came = [f"{name} came" for name in after if name not in was and name not in grows]
    return gone + other + came


def breaks(old: Any, new: Any, at: str = "") -> Iterator[str]:
    """What of the new schema does not read what the old one allows, each with its place."""
    if old is new:
        return
    if any(name in old or name in new for name in ("anyOf", "oneOf")):
        yield from _choice_breaks(old, new, at)
        return
    yield from _word_breaks(old, new, at)
    yield from _default_breaks(old, new, at)
    yield from _property_breaks(old, new, at)
    for word in ("items", "additionalProperties"):
        if isinstance(old.get(word), dict) and isinstance(new.get(word), dict):
            yield from breaks(old[word], new[word], f"{at}/{word}")
        elif isinstance(new.get(word), dict):
            yield f"{at}: {word} came"


def _word_breaks(old: Json, new: Json, at: str) -> Iterator[str]:
    for word in (old.keys() | new.keys()) - _HANDLED:
        if word in new and old.get(word) != new[word]:
            yield f"{at}: {word} was {old.get(word)}, is {new[word]}"
    before = old.get("enum") or ([old["const"]] if "const" in old else None)
    after = new.get("enum") or ([new["const"]] if "const" in new else None)
    if after is not None and (before is None or set(before) - set(after)):
        yield f"{at}: values are gone of {before}"


def _default_breaks(old: Json, new: Json, at: str) -> Iterator[str]:
    if "default" in old and old["default"] != new.get("default"):
        yield f"{at}: the default was {old['default']}"


_HANDLED = frozenset(
    {
        "enum",
        "const",
        "default",
        "properties",
        "required",
        "items",
        "additionalProperties",
        "prefixItems",
    }
)


def _property_breaks(old: Json, new: Json, at: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    yield from (f"{at}/{name}: is gone" for name in before.keys() - after.keys())
    needed = set(new.get("required", ())) - set(old.get("required", ()))
    yield from (f"{at}/{name}: has no default" for name in needed)
    for name in before.keys() & after.keys():
        yield from breaks(before[name], after[name], f"{at}/{name}")
    for place, each in enumerate(old.get("prefixItems", ())):
        found = new.get("prefixItems", [])[place : place + 1]
        yield from breaks(each, found[0], f"{at}/{place}") if found else [f"{at}/{place}: is gone"]


def _choice_breaks(old: Json, new: Json, at: str) -> Iterator[str]:
    """Each of the old alternatives must be read by one of the new."""
    yield from _default_breaks(old, new, at)
    after = [_without_default(each) for each in _alternatives(new)]
    for each in _alternatives(old):
        wanted = _without_default(each)
        found = [list(breaks(wanted, one, at)) for one in after]
        if all(found):
            yield from min(found, key=len)


def _alternatives(schema: Json) -> list[Json]:
    chosen: list[Json] = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return chosen


def _without_default(schema: Json) -> Json:
    return {word: value for word, value in schema.items() if word != "default"}


def _resolved(schema: Any, defined: Json, above: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_resolved(each, defined, above) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        beside = {word: value for word, value in schema.items() if word != "$ref"}
        if name in above:
            return {"recursive": name}
        return _resolved(defined[name] | beside, defined, (*above, name))
    return {
        word: {name: _resolved(each, defined, above) for name, each in inner.items()}
        if word == "properties"
        else inner
        if word == "default"
        else _resolved(inner, defined, above)
        for word, inner in schema.items()
        if word not in FREE | {"$defs"}
    }


def _generic(column: str) -> str:
    """A column that is named for what it is about: `used_flood` is `used_*`."""
    for prefix in ("used_", "life_", "file_", "posted_", "source_", "named_in_"):
        if column.startswith(prefix) and column not in {"posted_on", "used_by"}:
            return f"{prefix}*"
    return column
