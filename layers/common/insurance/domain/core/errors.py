"""Everything the business can refuse.

One file, though a long one: the tree is read as a whole, by callers and by the table of problems.

InsuranceError
├── NotFound
│   ├── ProductNotFound
│   ├── VersionNotFound
│   ├── QuoteNotFound
│   ├── PolicyNotFound
│   ├── ClaimNotFound
│   ├── PaymentNotFound
│   ├── RecoveryNotFound
│   ├── TransactionNotFound
│   ├── InvoiceNotFound
│   ├── RefundNotFound
│   ├── SuspenseNotFound
│   ├── NoticeNotFound
│   ├── DiaryEntryNotFound
│   ├── PaymentFileNotFound
│   ├── ComplaintNotFound
│   ├── RedressNotFound
│   ├── DocumentNotFound
│   ├── ScreeningNotFound
│   ├── WebhookNotFound
│   ├── EventNotFound
│   ├── PartyNotFound
│   ├── PartnerNotFound
│   ├── ApplicationNotFound
│   ├── AccessPolicyNotFound
│   ├── StopNotFound            nobody set it, or it was lifted
│   └── ApiProductNotFound
├── Conflict
│   ├── WrongState              a step that the lifecycle table does not have
│   ├── ReferralOpen            somebody with authority must decide before this step
│   ├── QuoteAlreadyIssued
│   ├── PlanAlreadyChosen       the policy is being paid, or was changed since
│   ├── StaleRevision           somebody else changed it first
│   ├── AlreadyErased
│   ├── NumberTaken             another policy or claim has the number: the next one is tried
│   ├── PartyDiffers            a quote states other details than the party it names
│   ├── ReferenceTaken          the partner has a party of this reference
│   ├── DefinitionDiffers       another definition is deployed than the one that was submitted
│   ├── StillSubscribed         applications have the API product, and its sunset lies ahead
│   ├── CodeTaken               another partner or application has the code
│   ├── PartyFull               it has as many entries or merged parties as it can hold
│   ├── ProcessingRestricted    the party demanded that their data are used for nothing new
│   ├── CorrectionNotPossible   a policy cannot take the corrected detail: nothing is corrected
│   ├── LegalHoldStands         what the law keeps is not erased before it may be
│   ├── AccessFull              a person is as many parties as one can be
│   ├── TooManyClaims
│   ├── ClaimOnHold
│   ├── ScreeningOpen           a person must look at a name first
│   ├── ClaimFull               it has as many payments, decisions or recoveries as it can hold
│   ├── ClaimStillOpen          a payment or a decision must come to its end first
│   ├── ComplaintFull           it has as many notes or offers as it can hold
│   ├── ComplaintStillOpen      its redress must be paid or refused first
│   ├── PayeeUnsettled          another payee was asked for, or agreed too shortly ago
│   ├── PayeeAlreadyNamed       another payee needs a second person
│   ├── TooManyWebhooks         a partner has as many as it can
│   ├── Stopped                 a stop holds this until two people lift it
│   ├── TooManyStops
│   ├── LimitMoved              another claim took of the same limit first: decide again
│   ├── AccountMoved            money came in for the policy first: decide again
│   ├── PaymentDiffers          one outside reference, two payments
│   ├── UploadNotSent           the file that a command names has not come
│   └── SamePerson              four eyes: who asked may not approve
├── Refused
│   ├── InvalidFields           answers, facts or a body: each fault with its pointer
│   │   └── InvalidDefinition   a product definition, or scenarios that do not let it be published
│   ├── NoLongerSold            its product version was withdrawn since
│   ├── CurrencyMismatch
│   ├── QuoteExpired
│   ├── QuoteChanged
│   ├── NoCover                 a certificate of a time without cover
│   ├── NotCovered
│   ├── KeyReused               one idempotency key, two requests
│   ├── LookUpUnavailable       what it would have said is needed for a price
│   ├── OutsideTerm             a change takes effect within the policy's term
│   ├── TermsNotOffered         the product has no rule for it, or none any more
│   ├── TooManyChanges
│   ├── TooLargeToStore         what it would become fits into no item of the database
│   ├── ConsentMissing          a transfer needs the consent of somebody who has not given it
│   ├── NoticeNotServed         the insurer ends nothing before its notice is over
│   ├── ReserveTooLow
│   ├── RefundTooLarge          no more is given back than was paid and is not owed
│   ├── DecisionNotPossible     the rules do not allow this decision
│   ├── UnreadableStatement     the bank's statement is not one that we can post from
│   ├── UnreadableReport        the bank's message is not one that we can read
│   ├── UploadRefused           an uploaded file holds malware, or is no text
│   ├── NotPrintable            a document would need a character that its typeface lacks
│   ├── RiskNotAccepted         the risk as it would be is declined, or needs a person
│   └── ClockNotAllowed         live callers have no clock of their own
├── Forbidden
│   ├── MissingScope
│   ├── NoAuthority
│   └── RefusedByPolicy         a rule of an access policy refuses the call
├── QuotaExceeded               the application's calls of the month are used up
├── RateExceeded                it calls more often than a rule of an access policy lets it
└── Unavailable                 try again: nothing was done
    ├── QuotaUsedUp             an AWS account's quota must be raised
    └── Unanswered              try again: whether it was done, the idempotency record will tell
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class FieldFault(NamedTuple):
    """One fault in what was sent: where (a JSON pointer), what kind, and what to do about it."""

    pointer: str
    code: str
    detail: str


class Obstacle(NamedTuple):
    """One reason why something is not possible yet, and the first instant without it, if that is known."""

    code: str
    about: str
    reason: str
    until: datetime | None


class InsuranceError(Exception):
    """The business says no. `str(error)` may be shown to the caller."""


class NotFound(InsuranceError):
    kind = "object"

    def __init__(self, id: str) -> None:
        super().__init__(f"There is no {self.kind} {id}.")
        self.id = id


class ProductNotFound(NotFound):
    kind = "product"


class VersionNotFound(NotFound):
    kind = "product version"


class QuoteNotFound(NotFound):
    kind = "quote"


class PolicyNotFound(NotFound):
    kind = "policy"


class ClaimNotFound(NotFound):
    kind = "claim"


class PaymentNotFound(NotFound):
    kind = "payment"


class RecoveryNotFound(NotFound):
    kind = "recovery"


class NoticeNotFound(NotFound):
    kind = "notice"


class DiaryEntryNotFound(NotFound):
    kind = "diary entry"


class ScreeningNotFound(NotFound):
    kind = "screening"


class PaymentFileNotFound(NotFound):
    kind = "payment file"


class ComplaintNotFound(NotFound):
    kind = "complaint"


class RedressNotFound(NotFound):
    kind = "redress"


class DocumentNotFound(NotFound):
    kind = "document"


class TransactionNotFound(NotFound):
    kind = "transaction"


class InvoiceNotFound(NotFound):
    kind = "invoice"


class RefundNotFound(NotFound):
    kind = "refund"


class KeptReportNotFound(NotFound):
    kind = "kept report"


class SuspenseNotFound(NotFound):
    kind = "payment in suspense"


class EvidenceNotFound(NotFound):
    kind = "evidence"


class PartyNotFound(NotFound):
    kind = "party"


class WebhookNotFound(NotFound):
    kind = "webhook"


class EventNotFound(NotFound):
    kind = "event"


class PartnerNotFound(NotFound):
    kind = "partner"


class ApplicationNotFound(NotFound):
    kind = "application"


class AccessPolicyNotFound(NotFound):
    kind = "access policy"


class StopNotFound(NotFound):
    kind = "stop"


class SourceNotFound(NotFound):
    kind = "source"


class BatchNotFound(NotFound):
    kind = "batch"


class MatchNotFound(NotFound):
    kind = "match"


class RowNotFound(NotFound):
    kind = "row in quarantine"


class ApiProductNotFound(NotFound):
    kind = "API product"


class Conflict(InsuranceError):
    """The request is sound, but not in the state that things are in."""


class WrongState(Conflict):
    """A step that the status does not allow.

    `step` completes "it cannot ...". Where it is a bare verb of a lifecycle, `shown` does.
    """

    def __init__(self, id: str, status: str, step: str, *, shown: str = "") -> None:
        super().__init__(f"{id} is {status}: it cannot {shown or step}.")
        self.id, self.status, self.step = id, status, step


class DefinitionDiffers(Conflict):
    def __init__(self, product: str, version: str, deployed: str) -> None:
        what = (
            "its definition is another than was submitted: submit it again"
            if version == deployed
            else f"this release has {deployed}"
        )
        super().__init__(f"{product} {version} cannot go on: {what}.")


class StillSubscribed(Conflict):
    def __init__(self, product: str, version: str) -> None:
        super().__init__(
            f"Applications have {product}, and the sunset of {version} lies ahead: it ends then."
        )


class ReferralOpen(Conflict):
    def __init__(self, quote_id: str, step: str, rules: Sequence[str]) -> None:
        why = f" ({', '.join(rules)})" if rules else ""
        super().__init__(f"Quote {quote_id} cannot {step} before its referral{why} is accepted.")
        self.quote_id, self.rules = quote_id, tuple(rules)


class QuoteAlreadyIssued(Conflict):
    def __init__(self, quote_id: str, policy_id: str) -> None:
        super().__init__(f"Quote {quote_id} was issued as policy {policy_id}.")
        self.quote_id, self.policy_id = quote_id, policy_id


class StaleRevision(Conflict):
    def __init__(self, id: str) -> None:
        super().__init__(f"{id} has changed since you read it. Read it again and repeat the call.")
        self.id = id


class PlanAlreadyChosen(Conflict):
    def __init__(self, policy_id: str, plan: str) -> None:
        super().__init__(
            f"Policy {policy_id} is paid by the plan {plan}; it was paid or changed since."
        )


class PaymentDiffers(Conflict):
    def __init__(self, reference: str) -> None:
        super().__init__(f"Another payment was posted under the reference {reference}.")
        self.reference = reference


class AccessFull(Conflict):
    def __init__(self, most: int) -> None:
        super().__init__(f"This person sees {most} policies already, which is as many as one can.")


class AlreadyErased(Conflict):
    def __init__(self, id: str) -> None:
        super().__init__(f"The personal data of {id} have been erased.")
        self.id = id


class NumberTaken(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(
            f"The number {number} is taken. Where every number that was tried is taken, the product's numbers are"
            " too short: call us."
        )


class PartyDiffers(Conflict):
    """The fields are named, not their values: the caller may not know what is stored."""

    def __init__(self, party_id: str, fields: Sequence[str]) -> None:
        super().__init__(
            f"Party {party_id} has another {', '.join(fields)}: correct the party first,"
            " or leave the policyholder's details out."
        )
        self.fields = tuple(fields)


class TooManyWebhooks(Conflict):
    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} webhooks, as many as one partner can.")


class Stopped(Conflict):
    def __init__(self, stop_id: str, activity: str, cause: str) -> None:
        super().__init__(
            f"A stop holds this ({activity}, {cause}): nothing was done. Repeat the call when it is lifted."
        )
        self.stop_id, self.activity, self.cause = stop_id, activity, cause


class TooManyStops(Conflict):
    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} stops, as many as can be: lift one first.")


class BatchExists(Conflict):
    def __init__(self, batch_id: str) -> None:
        super().__init__(
            f"This file was brought before, for this version of the source: it is batch {batch_id}."
        )
        self.batch_id = batch_id


class TotalsDiffer(Conflict):
    def __init__(self, batch_id: str, groups: Sequence[str]) -> None:
        super().__init__(
            f"The policies of batch {batch_id} do not come to the source's control totals: {', '.join(groups)}. Compare"
            " `totals` with `control_totals`."
        )


class ReferenceTaken(Conflict):
    def __init__(self, party_id: str) -> None:
        super().__init__(f"This reference is that of party {party_id}.")


class CodeTaken(Conflict):
    def __init__(self, kind: str, code: str) -> None:
        super().__init__(f"Another {kind} has the code {code}.")


class PartyFull(Conflict):
    def __init__(self, party_id: str, what: str, most: int) -> None:
        super().__init__(f"Party {party_id} has {most} {what}, as many as it can.")


class ProcessingRestricted(Conflict):
    def __init__(self, party_id: str) -> None:
        super().__init__(
            f"Party {party_id} has demanded that the processing of their data is restricted."
        )


class CorrectionNotPossible(Conflict):
    """Every policy that stands in the way is listed, with what does."""

    def __init__(self, party_id: str, obstacles: Sequence[Obstacle]) -> None:
        super().__init__(
            f"Nothing about party {party_id} is corrected: {len(obstacles)} obstacles stand in the way."
        )
        self.party_id, self.obstacles = party_id, tuple(obstacles)


class LegalHoldStands(Conflict):
    """What keeps a party's data is listed; they can be erased from `possible_from`, if that is known."""

    def __init__(
        self, party_id: str, holds: Sequence[Obstacle], possible_from: datetime | None
    ) -> None:
        when = (
            f"not before {possible_from.date()}" if possible_from else "not before they are ended"
        )
        super().__init__(
            f"The personal data of party {party_id} are needed still: {len(holds)} holds stand. "
            f"They can be erased {when}."
        )
        self.party_id, self.holds, self.possible_from = party_id, tuple(holds), possible_from


