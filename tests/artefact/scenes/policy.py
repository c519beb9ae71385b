"""Scenes of policy: one HTTP event each."""

from collections.abc import Iterator

from insurance.domain.core import identity

from tests.artefact.scenes.common import (
    BUSY,
    CALL_CENTRE,
    CORRECTED,
    CORRECTION_PLANNED,
    ERASURE_PLANNED,
    HARBOUR,
    ISSUED,
    MOTOR,
    NOT_KEPT_AT,
    PLANNED,
    POLICY,
    QUOTED_AT,
    SETTLED,
    UNDERWRITER,
    WAITING_ERASURE,
    Json,
    Scene,
)


def servicing_scenes() -> Iterator[Scene]:
    policy, later = {"policy_id": POLICY}, {"at": "2027-02-01T09:00:00Z"}
    change, end = "POST /v1/policies/{policy_id}/endorsements", "2027-06-01"
    teenager = {
        "effective_on": end,
        "answers": {
            "drivers": [*MOTOR["drivers"], {"age": 19, "licence_years": 1, "convictions": 0}]
        },
    }
    asked: Json = {"variables": policy, **later}
    yield Scene(
        *("policy_servicing/endorse_preview", f"{change}/preview", HARBOUR, teenager, ISSUED),
        key="-",
        **asked,
    )
    yield Scene("policy_servicing/endorse", change, HARBOUR, teenager, ISSUED, **asked)
    endorsed = (*ISSUED, "policy_servicing/endorse")
    earlier = {"effective_on": "2027-03-01", "answers": {"annual_mileage": 20000}}
    backdated = "policy_servicing/endorse_before_another_change"
    yield Scene(backdated, change, HARBOUR, earlier, endorsed, **asked)
    outside = {"effective_on": "2028-01-01", "answers": {"annual_mileage": 20000}}
    yield Scene(
        "policy_servicing/endorse_outside_the_term", change, HARBOUR, outside, ISSUED, **asked
    )
    cancel = "POST /v1/policies/{policy_id}/cancellations"
    sold = {"effective_on": end, "reason": "vehicle_sold"}
    yield Scene(
        *("policy_servicing/cancel_preview", f"{cancel}/preview", HARBOUR, sold, ISSUED),
        key="-",
        **asked,
    )
    yield Scene("policy_servicing/cancel", cancel, HARBOUR, sold, ISSUED, **asked)
    cancelled = (*ISSUED, "policy_servicing/cancel")
    restore = "POST /v1/policies/{policy_id}/reinstatements"
    declared = {"no_known_loss": True}
    yield Scene(
        *("policy_servicing/reinstate_preview", f"{restore}/preview", HARBOUR, declared, cancelled),
        key="-",
        **asked,
    )
    yield Scene("policy_servicing/reinstate", restore, HARBOUR, declared, cancelled, **asked)
    undo = "POST /v1/policies/{policy_id}/transactions/{number}/reversal"
    mistake = {"reason": "a_mistake"}
    second: Json = {"variables": {**policy, "number": "2"}, **later}
    yield Scene(
        *("policy_servicing/reverse_preview", f"{undo}/preview", HARBOUR, mistake, endorsed),
        key="-",
        **second,
    )
    yield Scene("policy_servicing/reverse", undo, HARBOUR, mistake, endorsed, **second)
    never: Json = {**second, "variables": {**policy, "number": "9"}}
    unknown = "policy_servicing/reverse_what_never_was"
    yield Scene(unknown, undo, HARBOUR, mistake, endorsed, **never)
    transfer = "POST /v1/policies/{policy_id}/transfers"
    divorce = {
        "reason": "divorce",
        "holder": {"name": "Grace Merton", "email": "grace@example.com"},
        "consents": ["holder", "new_holder"],
    }
    yield Scene(
        *("policyholder_changes/transfer_preview", f"{transfer}/preview", HARBOUR, divorce, ISSUED),
        key="-",
        **asked,
    )
    yield Scene("policyholder_changes/transfer", transfer, HARBOUR, divorce, ISSUED, **asked)
    sale, alone = divorce | {"reason": "sale"}, "policyholder_changes/transfer_without_the_insurer"
    yield Scene(alone, transfer, HARBOUR, sale, ISSUED, **asked)
    to_listed = divorce | {"holder": {"name": "Viktor Malenkov-Drago"}}
    yield from _broker_scenes(transfer, asked)
    held = "policyholder_changes/transfer_to_a_listed_person"
    yield Scene(held, transfer, HARBOUR, to_listed, ISSUED, **asked)
    listed = "GET /v1/policies/{policy_id}/transactions"
    yield from _renewal_scenes(policy)
    renew = "POST /v1/policies/{policy_id}/renewals"
    yield Scene("policy_servicing/renew_too_early", renew, HARBOUR, {}, ISSUED, **asked)
    compare = "GET /v1/policies/{policy_id}/comparison"
    yield Scene(
        *("policy_servicing/comparison", compare, HARBOUR, None, endorsed),
        query={
            "as_at": "2027-07-01T00:00:00Z",
            "since_as_at": "2027-01-01T00:00:00Z",
            "since_known_at": "2026-12-01T00:00:00Z",
        },
        **asked,
    )
    yield Scene(
        *("policy_servicing/comparison_as_known", compare, HARBOUR, None, endorsed),
        query={"since_known_at": "2026-12-01T09:00:00Z"},
        **asked,
    )
    yield Scene("policy_servicing/transactions", listed, HARBOUR, None, endorsed, **asked)
    yield Scene(
        *("policy_issuance/read_as_at", "GET /v1/policies/{policy_id}", HARBOUR, None, endorsed),
        query={"as_at": "2027-07-01T00:00:00Z", "known_at": "2027-02-01T09:00:00Z"},
        **asked,
    )


