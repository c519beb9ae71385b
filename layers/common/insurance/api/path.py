"""Paths: what may stand in place of a parameter, and which parameters are ids."""

import re
from typing import Any, get_args

from insurance.domain.core import errors, identity
from insurance.domain.core.errors import FieldFault, InvalidFields, NotFound

PATH_IDS: dict[str, tuple[Any, type[NotFound]]] = {
    "quote_id": (identity.QuoteId, errors.QuoteNotFound),
    "policy_id": (identity.PolicyId, errors.PolicyNotFound),
    "claim_id": (identity.ClaimId, errors.ClaimNotFound),
    "payment_id": (identity.PaymentId, errors.PaymentNotFound),
    "screening_id": (identity.ScreeningId, errors.ScreeningNotFound),
    "file_id": (identity.PaymentFileId, errors.PaymentFileNotFound),
    "complaint_id": (identity.ComplaintId, errors.ComplaintNotFound),
    "redress_id": (identity.RedressId, errors.RedressNotFound),
    "document_id": (identity.DocumentId, errors.DocumentNotFound),
    "refund_id": (identity.RefundId, errors.RefundNotFound),
    "kept_report_id": (identity.KeptReportId, errors.KeptReportNotFound),
    "suspense_id": (identity.SuspenseId, errors.SuspenseNotFound),
    "invoice_id": (identity.InvoiceId, errors.InvoiceNotFound),
    "evidence_id": (identity.EvidenceId, errors.EvidenceNotFound),
    "webhook_id": (identity.WebhookId, errors.WebhookNotFound),
    "stream": (identity.StreamId, errors.EventNotFound),
    "application_id": (identity.ApplicationId, errors.ApplicationNotFound),
    "stop_id": (identity.StopId, errors.StopNotFound),
    "batch_id": (identity.BatchId, errors.BatchNotFound),
    "match_id": (identity.MatchId, errors.MatchNotFound),
    "party_id": (identity.PartyId, errors.PartyNotFound),
}
"""Path parameters that are ids: one of another form is as unknown as one that was never given."""

PARAMETER = re.compile(r"\{([a-z_]+)\}")
PATH_MAX = 64
"""The longest text in place of a parameter that is no id: it becomes part of a key."""


def pattern_of(path: str) -> re.Pattern[str]:
    """A route's path as a pattern with a named group for each parameter, which may have any length."""
    return re.compile(PARAMETER.sub(r"(?P<\1>[^/]+)", path))


def check_parameter(name: str, value: str) -> None:
    """Refuse an id of another form, and any other text over `PATH_MAX` characters.

    Raises:
        NotFound: Of the kind that the parameter names: no such id was ever given.
        InvalidFields: The text is too long.
    """
    if name in PATH_IDS:
        form, unknown = PATH_IDS[name]
        [pattern] = (mark.pattern for mark in get_args(form)[1:])
        if not re.fullmatch(pattern, value):
            raise unknown(value[:PATH_MAX])
    elif len(value) > PATH_MAX:
        raise InvalidFields([FieldFault(name, "too-long", f"At most {PATH_MAX} characters.")])
