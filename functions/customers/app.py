"""Customers: parties over their contracts, their consents, merges and erasure."""

from http import HTTPStatus
from typing import Annotated, Literal

from insurance import bundles, wiring
from insurance.api.body import Request
from insurance.api.fields import Code, Instant, Reason
from insurance.api.requests.parties import PartyRequest
from insurance.api.router import Api
from insurance.api.views.parties import (
    CustomerView,
    DataRequestView,
    ErasureView,
    LegalHoldView,
    PartyView,
)
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    LegalHoldStands,
    PartyFull,
    ReferenceTaken,
    WrongState,
)
from insurance.domain.core.identity import PartyId
from insurance.domain.core.roles import EVERY_ROLE, SERVICING_ROLES, Role
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.party.data_request import DataRequestKind, DataRequestOutcome
from insurance.domain.party.demands import RestrictionKind
from insurance.domain.party.party import Erasure, ErasureReason
from insurance.domain.party.record import (
    HISTORY_MAX,
    Party,
)
from insurance.domain.privacy.legal_hold import LegalHold
from insurance.operations.command import Command, Query
from insurance.operations.parties.erase_party import ErasureInput, erase_party, withdraw_erasure
from insurance.operations.parties.find_legal_hold import find_legal_hold
from insurance.operations.parties.merge_parties import merge_parties, undo_merge
from insurance.operations.parties.read_party import Customer, read_party
from insurance.operations.parties.record_consent import record_consent
from insurance.operations.parties.record_data_request import (
    AnswerInput,
    DataRequestInput,
    RequestOfParty,
    answer_data_request,
    record_data_request,
)
from insurance.operations.parties.register_party import register_party
from insurance.operations.parties.restrict_party import lift_restriction, restrict_party
from pydantic import Field

ports, erasing = bundles.party_ports(), bundles.erasure_ports()

