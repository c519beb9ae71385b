"""Data intake: the erasure of a party's personal data."""

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import Reason
from insurance.api.router import Api
from insurance.api.views.parties import ErasureView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import AlreadyErased
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.domain.party.party import Erasure
from insurance.operations.command import Command
from insurance.operations.parties.erase_party import erase_party

parties = wiring.stores().parties

api = Api(wiring.stores().idempotency.find_replay)
handler = api.entrypoint()


class ErasureRequest(Request):
    """Why a party's personal data are erased."""

    reason: Reason


@api.command(
    "/v1/parties/{party_id}/erasure",
    operation_id="eraseParty",
    summary="Erase a party's personal data",
    scope=Scope.PARTIES_ERASE,
    callers={CallerKind.STAFF},
    roles={Role.PRIVACY_OFFICER},
    shows=ErasureView,
    raises=(AlreadyErased,),
)
def post_erasure(party_id: str, request: ErasureRequest, command: Command) -> Erasure:
    return erase_party(party_id, request.reason, command, parties)
