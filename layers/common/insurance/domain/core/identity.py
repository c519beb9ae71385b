"""Ids: prefixed, separate for live and test, and derived from the parent where there is one per parent.

A quote, the policy that it becomes, its policyholder and the policy's claims share one suffix. Any one
of these ids gives the keys of all the others, so they are read in one round trip.
"""

from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from pydantic import StringConstraints

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter is taken for a digit when it is read over the telephone."""

SUFFIX_LENGTH = 16
"""80 bits for a quote and the objects related to it. The condition on the write refuses a clash."""

NOTICE_LENGTH = 6
"""30 bits more tell one policy's claims apart. `pay_test_…_12` then fits the 35 characters of a
bank's end-to-end reference."""

DOCUMENT_LENGTH = 10
"""50 bits more tell one policy's documents apart."""

APPLICATION_LENGTH = 20
"""100 bits of an application's code."""

TOKEN_LENGTH = 26
"""130 bits of a keyed hash."""


class Mode(StrEnum):
    """Live and test never meet: in a key, a token, an event or a total."""

    LIVE = "live"
    TEST = "test"


def _pattern(prefix: str, length: int = SUFFIX_LENGTH, ending: str = "") -> StringConstraints:
    return StringConstraints(pattern=rf"^{prefix}_(test_)?[{ALPHABET}]{{{length}}}{ending}$")


QuoteId = Annotated[str, _pattern("quo")]
PolicyId = Annotated[str, _pattern("pol")]
InForcePosition = Annotated[
    str,
    StringConstraints(pattern=rf"^([{ALPHABET}]#(pol_(test_)?[{ALPHABET}]{{{SUFFIX_LENGTH}}})?)?$"),
]
"""A position among the policies in force: a shard, and the last policy that was read in it."""
PartyId = Annotated[str, _pattern("pty")]
ClaimId = Annotated[str, _pattern("clm", SUFFIX_LENGTH + NOTICE_LENGTH)]
PaymentId = Annotated[str, _pattern("pay", SUFFIX_LENGTH + NOTICE_LENGTH, r"_[1-9][0-9]?")]
EvidenceId = Annotated[str, _pattern("evd", SUFFIX_LENGTH + NOTICE_LENGTH, r"_[1-9][0-9]?")]
UploadId = Annotated[str, _pattern("upl")]
PersonId = Annotated[str, StringConstraints(pattern=r"^per_(test_)?[0-9a-f]{32}$")]
"""A person who signed in through a partner's portal; `access.people` derives it."""
PaymentFileId = Annotated[str, _pattern("pmf")]
ComplaintId = Annotated[str, _pattern("cmp", SUFFIX_LENGTH + NOTICE_LENGTH)]
RedressId = Annotated[str, _pattern("rdr", SUFFIX_LENGTH + NOTICE_LENGTH, r"_[1-9][0-9]?")]
ScreeningId = Annotated[str, _pattern("scr")]
BillingId = Annotated[str, _pattern("bil")]
VersionId = Annotated[str, _pattern("prd")]
SuspenseId = Annotated[str, _pattern("sus")]
EarningsId = Annotated[str, _pattern("ear")]
RefundId = Annotated[str, _pattern("rfd", ending=r"_[1-9][0-9]?")]
"""Of a policy's premium; what is given back of a payment in suspense is `ret_…`."""
ReturnId = Annotated[str, _pattern("ret", ending=r"_[1-9][0-9]?")]
InstructionId = Annotated[
    str,
    StringConstraints(
        pattern=rf"^((pay|rdr)_(test_)?[{ALPHABET}]{{{SUFFIX_LENGTH + NOTICE_LENGTH}}}"
        rf"|(rfd|ret)_(test_)?[{ALPHABET}]{{{SUFFIX_LENGTH}}})_[1-9][0-9]?$"
    ),
]
"""A payment instruction to the bank: a claim's payment, redress, a refund, a return."""
KeptReportId = Annotated[
    str,
    StringConstraints(
        pattern=rf"^((pay|rdr)_(test_)?[{ALPHABET}]{{{SUFFIX_LENGTH + NOTICE_LENGTH}}}"
        rf"|(rfd|ret)_(test_)?[{ALPHABET}]{{{SUFFIX_LENGTH}}})_[1-9][0-9]?_[1-9][0-9]{{0,3}}$"
    ),
]
"""A report of the bank on a payment instruction that was kept: the instruction and a number."""
InvoiceId = Annotated[str, _pattern("inv", ending=r"_[1-9][0-9]{0,2}")]
CalendarId = Annotated[str, StringConstraints(pattern=r"^cal_(test_)?books$")]
RegisterId = Annotated[str, _pattern("reg")]
DocumentId = Annotated[str, _pattern("doc", SUFFIX_LENGTH + DOCUMENT_LENGTH)]
WebhookId = Annotated[str, _pattern("whk")]
ApplicationId = Annotated[str, _pattern("app", APPLICATION_LENGTH)]
AccessPolicyId = Annotated[str, _pattern("acp")]
StopId = Annotated[str, _pattern("stp")]
BatchId = Annotated[str, _pattern("bat")]
MatchId = Annotated[str, _pattern("mat")]

