"""Problems (RFC 9457): the one table from a refusal to what an HTTP caller reads."""

import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from insurance import config
from insurance.api.body import BodyTooLarge, MalformedBody, UnsupportedMediaType
from insurance.api.headers import BadHeader
from insurance.domain.core import errors
from insurance.domain.core.errors import (
    CorrectionNotPossible,
    InsuranceError,
    InvalidFields,
    LegalHoldStands,
    Obstacle,
    RateExceeded,
    RefusedByPolicy,
    SignInTooOld,
    Stopped,
)
from insurance.domain.intake.files import UnreadableFile

CONTENT_TYPE = "application/problem+json"


class Problem(NamedTuple):
    """What one kind of refusal looks like from outside; the slug is stable and documented."""

    status: HTTPStatus
    slug: str
    title: str


PROBLEMS: dict[type[InsuranceError], Problem] = {
    errors.ProductNotFound: Problem(HTTPStatus.NOT_FOUND, "product-not-found", "Product not found"),
    errors.VersionNotFound: Problem(
        HTTPStatus.NOT_FOUND, "version-not-found", "Product version not found"
    ),
    errors.QuoteNotFound: Problem(HTTPStatus.NOT_FOUND, "quote-not-found", "Quote not found"),
    errors.PolicyNotFound: Problem(HTTPStatus.NOT_FOUND, "policy-not-found", "Policy not found"),
    errors.ClaimNotFound: Problem(HTTPStatus.NOT_FOUND, "claim-not-found", "Claim not found"),
    errors.PaymentNotFound: Problem(HTTPStatus.NOT_FOUND, "payment-not-found", "Payment not found"),
    errors.RecoveryNotFound: Problem(
        HTTPStatus.NOT_FOUND, "recovery-not-found", "Recovery not found"
    ),
    errors.NoticeNotFound: Problem(HTTPStatus.NOT_FOUND, "notice-not-found", "Notice not found"),
    errors.DiaryEntryNotFound: Problem(
        HTTPStatus.NOT_FOUND, "diary-entry-not-found", "Diary entry not found"
    ),
    errors.ComplaintNotFound: Problem(
        HTTPStatus.NOT_FOUND, "complaint-not-found", "Complaint not found"
    ),
    errors.RedressNotFound: Problem(HTTPStatus.NOT_FOUND, "redress-not-found", "Redress not found"),
    errors.ComplaintFull: Problem(HTTPStatus.CONFLICT, "complaint-full", "Complaint full"),
    errors.ComplaintStillOpen: Problem(
        HTTPStatus.CONFLICT, "complaint-still-open", "Redress is not paid yet"
    ),
    errors.DocumentNotFound: Problem(
        HTTPStatus.NOT_FOUND, "document-not-found", "Document not found"
    ),
    errors.TransactionNotFound: Problem(
        HTTPStatus.NOT_FOUND, "transaction-not-found", "Transaction not found"
    ),
    errors.InvoiceNotFound: Problem(HTTPStatus.NOT_FOUND, "invoice-not-found", "Invoice not found"),
    errors.RefundNotFound: Problem(HTTPStatus.NOT_FOUND, "refund-not-found", "Refund not found"),
    errors.KeptReportNotFound: Problem(
        HTTPStatus.NOT_FOUND, "kept-report-not-found", "No such kept report"
    ),
    errors.SuspenseNotFound: Problem(
        HTTPStatus.NOT_FOUND, "suspense-not-found", "No such payment in suspense"
    ),
    errors.EvidenceNotFound: Problem(
        HTTPStatus.NOT_FOUND, "evidence-not-found", "Evidence not found"
    ),
    errors.EvidenceNotSent: Problem(
        HTTPStatus.CONFLICT, "evidence-not-sent", "File not uploaded yet"
    ),
    errors.WebhookNotFound: Problem(HTTPStatus.NOT_FOUND, "webhook-not-found", "Webhook not found"),
    errors.EventNotFound: Problem(HTTPStatus.NOT_FOUND, "event-not-found", "Event not found"),
    errors.NoRootYet: Problem(HTTPStatus.CONFLICT, "no-root-yet", "No root covers the event yet"),
    errors.TooManyWebhooks: Problem(
        HTTPStatus.CONFLICT, "too-many-webhooks", "As many webhooks as one can have"
    ),
    errors.EventsNoLongerKept: Problem(
        HTTPStatus.GONE, "events-no-longer-kept", "These events are no longer kept"
    ),
    errors.UsageNoLongerKept: Problem(
        HTTPStatus.GONE, "usage-no-longer-kept", "This usage is no longer kept"
    ),
    errors.TooLargeToStore: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "too-large-to-store", "Too large to be stored"
    ),
    errors.UploadNotSent: Problem(HTTPStatus.CONFLICT, "upload-not-sent", "File not uploaded yet"),
    errors.UploadRefused: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "upload-refused", "The uploaded file is refused"
    ),
    errors.UploadNotScanned: Problem(
        HTTPStatus.CONFLICT, "upload-not-scanned", "File not scanned yet"
    ),
    errors.EvidenceNotScanned: Problem(
        HTTPStatus.CONFLICT, "evidence-not-scanned", "File not scanned yet"
    ),
    errors.PartyNotFound: Problem(HTTPStatus.NOT_FOUND, "party-not-found", "Party not found"),
    errors.WrongState: Problem(HTTPStatus.CONFLICT, "wrong-state", "Not possible in this state"),
    errors.ReferralOpen: Problem(HTTPStatus.CONFLICT, "referral-open", "Referral not decided yet"),
    errors.QuoteAlreadyIssued: Problem(
        HTTPStatus.CONFLICT, "quote-already-issued", "Quote already issued"
    ),
    errors.PlanAlreadyChosen: Problem(
        HTTPStatus.CONFLICT, "plan-already-chosen", "Another plan is in use"
    ),
    errors.PaymentDiffers: Problem(
        HTTPStatus.CONFLICT, "payment-differs", "Posted before with other details"
    ),
    errors.StaleRevision: Problem(
        HTTPStatus.PRECONDITION_FAILED, "stale-revision", "Changed meanwhile"
    ),
    errors.AlreadyErased: Problem(HTTPStatus.CONFLICT, "already-erased", "Personal data erased"),
    errors.PartyDiffers: Problem(HTTPStatus.CONFLICT, "party-differs", "Party has other details"),
    errors.ReferenceTaken: Problem(
        HTTPStatus.CONFLICT, "reference-taken", "Reference already in use"
    ),
    errors.PartyFull: Problem(HTTPStatus.CONFLICT, "party-full", "Party full"),
    errors.ProcessingRestricted: Problem(
        HTTPStatus.CONFLICT, "processing-restricted", "Processing restricted"
    ),
    errors.CorrectionNotPossible: Problem(
        HTTPStatus.CONFLICT, "correction-not-possible", "Correction not possible"
    ),
    errors.LegalHoldStands: Problem(HTTPStatus.CONFLICT, "legal-hold", "Legal hold stands"),
    errors.PartnerNotFound: Problem(HTTPStatus.NOT_FOUND, "partner-not-found", "Partner not found"),
    errors.ApplicationNotFound: Problem(
        HTTPStatus.NOT_FOUND, "application-not-found", "Application not found"
    ),
    errors.AccessPolicyNotFound: Problem(
        HTTPStatus.NOT_FOUND, "access-policy-not-found", "Access policy not found"
    ),
    errors.RefusedByPolicy: Problem(
        HTTPStatus.FORBIDDEN, "refused-by-policy", "Refused by an access policy"
    ),
    errors.StopNotFound: Problem(HTTPStatus.NOT_FOUND, "stop-not-found", "Stop not found"),
    errors.Stopped: Problem(HTTPStatus.CONFLICT, "stopped", "Stopped"),
    errors.TooManyStops: Problem(HTTPStatus.CONFLICT, "too-many-stops", "As many stops as can be"),
    errors.SourceNotFound: Problem(HTTPStatus.NOT_FOUND, "source-not-found", "Source not found"),
    errors.MatchNotFound: Problem(HTTPStatus.NOT_FOUND, "match-not-found", "Match not found"),
    errors.BatchNotFound: Problem(HTTPStatus.NOT_FOUND, "batch-not-found", "Batch not found"),
    errors.RowNotFound: Problem(HTTPStatus.NOT_FOUND, "row-not-found", "Row not found"),
    errors.BatchExists: Problem(
        HTTPStatus.CONFLICT, "batch-exists", "This file was brought before"
    ),
    errors.TotalsDiffer: Problem(
        HTTPStatus.CONFLICT, "totals-differ", "The totals are not the source's"
    ),
    UnreadableFile: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "unreadable-file", "The file cannot be read"
    ),
    errors.ApiProductNotFound: Problem(
        HTTPStatus.NOT_FOUND, "api-product-not-found", "API product not found"
    ),
    errors.ApiProductRetired: Problem(
        HTTPStatus.GONE, "api-product-retired", "This part of the API has ended"
    ),
    errors.DefinitionDiffers: Problem(
        HTTPStatus.CONFLICT, "definition-differs", "Another definition is deployed"
    ),
    errors.StillSubscribed: Problem(
        HTTPStatus.CONFLICT, "still-subscribed", "Applications still have it"
    ),
    errors.CodeTaken: Problem(HTTPStatus.CONFLICT, "code-taken", "Code taken"),
    errors.AccessFull: Problem(HTTPStatus.CONFLICT, "access-full", "Access full"),
    errors.SamePerson: Problem(HTTPStatus.CONFLICT, "same-person", "Another person must approve"),
    errors.NumberTaken: Problem(HTTPStatus.CONFLICT, "number-taken", "Number taken"),
    errors.TooManyClaims: Problem(HTTPStatus.CONFLICT, "too-many-claims", "Too many claims"),
    errors.ScreeningNotFound: Problem(
        HTTPStatus.NOT_FOUND, "screening-not-found", "Screening not found"
    ),
    errors.ScreeningOpen: Problem(
        HTTPStatus.CONFLICT, "screening-open", "Screening not decided yet"
    ),
    errors.ClaimOnHold: Problem(HTTPStatus.CONFLICT, "claim-on-hold", "Claim on hold"),
    errors.ClaimFull: Problem(HTTPStatus.CONFLICT, "claim-full", "Claim full"),
    errors.ClaimStillOpen: Problem(HTTPStatus.CONFLICT, "claim-still-open", "Not ready to close"),
    errors.PayeeUnsettled: Problem(
        HTTPStatus.CONFLICT, "payee-unsettled", "Change of payee not complete"
    ),
    errors.PayeeAlreadyNamed: Problem(
        HTTPStatus.CONFLICT, "payee-already-named", "A payee is named already"
    ),
    errors.LimitMoved: Problem(
        HTTPStatus.CONFLICT, "limit-moved", "Shared limit changed meanwhile"
    ),
    errors.AccountMoved: Problem(HTTPStatus.CONFLICT, "account-moved", "Account changed meanwhile"),
    errors.ReserveTooLow: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "reserve-too-low", "Reserve too low"
    ),
    errors.RefundTooLarge: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "refund-too-large", "Refund too large"
    ),
    errors.DecisionNotPossible: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "decision-not-possible", "The rules do not allow it"
    ),
    errors.PaymentFileNotFound: Problem(
        HTTPStatus.NOT_FOUND, "payment-file-not-found", "Payment file not found"
    ),
    errors.UnreadableStatement: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "unreadable-statement", "The statement cannot be read"
    ),
    errors.UnreadableReport: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "unreadable-report", "The bank's message is unreadable"
    ),
    errors.InvalidFields: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-fields", "Some fields need attention"
    ),
    errors.InvalidDefinition: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-definition", "Product definition invalid"
    ),
    errors.NoLongerSold: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "no-longer-sold", "Product version withdrawn"
    ),
    errors.CurrencyMismatch: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "currency-mismatch", "Currencies do not match"
    ),
    errors.QuoteExpired: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "quote-expired", "Quote expired"),
    errors.QuoteChanged: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "quote-changed", "Price no longer valid"
    ),
    errors.NotCovered: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "not-covered", "Not covered"),
    errors.NoCover: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "no-cover", "No cover at that time"),
    errors.KeyReused: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "key-reused", "Idempotency key reused"
    ),
    errors.LookUpUnavailable: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "look-up-unavailable", "Look-up unavailable"
    ),
    errors.OutsideTerm: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "outside-term", "Outside the policy's term"
    ),
    errors.TermsNotOffered: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "terms-not-offered", "Not offered by the product"
    ),
    errors.TooManyChanges: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "too-many-changes", "Too many changes"
    ),
    errors.ArrearsOpen: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "arrears-open", "Arrears must be paid first"
    ),
    errors.ConsentMissing: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "consent-missing", "Consent missing"
    ),
    errors.NoticeNotServed: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "notice-not-served", "Notice must be served first"
    ),
    errors.NotPrintable: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "not-printable", "Not printable in our typeface"
    ),
    errors.RiskNotAccepted: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "risk-not-accepted", "Changed risk not accepted"
    ),
    errors.ClockNotAllowed: Problem(
        HTTPStatus.BAD_REQUEST, "clock-not-allowed", "Clock not allowed"
    ),
    errors.MissingScope: Problem(HTTPStatus.FORBIDDEN, "missing-scope", "Scope missing"),
    errors.NoAuthority: Problem(HTTPStatus.FORBIDDEN, "no-authority", "Not within your authority"),
    errors.ProofRefused: Problem(
        HTTPStatus.UNAUTHORIZED, "invalid-proof", "Proof of possession refused"
    ),
    errors.CertificateRefused: Problem(
        HTTPStatus.UNAUTHORIZED, "invalid-certificate", "Client certificate refused"
    ),
    errors.SignInTooOld: Problem(
        HTTPStatus.UNAUTHORIZED, "insufficient-user-authentication", "Sign in again"
    ),
    errors.RateExceeded: Problem(HTTPStatus.TOO_MANY_REQUESTS, "rate-exceeded", "Rate exceeded"),
    errors.QuotaExceeded: Problem(HTTPStatus.TOO_MANY_REQUESTS, "quota-exceeded", "Quota exceeded"),
    errors.Unavailable: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "busy", "Busy: repeat the call with the same key"
    ),
    MalformedBody: Problem(HTTPStatus.BAD_REQUEST, "malformed-body", "Malformed body"),
    BodyTooLarge: Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body-too-large", "Body too large"),
    UnsupportedMediaType: Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Unsupported media type"
    ),
    BadHeader: Problem(HTTPStatus.BAD_REQUEST, "bad-header", "Header missing or malformed"),
    errors.Refused: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "refused", "Refused"),
}

