"""Forms of what answers hold: patterns and lengths, least and greatest, and how many.

What is sent is described by its own models. In answers these fields are plain, so that nothing is checked twice;
what they can hold follows from what was let in, and is taken from the same types and constants. A key is a field's
name, or its schema and name where the name alone does not tell.
"""

from typing import Any, Final

from insurance.api import fields
from insurance.api.paging import CURSOR_MAX, PAGE_MAX
from insurance.domain.audit.merkle import PATH_MAX
from insurance.domain.bank import kept_report, payer, payment_file, statement
from insurance.domain.billing import account, suspense
from insurance.domain.claim import claim, diary, notice
from insurance.domain.claim.payee_account import CLAIMS_MAX
from insurance.domain.claim.reserve import CostType
from insurance.domain.complaint.redress import REDRESS_MAX
from insurance.domain.contract.interested_party import INTERESTED_PARTIES_MAX
from insurance.domain.control import access_policy
from insurance.domain.core import identity
from insurance.domain.core.delivery import SET_ASIDE_MAX, Consumer
from insurance.domain.core.money import AMOUNT_MAX
from insurance.domain.core.posting import Account
from insurance.domain.evidence import evidence, media
from insurance.domain.ledger.reconciliation import SHOWN_MAX
from insurance.domain.party import party, record
from insurance.domain.policy import holders, servicing
from insurance.domain.policy import notice as notices
from insurance.domain.policy.notice import DispatchReference
from insurance.domain.policy.status import PolicyFlag
from insurance.domain.product import covers
from insurance.domain.product.definition.model.part import TEXT_MAX
from insurance.domain.product.definition.sizes import ANSWERS_BYTES_MAX
from insurance.domain.webhook.webhook import EVENT_TYPES_MAX, URL_MAX
from insurance.dynamodb.sizes import ITEM_BYTES_MAX
from insurance.dynamodb.streams import SEQUENCE_MAX
from insurance.operations.ledger.read_general_ledger import GAPS_MAX
from insurance.operations.policy.correct_party import POLICIES_MAX
from insurance.operations.products.check_files import FAULTS_SHOWN_MAX
from insurance.operations.products.read_versions import FILES_SHOWN_BYTES_MAX
from pydantic import BaseModel, TypeAdapter

from tools.products import json_schema

type Json = dict[str, Any]

ANSWER_BYTES_MAX: Final = 6_000_000
"""Lambda answers no more than this."""
STORED_MAX: Final = ITEM_BYTES_MAX // 39
"""What one stored item has room for, of lists that have no other end: an id takes 39 bytes of JSON."""
LISTED_MAX: Final = ANSWER_BYTES_MAX // 100
"""What one answer has room for, of rows of at least a hundred bytes."""
_PRODUCT_SCHEMA: Final = json_schema.written()
PRODUCT: Final[Json] = _PRODUCT_SCHEMA["properties"]
CHOICES: Final[Json] = _PRODUCT_SCHEMA["$defs"]["question"]["properties"]["choices"]
PLAIN_TEXT: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""Text without control characters: `body.NO_TEXT` refuses them in bodies and queries, and nothing of ours holds them."""


def _of(*kinds: Any) -> Json:
    """The form of a type that requests and records are made of, or of any of several."""
    found = [TypeAdapter(kind).json_schema() for kind in kinds]
    if len(found) == 1:
        return _form(found[0])
    alternatives = "|".join(each["pattern"].removeprefix("^").removesuffix("$") for each in found)
    return {"pattern": f"^({alternatives})$"}


def _of_field(model: type[BaseModel], name: str) -> Json:
    """The form of a record's field; one that may be missing has it as its first alternative."""
    field = model.model_json_schema()["properties"][name]
    return _form(field.get("anyOf", [field])[0])


def _form(schema: Json) -> Json:
    form: Json = {key: schema[key] for key in ("pattern", "maxLength") if key in schema}
    return form if "pattern" in form else form | {"pattern": PLAIN_TEXT}


