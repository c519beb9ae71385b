"""How customers, an erasure and the access of persons are shown."""

from datetime import date, datetime
from typing import Any, Literal, Self

from pydantic import BaseModel

from insurance.api.etag import etag
from insurance.api.views.terms import AddressView, Shown, View
from insurance.domain.core.classification import FileLink, Personal
from insurance.domain.core.stored import Stored
from insurance.domain.party.correction_record import CorrectedField
from insurance.domain.party.data_request import DataRequest, DataRequestKind, DataRequestOutcome
from insurance.domain.party.demands import RestrictionKind
from insurance.domain.party.party import Access, Erasure
from insurance.domain.party.record import ContactKind, DatedAccount, Party, PartyKind
from insurance.domain.privacy.legal_hold import DataHold, HoldCode, LegalHold
from insurance.operations.parties.export_data import DataDownload
from insurance.operations.parties.read_party import Customer
from insurance.operations.parties.record_data_request import RequestOfParty


class ErasureView(View):
    """The erasure of a party's personal data: done, or waiting for the end of the legal hold."""

    party_id: str
    reason: Personal[str]
    erased_at: datetime | None = None
    """When it was done; absent while it waits."""
    requested_at: datetime | None = None
    check_at: datetime | None = None
    """When the hold is looked at again."""

    @classmethod
    def of(cls, result: Erasure | Party) -> Self:
        if isinstance(result, Erasure):
            return cls(party_id=result.party_id, reason=result.reason, erased_at=result.erased_at)
        requested = result.erasure
        if requested is None:
            raise ValueError("a party is shown here while its erasure waits")
        return cls(
            party_id=result.id,
            reason=requested.reason,
            requested_at=requested.requested_at,
            check_at=requested.check_at,
        )


class ContactView(Shown):
    """How to reach a customer, and since when."""

    kind: ContactKind
    value: str
    since: datetime


class DatedNameView(Shown):
    """A name, and since when it is theirs."""

    name: str
    since: datetime


class DatedAddressView(Shown):
    """An address, and since when it is theirs."""

    address: AddressView
    since: datetime


class AccountView(Shown):
    """A bank account; the number's last characters alone."""

    holder: str
    ending: str
    since: datetime

    @classmethod
    def of(cls, dated: DatedAccount) -> Self:
        account = dated.account
        return cls(holder=account.name, ending=account.ending or "", since=dated.since)


class ConsentView(Shown):
    """What a customer allowed or forbade."""

    purpose: str
    given: bool
    at: datetime
    recorded_by: str


class RestrictionView(Shown):
    """What a customer demanded of the use of their data."""

    kind: RestrictionKind
    reason: str
    since: datetime
    lifted_at: datetime | None
    """Null: it stands."""
    lifted_because: str | None


class DataRequestSummaryView(BaseModel):
    """What a customer asked for about their data."""

    number: int
    kind: DataRequestKind
    requested_at: datetime
    due_at: datetime
    """The first instant that is too late."""
    answered_at: datetime | None
    outcome: DataRequestOutcome | None
    """Null: nobody has answered it yet."""
    correction: int | None
    """Of a rectification: the revision of the customer in which it was done."""

    @classmethod
    def of(cls, request: DataRequest) -> Self:
        return cls(
            number=request.number,
            kind=request.kind,
            requested_at=request.deadline.started_at,
            due_at=request.deadline.due_at,
            answered_at=request.deadline.met_at,
            outcome=request.outcome,
            correction=request.correction,
        )


class CorrectionRecordView(Shown):
    """The last correction: what was corrected, from when it holds, and on what grounds."""

    fields: list[CorrectedField]
    since: datetime
    reason: str
    evidence: str | None
    request: int | None
    """The number of the request for a rectification that it answers."""
    corrected_at: datetime
    corrected_by: str


class PartyView(View):
    """A customer: who they are, how to reach them, and what they said about their data."""

    id: str
    revision: int
    """0: no command has written the party, which is the policyholder of its first quote."""
    kind: PartyKind
    name: Personal[str]
    names: Personal[list[DatedNameView]]
    date_of_birth: Personal[date | None]
    registration_number: Personal[str | None]
    contacts: Personal[list[ContactView]]
    addresses: Personal[list[DatedAddressView]]
    accounts: Personal[list[AccountView]]
    language: Personal[str | None]
    reference: Personal[str | None]
    consents: Personal[list[ConsentView]]
    restrictions: Personal[list[RestrictionView]]
    data_requests: list[DataRequestSummaryView]
    last_correction: Personal[CorrectionRecordView | None]
    """Absent: nothing was corrected."""
    members: list[str]
    """The parties that were merged into this one."""
    erasure_check_at: datetime | None
    """An erasure waits, and this is when its legal hold is looked at again; absent: none waits."""
    created_at: datetime

    @classmethod
    def of_stored(cls, stored: Stored[Party]) -> Self:
        return cls(**_shown(stored))


class ContractView(View):
    """A quote, and the policy that it became."""

    quote_id: str
    policy_id: str | None