class TooManyClaims(Conflict):
    def __init__(self, policy_id: str, most: int) -> None:
        super().__init__(f"Policy {policy_id} has {most} claims, as many as it can: call us.")


class ScreeningOpen(Conflict):
    """What is said of it does not say what was found: that is for those who look."""

    def __init__(self, what: str, screening_id: str | None = None) -> None:
        where = f" ({screening_id})" if screening_id else ""
        super().__init__(f"A person must look at {what} first{where}.")


class ClaimOnHold(Conflict):
    def __init__(self, claim_id: str) -> None:
        super().__init__(f"Claim {claim_id} is on hold: take it off hold first.")


class ClaimFull(Conflict):
    def __init__(self, claim_id: str, most: int, what: str) -> None:
        super().__init__(f"Claim {claim_id} has {most} {what}, as many as it can hold: call us.")


class EvidenceNotSent(Conflict):
    def __init__(self, evidence_id: str) -> None:
        super().__init__(f"No file has come for {evidence_id} yet: send it, then repeat the call.")


class UploadNotSent(Conflict):
    def __init__(self, upload_id: str) -> None:
        super().__init__(
            f"No file of yours is there for {upload_id}: send it with its form, then repeat the call."
        )


class UploadNotScanned(Conflict):
    def __init__(self, upload_id: str) -> None:
        super().__init__(
            f"The file of {upload_id} is being scanned for malware: repeat the call in some seconds,"
            " and upload it again if this is still so after ten minutes."
        )