def _text(most: int) -> Json:
    return {"maxLength": most, "pattern": PLAIN_TEXT}


def _like(pattern: str, most: int | None = None) -> Json:
    return {"pattern": pattern} | ({"maxLength": most} if most else {})


CODE = _of(fields.Code)
HASH = _like("^[0-9a-f]{64}$")
PERIOD = _like(f"^({fields.PERIOD.pattern})$")
DECIMAL = _like(r"^-?[0-9]+(\.[0-9]+)?$", 60)
"""A rate or a figure: arithmetic has sixty digits (`money.EXACT`)."""
PERSON = _of(fields.Subject)
"""An actor: a subject of the user pool, an application, a signed-in person, or the scheduler."""
PARTNER = _like("^([a-z][a-z0-9_-]{0,63})?$")
"""Empty: the insurer's own."""
NUMBER = _like("^[0-9A-Z./-]{1,64}$")
"""Of a policy or claim: at most 64 signs by `NumberFormat`, whatever the product chooses."""
PLACE = _form(PRODUCT["territories"]["items"])
WRITTEN_IN = _like(f"^[a-z]{{2}}-{PLACE['pattern'].removeprefix('^')}")
"""A language as a territory writes it: `en-GB`, `en-US-CA`."""
VERSION = _form(PRODUCT["version"])
URL: Json = {"format": "uri", "maxLength": 8_000}
PRODUCT_TEXT = _text(TEXT_MAX)
NAME = _of(party.Name)
REASON = _of(fields.Reason)
SENTENCE = _text(2_000)
"""A sentence of ours with a product's texts, names and amounts in it."""
SENTENCES = _text(40_000)
"""The explanations of several rules together."""
FILE = _text(ANSWER_BYTES_MAX)
"""A file, or a page of one, as text: it ends where the answer does."""
CURSOR = _like(f"^[A-Za-z0-9_-]{{1,{CURSOR_MAX}}}$")
BANK_REFERENCE = _like("^[!-~]*$", 140)
ANY_ID = _like("^[a-z]{3}_(test_)?[0-9a-z_]{1,50}$")
"""The id of a stream, an object or a payment, of whatever kind."""
INSTRUCTION = _of(identity.InstructionId)
QUOTE, POLICY, CLAIM = _of(identity.QuoteId), _of(identity.PolicyId), _of(identity.ClaimId)
PARTY, SCREENING = _of(identity.PartyId), _of(identity.ScreeningId)

