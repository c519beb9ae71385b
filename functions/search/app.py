"""Search: list and find quotes, policies, claims and what belongs to them, in the caller's own book."""

from dataclasses import replace
from typing import Annotated, Any

from insurance import bundles, wiring
from insurance.api.fields import Subject, Text
from insurance.api.paging import Page
from insurance.api.parameters import Flag, OptionalInstant, Parameters, renamed
from insurance.api.requests.search import (
    ClaimSearchRequest,
    ComplaintSearchRequest,
    PartySearchRequest,
    PolicySearchRequest,
    RegistrationRequest,
)
from insurance.api.router import Api
from insurance.api.views.search import (
    ClaimListView,
    ComplaintListView,
    DocumentListView,
    KeptReportListView,
    PartyListView,
    PaymentListView,
    PolicyListView,
    QuoteListView,
    SuspenseListView,
)
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.billing.suspense import SuspenseStatus
from insurance.domain.claim import Handling
from insurance.domain.complaint.lifecycle import ComplaintStatus
from insurance.domain.contract.number import normalise_number
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.identity import PartyId
from insurance.domain.core.roles import CLAIM_READERS, EVERY_ROLE, SERVICING_ROLES, Role
from insurance.domain.core.scopes import Scope
from insurance.domain.document.document import DocumentKind
from insurance.domain.quote.quote import QuoteStatus
from insurance.domain.search.entry import (
    STATUS,
    ObjectKind,
    PolicyListStatus,
    SearchField,
    SearchKey,
)
from insurance.operations.command import Query
from insurance.operations.listing import ListPage
from insurance.operations.search.find_objects import find_objects, list_own_policies
from insurance.operations.search.list_objects import ListFilter, list_objects
from insurance.operations.search.search_key import Marks, search_key_of
from pydantic import Field, StringConstraints

ports = bundles.search_ports()

api = Api(edge=wiring.edge())
handler = api.entrypoint()

SELLERS = {CallerKind.APPLICATION, CallerKind.STAFF}
COMPLAINT_READERS = {
    *(Role.COMPLAINTS_HANDLER, Role.SUPERVISOR, Role.COMPLIANCE, Role.AUDITOR),
    *(Role.CALL_CENTRE, Role.CLAIMS_HANDLER),
}
PAYMENT_READERS = CLAIM_READERS | {Role.FINANCE}
CUSTOMER_READERS = SERVICING_ROLES | CLAIM_READERS | {Role.PRIVACY_OFFICER}
"""Who looks people up: those whom customers talk to, and those who answer for it."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]


class SuspenseListParameters(Parameters):
    """Of money that is nobody's so far: it is in no partner's book."""

    status: SuspenseStatus | None = Field(None, description="How far the payment has come")
    since: OptionalInstant = Field(
        None, description="First instant at which what is listed came to be"
    )
    until: OptionalInstant = Field(
        None, description="Instant before which what is listed came to be"
    )


class ListParameters(Parameters):
    """What every list of a book is narrowed down by."""

    party_id: PartyId | None = Field(
        None,
        description="The customer whose objects are listed: `pty_…`; no other filter stands beside it",
    )
    partner: Code | None = Field(
        None, description="Code of the partner whose book is listed; a partner lists its own"
    )
    since: OptionalInstant = Field(
        None, description="First instant at which what is listed came to be"
    )
    until: OptionalInstant = Field(
        None, description="Instant before which what is listed came to be"
    )

    def filter(self, **values: str | None) -> ListFilter:
        """The part of a list that is wanted, with these values of filters."""
        given = {name: value for name, value in values.items() if value is not None}
        keys = [SearchKey(SearchField.PARTY, self.party_id)] if self.party_id else []
        return ListFilter(self.partner, given, self.since, self.until, tuple(keys))


class NumberedListParameters(ListParameters):
    """As `ListParameters`, of what has a number of the carrier's."""

    number: Text | None = Field(
        None,
        description="What people call it by, however it is spelt; no other filter stands beside it",
    )

    def filter(self, **values: str | None) -> ListFilter:
        wanted = super().filter(**values)
        if self.number is None:
            return wanted
        key = SearchKey(SearchField.NUMBER, normalise_number(self.number))
        return replace(wanted, keys=(*wanted.keys, key))


class QuoteListParameters(ListParameters):
    status: QuoteStatus | None = Field(None, description="How far the quote has come")
    product: Code | None = Field(None, description="Code of the product")


class PolicyListParameters(NumberedListParameters):
    standing: PolicyListStatus | None = Field(None, description="Whether and how it has ended")
    product: Code | None = Field(None, description="Code of the product")

    _earlier = renamed("status", "standing")


class ClaimListParameters(NumberedListParameters):
    status: Handling | None = Field(None, description="How far the handling has come")
    handler: Subject | None = Field(
        None, description="The member of staff who has the claims in hand; closed ones are left out"
    )


class ComplaintListParameters(ListParameters):
    status: ComplaintStatus | None = Field(None, description="How far the complaint has come")