class CustomerView(PartyView):
    """A customer with their contracts."""

    contracts: list[ContractView]
    """The first hundred, in the order of their ids. A new one is listed a moment later."""

    @classmethod
    def of(cls, customer: Customer) -> Self:
        contracts = [ContractView(**each._asdict()) for each in customer.contracts]
        return cls(**_shown(customer.party), contracts=contracts)


def _shown(stored: Stored[Party]) -> dict[str, Any]:
    party = stored.record
    return {
        "etag": etag(stored.head.sequence, "party"),
        "id": party.id,
        "revision": stored.head.sequence,
        "kind": party.kind,
        "name": party.policyholder.name,
        "names": [DatedNameView.of(each) for each in party.names],
        "date_of_birth": party.date_of_birth,
        "registration_number": party.registration_number,
        "contacts": [ContactView.of(each) for each in party.contacts],
        "addresses": [DatedAddressView.of(each) for each in party.addresses],
        "accounts": [AccountView.of(each) for each in party.accounts],
        "language": party.language,
        "reference": party.reference,
        "consents": [ConsentView.of(each) for each in party.consents],
        "restrictions": [RestrictionView.of(each) for each in party.restrictions],
        "data_requests": [DataRequestSummaryView.of(each) for each in party.requests],
        "last_correction": CorrectionRecordView.of(party.last_correction)
        if party.last_correction
        else None,
        "members": list(party.members),
        "erasure_check_at": party.erasure.check_at if party.erasure else None,
        "created_at": party.created_at,
    }


class DataRequestView(View):
    """What a customer asks for about their data, and how it was answered."""

    party_id: str
    number: int
    kind: DataRequestKind
    text: Personal[str]
    requested_at: datetime
    due_at: datetime
    """The first instant that is too late."""
    late: bool
    """Whether it was answered too late, or is too late by now."""
    outcome: DataRequestOutcome | None
    """Null: nobody has answered it yet."""
    reason: Personal[str]
    answered_at: datetime | None
    answered_by: str | None

    @classmethod
    def of(cls, made: RequestOfParty, *, now: datetime) -> Self:
        request, deadline = made.request, made.request.deadline
        return cls(
            party_id=made.party_id,
            number=request.number,
            kind=request.kind,
            text=request.text,
            requested_at=deadline.started_at,
            due_at=deadline.due_at,
            late=deadline.is_missed(now),
            outcome=request.outcome,
            reason=request.reason,
            answered_at=deadline.met_at,
            answered_by=request.answered_by,
        )


class ExportFileView(BaseModel):
    """One form of an export, behind a link."""

    media_type: Literal["application/json", "application/pdf"]
    size_bytes: int
    sha256: str
    url: FileLink[str]
    """Anybody who has it can read the file until it expires: give it to the person alone."""
    expires_at: datetime


class DataExportView(View):
    """An export of a party's data with links to its files. A replay answers with the first links."""

    party_id: str
    number: int
    request: int | None
    """The number of the request that it answers."""
    requested_at: datetime
    due_at: datetime
    """The first instant that would have been too late."""
    late: bool
    made_at: datetime
    contracts_as_of: datetime
    """All parts together have the contracts that there were then: the first part was made then."""
    files: list[ExportFileView]
    """The same data for computers (JSON) and for people (an accessible PDF)."""
    next: str | None
    """What follows is another part: repeat the call with it as `after`. Null: this is the last part, or all."""

    @classmethod
    def of(cls, made: DataDownload) -> Self:
        export = made.export
        file = ExportFileView(
            media_type="application/json",
            size_bytes=export.size_bytes,
            sha256=export.sha256,
            url=made.file.url,
            expires_at=made.file.expires_at,
        )
        document = ExportFileView(
            media_type="application/pdf",
            size_bytes=export.document_size_bytes,
            sha256=export.document_sha256,
            url=made.document.url,
            expires_at=made.document.expires_at,
        )
        return cls(
            party_id=made.party_id,
            number=export.number,
            request=export.request,
            requested_at=export.requested_at,
            due_at=export.due_at,
            late=export.is_late,
            made_at=export.made_at,
            contracts_as_of=export.as_of,
            files=[file, document],
            next=export.next,
        )


class HoldView(View):
    """One reason why a party's data are kept."""

    code: HoldCode
    about: str
    reason: str
    until: datetime | None = None
    """The first instant without it; absent: until somebody ends it."""

    @classmethod
    def of(cls, hold: DataHold) -> Self:
        return cls(code=hold.code, about=hold.about, reason=hold.reason, until=hold.until)


class LegalHoldView(View):
    """The legal hold on a party's data at an instant. Without any hold the data may be erased."""

    holds: list[HoldView]
    possible_from: datetime | None = None
    """From when the data may be erased, as things stand; absent: now, or when all holds are ended."""

    @classmethod
    def of(cls, hold: LegalHold) -> Self:
        return cls(holds=[HoldView.of(one) for one in hold.holds], possible_from=hold.free_from)


class AccessView(View):
    """The parties whose policies a signed-in person sees."""

    person_id: str
    parties: list[str]

    @classmethod
    def of(cls, access: Access) -> Self:
        return cls(person_id=access.person_id, parties=list(access.parties))
