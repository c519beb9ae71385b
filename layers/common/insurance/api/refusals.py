"""Every refusal that a route can answer: what it declares, and what follows from its shape.

The API's definition and the tests read this; the router does not need it.
"""

from collections.abc import Iterator, Mapping

from insurance.api.body import BodyTooLarge, MalformedBody, Request, UnsupportedMediaType
from insurance.api.headers import BadHeader
from insurance.api.path import PATH_IDS
from insurance.api.problems import FAULT, Problem, problem_of_kind
from insurance.api.route import Route
from insurance.api_products import SHARED_PATHS
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    ApiProductRetired,
    CertificateRefused,
    ClockNotAllowed,
    InsuranceError,
    InvalidFields,
    KeyReused,
    MissingScope,
    NoAuthority,
    ProofRefused,
    QuotaExceeded,
    RateExceeded,
    RefusedByPolicy,
    SignInTooOld,
    StaleRevision,
    TooLargeToStore,
    Unavailable,
)

EVERY_ROUTE = (
    *(MissingScope, NoAuthority),
    *(BadHeader, ClockNotAllowed, InvalidFields, Unavailable),
)
"""Admission, the clock of test mode (InvalidFields: of another century; or a path's parameter is too
long), and a busy database."""


def refusals_of(route: Route) -> frozenset[type[InsuranceError]]:
    """What this route may refuse."""
    refusals = {*EVERY_ROUTE, *route.raises, *_of_callers(route)}
    refusals |= {PATH_IDS[name][1] for name in route.path_names if name in PATH_IDS}
    if route.method == "POST":
        refusals |= {MalformedBody, BodyTooLarge, UnsupportedMediaType}
    if route.writes:
        refusals.add(AlreadyErased)  # a replay whose answer was erased since
        refusals.add(TooLargeToStore)  # whatever a command stores grows by it
        if not route.find_replay or route.input_of(Request):
            refusals.add(KeyReused)  # else the path names the result: no other request has its key
    if route.if_match:
        refusals.add(StaleRevision)
    if route.step_up:
        refusals.add(SignInTooOld)
    return frozenset(refusals)


def _of_callers(route: Route) -> Iterator[type[InsuranceError]]:
    """What the edge refuses to some who call it."""
    if route.asks_policies:
        yield RefusedByPolicy
    if route.takes_proofs:
        yield ProofRefused
        if not route.path.startswith(SHARED_PATHS):
            yield ApiProductRetired
    if route.takes_proofs or CallerKind.MACHINE in route.callers:
        yield CertificateRefused
    if CallerKind.APPLICATION in route.callers:
        yield QuotaExceeded
        if route.asks_policies:
            yield RateExceeded


def problems_of(route: Route) -> Mapping[str, Problem]:
    """The problems this route may answer, by code; those that the gateway itself answers apart."""
    problems = {problem_of_kind(kind) for kind in refusals_of(route)} | {FAULT}
    return {problem.slug: problem for problem in sorted(problems, key=_by_status)}


def _by_status(problem: Problem) -> tuple[int, str]:
    return int(problem.status), problem.slug