class PaymentListParameters(ListParameters):
    status: PaymentStatus | None = Field(None, description="How far the payment has come")
    in_doubt: Flag | None = Field(
        None, description="`true`: only payments whose status the bank's reports do not fit"
    )


class DocumentListParameters(ListParameters):
    kind: DocumentKind | None = Field(None, description="What the document is")
    product: Code | None = Field(None, description="Code of the product")


@api.query(
    "/v1/quotes",
    operation_id="listQuotes",
    summary="List quotes by status, product, partner and time, or those of a party",
    scope=Scope.QUOTES_READ,
    callers=SELLERS,
    roles=EVERY_ROLE,
    shows=QuoteListView,
    paged="quotes:{status}:{product}:{partner}:{since}:{until}:{party_id}",
)
def get_quotes(parameters: QuoteListParameters, page: Page, query: Query) -> ListPage[Any]:
    wanted = parameters.filter(status=parameters.status, product=parameters.product)
    return list_objects(ObjectKind.QUOTES, wanted, page, query, ports)


@api.query(
    "/v1/quotes/search",
    method="POST",
    operation_id="searchQuotes",
    summary="Find quotes by the registration of what would be insured",
    scope=Scope.QUOTES_READ,
    callers=SELLERS,
    roles=CUSTOMER_READERS,
    shows=QuoteListView,
    paged="quotes-search",
)
def post_quote_search(page: Page, request: RegistrationRequest, query: Query) -> ListPage[Any]:
    key = search_key_of(Marks(registration=request.registration))
    return find_objects(ObjectKind.QUOTES, key, page, query, ports)


@api.query(
    "/v1/policies",
    operation_id="listPolicies",
    summary="List policies by standing, product, partner and time, or those of a party",
    scope=Scope.POLICIES_READ,
    callers=SELLERS,
    roles=EVERY_ROLE,
    shows=PolicyListView,
    paged="policies:{standing}:{product}:{partner}:{since}:{until}:{party_id}:{number}",
)
def get_policies(parameters: PolicyListParameters, page: Page, query: Query) -> ListPage[Any]:
    wanted = parameters.filter(status=parameters.standing, product=parameters.product)
    return list_objects(ObjectKind.POLICIES, wanted, page, query, ports)


@api.query(
    "/v1/policies/search",
    method="POST",
    operation_id="searchPolicies",
    summary="Find policies by the registration of what is insured, or by a joint holder",
    scope=Scope.POLICIES_READ,
    callers=SELLERS,
    roles=CUSTOMER_READERS,
    shows=PolicyListView,
    paged="policies-search",
)
def post_policy_search(page: Page, request: PolicySearchRequest, query: Query) -> ListPage[Any]:
    key = search_key_of(Marks(**dict(request)))
    return find_objects(ObjectKind.POLICIES, key, page, query, ports)


@api.query(
    "/v1/me/policies",
    operation_id="listOwnPolicies",
    summary="List a policyholder's own policies",
    scope=Scope.POLICIES_READ,
    callers={CallerKind.POLICYHOLDER},
    shows=PolicyListView,
    paged="own-policies",
)
def get_own_policies(page: Page, query: Query) -> ListPage[Any]:
    return list_own_policies(page, query, ports)


@api.query(
    "/v1/claims",
    operation_id="listClaims",
    summary="List claims by status, handler, partner and time, or those of a party",
    scope=Scope.CLAIMS_READ,
    callers=SELLERS,
    roles=CLAIM_READERS,
    shows=ClaimListView,
    paged="claims:{status}:{handler}:{partner}:{since}:{until}:{party_id}:{number}",
)
def get_claims(parameters: ClaimListParameters, page: Page, query: Query) -> ListPage[Any]:
    wanted = parameters.filter(status=parameters.status, handler=parameters.handler)
    return list_objects(ObjectKind.CLAIMS, wanted, page, query, ports)


@api.query(
    "/v1/claims/search",
    method="POST",
    operation_id="searchClaims",
    summary="Find claims by the reference of those who told of the loss",
    scope=Scope.CLAIMS_READ,
    callers=SELLERS,
    roles=CLAIM_READERS,
    shows=ClaimListView,
    paged="claims-search",
)
def post_claim_search(page: Page, request: ClaimSearchRequest, query: Query) -> ListPage[Any]:
    key = search_key_of(Marks(reference=request.reference))
    return find_objects(ObjectKind.CLAIMS, key, page, query, ports)


@api.query(
    "/v1/complaints",
    operation_id="listComplaints",
    summary="List complaints by status, partner and time, or those of a party",
    scope=Scope.COMPLAINTS_READ,
    callers=SELLERS,
    roles=COMPLAINT_READERS,
    shows=ComplaintListView,
    paged="complaints:{status}:{partner}:{since}:{until}:{party_id}",
)
def get_complaints(parameters: ComplaintListParameters, page: Page, query: Query) -> ListPage[Any]:
    wanted = parameters.filter(status=parameters.status)
    return list_objects(ObjectKind.COMPLAINTS, wanted, page, query, ports)


