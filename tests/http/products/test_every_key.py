"""What the schema offers is read: every key, changed, changes what is seen of a product."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import pytest
from insurance.domain.product import InvalidProduct, ProductSource
from insurance.domain.product.definition import shape
from insurance.domain.product.definition.files import schema
from insurance.products import HERE, versions

from tests.support.everything import everything
from tests.support.observed_product import observed
from tools.products.folder import read

type Json = dict[str, Any]
type Path = tuple[str | int, ...]

ROOT = "definition"

WORDS: Mapping[tuple[str, str], str] = {
    ("definition", "$schema"): "tells an editor where the schema is",
    ("table_declaration", "description"): "words for the people who keep the table",
    ("evidence", "label"): "words for the people who ask for the paper",
}
"""Keys that change nothing, each with its reason."""


TO: Mapping[tuple[str, str], tuple[object, ...]] = {
    ("authority_row", "limit"): (500,),
    ("cancellation", "table"): ("kept_longer",),
    ("clause", "less_aggregate"): ("main_year",),
    ("clause", "up_to_aggregate"): ("own_share",),
    ("cover", "retroactive_date"): ("date('2027-01-01')",),
    ("definition", "currency"): ("EUR",),
    ("definition", "time_zone"): ("America/New_York",),
    ("question", "visible_when"): ("people > 2",),
    ("rating_step", "cover"): ("main",),
    ("rating_step", "into"): ("main",),
    ("term_of_cover", "inception_time"): ("06:00",),
}
"""Values that mean something, where those that are made up would be refused."""


class Place(NamedTuple):
    """An object of a bundled product, and which object of the schema it is."""

    product: str
    path: Path
    kind: str


def keys() -> Iterator[tuple[str, str, Json]]:
    """Every key of every object that the schema describes."""
    whole: Any = schema()
    for kind, part in {ROOT: whole, **whole["$defs"]}.items():
        for key, of in part.get("properties", {}).items():
            yield kind, key, of


@cache
def sources() -> Mapping[str, ProductSource]:
    bundled = {code: read(HERE / code / version) for code, version in versions()}
    return {"everything": everything(), **bundled}


@cache
def before(product: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, repr(seen)) for name, seen in observed(sources()[product]))


@cache
def places() -> tuple[Place, ...]:
    found = []
    for code, source in sources().items():
        found += [
            Place(code, *each) for each in _objects(dict(source.document), schema(), ROOT, ())
        ]
    return tuple(found)


def _objects(part: Any, of: Any, kind: str, path: Path) -> Iterator[tuple[Path, str]]:
    """The objects in a part of a document, with their kinds."""
    if "$ref" in of:
        kind = of["$ref"].rpartition("/")[2]
        of = schema()["$defs"][kind]
    if isinstance(part, dict):
        if "properties" in of:
            yield path, kind or _kind_of(of["properties"])
        other = of.get("additionalProperties")
        for name, inner in part.items():
            below = of.get("properties", {}).get(name, other)
            if isinstance(below, dict):
                yield from _objects(inner, below, "", (*path, name))
    elif isinstance(part, list) and "items" in of:
        for place, inner in enumerate(part):
            yield from _objects(inner, of["items"], "", (*path, place))


def _kind_of(properties: Json) -> str:
    """What an object is that stands beside other types, and so has no name there."""
    defs = schema()["$defs"]
    names = [name for name, of in defs.items() if of.get("properties") == properties]
    return str(names[0])


def _changed(place: Place, change: Json) -> ProductSource:
    """A bundled product in which one object says something else."""
    source = sources()[place.product]
    document = deepcopy(dict(source.document))
    inner: Any = document
    for step in place.path:
        inner = inner[step]
    inner.update(change)
    return source._replace(document=document)


def _object(place: Place) -> Json:
    inner: Any = sources()[place.product].document
    for step in place.path:
        inner = inner[step]
    return dict(inner)


def _others(now: object, of: Any) -> Iterator[object]:
    """Values that a key could have instead, of its own type."""
    name = of.get("$ref", "").rpartition("/")[2]
    if name == "expression" and isinstance(now, str):
        yield from (f"({now}) * 2", f"({now}) + 1", f"not ({now})", "false")
    elif name in {"expression", "figure"} and isinstance(now, int | Decimal):
        yield from (now * 2 + 1, now / 2)
    yield from OTHERS.get(name, ())
    of = schema()["$defs"].get(name, of)
    if "enum" in of:
        yield from of["enum"]
    elif "type" not in of:
        yield from (1, 50, "2020-01-01", True, "x")
    for kind in [of.get("type")] if isinstance(of.get("type"), str) else of.get("type", ()):
        yield from _of_kind(kind, now, of)


def _of_kind(kind: str, now: object, of: Any) -> Iterator[object]:
    match kind, now:
        case "boolean", _:
            yield from (False, True)
        case "integer", int():
            yield from (now + 1, now - 1, of["minimum"], of["maximum"])
        case "integer", _:
            yield from (of["minimum"], of["maximum"])
        case "string", str():
            yield from (f"{now}x", "IE", "2", "[0-9]")
        case "string", None:
            yield from ("another", "[0-9]+")
        case "array", list():
            yield from (now[1:], now[:-1], [*now, *now[:1]])
        case "object", dict():
            yield from ({name: v for name, v in now.items() if name != left} for left in now)


OTHERS: Mapping[str, tuple[object, ...]] = {
    "expression": (False, True, 0, 7, "0.5"),
    "figure": (0, "0.5", 25, 100000),
    "date": ("2025-02-03", "2027-02-03"),
    "code": ("another",),
}


def _makes_a_difference(place: Place, change: Json) -> bool | None:
    """Whether anything is seen to change; None: the product is refused."""
    changed = _changed(place, change)
    if shape.faults(changed.document, schema()):
        return None
    try:
        pairs = zip(observed(changed), before(place.product), strict=True)
        return any((name, repr(seen)) != old for (name, seen), old in pairs)
    except InvalidProduct:
        return None


def _is_part(of: Any) -> bool:
    """Whether a key holds an object whose own keys are tried."""
    name = of.get("$ref", "").rpartition("/")[2]
    return "properties" in schema()["$defs"].get(name, {})


@pytest.mark.parametrize(
    ("kind", "key", "of"),
    [pytest.param(*each, id="/".join(each[:2])) for each in keys() if each[:2] not in WORDS],
)
def test_every_key_of_the_schema_is_read(kind: str, key: str, of: Json):
    if _is_part(of):
        return
    mine = [place for place in places() if place.kind == kind]
    mine.sort(key=lambda place: key not in _object(place))
    assert mine, "no product has such an object"
    tried: list[tuple[Place, object]] = []
    for place in mine[:6]:
        now = _object(place).get(key)
        for other in (*TO.get((kind, key), ()), *_others(now, of)):
            if other == (of.get("default") if now is None else now):
                continue
            made = _makes_a_difference(place, {key: other})
            if made:
                return
            if made is False and place.product == mine[0].product:
                tried.append((place, other))
    assert not tried, "nothing that is seen of the product changes"