NO_ROUTE = Problem(HTTPStatus.NOT_FOUND, "route-not-found", "No such route")
FAULT = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", "Our fault")


def type_of(slug: str) -> str:
    """The address of the page that says what the problem means and what to do."""
    return f"{config.docs_url()}/problems/{slug}"


def problem_of(error: InsuranceError) -> Problem:
    """The row for the error's class, or for the nearest class above it that has one."""
    return problem_of_kind(type(error))


def problem_of_kind(kind: type[InsuranceError]) -> Problem:
    """As `problem_of`, for a class of errors."""
    return next(PROBLEMS[base] for base in kind.__mro__ if base in PROBLEMS)


def members_of(error: InsuranceError) -> dict[str, Any]:  # noqa: PLR0911 - one for each kind
    """What the problem of a refusal has beside the members that every problem has."""
    if isinstance(error, InvalidFields):
        listed = [fault._asdict() for fault in error.faults]
        return {"errors": listed} if listed else {}
    if isinstance(error, LegalHoldStands):
        holds = [_obstacle(hold) for hold in error.holds]
        return {"holds": holds} | _instant("possible_from", error.possible_from)
    if isinstance(error, CorrectionNotPossible):
        return {"obstacles": [_obstacle(obstacle) for obstacle in error.obstacles]}
    if isinstance(error, RefusedByPolicy | RateExceeded):
        return {"policy": error.policy, "rule": error.rule, "reason": error.reason}
    if isinstance(error, Stopped):
        return {"stop": error.stop_id, "activity": error.activity, "cause": error.cause}
    if isinstance(error, SignInTooOld):
        return {"max_age": error.max_age_seconds}
    return {}


def _obstacle(obstacle: Obstacle) -> dict[str, Any]:
    shown = {"code": obstacle.code, "about": obstacle.about, "reason": obstacle.reason}
    return shown | _instant("until", obstacle.until)


def _instant(name: str, at: datetime | None) -> dict[str, Any]:
    """The member, where there is such an instant."""
    return {name: at.isoformat().replace("+00:00", "Z")} if at else {}


def render(
    problem: Problem, *, detail: str, request_id: str, members: Mapping[str, Any] | None = None
) -> str:
    """The body. (Powertools would encode only types that begin `application/json`.)"""
    document = {
        "type": type_of(problem.slug),
        "title": problem.title,
        "status": int(problem.status),
        "detail": detail,
        "code": problem.slug,
        "request_id": request_id,
    }
    return json.dumps(document | dict(members or {}), ensure_ascii=False)