class EvidenceNotScanned(Conflict):
    def __init__(self, evidence_id: str) -> None:
        super().__init__(
            f"The file of {evidence_id} is being scanned for malware: repeat the call in some seconds,"
            " and upload it again if this is still so after ten minutes."
        )


class ComplaintFull(Conflict):
    def __init__(self, complaint_id: str, most: int, what: str) -> None:
        super().__init__(f"Complaint {complaint_id} has {most} {what}, as many as it can hold.")


class ComplaintStillOpen(Conflict):
    def __init__(self, complaint_id: str) -> None:
        super().__init__(f"Complaint {complaint_id} cannot be closed: its redress is not paid yet.")


class ClaimStillOpen(Conflict):
    def __init__(self, claim_id: str, why: str) -> None:
        super().__init__(f"Claim {claim_id} cannot be closed: {why}.")


class PayeeUnsettled(Conflict):
    def __init__(self, claim_id: str, why: str) -> None:
        super().__init__(f"Claim {claim_id} cannot be paid: {why}.")


class PayeeAlreadyNamed(Conflict):
    def __init__(self, claim_id: str) -> None:
        super().__init__(f"Claim {claim_id} names a payee already: another one must be proposed.")


class LimitMoved(Conflict):
    def __init__(self, claim_id: str) -> None:
        super().__init__(f"Another claim took of a limit that {claim_id} shares. Repeat the call.")