@api.query(
    "/v1/complaints/search",
    method="POST",
    operation_id="searchComplaints",
    summary="Find complaints by how the complainant is reached",
    scope=Scope.COMPLAINTS_READ,
    callers=SELLERS,
    roles=COMPLAINT_READERS,
    shows=ComplaintListView,
    paged="complaints-search",
)
def post_complaint_search(
    page: Page, request: ComplaintSearchRequest, query: Query
) -> ListPage[Any]:
    key = search_key_of(Marks(email=request.email, phone=request.phone))
    return find_objects(ObjectKind.COMPLAINTS, key, page, query, ports)


@api.query(
    "/v1/payments",
    operation_id="listPayments",
    summary="List payments of claims and redress by status, partner and time, or those of a party",
    scope=Scope.CLAIMS_READ,
    callers=SELLERS,
    roles=PAYMENT_READERS,
    shows=PaymentListView,
    paged="payments:{status}:{in_doubt}:{partner}:{since}:{until}:{party_id}",
)
def get_payments(parameters: PaymentListParameters, page: Page, query: Query) -> ListPage[Any]:
    wanted = parameters.filter(status=parameters.status, in_doubt=parameters.in_doubt)
    return list_objects(ObjectKind.PAYMENTS, wanted, page, query, ports)


@api.query(
    "/v1/refunds",
    operation_id="listRefunds",
    summary="List refunds of premium by status, partner and time, or those of a party",
    scope=Scope.POLICIES_READ,
    callers=SELLERS,
    roles=EVERY_ROLE,
    shows=PaymentListView,
    paged="refunds:{status}:{in_doubt}:{partner}:{since}:{until}:{party_id}",
)
def get_refunds(parameters: PaymentListParameters, page: Page, query: Query) -> ListPage[Any]:
    wanted = parameters.filter(status=parameters.status, in_doubt=parameters.in_doubt)
    return list_objects(ObjectKind.REFUNDS, wanted, page, query, ports)


@api.query(
    "/v1/suspense",
    operation_id="listSuspendedPayments",
    summary="List payments that could not be matched with a policy, by status and time",
    scope=Scope.SUSPENSE_RESOLVE,
    callers={CallerKind.STAFF},
    roles={Role.FINANCE, Role.AUDITOR},
    shows=SuspenseListView,
    paged="suspense:{status}:{since}:{until}",
)
def get_suspense(parameters: SuspenseListParameters, page: Page, query: Query) -> ListPage[Any]:
    status = {STATUS: parameters.status} if parameters.status else {}
    wanted = ListFilter(values=status, since=parameters.since, until=parameters.until)
    return list_objects(ObjectKind.SUSPENSE, wanted, page, query, ports)


@api.query(
    "/v1/kept-reports",
    operation_id="listKeptReports",
    summary="List reports of the bank that do not fit how far their payments are, the oldest first",
    scope=Scope.PAYMENTS_SEND,
    callers={CallerKind.STAFF},
    roles={Role.FINANCE, Role.AUDITOR},
    shows=KeptReportListView,
    paged="kept-reports",
)
def get_kept_reports(page: Page, query: Query) -> ListPage[Any]:
    return list_objects(ObjectKind.KEPT_REPORTS, ListFilter(), page, query, ports)


@api.query(
    "/v1/documents",
    operation_id="listDocuments",
    summary="List documents of all policies by kind, product, partner and time, or those of a party",
    scope=Scope.POLICIES_READ,
    callers=SELLERS,
    roles=EVERY_ROLE,
    shows=DocumentListView,
    paged="documents:{kind}:{product}:{partner}:{since}:{until}:{party_id}",
)
def get_documents(parameters: DocumentListParameters, page: Page, query: Query) -> ListPage[Any]:
    wanted = parameters.filter(kind=parameters.kind, product=parameters.product)
    return list_objects(ObjectKind.DOCUMENTS, wanted, page, query, ports)


@api.query(
    "/v1/parties",
    operation_id="listParties",
    summary="List parties by partner and time",
    scope=Scope.PARTIES_READ,
    callers=SELLERS,
    roles=CUSTOMER_READERS,
    shows=PartyListView,
    paged="parties:{partner}:{since}:{until}:{party_id}",
)
def get_parties(parameters: ListParameters, page: Page, query: Query) -> ListPage[Any]:
    return list_objects(ObjectKind.PARTIES, parameters.filter(), page, query, ports)


@api.query(
    "/v1/parties/search",
    method="POST",
    operation_id="searchParties",
    summary="Find a customer by e-mail, telephone, or name with birth date or postcode",
    scope=Scope.PARTIES_READ,
    callers=SELLERS,
    roles=CUSTOMER_READERS,
    shows=PartyListView,
    paged="parties-search",
)
def post_party_search(page: Page, request: PartySearchRequest, query: Query) -> ListPage[Any]:
    key = search_key_of(Marks(**dict(request)))
    return find_objects(ObjectKind.PARTIES, key, page, query, ports)
