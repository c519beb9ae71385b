"""What the store of partners promises, in memory and on a real engine alike."""

from typing import NamedTuple

import pytest
from insurance.domain.core.errors import (
    ApplicationNotFound,
    CodeTaken,
    InvalidFields,
    PartnerNotFound,
    StaleRevision,
)
from insurance.domain.core.identity import Mode
from insurance.domain.core.stored import Stored
from insurance.domain.partner.application import ApplicationStep, PartnerApplication
from insurance.domain.partner.event_types import ApplicationEventType, PartnerEventType
from insurance.domain.partner.partner import DeveloperStep, TeamRole
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.partners.change_application import (
    advance_application,
    decide_application,
    request_application,
)
from insurance.operations.partners.change_developers import TeamChange, change_developers
from insurance.operations.partners.issue_credentials import (
    cancel_application,
    provision_application,
)
from insurance.operations.partners.ports import DeveloperChange, PartnerPorts
from insurance.operations.partners.register_partner import register_partner

from tests.fakes.partners import MemoryClients, MemoryUsageKeys, Outside
from tests.support.builders import NOW
from tests.support.partners_at_work import ASKED, LATER_THAN_A_CLAIM, command
from tests.support.stores import Stores


class PartOf(NamedTuple):
    after: str = ""
    limit: int = 2


def ports_on(stores: Stores) -> PartnerPorts:
    outside = Outside()
    return PartnerPorts(
        stores.partners, MemoryClients(outside), MemoryUsageKeys(outside), stores.api_products
    )


def requested(stores: Stores, code: str = "oak-web") -> Stored[PartnerApplication]:
    ports = ports_on(stores)
    if code == "oak-web":
        register_partner("oak", "Oak", command("register"), ports)
    asked = ASKED.replace(code=code)
    return request_application("oak", asked, command(f"request {code}"), ports)


def test_a_partner_and_its_application_come_back_unchanged(stores: Stores) -> None:
    stored = requested(stores)

    assert stores.partners.application(stored.record.id) == stored
    assert stores.partners.partner(Mode.TEST, "oak").record.name == "Oak"
    with pytest.raises(PartnerNotFound):
        stores.partners.partner(Mode.LIVE, "oak")
    with pytest.raises(ApplicationNotFound):
        stores.partners.application("app_test_" + "0" * 20)


def test_lists_are_by_code_in_parts(stores: Stores) -> None:
    for code in ("oak-web", "oak-app", "oak-batch"):
        requested(stores, code)

    def listed(part: PartOf) -> list[str]:
        entries = stores.partners.applications(Mode.TEST, "oak", part)
        return [entry.record.code for entry in entries if entry.record]

    assert listed(PartOf()) == ["oak-app", "oak-batch"]
    assert listed(PartOf(after="oak-batch")) == ["oak-web"]
    assert stores.partners.applications(Mode.LIVE, "oak", PartOf()) == []
    assert [entry.position for entry in stores.partners.partners(Mode.TEST, PartOf())] == ["oak"]


def test_a_repeated_call_is_answered_as_before(stores: Stores) -> None:
    requested(stores)

    with pytest.raises(AlreadyAnswered):
        request_application("oak", ASKED, command("request oak-web"), ports_on(stores))
    with pytest.raises(AlreadyAnswered):
        register_partner("oak", "Oak", command("register"), ports_on(stores))


def test_a_code_is_given_once_though_nobody_looked(stores: Stores) -> None:
    stored = requested(stores)
    again = command("other").with_answer(stored)

    with pytest.raises(CodeTaken):
        request_application("oak", ASKED, again, ports_on(stores))


def test_a_step_on_a_revision_that_has_passed_is_stale(stores: Stores) -> None:
    before, ports = requested(stores), ports_on(stores)
    approving = command("approve", by="ben")
    decide_application(before.record.id, ApplicationStep.APPROVE, "fine", approving, ports)

    late = command("late")
    rejected = before.record.decided(ApplicationStep.REJECT, by="ben", now=NOW)
    event = late.event(rejected.id, rejected, ApplicationEventType.REJECTED, before)
    with pytest.raises(StaleRevision):
        stores.partners.store(event, rejected, before, late.with_answer(before))


def test_a_step_before_the_last_records_no_answer(stores: Stores) -> None:
    before, ports = requested(stores), ports_on(stores)
    id, later = before.record.id, NOW + LATER_THAN_A_CLAIM
    decide_application(id, ApplicationStep.APPROVE, "fine", command("approve", by="ben"), ports)
    provision_application(id, command("provision", now=later), ports)

    with pytest.raises(AlreadyAnswered):
        provision_application(id, command("provision", now=later), ports)
    assert stores.partners.application(id).record.claimed_until is None


def test_a_cancelled_application_is_so_before_its_answer_is_recorded(stores: Stores) -> None:
    before, ports = requested(stores), ports_on(stores)
    id = before.record.id
    decide_application(id, ApplicationStep.APPROVE, "fine", command("approve", by="ben"), ports)
    cancel_application(id, "over", command("cancel"), ports)

    assert stores.partners.application(id).record.status == "cancelled"
    with pytest.raises(AlreadyAnswered):
        cancel_application(id, "over", command("cancel"), ports)
    with pytest.raises(AlreadyAnswered):
        stores.partners.record_answer(command("cancel").with_answer(before))


def test_a_suspended_application_stays_so_until_it_is_resumed(stores: Stores) -> None:
    before, ports = requested(stores), ports_on(stores)
    id = before.record.id
    decide_application(id, ApplicationStep.APPROVE, "fine", command("approve", by="ben"), ports)
    provision_application(id, command("provision"), ports)
    advance_application(id, ApplicationStep.SUSPEND, "late", command("suspend"), ports)

    assert stores.partners.application(id).record.status == "suspended"


def test_a_person_is_in_one_team_and_a_change_on_a_passed_revision_is_stale(stores: Stores) -> None:
    ports = ports_on(stores)
    for code in ("oak", "elm"):
        register_partner(code, code.title(), command(f"register {code}"), ports)
    before = stores.partners.partner(Mode.TEST, "oak")
    change_developers("oak", TeamChange(DeveloperStep.ADD, "dora"), command("add"), ports)

    assert stores.partners.partner(Mode.TEST, "oak").record.developers == ("dora",)
    with pytest.raises(AlreadyAnswered):
        change_developers("oak", TeamChange(DeveloperStep.ADD, "dora"), command("add"), ports)
    with pytest.raises(InvalidFields):
        change_developers(
            "elm", TeamChange(DeveloperStep.ADD, "dora"), command("add elsewhere"), ports
        )
    assert stores.partners.partner(Mode.TEST, "elm").record.developers == ()
    late, full = command("late"), before.record.with_developer("eve", TeamRole.DEVELOPER)
    event = late.event(full.id, full, PartnerEventType.DEVELOPER_ADDED, before)
    with pytest.raises(StaleRevision):
        stores.partners.change_developer(
            event,
            full,
            DeveloperChange("dev_eve", DeveloperStep.ADD, TeamRole.DEVELOPER),
            before,
            late.with_answer(before),
        )
    change_developers("oak", TeamChange(DeveloperStep.REMOVE, "dora"), command("remove"), ports)
    change_developers("elm", TeamChange(DeveloperStep.ADD, "dora"), command("add later"), ports)
    assert stores.partners.partner(Mode.TEST, "elm").record.developers == ("dora",)
