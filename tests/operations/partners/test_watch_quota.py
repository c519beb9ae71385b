"""That a quota is nearly or wholly used up is told once for each month, also where it is noted again and again."""

from datetime import timedelta

import pytest
from insurance.domain.core.errors import ApplicationNotFound, StaleRevision, Unavailable
from insurance.domain.core.event import Event
from insurance.domain.core.stored import Stored
from insurance.domain.events.catalogue import CATALOGUE, Audience
from insurance.domain.events.feed import feed_of
from insurance.domain.partner.application import ApplicationStep, PartnerApplication
from insurance.domain.partner.quota import QuotaMark
from insurance.operations.command import Command
from insurance.operations.partners.change_application import (
    advance_application,
    decide_application,
    request_application,
)
from insurance.operations.partners.issue_credentials import provision_application
from insurance.operations.partners.ports import PartnerPorts
from insurance.operations.partners.register_partner import register_partner
from insurance.operations.partners.watch_quota import note_quota_reached

from tests.fakes.memory import Memory
from tests.fakes.partners import (
    MemoryApiProducts,
    MemoryClients,
    MemoryPartners,
    MemoryUsageKeys,
    Outside,
)
from tests.support.builders import NOW
from tests.support.partners_at_work import ASKED, command

NOVEMBER, DECEMBER = "2026-11", "2026-12"


class Desk:
    """An active application, and what its stream tells."""

    def __init__(self) -> None:
        self.memory, outside = Memory(), Outside()
        self.partners = MemoryPartners(self.memory)
        self.ports = PartnerPorts(
            self.partners,
            MemoryClients(outside),
            MemoryUsageKeys(outside),
            MemoryApiProducts(self.memory),
        )
        register_partner("oak", "Oak", command("register"), self.ports)
        self.id = request_application("oak", ASKED, command("ask"), self.ports).record.id
        decide_application(
            self.id, ApplicationStep.APPROVE, "ok", command("yes", by="ben"), self.ports
        )
        provision_application(self.id, command("provision"), self.ports)

    def note(self, month: str, percent: int, minutes: int = 0) -> None:
        mark = QuotaMark(month=month, percent=percent)
        note_quota_reached(self.id, mark, NOW + timedelta(minutes=minutes), self.partners)

    def events(self) -> list[Event]:
        return [e for e in self.memory.events[self.id] if ".quota_" in e.type]

    def told(self) -> list[str]:
        return [event.type.removeprefix("application.quota_") for event in self.events()]


def test_each_mark_is_told_once_a_month() -> None:
    desk = Desk()
    for percent in (80, 80, 100, 80, 100):
        desk.note(NOVEMBER, percent)
    assert desk.told() == ["nearly_used", "used_up"]

    desk.note(DECEMBER, 80)
    desk.note(NOVEMBER, 100)  # given again, late
    assert desk.told() == ["nearly_used", "used_up", "nearly_used"]


def test_a_mark_that_is_passed_with_a_higher_one_is_told_too() -> None:
    desk = Desk()
    desk.note(NOVEMBER, 100)

    assert desk.told() == ["nearly_used", "used_up"]


def test_the_partner_is_told_in_its_feed() -> None:
    desk = Desk()
    desk.note(NOVEMBER, 100)

    for event in desk.events():
        assert CATALOGUE[event.type].audience is Audience.PARTNER
        feed = feed_of(event)
        assert feed is not None
        assert feed.partner == "oak"


def test_it_waits_for_a_call_that_changes_credentials() -> None:
    desk = Desk()
    application = desk.partners.application(desk.id)
    claimed = application.record.claimed(ApplicationStep.ADD_SECRET, now=NOW, at=NOW)
    desk.memory.applications[desk.id] = Stored(claimed, application.head, None)

    with pytest.raises(Unavailable):
        desk.note(NOVEMBER, 80)
    desk.note(NOVEMBER, 80, minutes=1)
    assert desk.told() == ["nearly_used"]


def test_who_was_overtaken_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else suspends the application in between."""
    desk = Desk()
    store = desk.partners.store
    overtaken: list[bool] = []

    def overtake(
        event: Event,
        application: PartnerApplication,
        before: Stored[PartnerApplication] | None,
        by: Command,
    ) -> None:
        if not overtaken:
            overtaken.append(True)
            suspending = command("suspend", by="ben")
            advance_application(desk.id, ApplicationStep.SUSPEND, "why", suspending, desk.ports)
        store(event, application, before, by)

    monkeypatch.setattr(desk.partners, "store", overtake)
    desk.note(NOVEMBER, 80)

    assert desk.told() == ["nearly_used"]
    assert desk.partners.application(desk.id).record.status == "suspended"


def test_who_is_overtaken_each_time_is_given_the_mark_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk()

    def overtaken(*_given: object) -> None:
        raise StaleRevision(desk.id)

    monkeypatch.setattr(desk.partners, "store", overtaken)

    with pytest.raises(StaleRevision):
        desk.note(NOVEMBER, 80)


def test_what_is_nobodys_is_refused() -> None:
    desk = Desk()
    with pytest.raises(ApplicationNotFound):
        note_quota_reached(
            "app_test_" + "0" * 20, QuotaMark(month=NOVEMBER, percent=80), NOW, desk.partners
        )