StreamId = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}_(test_)?[0-9a-z_-]{1,60}$")]
"""Any aggregate whose changes are events."""


def fingerprint(*parts: str) -> bytes:
    """SHA-256 of the parts, each with its length, so that ("a", "bc") is not ("ab", "c")."""
    digest = sha256()
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.digest()


def new_quote_id(mode: Mode, principal: str, key: str) -> QuoteId:
    """One caller's one idempotency key makes one quote."""
    prefix = "quo_test_" if mode is Mode.TEST else "quo_"
    return prefix + _letters(fingerprint("quote", mode, principal, key), SUFFIX_LENGTH)


def renewal_quote_id_for(policy_id: PolicyId, holder: PartyId | None = None) -> QuoteId:
    """A policy has one renewal quote, however often and by whom it is requested.

    `holder`: who holds it since that one was made for a former holder; they have one of their own.
    """
    prefix = "quo_test_" if mode_of(policy_id) is Mode.TEST else "quo_"
    own = (holder,) if holder else ()
    return prefix + _letters(fingerprint("renewal", policy_id, *own), SUFFIX_LENGTH)


def new_claim_id(policy_id: PolicyId, principal: str, key: str) -> ClaimId:
    """One caller's one idempotency key makes one claim on the policy."""
    notice = _letters(fingerprint("claim", policy_id, principal, key), NOTICE_LENGTH)
    return _related("clm", policy_id) + notice


def policy_id_for(
    id: QuoteId | PartyId | ClaimId | BillingId | EarningsId | DocumentId,
) -> PolicyId:
    """A quote becomes one policy at most: the key that cannot repeat."""
    return _related("pol", id)


def party_id_for(id: QuoteId | PolicyId | ClaimId) -> PartyId:
    """The party of a quote that names no other, and of the policy that comes of it."""
    return _related("pty", id)


def new_party_id(mode: Mode, principal: str, key: str) -> PartyId:
    """One caller's one idempotency key makes one party."""
    return _party_prefix(mode) + _letters(fingerprint("party", mode, principal, key), SUFFIX_LENGTH)


def referenced_party_id(mode: Mode, partner: str, token: str) -> PartyId:
    """A partner's own reference names one party; `token` is the reference's index token."""
    return _party_prefix(mode) + _letters(
        fingerprint("party reference", mode, partner, token), SUFFIX_LENGTH
    )


def _party_prefix(mode: Mode) -> str:
    return "pty_test_" if mode is Mode.TEST else "pty_"


def named_party(party_id: PartyId, contract_id: str) -> PartyId | None:
    """The party as a record of the contract names it. None: the contract's id gives it."""
    return None if party_id == party_id_for(contract_id) else party_id


def transferee_id_for(policy_id: PolicyId, principal: str, key: str) -> PartyId:
    """One caller's one idempotency key makes one new holder of the policy."""
    prefix = "pty_test_" if mode_of(policy_id) is Mode.TEST else "pty_"
    return prefix + _letters(fingerprint("transferee", policy_id, principal, key), SUFFIX_LENGTH)


def screening_id_for(id: QuoteId | PolicyId) -> ScreeningId:
    """One screening case for a quote and the policy that it becomes."""
    return _related("scr", id)


def billing_id_for(policy_id: PolicyId) -> BillingId:
    """A policy has one account."""
    return _related("bil", policy_id)


def refund_id_for(id: PolicyId | SuspenseId, number: int) -> RefundId | ReturnId:
    """The nth refund of a policy, or return of a payment in suspense; counted from 1."""
    prefix = "ret" if id.startswith("sus") else "rfd"
    return f"{_related(prefix, id)}_{number}"


