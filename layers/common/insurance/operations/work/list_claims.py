"""List claims of all policies, by status and by handler."""

from dataclasses import dataclass

from insurance.domain.claim import Claim, Handling
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.operations.command import Query
from insurance.operations.listing import ListPage, ListRange, page_of
from insurance.operations.work.ports import WorkPorts


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """Which claims are listed: those of a status, those of a handler, or those of both."""

    status: Handling | None
    handler: str | None

    def matches(self, claim: Claim) -> bool:
        """Whether the claim has the status, if one is given."""
        return self.status is None or claim.handling is self.status


def list_claims(
    filter: ClaimFilter, part: ListRange, query: Query, ports: WorkPorts
) -> ListPage[Claim]:
    """Claims in the order in which they were reported. A handler's closed claims are not listed.

    Raises:
        InvalidFields: Neither a status nor a handler is given.
    """
    mode = query.caller.mode
    if filter.handler is not None:
        entries = ports.lists.claims_by_handler(mode, filter.handler, part)
    elif filter.status is not None:
        entries = ports.lists.claims_by_status(mode, filter.status, part)
    else:
        fault = FieldFault("status", "missing", "A status, a handler or both are expected.")
        raise InvalidFields([fault])
    return page_of(entries, part.limit, lambda claim: claim if filter.matches(claim) else None)