STRINGS: Final[dict[str, Json]] = {
    **dict.fromkeys(("policy_id", "allocated_to", "named", "renews"), POLICY),
    **dict.fromkeys(("ended_terms", "other_policies"), POLICY),
    **dict.fromkeys(("quote_id", "renewal_quote_id", "open_quotes", "DataExportView.next"), QUOTE),
    **dict.fromkeys(("claim_id", "same_loss_as", "same_file_as"), CLAIM),
    **dict.fromkeys(("party_id", "from_party", "to_party", "members"), PARTY),
    **dict.fromkeys(("merged_into", "parties"), PARTY),
    **dict.fromkeys(("instruction_id", "payment_id", "left_out"), INSTRUCTION),
    "upload_id": _of(identity.UploadId),
    "person_id": _of(identity.PersonId),
    **dict.fromkeys(("file_id", "PaymentFileView.id"), _of(identity.PaymentFileId)),
    **dict.fromkeys(("opened", "ScreeningView.id"), SCREENING),
    **dict.fromkeys(("ClaimLineView.id", "ClaimRowView.id", "ClaimView.id"), CLAIM),
    **dict.fromkeys(
        ("complaint_id", "ComplaintRowView.id", "ComplaintView.id"), _of(identity.ComplaintId)
    ),
    **dict.fromkeys(("CustomerView.id", "PartyView.id", "PartyRowView.id"), PARTY),
    **dict.fromkeys(("DocumentRowView.id", "DocumentView.id"), _of(identity.DocumentId)),
    "AccessRuleView.when": _of(access_policy.Condition),
    "EvidenceView.id": _of(identity.EvidenceId),
    "InvoiceView.id": _of(identity.InvoiceId),
    **dict.fromkeys(("InstructionView.id", "PaymentRowView.id"), INSTRUCTION),
    **dict.fromkeys(
        ("KeptReportDetailView.id", "KeptReportRowView.id"), _of(identity.KeptReportId)
    ),
    "PaymentView.id": _of(identity.PaymentId),
    **dict.fromkeys(("PolicyRowView.id", "PolicyView.id"), POLICY),
    **dict.fromkeys(("QuoteRowView.id", "QuoteView.id"), QUOTE),
    "RedressView.id": _of(identity.RedressId),
    "RefundView.id": _of(identity.RefundId, identity.ReturnId),
    **dict.fromkeys(("SuspenseRowView.id", "SuspenseView.id"), _of(identity.SuspenseId)),
    **dict.fromkeys(("EventObjectView.id", "WorkView.id", "about", "stream", "wrong"), ANY_ID),
    **dict.fromkeys(
        ("FeedEventView.id", "event_id"),
        _like("^[a-z]{3}_(test_)?[0-9a-z_]{1,50}-[0-9]{1,10}$"),
    ),
    **dict.fromkeys(("WebhookView.id", "WebhookSecretView.id"), _of(identity.WebhookId)),
    "secret": _like("^whsec_[0-9A-Za-z+/]{43}=$"),
    **dict.fromkeys(("policy_number", "claim_number", "number"), NUMBER),
    **dict.fromkeys(
        (
            *("code", "cover", "options", "exclusions", "product", "plan", "purpose", "mark"),
            *("reason_code", "catastrophe_event", "supplied", "missing", "DecisionView.rules"),
            *("NoticeItem.reason", "TransactionView.reason", "EntryView.reason"),
        ),
        CODE,
    ),
    "StepView.covers": _like("^([a-z][a-z0-9_]{0,63})?$"),
    **{f"{view}.reason": CODE for view in ("DraftView", "ProductVersionView", "VersionFilesView")},
    "ChoiceView.code": _form(CHOICES["items"]),
    "DefinitionFaultView.code": _like("^[a-z0-9-]{1,100}$"),
    "ReportedPaymentView.code": _text(35),
    "SetAsideView.reason": _like("^[A-Za-z_]{1,100}$"),
    **dict.fromkeys(("type", "event_types"), _like(r"^[a-z_]+\.[a-z_]+$", 64)),
    "ErasureView.reason": REASON,
    # Who, where, when
    **dict.fromkeys(
        (
            *("actor", "answered_by", "approved_by", "authors", "by", "corrected_by"),
            *("decided_by", "handler", "notice_taken_by", "payee_named_by", "proposed_by"),
            *("recorded_by", "requested_by"),
        ),
        PERSON,
    ),
    **dict.fromkeys(("partner", "from_partner", "to_partner"), PARTNER),
    "producer": _of(fields.ReferenceCode),
    **dict.fromkeys(("territory", "territories"), PLACE),
    "jurisdiction": _like("^([A-Z]{2}(-[A-Z0-9]{1,3})?|elsewhere)$"),
    "FilingView.territory": PRODUCT_TEXT,
    "country": _of_field(party.Address, "country"),
    "language": _of(fields.Language),
    **dict.fromkeys(("DocumentView.language", "DocumentRowView.language"), WRITTEN_IN),
    **dict.fromkeys(("version", "weights_version"), VERSION),
    **dict.fromkeys(
        ("period", "closed_through", "locked_through", "BusinessReportView.since"), PERIOD
    ),
    "BusinessReportView.until": PERIOD,
    # People and their accounts
    **dict.fromkeys(("name", "holder", "against", "loss_payee", "registration_number"), NAME),
    "lines": _of(party.Line),
    "postcode": _of_field(party.Address, "postcode"),
    "email": _of(party.Email),
    **dict.fromkeys(("contact", "value"), _of_field(record.Contact, "value")),
    **{name: _of_field(party.Payee, name) for name in ("iban", "sort_code", "account_number")},
    **dict.fromkeys(("account_ending", "ending"), _like("^[0-9A-Z]{0,4}$")),
    "evidence": _of(party.EvidenceReference),
    **dict.fromkeys(("bank_reference", "reference", "report_id"), BANK_REFERENCE),
    "NoticeItem.reference": _of(DispatchReference),
    **{f"{view}.reference": NAME for view in ("ClaimView", "CustomerView", "PartyView")},
    "FilingView.reference": PRODUCT_TEXT,
    "ombudsman_reference": _of(fields.ReferenceCode),
    **dict.fromkeys(("carrier", "statement"), _text(140)),
    # Texts of products
    **dict.fromkeys(
        ("description", "excess_note", "help", "label", "pattern", "visible_when", "wording"),
        PRODUCT_TEXT,
    ),
    **{
        f"{view}.name": PRODUCT_TEXT
        for view in (
            *("CoverOnOfferView", "CoverView", "PlanView", "PremiumLineView", "PayoutStepView"),
            *("ProductSummaryView", "ProductView", "StepView", "ProductVersionView", "DraftView"),
            "VersionFilesView",
        )
    },
    "ChargeLineView.name": _text(2 * TEXT_MAX),
    **dict.fromkeys(("FindingView.reason", "ShareView.text", "findings", "codes"), SENTENCE),
    "answers_schema": _like(r"^/v1/products/[0-9A-Za-z_./?=-]{1,120}$"),
    # Sentences of ours
    **dict.fromkeys(
        ("advice", "appeal", "explanation", "figure", "ombudsman", "referred_because", "review"),
        SENTENCE,
    ),
    **dict.fromkeys(("notes", "sources", "HoldView.reason", "working", "unit"), SENTENCE),
    **dict.fromkeys(("on_hold", "TaskView.reason", "place", "rule"), SENTENCES),
    **dict.fromkeys(("DefinitionFaultView.detail", "pointer", "DriftView.field"), SENTENCE),
    "totals_differ": _like("^[A-Z]{3} (posted|source) [a-z_]{1,64}$"),
    # Texts of people, and of the bank
    **dict.fromkeys(("reason", "lifted_because", "reopened_because"), REASON),
    **dict.fromkeys(("NoteView.text", "DataRequestView.text", "DiaryEntryView.about"), REASON),
    "narrative": _text(notice.NARRATIVE_MAX),
    **dict.fromkeys(("ComplaintView.text", "ResponseView.text"), _of(fields.Narrative)),
    "ReportedPaymentView.reason": SENTENCES,
    **dict.fromkeys(("before", "after", "OpenedRowView.values"), _text(ANSWERS_BYTES_MAX)),
    # Files, links, hashes, figures
    **dict.fromkeys(("sha256", "stored_sha256", "content", "hash", "previous_hash"), HASH),
    **dict.fromkeys(("root", "previous", "LeafView.head", "events", "event_path", "path"), HASH),
    **dict.fromkeys(("signature", "public_key"), _like("^[0-9A-Za-z+/]{32,600}={0,2}$")),
    "key_id": _like("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9A-Za-z-]{1,100}$", 200),
    "url": URL,
    **dict.fromkeys(("WebhookView.url", "WebhookSecretView.url"), URL | {"maxLength": URL_MAX}),
    "UploadView.fields": _text(8_000),
    "PaymentFileView.name": _like(
        rf"^(live|test)/outgoing/{_of(identity.PaymentFileId)['pattern'][1:-1]}\.xml$"
    ),
    **dict.fromkeys(("entry", "list_version", "InterestedPartyView.phone"), NAME),
    **dict.fromkeys(("load", "commission_share", "measured", "InterestedPartyView.share"), DECIMAL),
    **dict.fromkeys(("operand", "raw"), _like(r"^-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?$", 160)),
    **dict.fromkeys(("loss_ratio", "expense_ratio", "combined_ratio"), DECIMAL),
    **dict.fromkeys(("csv", "openlineage", "JournalView.text", "LedgerExportView.text"), FILE),
    **dict.fromkeys(("document", "tables", "scenarios"), _text(FILES_SHOWN_BYTES_MAX)),
    "RegisterView.items": NAME,
    "next": CURSOR,
    "ScreeningRunView.next": _of(identity.InForcePosition),
}