class AccountMoved(Conflict):
    def __init__(self, policy_id: str) -> None:
        super().__init__(f"The account of {policy_id} was changed meanwhile. Repeat the call.")


class SamePerson(Conflict):
    def __init__(self, about: str, before: str, duty: str) -> None:
        super().__init__(f"On {about} nobody may both {before} and {duty}. You did the first.")


class Refused(InsuranceError):
    """The request cannot be carried out as it stands."""


class InvalidFields(Refused):
    def __init__(self, faults: Sequence[FieldFault]) -> None:
        super().__init__(f"{len(faults)} field(s) need attention; each is listed with its pointer.")
        self.faults = tuple(faults)


class InvalidDefinition(InvalidFields):
    """Each fault says where, what was found, what was expected, and where it can a suggestion."""


class NoLongerSold(Refused):
    def __init__(self, quote_id: str, version: str) -> None:
        super().__init__(
            f"Quote {quote_id} was made on {version}, which is not sold any more: ask for a new quote."
        )


class CurrencyMismatch(Refused):
    def __init__(self, ours: str, theirs: str) -> None:
        super().__init__(f"Amounts in {ours} and {theirs} do not go together.")


class QuoteExpired(Refused):
    def __init__(self, quote_id: str, expired_at: object) -> None:
        super().__init__(f"Quote {quote_id} expired at {expired_at}. Ask for a new quote.")