api = Api(wiring.stores().idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

SELLERS = {CallerKind.APPLICATION, CallerKind.STAFF}
KEEPERS = SERVICING_ROLES | {Role.PRIVACY_OFFICER, Role.COMPLIANCE}
"""Who keeps the records of customers."""


class ConsentRequest(Request):
    """What the party allows or forbids: marketing by e-mail, for example."""

    purpose: Code
    given: bool
    """False: refused, or withdrawn."""


class RestrictionRequest(Request):
    """A demand of the party, or the end of one."""

    kind: Literal["restriction", "objection"]
    in_force: bool
    reason: Reason


class MergeRequest(Request):
    """Which other party is the same customer."""

    party_id: PartyId


class DataRequestRequest(Request):
    """What a person asks for about their data."""

    kind: Literal["access", "rectification", "erasure", "restriction", "objection"]
    requested_at: Instant | None = None
    """When it was received: the law's time runs from then; absent: now."""
    text: Reason | None = None
    """What they said, in their words."""

    def data_request(self) -> DataRequestInput:
        return DataRequestInput(DataRequestKind(self.kind), self.requested_at, self.text or "")


class DataRequestAnswerRequest(Request):
    """How a person's request about their data was answered."""

    request: Annotated[int, Field(ge=1, le=HISTORY_MAX)]
    """Its number."""
    outcome: Literal["done", "refused"]
    reason: Reason

    def answer(self) -> AnswerInput:
        return AnswerInput(self.request, DataRequestOutcome(self.outcome), self.reason)


class ErasureRequest(Request):
    """Why a party's personal data are erased."""

    reason: Literal[
        "requested",
        "no_longer_needed",
        "consent_withdrawn",
        "objection",
        "unlawful",
        "legal_obligation",
    ]
    """As GDPR, article 17(1), has it. It stays when the data are gone."""
    when_permitted: bool = False
    """Where the law keeps the data: keep the request, and erase when nothing keeps them any more."""


@api.command(
    "/v1/parties",
    operation_id="createParty",
    summary="Register a customer",
    scope=Scope.PARTIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    status=HTTPStatus.CREATED,
    shows=PartyView.of_stored,
    raises=(ReferenceTaken,),
)
def post_party(request: PartyRequest, command: Command) -> Stored[Party]:
    return register_party(request.details(), command, ports)


@api.query(
    "/v1/parties/{party_id}",
    operation_id="getParty",
    summary="Read a customer and their contracts",
    scope=Scope.PARTIES_READ,
    callers=SELLERS,
    roles=EVERY_ROLE,
    shows=CustomerView,
    etag=True,
    raises=(AlreadyErased,),
)
def get_party(party_id: str, query: Query) -> Customer:
    return read_party(party_id, query, ports.parties)


@api.command(
    "/v1/parties/{party_id}/consents",
    operation_id="recordConsent",
    summary="Record what a customer allows or forbids",
    scope=Scope.PARTIES_WRITE,
    callers=SELLERS,
    roles=KEEPERS,
    shows=PartyView.of_stored,
    if_match=True,
    raises=(AlreadyErased, PartyFull),
)
def post_consent(party_id: str, request: ConsentRequest, command: Command) -> Stored[Party]:
    return record_consent(party_id, request.purpose, command, ports.parties, given=request.given)


@api.command(
    "/v1/parties/{party_id}/restrictions",
    operation_id="restrictParty",
    summary="Restrict what is done with a customer's data, or lift it",
    scope=Scope.PARTIES_WRITE,
    callers=SELLERS,
    roles=KEEPERS,
    shows=PartyView.of_stored,
    if_match=True,
    raises=(AlreadyErased, PartyFull, WrongState),
)
def post_restriction(party_id: str, request: RestrictionRequest, command: Command) -> Stored[Party]:
    kind = RestrictionKind(request.kind)
    if request.in_force:
        return restrict_party(party_id, kind, request.reason, command, ports.parties)
    return lift_restriction(party_id, kind, request.reason, command, ports.parties)


@api.command(
    "/v1/parties/{party_id}/merges",
    operation_id="mergeParties",
    summary="Merge another party into this customer",
    scope=Scope.PARTIES_WRITE,
    callers=SELLERS,
    roles=KEEPERS,
    shows=PartyView.of_stored,
    if_match=True,
    raises=(AlreadyErased, PartyFull, WrongState),
)
def post_merge(party_id: str, request: MergeRequest, command: Command) -> Stored[Party]:
    return merge_parties(party_id, request.party_id, command, ports.parties)


@api.command(
    "/v1/parties/{party_id}/merge-reversals",
    operation_id="reverseMerge",
    summary="Reverse the merge of another party into this customer",
    scope=Scope.PARTIES_WRITE,
    callers=SELLERS,
    roles=KEEPERS,
    shows=PartyView.of_stored,
    if_match=True,
    raises=(AlreadyErased, WrongState),
)
def post_merge_reversal(party_id: str, request: MergeRequest, command: Command) -> Stored[Party]:
    return undo_merge(party_id, request.party_id, command, ports.parties)


@api.command(
    "/v1/parties/{party_id}/erasure",
    operation_id="eraseParty",
    summary="Erase a party's personal data",
    scope=Scope.PARTIES_ERASE,
    callers={CallerKind.STAFF},
    roles={Role.PRIVACY_OFFICER},
    shows=ErasureView,
    raises=(AlreadyErased, LegalHoldStands, WrongState),
)
def post_erasure(party_id: str, request: ErasureRequest, command: Command) -> Erasure | Party:
    erasure = ErasureInput(ErasureReason(request.reason), when_permitted=request.when_permitted)
    return erase_party(party_id, erasure, command, erasing)


@api.command(
    "/v1/parties/{party_id}/erasure-withdrawal",
    operation_id="withdrawErasure",
    summary="Withdraw an erasure that waits for the end of the legal hold",
    scope=Scope.PARTIES_ERASE,
    callers={CallerKind.STAFF},
    roles={Role.PRIVACY_OFFICER},
    shows=PartyView.of_stored,
    if_match=True,
    raises=(AlreadyErased, WrongState),
)
def post_erasure_withdrawal(party_id: str, command: Command) -> Stored[Party]:
    return withdraw_erasure(party_id, command, erasing)


@api.query(
    "/v1/parties/{party_id}/legal-hold",
    operation_id="getLegalHold",
    summary="Find out what holds the erasure of a party back",
    scope=Scope.PARTIES_ERASE,
    callers={CallerKind.STAFF},
    roles={Role.PRIVACY_OFFICER},
    shows=LegalHoldView,
    raises=(AlreadyErased,),
)
def get_legal_hold(party_id: str, query: Query) -> LegalHold:
    return find_legal_hold(party_id, query, erasing)


@api.command(
    "/v1/parties/{party_id}/data-requests",
    operation_id="recordDataRequest",
    summary="Record what a customer asks for about their data",
    scope=Scope.PARTIES_WRITE,
    callers=SELLERS,
    roles=KEEPERS,
    status=HTTPStatus.CREATED,
    shows=DataRequestView,
    raises=(AlreadyErased, PartyFull),
)
def post_data_request(
    party_id: str, request: DataRequestRequest, command: Command
) -> RequestOfParty:
    """It waits in the privacy officer's work list, with the law's deadline, until it is answered."""
    return record_data_request(party_id, request.data_request(), command, erasing)


@api.command(
    "/v1/parties/{party_id}/data-request-answers",
    operation_id="answerDataRequest",
    summary="Record how a customer's request about their data was answered",
    scope=Scope.PARTIES_ERASE,
    callers={CallerKind.STAFF},
    roles={Role.PRIVACY_OFFICER},
    shows=DataRequestView,
    raises=(AlreadyErased, WrongState),
)
def post_data_request_answer(
    party_id: str, request: DataRequestAnswerRequest, command: Command
) -> RequestOfParty:
    return answer_data_request(party_id, request.answer(), command, ports.parties)
