"""The names that conditions of access rules may use, in the language of products."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from math import gcd
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from insurance.domain.core.caller import CallerKind
from insurance.domain.core.identity import Mode
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.domain.product.language.kinds import BOOL, TEXT, Kind, Term, Type, number


class _Granted(frozenset[str]):
    """`roles.underwriter`, `scopes.quotes_write`: whether a caller has it."""

    __slots__ = ()

    def __getitem__(self, name: str) -> bool:
        return name in self


@dataclass
class CallFacts:
    """What is known of a call before it is carried out."""

    kind: str
    application: str
    """That calls, or through which a policyholder does. Empty: none."""
    partner: str
    mode: str
    operation: str
    api_products: tuple[str, ...]
    at: datetime
    region: str
    roles: Iterable[str] = ()
    scopes: Iterable[str] = ()
    product: str | None = None
    """Of insurance; None: the call names none."""
    territory: str | None = None
    _clocks: dict[str, datetime] = field(default_factory=dict)

    @cached_property
    def role(self) -> _Granted:
        return _Granted(self.roles)

    @cached_property
    def scope(self) -> _Granted:
        return _Granted(scope.replace(":", "_") for scope in self.scopes)

    def hour(self, zone: str) -> int:
        return self._local(zone).hour

    def weekday(self, zone: str) -> int:
        """From 1, a Monday, to 7."""
        return self._local(zone).isoweekday()

    def _local(self, zone: str) -> datetime:
        if zone not in self._clocks:
            self._clocks[zone] = self.at.astimezone(ZoneInfo(zone))
        return self._clocks[zone]


def _among(choices: Iterable[str]) -> Type:
    return TEXT._replace(choices=tuple(choices))


_OPTIONAL: Final = TEXT._replace(optional=True)
_FIXED: Final[Mapping[str, Term]] = {
    "kind": Term("e.kind", _among(CallerKind)),
    "application": Term("e.application", TEXT),
    "partner": Term("e.partner", TEXT),
    "mode": Term("e.mode", _among(Mode)),
    "operation": Term("e.operation", TEXT),
    "region": Term("e.region", TEXT),
    "product": Term("e.product", _OPTIONAL),
    "territory": Term("e.territory", _OPTIONAL),
    "roles": Term("e.role", Type(Kind.RECORD, fields=dict.fromkeys(Role, BOOL))),
    "scopes": Term(
        "e.scope",
        Type(Kind.RECORD, fields=dict.fromkeys((s.replace(":", "_") for s in Scope), BOOL)),
    ),
}
_HOUR: Final = number(low=Decimal(0), high=Decimal(23))
_WEEKDAY: Final = number(low=Decimal(1), high=Decimal(7))


def is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (
        KeyError,
        ValueError,
        OSError,
    ):  # zoneinfo says of one that it lacks that the key is missing
        return False
    return True


def clock_minutes(zone: str, at: datetime) -> int:
    """How many minutes lie in one hour of the zone and in one of UTC alike: 60, and less where the zone's hours begin
    elsewhere."""
    offset = at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    return gcd(60, int(offset.total_seconds()) // 60)


class Sold(NamedTuple):
    """The words that may stand beside `product` and `territory` in what is written now."""

    products: Callable[[], Collection[str]]
    territories: Callable[[], Collection[str]]


@dataclass
class Vocabulary:
    """The port `Names` of the language, for one policy."""

    zone: str
    sold: Sold | None = None
    """None: what is in force was checked when it was written, and a product may have gone since."""

    @cached_property
    def _terms(self) -> Mapping[str, Term]:
        return {
            **_FIXED,
            "hour": Term(f"e.hour({self.zone!r})", _HOUR),
            "weekday": Term(f"e.weekday({self.zone!r})", _WEEKDAY),
        }

    def find(self, name: str) -> Term | None:
        term = self._terms.get(name)
        choices = self._choices.get(name)
        if term is None or choices is None:
            return term
        return Term(term.code, term.type._replace(choices=tuple(sorted(choices()))))

    @cached_property
    def _choices(self) -> Mapping[str, Callable[[], Collection[str]]]:
        if self.sold is None:
            return {}
        return {"product": self.sold.products, "territory": self.sold.territories}

    def names(self) -> Iterable[str]:
        return self._terms

    def table(self, name: str, keys: list[Term]) -> Term | None:  # noqa: ARG002 - there are none
        return None

    def tables(self) -> Iterable[str]:
        return ()