class QuoteChanged(Refused):
    def __init__(self, quote_id: str) -> None:
        super().__init__(
            f"Quote {quote_id} is not what was accepted any more: its price, or the policy that it renews, has changed."
        )


class NotCovered(Refused):
    def __init__(self, cover: str) -> None:
        super().__init__(f"The policy does not carry the cover {cover}.")
        self.cover = cover


class KeyReused(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for another request. Use a new key for a new request."
        )


class ApiProductRetired(InsuranceError):
    """Nothing is served any more of the API products that the caller has this operation by."""

    def __init__(self, successor: str) -> None:
        where = f" Go on at {successor}." if successor else ""
        super().__init__(f"This part of the API has ended, as was announced.{where}")


class EventsNoLongerKept(InsuranceError):
    def __init__(self) -> None:
        super().__init__(
            "What follows this place is no longer kept. Call without `after` to go on from the oldest event that is, "
            "and read anew the objects that you hold."
        )


class UsageNoLongerKept(InsuranceError):
    def __init__(self, month: str) -> None:
        super().__init__(f"The usage of {month} is no longer kept. Ask for later days.")


class NoRootYet(Conflict):
    """The event is there, and younger than the last root."""

    def __init__(self, event_id: str) -> None:
        super().__init__(
            f"No root covers {event_id} yet: the root of its day is made after the day's end."
        )


class LookUpUnavailable(Refused):
    def __init__(self, source: str) -> None:
        super().__init__(
            f"The look-up {source} did not answer, and without it there is no price:"
            " ask for a new quote."
        )


class OutsideTerm(Refused):
    def __init__(self, policy_id: str, start: datetime, end: datetime) -> None:
        super().__init__(
            f"Policy {policy_id} runs from {start.isoformat()} to {end.isoformat()}:"
            " a change takes effect within that."
        )


class NoCover(Refused):
    def __init__(self, policy_id: str, at: datetime) -> None:
        super().__init__(
            f"Policy {policy_id} gives no cover at {at.isoformat()}, and a certificate says it does."
        )


class TermsNotOffered(Refused):
    def __init__(self, what: str) -> None:
        super().__init__(f"The product does not offer {what}.")


class ConsentMissing(Refused):
    def __init__(self, policy_id: str, missing: Sequence[str]) -> None:
        super().__init__(
            f"Policy {policy_id} cannot pass on without the consent of: {', '.join(missing)}."
        )
        self.missing = tuple(missing)


class NoticeNotServed(Refused):
    def __init__(self, policy_id: str, effective_at: datetime | None) -> None:
        until = f": not before {effective_at.isoformat()}" if effective_at else ""
        super().__init__(
            f"The insurer can end policy {policy_id} only when its notice was sent and is over"
            f"{until}."
        )


class ArrearsOpen(Refused):
    def __init__(self, policy_id: str, amount: object) -> None:
        super().__init__(
            f"Policy {policy_id} lapsed because it was not paid: it comes back when the {amount} are"
            " paid that were due when it ended."
        )


class TooManyChanges(Refused):
    def __init__(self, policy_id: str, limit: int, which: str) -> None:
        super().__init__(f"Policy {policy_id} has more than {limit} changes {which}: call us.")
        self.limit = limit


class TooLargeToStore(Refused):
    def __init__(self, size: int, most: int) -> None:
        super().__init__(
            f"With this it would have {size:,} bytes as it is stored, and {most:,} can be stored:"
            " send less, or call us."
        )


class ReserveTooLow(Refused):
    def __init__(self, cost_type: str, there: object, needed: object) -> None:
        super().__init__(f"The {cost_type} reserve has {there} where {needed} is needed.")


class RefundTooLarge(Refused):
    def __init__(self, policy_id: str, there: object, asked: object) -> None:
        super().__init__(f"Policy {policy_id} has {there} to give back, not {asked}.")