def _from_to(least: int, most: int) -> Json:
    return {"minimum": least, "maximum": most}


SUM = _from_to(-AMOUNT_MAX, AMOUNT_MAX)
EVENTS = _from_to(0, SEQUENCE_MAX)
TRANSACTION = _from_to(1, 1_000)
SECONDS = _from_to(0, 10**10)
"""Three hundred years, which every instant of ours lies in (`fields.YEARS`)."""
NUMBERS: Final[dict[str, Json]] = {
    "status_code": _from_to(100, 599),
    "milliseconds": _from_to(0, 60_000),
    **dict.fromkeys(("amount", "figure", "InvariantView.against", "imbalance"), SUM),
    **dict.fromkeys(("part", "whole", "within"), _from_to(0, AMOUNT_MAX)),
    **dict.fromkeys(
        ("revision", "policy_revision", "head", "has", "leaf_index", "sequence", "correction"),
        EVENTS,
    ),
    **dict.fromkeys(
        ("transaction", "judged_on", "follows", "reapplies", "reversed_by"), TRANSACTION
    ),
    "TransactionView.number": TRANSACTION,
    **dict.fromkeys(("notice", "NoticeItem.number"), _from_to(1, notices.NOTICES_MAX)),
    **dict.fromkeys(
        ("request", "DataRequestView.number", "DataRequestSummaryView.number"),
        _from_to(1, record.HISTORY_MAX),
    ),
    "DataExportView.number": _from_to(1, record.HISTORY_MAX),
    "RecoveryView.number": _from_to(1, claim.RECOVERIES_MAX),
    "number": _from_to(1, SEQUENCE_MAX),
    **dict.fromkeys(
        ("aggregates", "failed", "jobs", "moving", "parked", "policies", "scenarios"), EVENTS
    ),
    **dict.fromkeys(("heads", "roots", "streams", "BrokenLinkListView.events"), EVENTS),
    **dict.fromkeys(("first", "last", "RootDocumentView.version"), _from_to(1, SEQUENCE_MAX)),
    "entries": _from_to(0, PAGE_MAX),
    "counts": _from_to(0, statement.ENTRIES_MAX),
    "kept": _from_to(0, kept_report.KEPT_MAX),
    "score": _from_to(0, 100),
    **dict.fromkeys(("weight", "prior"), _from_to(-2_000, 2_000)),
    "other_claims": _from_to(0, CLAIMS_MAX),
    "age_days": _from_to(0, 110_000),
    **dict.fromkeys(("age_seconds", "oldest_kept_report_seconds"), SECONDS),
    "size_bytes": _from_to(0, 5 * 2**30),
    "EvidenceView.size_bytes": _from_to(1, media.BYTES_MAX),
}
"""A file is put in one piece, of at most 5 GiB."""

