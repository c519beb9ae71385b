"""A part of a product definition: typed, frozen, and read when it is asked for.

The classes of the model name their fields, types and defaults once. `schema.py` writes
`product.schema.json` from them, and `shape.py` holds what strangers send against that schema, so a
part never meets a wrong type. A part wraps what was written and converts a field the first time it
is read: a quote pays nothing for the claims part. (Forty pydantic models would: 27 ms of a cold
start's CPU, ten times what all products together take to load.)
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from inspect import get_annotations
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Self,
    Union,
    get_args,
    get_origin,
)

from insurance.domain.product.faults import refuse


class Keywords:
    """What a type's JSON Schema says beside its type: `Keywords(maxLength=300)`.

    A `name` puts the type under `$defs`.
    """

    def __init__(self, name: str = "", **said: Any) -> None:
        self.name, self.said = name, said


type _Read = Callable[[Any, str], Any]


class _Required:
    """Stands for the default of a field that must be written."""


REQUIRED = _Required()


class Field:
    """One field as its class declares it; a part reads it through this, and only once.

    It has no `__set__`: what the part's own dictionary holds comes before it.
    """

    def __init__(self, name: str, key: str, annotation: Any, default: Any) -> None:
        """`name` is that in Python, `key` that in JSON."""
        self.name, self.key, self.annotation, self.default = name, key, annotation, default
        self._read: _Read | None = None

    @property
    def required(self) -> bool:
        return self.default is REQUIRED

    def __get__(self, part: "Part | None", _: object) -> Any:
        """Convert what was written. Where nothing was, the part has its default already.

        Raises:
            InvalidProduct: A field that must be written is not.
        """
        if part is None:
            return self
        own = part.__dict__
        found = own["written"].get(self.key)
        if found is None:
            raise refuse(part.path or "/", f"no {self.key}", f"{self.key}, which is required")
        read = self._read
        if read is None:
            read = self._read = _reader(self.annotation)
        if read is not _as_written:
            found = read(found, f"{part.path}/{self.key}")
        own[self.name] = found
        return found


class Part:
    """Base of the model's classes.

    A class declares fields as annotations, with a default where one may be left out; a field whose
    name is a word of Python ends in `_`. The text below a field goes into the schema. Example:

        class Term(Part):
            months: Annotated[int, Keywords(minimum=1, maximum=1200)] = 12
            days: Expression | None = None
    """

    renamed: ClassVar[Mapping[str, str]] = {}
    """What a field is called in JSON, where Python cannot call it that."""
    declared: ClassVar[Mapping[str, Field]] = {}
    """Every field by its name in Python."""
    _defaults: ClassVar[Mapping[str, Any]] = {}
    _names: ClassVar[Mapping[str, str]] = {}
    """The name in Python by the key in JSON."""

    def __init_subclass__(cls) -> None:
        own = {}
        for name, annotation in get_annotations(cls).items():
            if ClassVar in {annotation, get_origin(annotation)}:
                continue
            key = cls.renamed.get(name) or name.rstrip("_")
            own[name] = Field(name, key, annotation, cls.__dict__.get(name, REQUIRED))
            setattr(cls, name, own[name])
        cls.declared = {**cls.declared, **own}
        fields = cls.declared.values()
        cls._defaults = {field.name: field.default for field in fields if not field.required}
        cls._names = {field.key: field.name for field in fields}

    def __init__(self, written: Mapping[str, Any], path: str = "") -> None:
        own, names = self.__dict__, self._names
        own.update(self._defaults)
        own["written"], own["path"] = written, path
        for key, found in written.items():
            if found is not None:
                own.pop(names.get(key, ""), None)

    if TYPE_CHECKING:
        # Of each part, and no fields of the definition.

        @property
        def written(self) -> Mapping[str, Any]:
            """The part as its author wrote it."""

        @property
        def path(self) -> str:
            """Where the part stands in the document: `/covers/0/claim`."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self.written)!r})"

    @classmethod
    def nothing(cls) -> Self:
        """The part where nothing is written: every field has its default."""
        return cls({})

    def at(self, name: str) -> str:
        """Where a field stands in the document, for a fault about it."""
        return f"{self.path}/{name}"


def spelt_out(code: str) -> str:
    """A code as people read it: `fire_and_theft` is Fire and theft."""
    return code.replace("_", " ").capitalize()


@cache
def _reader(annotation: Any) -> _Read:
    """What makes a field's value of what was written."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _reader(arguments[0])
    if origin in {Union, UnionType}:
        return _one_of(tuple(argument for argument in arguments if argument is not NoneType))
    if origin is tuple:
        return _listed(_reader(arguments[0]))
    if origin is Mapping:
        return _mapped(_reader(arguments[1]))
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return _as_written


def _as_written(found: Any, path: str) -> Any:  # noqa: ARG001 - a reader's arguments
    return found


def _listed(read: _Read) -> _Read:
    if read is _as_written:
        return lambda found, path: tuple(found)  # noqa: ARG005 - a reader's arguments
    return lambda found, path: tuple(
        read(each, f"{path}/{place}") for place, each in enumerate(found)
    )


def _mapped(read: _Read) -> _Read:
    return lambda found, path: {name: read(each, f"{path}/{name}") for name, each in found.items()}


def _one_of(members: tuple[Any, ...]) -> _Read:
    """Of several types the one that fits what was written: an object, a list, or a plain value."""
    by_form: dict[type, _Read] = {}
    for member in members:
        read = _reader(member)
        bare = get_args(member)[0] if get_origin(member) is Annotated else member
        if get_origin(bare) is tuple:
            by_form[list] = by_form[tuple] = read
        elif get_origin(bare) is Mapping or (isinstance(bare, type) and issubclass(bare, Part)):
            by_form[dict] = read
    if not by_form:
        return _as_written
    if len(members) == 1:
        return next(iter(by_form.values()))
    return lambda found, path: by_form.get(type(found), _as_written)(found, path)


# The types that many fields share

TEXT_MAX = 300
Text = Annotated[str, Keywords(maxLength=TEXT_MAX)]
Code = Annotated[
    str,
    Keywords(
        "code",
        pattern="^[a-z][a-z0-9_]{0,39}$",
        description="Small letters, digits and _, a letter first.",
    ),
]
Day = Annotated[
    str,
    Keywords(
        "date",
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        description="A date such as 2026-07-01.",
    ),
]
Figure = Annotated[
    Decimal | int | str,
    Keywords(
        "figure",
        pattern="^[0-9]{1,15}([.][0-9]{1,12})?$",
        minimum=0,
        description="An amount in major units, or a rate.",
    ),
]
Expression = Annotated[
    Decimal | int | bool | str | tuple[object, ...],
    Keywords(
        "expression",
        maxLength=1000,
        maxItems=200,
        description='A number, true or false, an expression such as "0.005 * contents_sum", or a '
        'list of cases: [{"when": …, "then": …}, …, {"otherwise": …}].',
    ),
]
