"""Changes of people: policies transferred to another holder, who has a role on one without holding it, and
details of a customer corrected on all of their policies.

A transfer and a correction have a preview, which stores nothing.
"""

from insurance import bundles, wiring
from insurance.api.requests.corrections import CorrectionRequest, OwnCorrectionRequest
from insurance.api.requests.risks import UPLOAD
from insurance.api.requests.servicing import InterestedPartiesRequest, TransferRequest
from insurance.api.router import Api
from insurance.api.views.corrections import CorrectionView
from insurance.api.views.policies import PolicyView
from insurance.api.views.servicing import ChangeView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    ConsentMissing,
    CorrectionNotPossible,
    InvalidFields,
    OutsideTerm,
    PartyDiffers,
    PartyFull,
    PartyNotFound,
    ProcessingRestricted,
    RiskNotAccepted,
    ScreeningOpen,
    TooManyChanges,
    WrongState,
)
from insurance.domain.core.roles import SERVICING_ROLES
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.operations.command import Command, Query
from insurance.operations.policy.change_policy import PolicyChange
from insurance.operations.policy.correct_party import (
    PartyCorrection,
    correct_party,
    preview_correction,
)
from insurance.operations.policy.record_interested_parties import record_interested_parties
from insurance.operations.policy.transfer_policy import preview_transfer, transfer_policy

transfer_ports, correction_ports = bundles.transfer_ports(), bundles.correction_ports()
interest_ports = bundles.interest_ports()

api = Api(wiring.stores().idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

SELLERS = {CallerKind.APPLICATION, CallerKind.STAFF}
TRANSFER = (
    AlreadyErased,
    ConsentMissing,
    InvalidFields,
    OutsideTerm,
    PartyDiffers,
    PartyNotFound,
    ProcessingRestricted,
    RiskNotAccepted,
    TooManyChanges,
    WrongState,
    *UPLOAD,
)
"""What a transfer may be refused for. Later endorsements are applied again, and may be too."""
CORRECTION = (AlreadyErased, CorrectionNotPossible, InvalidFields, PartyFull)


@api.query(
    "/v1/policies/{policy_id}/transfers/preview",
    method="POST",
    operation_id="previewTransfer",
    summary="Preview the transfer of a policy to another holder",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=ChangeView,
    raises=TRANSFER,
)
def post_transfer_preview(policy_id: str, request: TransferRequest, query: Query) -> PolicyChange:
    return preview_transfer(
        policy_id, request.transfer(query.caller, bundles.risk_uploads), query, transfer_ports
    )


@api.command(
    "/v1/policies/{policy_id}/transfers",
    operation_id="transferPolicy",
    summary="Transfer a policy to another holder",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=ChangeView,
    if_match=True,
    raises=(*TRANSFER, ScreeningOpen),
)
def post_transfer(policy_id: str, request: TransferRequest, command: Command) -> PolicyChange:
    """The number and the terms stay. What was stored before stays the former holder's."""
    return transfer_policy(
        policy_id, request.transfer(command.caller, bundles.risk_uploads), command, transfer_ports
    )


@api.command(
    "/v1/policies/{policy_id}/interested-parties",
    operation_id="recordInterestedParties",
    summary="Record the beneficiaries, mortgagees and others with a role on a policy",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=PolicyView,
    if_match=True,
    raises=(
        AlreadyErased,
        InvalidFields,
        PartyDiffers,
        PartyNotFound,
        ProcessingRestricted,
        WrongState,
    ),
)
def post_interested_parties(
    policy_id: str, request: InterestedPartiesRequest, command: Command
) -> Stored[Policy]:
    return record_interested_parties(policy_id, request.interests(), command, interest_ports)


@api.query(
    "/v1/parties/{party_id}/corrections/preview",
    method="POST",
    operation_id="previewCorrection",
    summary="Preview what a corrected detail of a customer changes on their policies",
    scope=Scope.PARTIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=CorrectionView,
    raises=(*CORRECTION, WrongState),
)
def post_correction_preview(
    party_id: str, request: CorrectionRequest, query: Query
) -> PartyCorrection:
    return preview_correction(party_id, request.correction(), query, correction_ports)


@api.command(
    "/v1/parties/{party_id}/corrections",
    operation_id="correctParty",
    summary="Correct a customer's name, address or another detail, on all of their policies",
    scope=Scope.PARTIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=CorrectionView,
    if_match=True,
    raises=(*CORRECTION, ScreeningOpen, WrongState),
)
def post_correction(party_id: str, request: CorrectionRequest, command: Command) -> PartyCorrection:
    """It is made on all policies in force, or on none. What holds from an earlier date is priced from then."""
    return correct_party(party_id, request.correction(), command, correction_ports)


@api.query(
    "/v1/me/parties/{party_id}/corrections/preview",
    method="POST",
    operation_id="previewOwnCorrection",
    summary="Preview what a policyholder's corrected detail changes on their policies",
    scope=Scope.PARTIES_WRITE,
    callers={CallerKind.POLICYHOLDER},
    shows=CorrectionView,
    raises=CORRECTION,
)
def post_own_correction_preview(
    party_id: str, request: OwnCorrectionRequest, query: Query
) -> PartyCorrection:
    return preview_correction(party_id, request.correction(), query, correction_ports)


@api.command(
    "/v1/me/parties/{party_id}/corrections",
    operation_id="correctOwnParty",
    summary="Correct a policyholder's own name, address or another detail, on all of their policies",
    scope=Scope.PARTIES_WRITE,
    callers={CallerKind.POLICYHOLDER},
    shows=CorrectionView,
    if_match=True,
    raises=(*CORRECTION, ScreeningOpen),
)
def post_own_correction(
    party_id: str, request: OwnCorrectionRequest, command: Command
) -> PartyCorrection:
    """The rules are those of a correction that we make. What a person must confirm is refused, and says so."""
    return correct_party(party_id, request.correction(), command, correction_ports)
