"""Data intake: what happens to the data of the people that insurance is about."""

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import Reason
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.views.parties import ErasureView
from insurance.operations.idempotency import RecordedAnswer
from insurance.operations.parties.erase_party import erase_party

parties, receipts = wiring.stores().parties, wiring.stores().receipts

api = Api(receipts.find_replay)
handler = api.entrypoint()


class ErasureRequest(Request):
    """Why a party's personal data are erased."""

    reason: Reason


@api.command(
    "/v1/parties/{party_id}/erasure",
    scope="parties:erase",
    staff=True,
    summary="Erase a party's personal data for ever",
)
def post_erasure(
    party_id: str, request: ErasureRequest, call: Call
) -> ErasureView | RecordedAnswer:
    call.caller.require_role("privacy_officer")
    return call.once(
        lambda receipt: erase_party(
            party_id, reason=request.reason, caller=call.caller, parties=parties, receipt=receipt
        ),
        shows=ErasureView.of,
    )
