"""Masks of access policies: the one place where fields of an answer are taken out for callers who may not see them.

A view classifies its personal and sensitive fields (`Personal[…]`, `Sensitive[…]`). What is masked looks as after an erasure:
a field that may be absent is left out, a list or an object is empty, and a text is `masked`. It is done on the body as it
leaves, so that an earlier answer that is repeated is masked as a new one is, and what is stored is whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from insurance.domain.control.access_policy import MaskedClass
from insurance.domain.core.classification import Classification

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

HEADER: Final = "Coverwright-Masked"
"""Which class of fields is masked in an answer."""
MASKED: Final = "masked"
"""What a text is that cannot be left out."""
COVERED: Final[Mapping[MaskedClass, frozenset[Classification]]] = {
    MaskedClass.PERSONAL: frozenset({Classification.PERSONAL, Classification.SENSITIVE}),
    MaskedClass.SENSITIVE: frozenset({Classification.SENSITIVE}),
}
"""What is sensitive is personal, too."""


class _Field(NamedTuple):
    """What becomes of a field of a view."""

    name: str
    instead: Any
    """If it is masked: `None` leaves it out."""
    is_masked: bool
    inner: tuple[type[BaseModel], ...]
    """The views within it."""
    is_mapping: bool


def masked(body: str, view: type[BaseModel], mask: MaskedClass) -> str:
    """The body of an answer that this view made, without the fields of the class."""
    value = json.loads(body)
    _mask(value, view, mask)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def masked_tag(etag: str, mask: MaskedClass) -> str:
    """The entity tag of such an answer: another than that of the whole one, of the same revision."""
    return f'{etag[:-1]}.masked-{mask}"'


def replacement(field: FieldInfo) -> Any:
    """What stands for a field that is masked; None: it is left out.

    Raises:
        TypeError: Nothing can: it is neither absent at times, nor a list, an object or a text.
    """
    options = _options(field.annotation)
    if NoneType in options:
        return None
    origins = {get_origin(option) or option for option in options}
    for origin, instead in ((list, []), (dict, {}), (str, MASKED)):
        if origins == {origin}:
            return instead
    raise TypeError(f"nothing stands for {field.annotation}")


def _mask(value: Any, view: type[BaseModel], mask: MaskedClass) -> None:
    for field in _fields(view, mask):
        if not isinstance(value, dict) or field.name not in value:
            continue
        if field.is_masked and field.instead is None:
            del value[field.name]
        elif field.is_masked:
            value[field.name] = field.instead
        else:
            held = value[field.name]
            for one in _objects(list(held.values()) if field.is_mapping else held):
                for inner in field.inner:
                    _mask(one, inner, mask)


@cache
def _fields(view: type[BaseModel], mask: MaskedClass) -> tuple[_Field, ...]:
    """The fields of a view that are masked, or may hold some that are."""
    found = []
    for name, field in view.model_fields.items():
        is_masked, inner = _is_masked(field, mask), tuple(_views(field.annotation))
        if is_masked or inner:
            instead = replacement(field) if is_masked else None
            is_mapping = any(get_origin(each) is dict for each in _options(field.annotation))
            found.append(_Field(name, instead, is_masked, inner, is_mapping))
    return tuple(found)


def _is_masked(field: FieldInfo, mask: MaskedClass) -> bool:
    return any(mark in COVERED[mask] for mark in field.metadata if isinstance(mark, Classification))


def _options(kind: Any) -> tuple[Any, ...]:
    """The members of a union, or the type itself."""
    kind = getattr(kind, "__value__", kind)
    if get_origin(kind) is Annotated:
        return _options(get_args(kind)[0])
    is_union = get_origin(kind) is not None and NoneType in get_args(kind)
    return get_args(kind) if is_union else (kind,)


def _views(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for inner in get_args(getattr(kind, "__value__", kind)):
        yield from _views(inner)


def _objects(value: Any) -> Iterator[Any]:
    """The objects in lists of lists of them."""
    if isinstance(value, list):
        for each in value:
            yield from _objects(each)
    elif isinstance(value, dict):
        yield value
