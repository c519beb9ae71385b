"""Routes: each declares all that is public of one operation."""

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from inspect import get_annotations
from typing import Any, NotRequired, TypedDict

from pydantic import BaseModel

from insurance.api.body import Request
from insurance.api.paging import Page
from insurance.api.parameters import Parameters
from insurance.api.path import PARAMETER, pattern_of
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import InsuranceError
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.operations.command import Command, Query

type Shows = type[BaseModel] | Callable[..., BaseModel]
"""A view, which is made by its `of`; or another class method of a view."""

type FindReplay = Callable[..., None]
"""Raises AlreadyAnswered or KeyReused where a command with this key was carried out before."""

OWN_POOL = frozenset({CallerKind.STAFF, CallerKind.MACHINE})
"""Callers whose tokens the staff pool signs: a route that is open to no others takes its authorizer."""


class Declaration(TypedDict):
    """What every route declares."""

    operation_id: str
    """Its name in client libraries, as a verb and a noun: `settleClaim`."""
    summary: str
    scope: Scope
    callers: Set[CallerKind]
    shows: Shows
    roles: NotRequired[Set[Role]]
    """Which staff: needed where STAFF may call."""
    raises: NotRequired[tuple[type[InsuranceError], ...]]
    """What the operation may refuse, beside what every route of this shape may (`refusals.py`)."""


class QueryDeclaration(Declaration):
    method: NotRequired[str]
    """POST for a query with a body; it needs no idempotency key."""
    etag: NotRequired[bool]
    """The answer has an ETag, and `If-None-Match` is honoured."""
    paged: NotRequired[str]
    """The id of the list, in which path and query parameters may stand: `claims:{status}`."""
    paged_before: NotRequired[str]
    """The id that the release before gave it: its cursors are taken until the next one."""


class CommandDeclaration(Declaration):
    status: NotRequired[HTTPStatus]
    step_up: NotRequired[bool]
    """A person may let money go by it: above a value only with a sign-in just before."""
    if_match: NotRequired[bool]
    """`If-Match` is honoured; a route that does not declare it ignores the header."""
    find_replay: NotRequired[FindReplay]
    """Where an earlier answer is found, if not where the function's other commands have theirs.
    It is given the command, and the path's parameters by name."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation as it is declared: the router, the definition and the tests read this."""

    method: str
    path: str
    operation_id: str
    summary: str
    scope: Scope
    callers: Set[CallerKind]
    handler: Callable[..., Any]
    writes: bool
    """A command: it needs an Idempotency-Key."""
    shows: Shows
    roles: Set[Role] = frozenset()
    raises: tuple[type[InsuranceError], ...] = ()
    status: HTTPStatus = HTTPStatus.OK
    step_up: bool = False
    if_match: bool = False
    etag: bool = False
    paged: str = ""
    paged_before: str = ""
    find_replay: FindReplay | None = None
    asks_policies: bool = True
    """Whether access policies narrow it; said by its function's edge."""

    def __post_init__(self) -> None:
        if CallerKind.STAFF in self.callers and not self.roles:
            raise ValueError(f"{self.path} is open to staff and names no roles")
        if not isinstance(self.view, type):
            raise TypeError(f"{self.path} shows neither a view nor a class method of one")

    @property
    def own_pool_only(self) -> bool:
        """Behind the staff pool's authorizer instead of ours, and outside usage plans."""
        return self.callers <= OWN_POOL

    @property
    def takes_proofs(self) -> bool:
        """Whether the token of who calls it may be bound: our own user pool binds none."""
        return bool(self.callers & {CallerKind.APPLICATION, CallerKind.POLICYHOLDER})

    @property
    def view(self) -> type[BaseModel]:
        """The model of the answer's body."""
        shows: Any = self.shows
        view: type[BaseModel] = getattr(shows, "__self__", shows)
        return view

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return pattern_of(self.path)

    @cached_property
    def path_names(self) -> tuple[str, ...]:
        """The path's parameters."""
        return tuple(PARAMETER.findall(self.path))

    def prepare(self) -> None:
        """Work out what is worked out at the first call."""
        _ = self.pattern, self.path_names, self.inputs, self._makes_view

    def list_ids(self, query: Mapping[str, str], path: Mapping[str, str]) -> tuple[str, str]:
        """The id of the list that is paged, with the call's own parameters in it, and its earlier one."""

        def given(name: re.Match[str]) -> str:
            return path.get(name[1]) or query.get(name[1], "")

        return PARAMETER.sub(given, self.paged), PARAMETER.sub(given, self.paged_before)

    @cached_property
    def inputs(self) -> Mapping[str, Any]:
        """The handler's arguments and their types: worked out when it is first called.

        Raises:
            ValueError: The handler takes something that this route cannot give.
        """
        kinds = {
            name: kind for name, kind in get_annotations(self.handler).items() if name != "return"
        }
        path = set(self.path_names)
        unknown = [name for name in kinds if name not in path and not self._gives(kinds[name])]
        if unknown or not path <= kinds.keys():
            names = ", ".join([*unknown, *sorted(path - kinds.keys())])
            raise ValueError(f"{self.method} {self.path}: handler and declaration differ: {names}")
        return kinds

    def input_of[M](self, base: type[M]) -> type[M] | None:
        """The model of this kind that the handler takes: its request, or its parameters."""
        models = (kind for kind in self.inputs.values() if _is_a(kind, base))
        return next(models, None)

    def show(self, result: Any, given: Mapping[str, Any]) -> BaseModel:
        """The view of a handler's result.

        Beside the result a view may take any input of the call: `given` has them by name, and its
        method asks for them as keyword-only parameters.
        """
        make, names = self._makes_view
        view: BaseModel = make(result, **{name: given[name] for name in names})
        return view

    @cached_property
    def _makes_view(self) -> tuple[Callable[..., BaseModel], tuple[str, ...]]:
        make: Any = self.view.of if self.shows is self.view else self.shows  # type: ignore[attr-defined]  # a view has `of`
        code = make.__func__.__code__
        first = code.co_argcount
        return make, code.co_varnames[first : first + code.co_kwonlyargcount]

    def _gives(self, kind: Any) -> bool:
        if kind is Page:
            return bool(self.paged)
        if kind is Command or kind is Query:
            return self.writes is (kind is Command)
        return _is_a(kind, Request) or (not self.writes and _is_a(kind, Parameters))


def _is_a(kind: Any, base: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)