RULES_MAX: Final = 1_000
"""Of a product: 200 exclusions and 200 rules, each for all covers and for one, and those of every claim."""
ITEMS: Final[dict[str, int]] = {
    "items": PAGE_MAX,
    "event_types": EVENT_TYPES_MAX,
    "EvidenceListView.items": evidence.EVIDENCE_MAX,
    "NoticesView.items": notices.NOTICES_MAX,
    "invoices": 366 + servicing.CHANGES_MAX,
    **dict.fromkeys(("OutcomeListView.items", "PaymentFilesView.files"), LISTED_MAX),
    **dict.fromkeys(
        ("accounts", "addresses", "consents", "contacts", "data_requests", "names", "restrictions"),
        record.HISTORY_MAX,
    ),
    **dict.fromkeys(("TrialBalanceView.accounts", "balances"), len(Account)),
    **dict.fromkeys(("event_path", "path"), PATH_MAX),
    "BrokenLinkListView.items": PAGE_MAX + 1,
    **dict.fromkeys(("by_cover", "covers", "options", "exclusions"), covers.COVERS_MAX),
    "lines": party.Address.model_json_schema()["properties"]["lines"]["maxItems"],
    "PremiumView.lines": 40,
    "ComputationView.lines": 200,
    "commission_of": holders.FORMER_HOLDERS_MAX + 1,
    "CorrectionView.changes": 8,
    "invariants": 20 + len(Account),
    "choices": CHOICES["maxItems"],
    "contracts": PAGE_MAX,
    "decisions": claim.DECISIONS_MAX,
    "diary": diary.DIARY_MAX,
    **dict.fromkeys(("ended_terms", "other_policies", "holds", "opened"), LISTED_MAX),
    **dict.fromkeys(("open_quotes", "quotes", "rows"), LISTED_MAX),
    "policies": POLICIES_MAX,
    "endorsements": holders.ENDORSEMENTS_MAX,
    "entries": statement.ENTRIES_MAX,
    **dict.fromkeys(("StepView.covers", "fields"), 60),
    "files": 2,
    "filings": PRODUCT["filings"]["maxItems"],
    "findings": 600,
    **dict.fromkeys(("former_holders", "former_partners"), holders.FORMER_HOLDERS_MAX),
    "interested_parties": INTERESTED_PARTIES_MAX,
    "joint_holders": holders.JOINT_HOLDERS_MAX,
    "gaps": GAPS_MAX,
    "instalments": 366,
    "StepView.items": 100,
    "kept_reports": kept_report.KEPT_MAX,
    "lacking": len(Consumer),
    "set_aside": SET_ASIDE_MAX,
    "members": record.MEMBERS_MAX,
    "missing": 200,
    "notes": diary.NOTES_MAX,
    "parties": party.ACCESS_MAX,
    "payers": payer.PAYERS_MAX,
    **dict.fromkeys(("left_out", "payments"), payment_file.PAYMENTS_PER_FILE_MAX),
    "BillingView.payments": account.PAYMENTS_MAX,
    "ClaimView.payments": claim.PAYMENTS_MAX,
    **dict.fromkeys(("authors", "changes", "differences", "matches", "postings"), STORED_MAX),
    **dict.fromkeys(("checks", "supplied", "ComputationView.notes"), 20),
    **dict.fromkeys(("deadlines", "sources"), 10),
    "questions": PRODUCT["questions"]["maxItems"],
    **dict.fromkeys(("reapplied", "reversed"), servicing.LATER_CHANGES_MAX),
    "recoveries": claim.RECOVERIES_MAX,
    "redress": REDRESS_MAX,
    "refunds": account.REFUNDS_MAX,
    "returns": suspense.RETURNS_MAX,
    "reserves": len(CostType),
    **dict.fromkeys(("rules", "wording"), RULES_MAX),
    "same_loss_as": notice.CLAIMS_PER_POLICY_MAX,
    "segments": servicing.CHANGES_MAX + 1,
    **dict.fromkeys(("steps", "new_business_steps"), 300),
    **dict.fromkeys(("flags", "policy_flags"), len(PolicyFlag)),
    "territories": PRODUCT["territories"]["maxItems"],
    **dict.fromkeys(("totals_differ", "wrong"), SHOWN_MAX),
    "warnings": FAULTS_SHOWN_MAX,
}


def string_form(schema: str, name: str) -> Json:
    return STRINGS.get(f"{schema}.{name}") or STRINGS.get(name, {})


def number_form(schema: str, name: str) -> Json:
    return NUMBERS.get(f"{schema}.{name}") or NUMBERS.get(name, {})


def items_max(schema: str, name: str) -> int | None:
    return ITEMS.get(f"{schema}.{name}") or ITEMS.get(name)