def suspense_id_of(return_id: ReturnId) -> SuspenseId:
    return _related("sus", return_id.rsplit("_", 1)[0])


def invoice_id_for(policy_id: PolicyId, number: int) -> InvoiceId:
    """The policy's nth due; counted from 1."""
    return f"{_related('inv', policy_id)}_{number}"


def numbered(id: RefundId | InvoiceId) -> tuple[PolicyId, int]:
    """The policy that it belongs to, and its number."""
    stem, number = id.rsplit("_", 1)
    return _related("pol", stem), int(number)


def earnings_id_for(policy_id: PolicyId) -> EarningsId:
    """A policy's premium is earned once."""
    return _related("ear", policy_id)


def calendar_id_for(mode: Mode) -> CalendarId:
    """The ledger of a mode has one calendar."""
    return "cal_test_books" if mode is Mode.TEST else "cal_books"


def suspense_id_for(mode: Mode, reference: str) -> SuspenseId:
    """One payment from outside stands in suspense once."""
    prefix = "sus_test_" if mode is Mode.TEST else "sus_"
    return prefix + _letters(fingerprint("suspense", mode, reference), SUFFIX_LENGTH)


def version_id_for(mode: Mode, code: str, version: str) -> VersionId:
    """One version of one product, in one mode."""
    prefix = "prd_test_" if mode is Mode.TEST else "prd_"
    return prefix + _letters(fingerprint("product", mode, code, version), SUFFIX_LENGTH)


def partner_id_for(mode: Mode, code: str) -> str:
    """One partner of one code, in one mode."""
    prefix = "prt_test_" if mode is Mode.TEST else "prt_"
    return prefix + _letters(fingerprint("partner", mode, code), SUFFIX_LENGTH)


def application_id_for(mode: Mode, code: str) -> ApplicationId:
    """One application of one code, in one mode."""
    prefix = "app_test_" if mode is Mode.TEST else "app_"
    return prefix + _letters(sha256(code.encode()).digest()[:16], APPLICATION_LENGTH)


def api_product_id_for(mode: Mode, code: str) -> str:
    """One API product, in one mode: partners read its code in it."""
    return f"apd_test_{code}" if mode is Mode.TEST else f"apd_{code}"


def register_id_for(policy_id: PolicyId) -> RegisterId:
    """A policy has one register of the documents that were made of it."""
    return _related("reg", policy_id)


def new_document_id(policy_id: PolicyId, sealed: bytes, edition: str) -> DocumentId:
    """The same content, set in the same way, is the same document.

    The content is sealed, so that nobody can guess a name and check the guess by the id.
    """
    letters = _letters(fingerprint("document", sealed.hex(), edition), DOCUMENT_LENGTH)
    return _related("doc", policy_id) + letters


def quote_id_for(id: PolicyId | PartyId) -> QuoteId:
    return _related("quo", id)


def payment_id_for(claim_id: ClaimId, number: int) -> PaymentId:
    """The claim's nth payment; `number` counts from 1."""
    return f"pay_{claim_id.split('_', 1)[1]}_{number}"


def evidence_id_for(claim_id: ClaimId, number: int) -> EvidenceId:
    """The claim's nth file; `number` counts from 1."""
    return f"evd_{claim_id.split('_', 1)[1]}_{number}"


def file_mark(policy_id: PolicyId, sealed_digest: bytes) -> str:
    """What identifies a file again on claims of the same policy.

    The digest is sealed, so that nobody who has a file can check whether we have it too.
    """
    return _letters(fingerprint("file", policy_id, sealed_digest.hex()), SUFFIX_LENGTH)


def reference_mark(policy_id: PolicyId, sealed_reference: bytes) -> str:
    """What identifies an outside reference again on claims of the same policy; sealed, as a file's is."""
    return _letters(fingerprint("reference", policy_id, sealed_reference.hex()), SUFFIX_LENGTH)


def index_key_id_for(mode: Mode) -> str:
    """A mode has one key for the values that an index holds."""
    return f"index_key_{mode}"


def index_token(field: str, sealed_value: bytes) -> str:
    """What stands for a value in an index.

    The value is sealed, so that nobody who reads the index can guess a value and check the guess.
    """
    return _letters(fingerprint("index", field, sealed_value.hex()), TOKEN_LENGTH)


