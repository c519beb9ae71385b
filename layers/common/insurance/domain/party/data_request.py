"""Requests about data: what a person asks of those who process their data, and by when the law wants an answer."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from pydantic import AwareDatetime

from insurance.domain.core.errors import FieldFault, InvalidFields, WrongState
from insurance.domain.core.identity import QuoteId
from insurance.domain.core.tasks import TaskCode
from insurance.domain.core.value import Value
from insurance.domain.jurisdiction.regulatory_deadline import RegulatoryDeadline

ANSWER: Final = "answer_data_request"
"""The act that the deadline of a request is about."""


class DataRequestKind(StrEnum):
    """What is asked for (GDPR, articles 15 to 21)."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"

    @property
    def task(self) -> TaskCode:
        """What the request asks of the privacy officer."""
        return TaskCode(f"data_{self}")


class DataRequestOutcome(StrEnum):
    """How a request was answered."""

    DONE = "done"
    REFUSED = "refused"
    KEPT_BY_LAW = "kept_by_law"
    """An erasure that waits for the end of the legal hold."""


class DataRequest(Value):
    """One request of a person, open until it is answered."""

    number: int
    kind: DataRequestKind
    text: str = ""
    """What they said, in their words."""
    recorded_by: str
    deadline: RegulatoryDeadline
    """It runs from the request's receipt, by the law of the strictest place of the party's contracts."""
    outcome: DataRequestOutcome | None = None
    """None: nobody has answered it yet."""
    reason: str = ""
    """Why it was answered so."""
    answered_by: str | None = None
    correction: int | None = None
    """Of a rectification: the revision of the party in which it was done."""

    @property
    def is_open(self) -> bool:
        return self.outcome is None

    def answered(
        self, outcome: DataRequestOutcome, *, at: datetime, by: str, reason: str = ""
    ) -> Self:
        """The request with its answer.

        Raises:
            WrongState: It was answered before.
        """
        if not self.is_open:
            raise WrongState(f"Request {self.number}", "answered", "be answered")
        return self.replace(
            outcome=outcome, reason=reason, answered_by=by, deadline=self.deadline.met(at)
        )


class ProofMethod(StrEnum):
    """How somebody showed who they are."""

    IDENTITY_DOCUMENT = "identity_document"
    PORTAL_SIGN_IN = "portal_sign_in"
    SECURITY_QUESTIONS = "security_questions"


class IdentityProof(Value):
    """How the identity of a person was checked, by whom and when."""

    method: ProofMethod
    reference: str | None = None
    """What was shown: the kind and the last characters of a document's number, for example."""
    checked_by: str
    checked_at: AwareDatetime


class DataExport(Value):
    """An export of all data of the party, for the party."""

    number: int
    requested_at: AwareDatetime
    due_at: AwareDatetime
    """The first instant that is too late, by the law of the strictest place of the party's contracts."""
    made_at: AwareDatetime
    made_by: str
    proof: IdentityProof
    request: int | None = None
    """The number of the request that it answers; None: an export of old, which no request preceded."""
    sha256: str
    """Of the file of data."""
    size_bytes: int
    document_sha256: str = ""
    """Of the document for people."""
    document_size_bytes: int = 0
    after: QuoteId | None = None
    """The last contract of the part before; None: it is the first part."""
    next: QuoteId | None = None
    """The last contract of this part, where another part follows."""
    contracts_as_of: AwareDatetime | None = None
    """When the first part was made; None: this is the first one. A contract that was made later is in no part."""

    @property
    def as_of(self) -> AwareDatetime:
        """The moment whose contracts all parts have together."""
        return self.contracts_as_of or self.made_at

    @property
    def is_late(self) -> bool:
        return self.made_at >= self.due_at


class RequestedErasure(Value):
    """An erasure that was asked for while the law kept the data. It is done when nothing keeps them."""

    requested_at: AwareDatetime
    requested_by: str
    reason: str = ""
    check_at: AwareDatetime
    """When the hold is looked at again."""


def request_numbered(requests: Sequence[DataRequest], number: int) -> DataRequest:
    """The request of this number.

    Raises:
        InvalidFields: There is none.
    """
    for request in requests:
        if request.number == number:
            return request
    detail = f"The party has no request of number {number}."
    raise InvalidFields([FieldFault("/request", "unknown", detail)])


def first_due(requests: Sequence[DataRequest]) -> DataRequest | None:
    """The open request that must be answered first; None: nothing is open."""
    still_open = (request for request in requests if request.is_open)
    return min(still_open, key=lambda request: request.deadline.due_at, default=None)
