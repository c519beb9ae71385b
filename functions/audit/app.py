"""Audit: make the daily roots, prove one event, and find the first broken link."""

from datetime import UTC, datetime
from typing import Any, Final

from insurance import delivery_bundles, telemetry, wiring
from insurance.api.paging import Page
from insurance.api.parameters import Parameters
from insurance.api.router import Api
from insurance.api.views.audit import BrokenLinkListView, EventProofView, RootListView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import EventNotFound, NoRootYet
from insurance.domain.core.identity import Mode, StreamId
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.metrics import Metric
from insurance.operations.audit.make_roots import make_roots
from insurance.operations.audit.ports import EnteredRoot
from insurance.operations.audit.prove_event import ProvedEvent, list_roots, prove_event
from insurance.operations.audit.verify_streams import (
    Verification,
    look_at_roots_again,
    verify_roots,
    verify_stream,
)
from insurance.operations.command import Query
from insurance.operations.listing import ListPage
from pydantic import Field

ports = delivery_bundles.audit_ports()

RESERVE_MS: Final = 30_000
"""What is begun with less time left may not end: a page of leaves takes some seconds."""
SEQUENCE_DIGITS: Final = 9

PARTNERS_AND_STAFF = {CallerKind.APPLICATION, CallerKind.STAFF}
AUDITORS = {Role.AUDITOR}

api = Api(edge=wiring.edge())
answer = api.entrypoint()


class VerificationParameters(Parameters):
    """What is checked."""

    stream: StreamId | None = Field(
        None,
        description="The id of one object, whose events are checked; without it, all that roots cover.",
    )


@api.query(
    "/v1/audit/roots",
    operation_id="listAuditRoots",
    summary="List the signed daily roots",
    scope=Scope.EVENTS_READ,
    callers=PARTNERS_AND_STAFF,
    roles=AUDITORS,
    shows=RootListView,
    paged="audit-roots",
)
def get_roots(page: Page, query: Query) -> ListPage[EnteredRoot]:
    return list_roots(page.number, page.limit, query, ports)


@api.query(
    "/v1/audit/verification",
    operation_id="listBrokenLinks",
    summary="List the first broken links: of one object's events, or of all that roots cover",
    scope=Scope.AUDIT_READ,
    callers={CallerKind.STAFF},
    roles=AUDITORS,
    shows=BrokenLinkListView,
    paged="audit-verification:{stream}",
    raises=(EventNotFound,),
)
def get_verification(parameters: VerificationParameters, page: Page, query: Query) -> Verification:
    """Go on with `next` while there is one: a call checks a part."""
    if parameters.stream is not None:
        return verify_stream(parameters.stream, page.number, query, ports)
    return verify_roots(page, query, ports)


@api.query(
    "/v1/events/{stream}/{sequence}/proof",
    operation_id="getEventProof",
    summary="Prove one event by a signed root, without any other event",
    scope=Scope.EVENTS_READ,
    callers=PARTNERS_AND_STAFF,
    roles=AUDITORS,
    shows=EventProofView,
    raises=(NoRootYet,),
)
def get_proof(stream: str, sequence: str, query: Query) -> ProvedEvent:
    is_number = sequence.isascii() and sequence.isdecimal() and len(sequence) <= SEQUENCE_DIGITS
    return prove_event(stream, int(sequence) if is_number else 0, query, ports)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a call through the gateway, or one of the schedule's own."""
    return answer(event, context) if "httpMethod" in event else run_roots(event, context)


@telemetry.metrics.log_metrics
def run_roots(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Make the roots of these modes that are due, as far as time reaches; the next run continues.

    With `today` a root of the day so far, too: in test mode alone, so that an integration need not wait for one.
    """
    made, missing, broken = [], 0, []
    for mode in map(Mode, event["roots"]):
        report = make_roots(
            mode,
            ports,
            now=datetime.now(UTC),
            time_is_up=lambda: context.get_remaining_time_in_millis() < RESERVE_MS,
            closes_today=bool(event.get("today")),
        )
        made += [{"mode": mode, "number": root.number, "heads": root.heads} for root in report.made]
        missing += report.missing
        broken += report.broken
        if report.made:
            broken += look_at_roots_again(mode, report.made[-1].number, ports)
    telemetry.count(Metric.DAYS_WITHOUT_ROOT, missing)
    for stream, sequence, fault in broken:
        telemetry.count(Metric.EVENTS_TAMPERED)
        telemetry.logger.error("broken link", stream=stream, sequence=sequence, fault=fault)
    return {"made": made, "missing": missing, "broken": len(broken)}
