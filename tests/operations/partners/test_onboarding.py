"""Onboarding: two people, and one client, one key and one secret wherever a call breaks off."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from insurance.api.views.partners import CredentialsView
from insurance.api_products import ApiProduct
from insurance.domain.core.errors import (
    ApplicationNotFound,
    CodeTaken,
    InsuranceError,
    InvalidFields,
    PartnerNotFound,
    SamePerson,
    StaleRevision,
    Unavailable,
    WrongState,
)
from insurance.domain.core.identity import Mode
from insurance.domain.core.scopes import Scope
from insurance.domain.partner.application import (
    ApplicationStatus,
    ApplicationStep,
    PartnerApplication,
    Secret,
    SenderProof,
    SenderProofMethod,
)
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.partners.change_application import (
    advance_application,
    decide_application,
    request_application,
)
from insurance.operations.partners.issue_credentials import (
    Credentials,
    add_secret,
    cancel_application,
    provision_application,
    withdraw_secret,
)
from insurance.operations.partners.ports import PartnerPorts
from insurance.operations.partners.register_partner import register_partner

from tests.fakes.memory import Memory
from tests.fakes.partners import (
    Killed,
    MemoryApiProducts,
    MemoryClients,
    MemoryPartners,
    MemoryUsageKeys,
    Outside,
)
from tests.support.builders import NOW
from tests.support.partners_at_work import ASKED, LATER_THAN_A_CLAIM, command

MOST_CALLS = 20
"""More than any of these commands makes."""


class OneOffice:
    """Everything in memory, and a process that may die between any two calls, to storage or outside."""

    def __init__(self) -> None:
        self.outside, self.memory = Outside(), Memory()
        self.ports = PartnerPorts(
            partners=Mortal(MemoryPartners(self.memory), self.outside),
            clients=MemoryClients(self.outside),
            keys=MemoryUsageKeys(self.outside),
            api_products=MemoryApiProducts(self.memory),
        )
        register_partner("oak", "Oak", command("register"), self.ports)
        self.id = request_application("oak", ASKED, command("request"), self.ports).record.id

    @property
    def application(self) -> PartnerApplication:
        return self.ports.partners.application(self.id).record

    def approve(self) -> None:
        approving = command("approve", by="ben")
        decide_application(self.id, ApplicationStep.APPROVE, "fine", approving, self.ports)

    def provision(self, key: str = "provision", **how: Any) -> Credentials:
        return provision_application(self.id, command(key, **how), self.ports)

    def step(self, step: ApplicationStep) -> PartnerApplication:
        stored = advance_application(self.id, step, "because", command(step), self.ports)
        return stored.record

    def answered(self) -> str:
        """Every answer that is recorded."""
        return repr(self.memory.idempotency_records)

    def appended(self) -> str:
        """Every event."""
        return repr(self.memory.events)


class Mortal:
    """A store before and after whose every call the process may die."""

    def __init__(self, store: MemoryPartners, outside: Outside) -> None:
        self._store, self._outside = store, outside

    def __getattr__(self, name: str) -> Callable[..., Any]:
        work = getattr(self._store, name)

        def call(*given: Any) -> Any:
            self._outside.count()
            done = work(*given)
            self._outside.count()
            return done

        return call


@pytest.fixture
def office() -> OneOffice:
    return OneOffice()


@pytest.fixture
def approved(office: OneOffice) -> OneOffice:
    office.approve()
    return office


@pytest.fixture
def active(approved: OneOffice) -> OneOffice:
    approved.provision()
    return approved


def test_who_requests_an_application_does_not_approve_it(office: OneOffice) -> None:
    own = command("approve", by="ann")

    with pytest.raises(SamePerson):
        decide_application(office.id, ApplicationStep.APPROVE, "fine", own, office.ports)
    decide_application(office.id, ApplicationStep.REJECT, "withdrawn", own, office.ports)

    assert office.application.status is ApplicationStatus.REJECTED


def test_nothing_is_made_outside_before_another_person_has_approved(office: OneOffice) -> None:
    with pytest.raises(WrongState):
        office.provision()

    assert (office.outside.clients, office.outside.keys) == ({}, {})


def test_an_approved_application_has_one_client_one_key_and_one_secret(
    approved: OneOffice,
) -> None:
    credentials = approved.provision()

    application = approved.application
    assert application.status is ApplicationStatus.ACTIVE
    assert approved.outside.clients.keys() == {application.client_id}
    assert approved.outside.keys == {approved.id: "bronze"}
    assert approved.outside.secrets == [credentials.secret]


def test_an_answer_that_is_recorded_and_every_event_lack_the_secret(approved: OneOffice) -> None:
    credentials = approved.provision(show=CredentialsView.of_credentials)

    assert credentials.secret
    assert credentials.secret not in approved.answered() + approved.appended()
    assert credentials.secret not in repr(credentials)
    with pytest.raises(AlreadyAnswered) as again:
        approved.provision(show=CredentialsView.of_credentials)
    assert '"secret_state":"shown_before"' in again.value.answer.body
    assert "client_secret" not in again.value.answer.body


def played(
    office: OneOffice, work: Callable[[str, Any], Any], dies_at: int
) -> tuple[str | None, bool]:
    """The secret that was answered at last, and whether the process died before."""
    office.outside.calls, office.outside.dies_at = 0, dies_at
    try:
        secret = work("first", NOW).secret
    except Killed:
        office.outside.dies_at = None
        try:
            return work("again", NOW + LATER_THAN_A_CLAIM).secret, True
        except WrongState:
            return None, True  # it was done, and the answer was lost
    office.outside.dies_at = None
    return secret, False


@pytest.mark.parametrize("dies_at", range(1, MOST_CALLS))
def test_onboarding_that_is_killed_between_any_two_calls_and_repeated_makes_one_of_each(
    approved: OneOffice, dies_at: int
) -> None:
    def work(key: str, now: Any) -> Credentials:
        return approved.provision(key, now=now)

    secret, _ = played(approved, work, dies_at)

    application = approved.application
    assert application.status is ApplicationStatus.ACTIVE
    assert approved.outside.clients.keys() == {application.client_id}
    assert approved.outside.keys == {approved.id: "bronze"}
    [lives] = approved.outside.secrets
    assert secret in {None, lives}
    assert list(approved.outside.clients[application.client_id][1]) == list(application.secret_ids)


@pytest.mark.parametrize("dies_at", range(1, MOST_CALLS))
def test_two_kills_in_a_row_leave_one_of_each_too(approved: OneOffice, dies_at: int) -> None:
    for turn, dies in enumerate((dies_at, MOST_CALLS - dies_at)):
        approved.outside.calls, approved.outside.dies_at = 0, dies
        try:
            approved.provision(f"key {turn}", now=NOW + turn * LATER_THAN_A_CLAIM)
        except (Killed, WrongState):
            continue
    approved.outside.dies_at = None
    if approved.application.status is not ApplicationStatus.ACTIVE:
        approved.provision("last", now=NOW + 9 * LATER_THAN_A_CLAIM)

    approved.outside.dies_at = None
    assert approved.application.status is ApplicationStatus.ACTIVE
    assert len(approved.outside.clients) == len(approved.outside.keys) == 1
    assert len(approved.outside.secrets) == 1


@pytest.mark.parametrize("dies_at", range(1, MOST_CALLS))
def test_a_second_secret_that_is_asked_for_again_after_a_kill_is_one(
    active: OneOffice, dies_at: int
) -> None:
    first = active.outside.secrets

    def work(key: str, now: Any) -> Credentials:
        return add_secret(active.id, command(key, now=now), active.ports)

    secret, _ = played(active, work, dies_at)

    assert len(active.application.secret_ids) == 2
    assert active.outside.secrets[:1] == first, "the first secret works until it is withdrawn"
    assert len(active.outside.secrets) == 2
    assert secret in {None, active.outside.secrets[1]}


@pytest.mark.parametrize("dies_at", range(1, MOST_CALLS))
def test_the_older_secret_is_withdrawn_once_wherever_the_call_breaks_off(
    active: OneOffice, dies_at: int
) -> None:
    newest = add_secret(active.id, command("add"), active.ports).secret

    def work(key: str, now: Any) -> Credentials:
        stored = withdraw_secret(active.id, Secret.OLDER, command(key, now=now), active.ports)
        return Credentials(stored)

    played(active, work, dies_at)

    assert active.outside.secrets == [newest]
    assert len(active.application.secret_ids) == 1


def test_a_newer_secret_whose_answer_was_lost_is_withdrawn_and_the_one_in_use_stays(
    active: OneOffice,
) -> None:
    in_use = active.outside.secrets
    add_secret(active.id, command("lost"), active.ports)

    withdraw_secret(active.id, Secret.NEWER, command("withdraw"), active.ports)
    assert active.outside.secrets == in_use
    told = add_secret(active.id, command("again"), active.ports).secret

    assert active.outside.secrets == [*in_use, told]


@pytest.mark.parametrize("dies_at", range(1, MOST_CALLS))
def test_a_cancellation_that_broke_off_leaves_nothing_to_resume_and_ends_with_its_client(
    active: OneOffice, dies_at: int
) -> None:
    active.step(ApplicationStep.SUSPEND)

    def work(key: str, now: Any) -> Credentials:
        cancelling = command(key, now=now)
        return Credentials(cancel_application(active.id, "over", cancelling, active.ports))

    active.outside.calls, active.outside.dies_at = 0, dies_at
    with suppress(Killed):
        work("first", NOW)
    active.outside.dies_at = None
    ended = active.application.status is ApplicationStatus.CANCELLED
    assert ended or active.outside.clients, "a client is removed of what cannot be resumed alone"
    work("again", NOW + LATER_THAN_A_CLAIM)

    assert active.application.status is ApplicationStatus.CANCELLED
    assert active.outside.clients == {}
    assert active.appended().count("application.cancelled") == 1


@pytest.mark.parametrize("dies_at", range(1, MOST_CALLS))
def test_what_was_never_made_whole_is_cancelled_with_what_is_there(
    approved: OneOffice, dies_at: int
) -> None:
    approved.outside.calls, approved.outside.dies_at = 0, dies_at
    with suppress(Killed):
        approved.provision()
    approved.outside.dies_at = None
    if approved.application.status is ApplicationStatus.PROVISIONING:
        with pytest.raises(Unavailable):
            cancel_application(approved.id, "over", command("early"), approved.ports)
    if approved.application.status is ApplicationStatus.ACTIVE:
        approved.step(ApplicationStep.SUSPEND)

    later = command("cancel", now=NOW + LATER_THAN_A_CLAIM)
    cancel_application(approved.id, "over", later, approved.ports)

    assert approved.outside.clients == {}


def test_a_claim_runs_out_by_our_clock_and_not_by_the_callers(approved: OneOffice) -> None:
    approved.outside.dies_at = approved.outside.calls + 5
    with pytest.raises(Killed):
        approved.provision("first", now=NOW + timedelta(days=900), received_at=NOW)
    approved.outside.dies_at = None

    with pytest.raises(Unavailable):
        approved.provision("early", now=NOW + timedelta(days=1800), received_at=NOW)
    assert approved.provision("late", received_at=NOW + LATER_THAN_A_CLAIM).secret


def test_two_secrets_live_at_once_and_no_third(active: OneOffice) -> None:
    add_secret(active.id, command("add"), active.ports)

    with pytest.raises(WrongState, match="while it has 2"):
        add_secret(active.id, command("third"), active.ports)
    withdraw_secret(active.id, Secret.OLDER, command("withdraw"), active.ports)
    with pytest.raises(WrongState, match="while it has 1"):
        withdraw_secret(active.id, Secret.OLDER, command("withdraw again"), active.ports)


def test_while_one_call_makes_the_credentials_another_is_told_when_to_come_again(
    approved: OneOffice,
) -> None:
    approved.outside.dies_at = approved.outside.calls + 5
    with pytest.raises(Killed):
        approved.provision("first")
    approved.outside.dies_at = None

    with pytest.raises(Unavailable) as busy:
        approved.provision("second")

    assert busy.value.retry_after_seconds == 31


def test_a_suspended_application_is_resumed_or_cancelled_with_its_client(
    active: OneOffice,
) -> None:
    assert active.step(ApplicationStep.SUSPEND).status is ApplicationStatus.SUSPENDED
    assert active.step(ApplicationStep.RESUME).status is ApplicationStatus.ACTIVE
    with pytest.raises(WrongState):
        cancel_application(active.id, "over", command("too early"), active.ports)
    suspend = command("suspend again")
    advance_application(active.id, ApplicationStep.SUSPEND, "over", suspend, active.ports)
    ended = cancel_application(active.id, "over", command("cancel"), active.ports)

    assert ended.record.status is ApplicationStatus.CANCELLED
    assert active.outside.clients == {}


def test_codes_are_given_once_in_a_mode(office: OneOffice) -> None:
    with pytest.raises(CodeTaken):
        register_partner("oak", "Another oak", command("other"), office.ports)
    with pytest.raises(CodeTaken):
        request_application("oak", ASKED, command("other request"), office.ports)
    with pytest.raises(PartnerNotFound):
        request_application("oak", ASKED, command("live", mode=Mode.LIVE), office.ports)


LIVE_CALLS: list[Callable[[OneOffice], Any]] = [
    lambda office: provision_application(office.id, command("x", mode=Mode.LIVE), office.ports),
    lambda office: add_secret(office.id, command("x", mode=Mode.LIVE), office.ports),
    lambda office: withdraw_secret(
        office.id, Secret.OLDER, command("x", mode=Mode.LIVE), office.ports
    ),
    lambda office: cancel_application(office.id, "x", command("x", mode=Mode.LIVE), office.ports),
]


@pytest.mark.parametrize("call", LIVE_CALLS)
def test_the_other_mode_has_no_such_application(
    office: OneOffice, call: Callable[[OneOffice], Any]
) -> None:
    with pytest.raises(ApplicationNotFound):
        call(office)


CALLS: list[Callable[[OneOffice, int], Any]] = [
    lambda office, seen: office.provision("x", revision=seen),
    lambda office, seen: add_secret(office.id, command("x", revision=seen), office.ports),
    lambda office, seen: withdraw_secret(
        office.id, Secret.OLDER, command("x", revision=seen), office.ports
    ),
    lambda office, seen: cancel_application(
        office.id, "x", command("x", revision=seen), office.ports
    ),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_revision_that_was_read_before_another_step_is_refused(
    office: OneOffice, call: Callable[[OneOffice, int], Any]
) -> None:
    office.approve()

    with pytest.raises(StaleRevision):
        call(office, 1)


def test_in_live_mode_what_has_claims_names_what_its_sender_proves(office: OneOffice) -> None:
    register_partner("oak", "Oak", command("live", mode=Mode.LIVE), office.ports)
    asked = ASKED.replace(products=(ApiProduct("claims"),), scopes=(Scope.CLAIMS_READ,))
    proof = SenderProof(method=SenderProofMethod.DPOP, thumbprints=("A" * 43,))
    live = command("request", mode=Mode.LIVE)

    with pytest.raises(InvalidFields) as refused:
        request_application("oak", asked, live, office.ports)
    bound = request_application("oak", asked.replace(proof=proof), live, office.ports).record

    assert [fault.pointer for fault in refused.value.faults] == ["/proof"]
    assert bound.proof == proof


def test_an_application_that_ended_takes_no_step(active: OneOffice) -> None:
    active.step(ApplicationStep.SUSPEND)
    cancel_application(active.id, "over", command("cancel"), active.ports)

    for step in (ApplicationStep.RESUME, ApplicationStep.SUSPEND):
        with pytest.raises(InsuranceError):
            advance_application(active.id, step, "x", command(f"x {step}"), active.ports)
    with pytest.raises(WrongState):
        active.provision("again")