class DecisionNotPossible(Refused):
    def __init__(self, decision: str, why: str) -> None:
        super().__init__(f"The claim cannot be {decision}: {why}")


class UnreadableStatement(Refused):
    def __init__(self, why: str) -> None:
        super().__init__(f"The statement is not taken in: {why}.")


class UnreadableReport(Refused):
    def __init__(self, why: str) -> None:
        super().__init__(f"The bank's message cannot be read: {why}.")


class UploadRefused(Refused):
    def __init__(self, why: str) -> None:
        super().__init__(f"The uploaded file is refused: {why}.")


class RiskNotAccepted(Refused):
    def __init__(self, outcome: str, reasons: Sequence[str]) -> None:
        super().__init__(f"The changed risk is {outcome}: {'; '.join(reasons)}.")
        self.outcome = outcome


class NotPrintable(Refused):
    def __init__(self) -> None:
        super().__init__("The document needs a character that its typeface does not have: call us.")


class ClockNotAllowed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Coverwright-Clock is for test mode: live callers have the real time only."
        )


class Forbidden(InsuranceError):
    """The caller may not do this, whatever the state of things."""


class MissingScope(Forbidden):
    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs the scope {scope}.")
        self.scope = scope


class RefusedByPolicy(Forbidden):
    def __init__(self, policy: str, rule: str, reason: str) -> None:
        super().__init__(f"The rule {rule} of the access policy {policy} refuses this: {reason}.")
        self.policy, self.rule, self.reason = policy, rule, reason


class NoAuthority(Forbidden):
    def __init__(self, what: str) -> None:
        super().__init__(f"Your authority does not reach {what}.")


class ProofRefused(InsuranceError):
    def __init__(self, why: str) -> None:
        super().__init__(f"The proof of possession (DPoP) is refused: {why}.")


class CertificateRefused(InsuranceError):
    def __init__(self) -> None:
        super().__init__(
            "Call with the client certificate that is registered for the application, at the address for it."
        )


class SignInTooOld(InsuranceError):
    def __init__(self, what: str, minutes: int) -> None:
        super().__init__(
            f"To let {what} go, sign in again: the last sign-in must be at most {minutes} minutes old."
        )
        self.max_age_seconds = minutes * 60


class QuotaExceeded(InsuranceError):
    """An application has used up the calls that its contract gives it for the month."""

    def __init__(self, limit: int, *, retry_after_seconds: int) -> None:
        super().__init__(f"The application's {limit:,} calls of this month (UTC) are used up.")
        self.retry_after_seconds = retry_after_seconds


class RateExceeded(InsuranceError):
    """An application calls more often than a rule of an access policy lets it."""

    def __init__(self, policy: str, rule: str, reason: str, retry_after_seconds: int) -> None:
        super().__init__(
            f"The rule {rule} of the access policy {policy} slows this down: {reason}."
        )
        self.policy, self.rule, self.reason = policy, rule, reason
        self.retry_after_seconds = retry_after_seconds


class Unavailable(InsuranceError):
    """Something that is needed did not answer; nothing was done."""

    def __init__(self, what: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(f"{what} is busy; nothing was done. Repeat the call with the same key.")
        self.retry_after_seconds = retry_after_seconds


class QuotaUsedUp(Unavailable):
    """A service takes no more for our AWS account; nothing was done."""

    def __init__(self, what: str, *, retry_after_seconds: int) -> None:
        InsuranceError.__init__(
            self,
            f"{what} takes no more: a quota of the AWS account is used up, and nothing was done. Repeat the call "
            "with the same key; if it is refused again, have the quota raised first.",
        )
        self.retry_after_seconds = retry_after_seconds


class Unanswered(Unavailable):
    """What was asked to act broke off before it answered: it may have acted."""

    def __init__(self, what: str, *, retry_after_seconds: int = 1) -> None:
        InsuranceError.__init__(
            self,
            f"{what} did not answer. Repeat the call with the same key: nothing is done twice.",
        )
        self.retry_after_seconds = retry_after_seconds


class WrittenByNewerRelease(Unavailable):
    """A record says something that this release does not know. While two releases run, the other one does."""

    def __init__(self, kind: str) -> None:
        InsuranceError.__init__(
            self,
            f"The {kind} was written by a newer release, and nothing was done. Repeat the call with the same key.",
        )
        self.retry_after_seconds = 5