def notices_scenes() -> Iterator[Scene]:
    notices, first = "POST /v1/policies/{policy_id}/notices", {"policy_id": POLICY, "number": "1"}
    asked: Json = {"variables": {"policy_id": POLICY}, **at_instant("2027-02-01T09:00:00Z")}
    false = {"reason": "false_facts", "effective_on": "2027-03-01"}
    given, sent = "policy_servicing/give_notice", "policy_servicing/prove_dispatch"
    yield Scene(given, notices, UNDERWRITER, false, ISSUED, **asked)
    proof = {
        "channel": "registered_post",
        "reference": "RR123456789GB",
        "dispatched_at": "2027-02-02T15:30:00Z",
    }
    later: Json = {"variables": first, **at_instant("2027-02-03T09:00:00Z")}
    dispatch = f"{notices}/{{number}}/dispatch"
    yield Scene(sent, dispatch, UNDERWRITER, proof, (*ISSUED, given), **later)
    yield Scene(
        *("policy_servicing/prove_dispatch_of_nothing", dispatch, UNDERWRITER, proof, ISSUED),
        **later,
    )
    both = (*ISSUED, given, sent)
    yield Scene(
        *("policy_servicing/withdraw_notice", f"{notices}/{{number}}/withdrawal", UNDERWRITER),
        *({}, both),
        **later,
    )
    listed = "GET /v1/policies/{policy_id}/notices"
    yield Scene("policy_servicing/notices", listed, HARBOUR, None, both, **asked)
    interested = "POST /v1/policies/{policy_id}/interested-parties"
    lender = {"interest": "mortgagee", "name": "Harbour Bank", "reference": "LOAN-77"}
    body = {"interested_parties": [lender]}
    recorded = "policyholder_changes/record_interested_parties"
    yield Scene(recorded, interested, HARBOUR, body, ISSUED, **asked)
    shareless = {"interested_parties": [{"interest": "beneficiary", "name": "Ben Okri"}]}
    yield Scene(f"{recorded}_without_shares", interested, HARBOUR, shareless, ISSUED, **asked)
    unwanted = "POST /v1/policies/{policy_id}/non-renewal"
    moved = {"by": "policyholder", "reason": "moved_away"}
    yield Scene("policy_servicing/refuse_renewal", unwanted, HARBOUR, moved, ISSUED, **asked)


def _renewal_scenes(policy: Json) -> Iterator[Scene]:
    """The next term: shown, offered, accepted and issued."""
    renew = "POST /v1/policies/{policy_id}/renewals"
    soon: Json = {"at": "2027-11-15T09:00:00Z"}
    ending: Json = {"variables": policy, **soon}
    yield Scene(
        *("policy_servicing/renew_preview", f"{renew}/preview", HARBOUR, {}, ISSUED),
        key="-",
        **ending,
    )
    yield Scene("policy_servicing/renew", renew, HARBOUR, {}, ISSUED, **ending)
    offer, offered = identity.renewal_quote_id_for(POLICY), (*ISSUED, "policy_servicing/renew")
    accept, taken = "POST /v1/quotes/{quote_id}/acceptance", "quoting/accept_renewal"
    yield Scene(taken, accept, HARBOUR, {}, offered, {"quote_id": offer}, **soon)
    body, following = {"quote_id": offer}, "policy_issuance/issue_renewal"
    yield Scene(following, "POST /v1/policies", HARBOUR, body, (*offered, taken), **soon)


def _broker_scenes(transfer: str, asked: Json) -> Iterator[Scene]:
    """The holder appoints another broker."""
    appointed = {"reason": "broker", "to_partner": "meadow", "consents": ["holder"]}
    appointed |= {"evidence": "APPOINTMENT-1"}
    broker = "policyholder_changes/transfer_to_another_broker"
    yield Scene(broker, transfer, CALL_CENTRE, appointed, ISSUED, **asked)
    nobody, unknown = f"{broker}_unknown", appointed | {"to_partner": "medow"}
    yield Scene(nobody, transfer, CALL_CENTRE, unknown, ISSUED, **asked)


def scheduler_scenes() -> Iterator[Scene]:
    run = "POST /v1/scheduler/runs"
    yield Scene(
        "scheduler/run", run, HARBOUR, {}, ISSUED, key="-", **at_instant("2026-12-05T09:00:00Z")
    )
    year, at = (*BUSY, PLANNED), at_instant("2028-01-10T09:00:00Z")
    yield Scene("scheduler/run_of_a_year", run, HARBOUR, {}, year, key="-", **at)
    waiting, at = (*ISSUED, WAITING_ERASURE, ERASURE_PLANNED), at_instant(NOT_KEPT_AT)
    yield Scene("scheduler/run_of_an_erasure", run, HARBOUR, {}, waiting, key="-", **at)
    corrected, at = (*CORRECTED, CORRECTION_PLANNED), at_instant("2027-01-16T10:00:00Z")
    yield Scene("scheduler/run_of_a_correction", run, HARBOUR, {}, corrected, key="-", **at)
    of_payee, paid = "scheduler/run_of_a_corrected_payee", (*SETTLED, *corrected[len(ISSUED) :])
    yield Scene(of_payee, run, HARBOUR, {}, paid, key="-", **at)
    yield Scene("scheduler/run_by_staff", run, UNDERWRITER, {}, key="-", **at_instant(QUOTED_AT))


def at_instant(instant: str) -> Json:
    return {"at": instant}
