"""Classification of fields: which are personal, and how they are split off before a record is stored.

A stored value (`Record`) classifies each of its fields; a new field without a class is an error. Only top-level fields are classified: a nested
value has the class of the field that holds it. Where an open field holds free text (the reason of a
task), that text is named in `SEALED_TEXTS` and sealed alone.
"""

from collections.abc import Iterator
from copy import deepcopy
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import ConfigDict, ValidationError
from pydantic_core import to_json

from insurance.domain.core.errors import WrittenByNewerRelease
from insurance.domain.core.value import Value
from insurance.domain.core.versions import VERSION, Versions, without_version

type Json = str | int | bool | list[Any] | dict[str, Any] | None
type JsonObject = dict[str, Any]


class Classification(StrEnum):
    """How far a field may travel."""

    PUBLIC = "public"
    """May stand in a URL or a published report."""
    INTERNAL = "internal"
    """For people who work on the case; readable in the tables."""
    PERSONAL = "personal"
    """About a person: encrypted with the party's key before it is stored or hashed."""
    SENSITIVE = "sensitive"
    """Personal, and of a kind that the law protects most, such as health or convictions."""


SEALED = frozenset({Classification.PERSONAL, Classification.SENSITIVE})


_NEW_VALUES = frozenset({"enum", "literal_error", "union_tag_invalid"})
"""The faults of a value that a newer release added to those of a field."""

T = TypeVar("T")
Internal = Annotated[T, Classification.INTERNAL]
"""The type of a field that is stored in clear: `status: Internal[Status]`."""


Personal = Annotated[T, Classification.PERSONAL]
Sensitive = Annotated[T, Classification.SENSITIVE]
"""The types of fields of views that access policies may mask (`api/masking.py`): `name: Personal[str]`."""


class OpensFile:
    """The mark of a field by which a file can be read: an answer without it is none."""


FileLink = Annotated[T, Classification.SENSITIVE, OpensFile]
"""The type of a link to a file with personal data."""


class Record(Value):
    """A value that is stored. Each of its fields is classified, or the class cannot be made.

    class Quote(Record):
        status: Internal[QuoteStatus]
        policyholder: Annotated[Policyholder | None, Classification.PERSONAL] = None
    """

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    SEALED_TEXTS: ClassVar[tuple[str, ...]] = ()
    """Paths of free text inside open fields, `*` for any place of a list: "task/reason"."""

    VERSIONS: ClassVar[Versions] = Versions()
    """Of the class's own stored bodies. A nested value has none: its holder's count."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        open_fields = [
            name
            for name, field in cls.model_fields.items()
            if not any(isinstance(mark, Classification) for mark in field.metadata)
        ]
        if open_fields:
            raise TypeError(f"{cls.__name__} does not classify {', '.join(open_fields)}")

    def split_personal(self) -> tuple[JsonObject, JsonObject]:
        """The open fields and the personal ones, as JSON; defaults are left out of both."""
        dumped = self.model_dump(mode="json", exclude_defaults=True)
        personal = {name: dumped.pop(name) for name in self.sealed_fields() if name in dumped}
        for path in self.SEALED_TEXTS:
            for pointer, holder, name in list(_texts(dumped, path.split("/"))):
                personal[pointer] = holder.pop(name)
        mark = self.VERSIONS.marked
        return mark(dumped), mark(personal) if personal else personal

    @classmethod
    def merge_personal(cls, opened: JsonObject, personal: JsonObject) -> Self:
        """The value again, from the two parts that `split_personal` gave, in whatever release.

        Raises:
            WrittenByNewerRelease: A newer release wrote them, and this one cannot tell what they say.
        """
        return cls.read(opened, personal)[0]

    @classmethod
    def read(cls, opened: JsonObject, personal: JsonObject) -> tuple[Self, bool]:
        """As `merge_personal`, and whether the value says all that is written.

        Fields that a newer release added are left out. The value may be shown, but nothing is to be written
        in its place: they would be lost.

        Raises:
            WrittenByNewerRelease: As above.
        """
        whole = cls._merged(opened, personal)
        try:
            return cls.model_validate_json(whole), True
        except ValidationError as error:
            try:
                return cls.model_validate_json(whole, extra="ignore"), False
            except ValidationError as known:
                if {fault["type"] for fault in known.errors(include_url=False)} <= _NEW_VALUES:
                    raise WrittenByNewerRelease(cls.__name__.lower()) from known
                raise error from None

    @classmethod
    def _merged(cls, opened: JsonObject, personal: JsonObject) -> bytes:
        """Both parts in one, as JSON of the version that this release knows."""
        opened = cls.VERSIONS.current(opened, cls.__name__)
        personal = cls.VERSIONS.current(personal, cls.__name__) if personal else personal
        fields = {name: value for name, value in personal.items() if "/" not in name}
        whole = deepcopy(opened) if len(fields) < len(personal) else opened
        for pointer in personal.keys() - fields.keys():
            *path, name = pointer.split("/")
            holder: Any = whole
            for step in path:
                holder = holder[int(step) if isinstance(holder, list) else step]
            holder[name] = personal[pointer]
        whole = whole | fields
        if VERSION in whole:
            whole = without_version(whole)
        return to_json(whole)

    def without_texts(self) -> Self:
        """The value without the free texts that would be sealed."""
        opened, personal = self.split_personal()
        return self.merge_personal(
            opened, {name: personal[name] for name in personal if "/" not in name}
        )

    @classmethod
    @cache
    def sealed_fields(cls) -> tuple[str, ...]:
        return tuple(
            name
            for name, field in cls.model_fields.items()
            if any(mark in SEALED for mark in field.metadata if isinstance(mark, Classification))
        )


def _texts(value: Any, path: list[str], pointer: str = "") -> Iterator[tuple[str, JsonObject, str]]:
    """Each text that the path leads to: its pointer, the object that holds it, and its name there."""
    step, *rest = path
    if isinstance(value, list) and step == "*":
        for place, inner in enumerate(value):
            yield from _texts(inner, rest, f"{pointer}{place}/")
    elif isinstance(value, dict) and step in value:
        if rest:
            yield from _texts(value[step], rest, f"{pointer}{step}/")
        else:
            yield pointer + step, value, step