def payment_file_id_for(mode: Mode, principal: str, key: str) -> PaymentFileId:
    """One caller's one idempotency key makes one file for the bank: its message's id."""
    prefix = "pmf_test_" if mode is Mode.TEST else "pmf_"
    return prefix + _letters(fingerprint("payment file", mode, principal, key), SUFFIX_LENGTH)


def upload_id_for(mode: Mode, principal: str, digest: str) -> UploadId:
    """One file of one caller: `digest` is its SHA-256 in hexadecimal. Nobody else's file has this id."""
    prefix = "upl_test_" if mode is Mode.TEST else "upl_"
    return prefix + _letters(fingerprint("upload", mode, principal, digest), SUFFIX_LENGTH)


def new_webhook_id(mode: Mode, principal: str, key: str) -> WebhookId:
    """One caller's one idempotency key makes one webhook."""
    prefix = "whk_test_" if mode is Mode.TEST else "whk_"
    return prefix + _letters(fingerprint("webhook", mode, principal, key), SUFFIX_LENGTH)


def stops_id_for(mode: Mode) -> str:
    """The stops of a mode are one aggregate."""
    return "stp_test_register" if mode is Mode.TEST else "stp_register"


def new_stop_id(mode: Mode, principal: str, key: str) -> StopId:
    """One caller's one idempotency key sets one stop."""
    prefix = "stp_test_" if mode is Mode.TEST else "stp_"
    return prefix + _letters(fingerprint("stop", mode, principal, key), SUFFIX_LENGTH)


def access_policy_id_for(mode: Mode, code: str) -> AccessPolicyId:
    """One access policy of one code, in one mode."""
    prefix = "acp_test_" if mode is Mode.TEST else "acp_"
    return prefix + _letters(fingerprint("access policy", mode, code), SUFFIX_LENGTH)


def source_id_for(mode: Mode, code: str) -> str:
    """One source of one code, in one mode."""
    prefix = "src_test_" if mode is Mode.TEST else "src_"
    return prefix + _letters(fingerprint("source", mode, code), SUFFIX_LENGTH)


def match_id_for(one: PartyId, other: PartyId) -> MatchId:
    """Two parties have one match, whichever is named first.

    Raises:
        ValueError: One of them is live, and the other one is test data.
    """
    if mode_of(one) is not mode_of(other):
        raise ValueError(f"{one} and {other} are of two modes")
    prefix = "mat_test_" if mode_of(one) is Mode.TEST else "mat_"
    return prefix + _letters(fingerprint("match", *sorted((one, other))), SUFFIX_LENGTH)


def batch_id_for(source_id: str, version: int, digest: str) -> BatchId:
    """One file makes one batch of a version of a source; `digest` is its SHA-256 in hexadecimal."""
    prefix = "bat_test_" if mode_of(source_id) is Mode.TEST else "bat_"
    return prefix + _letters(fingerprint("batch", source_id, str(version), digest), SUFFIX_LENGTH)


def row_id_for(batch_id: BatchId, number: int) -> str:
    """One row of a batch, by its place in the file."""
    return f"{_related('row', batch_id)}{number:08d}"


def claim_id_for(payment_id: PaymentId) -> ClaimId:
    return f"clm_{payment_id.split('_', 1)[1].rsplit('_', 1)[0]}"


def new_complaint_id(about: QuoteId | PolicyId | ClaimId, principal: str, key: str) -> ComplaintId:
    """One caller's one idempotency key makes one complaint; it shares the suffix of the quote and policy."""
    return _related("cmp", about) + _letters(
        fingerprint("complaint", about, principal, key), NOTICE_LENGTH
    )


def redress_id_for(complaint_id: ComplaintId, number: int) -> RedressId:
    """The complaint's nth payment; `number` counts from 1."""
    return f"rdr_{complaint_id.split('_', 1)[1]}_{number}"


def complaint_id_for(redress_id: RedressId) -> ComplaintId:
    return f"cmp_{redress_id.split('_', 1)[1].rsplit('_', 1)[0]}"


def mode_of(id: str) -> Mode:
    return Mode.TEST if id.split("_", 2)[1] == Mode.TEST else Mode.LIVE


def _related(prefix: str, id: str) -> str:
    """The id of a related object: another prefix, the same suffix, without a claim's own letters."""
    _, *mode, suffix = id.split("_")
    return "_".join([prefix, *mode, suffix[:SUFFIX_LENGTH]])


def _letters(digest: bytes, length: int) -> str:
    number = int.from_bytes(digest, "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(length))
