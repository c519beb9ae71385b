"""The life of a version as product managers move it, and who then sells it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from insurance.catalogue import STATE_SECONDS, BundledVersions, Catalogue
from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    InvalidDefinition,
    ProductNotFound,
    SamePerson,
    StaleRevision,
    VersionNotFound,
    WrongState,
)
from insurance.domain.core.event import first_broken_link
from insurance.domain.core.identity import Mode
from insurance.domain.product.definition.files import Files
from insurance.domain.product.publishing.release import VersionStep
from insurance.operations.command import Command, Query
from insurance.operations.idempotency import RecordedAnswer
from insurance.operations.products.change_version import advance_version, draft_version
from insurance.operations.products.ports import ProductPorts
from insurance.operations.products.read_versions import list_versions, read_files, read_version

from tests.fakes.documents import MemoryObjects
from tests.fakes.memory import Memory
from tests.fakes.products import MemoryProductVersions
from tests.support.builders import make_idempotency
from tests.support.pet import BY_AGE, SCENARIOS, files

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
TODAY = NOW.date()


def person(name, *, role="product_manager", mode=Mode.TEST):
    return Caller(
        principal=name,
        kind=CallerKind.STAFF,
        partner="",
        roles=frozenset({role}),
        scopes=frozenset({"products:write"}),
        mode=mode,
    )


@dataclass
class Publisher:
    """The stores that operations on products are given, and a catalogue with a clock of its own."""

    memory: Memory = field(default_factory=Memory)
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    seconds: float = 1_000_000.0
    calls: int = 0
    reads: int = 0

    def __post_init__(self):
        self.versions = MemoryProductVersions(self.memory)
        self.seeds = BundledVersions()
        self.catalogue = Catalogue(
            stored=lambda: self, contents=lambda: self.objects, now=lambda: self.seconds
        )

    def known(self, mode, code=None):
        self.reads += 1
        return self.versions.known(mode, code)

    @property
    def ports(self):
        return ProductPorts(self.catalogue, self.versions, self.seeds, lambda: self.objects)

    def command(self, who, revision=None):
        self.calls += 1
        idempotency = make_idempotency(f"key-{self.calls}", now=NOW, render=lambda _: ANSWER)
        caller = who if isinstance(who, Caller) else person(who)
        return Command(caller, idempotency, revision)

    def draft(self, sent=None, who="ann", version="2026.1", code="pet", revision=None):
        command = self.command(who, revision)
        return draft_version(code, version, sent or files(), command, self.ports)

    def take(self, step, who="bob", version="2026.1", code="pet", revision=None):
        command = self.command(who, revision)
        return advance_version(code, version, step, "because", command, self.ports)

    def publish(self, version="2026.1", **changes):
        self.draft(files(version, **changes), version=version)
        self.take(VersionStep.SUBMIT, "ann", version=version)
        self.take(VersionStep.APPROVE, version=version)
        return self.take(VersionStep.PUBLISH, version=version)

    def on_sale(self, mode=Mode.TEST):
        return self.catalogue.on_sale("pet", TODAY, mode)


ANSWER = RecordedAnswer("{}")


@pytest.fixture
def house():
    return Publisher()


def test_a_published_version_is_sold_and_only_in_its_mode(house):
    kept = house.publish()

    sold = house.on_sale()
    assert (sold.code, sold.version) == ("pet", "2026.1")
    assert sold.ref == ProductRef(code="pet", version="2026.1", content=kept.record.content)
    assert "pet" in {one.code for one in house.catalogue.all_on_sale(TODAY, Mode.TEST)}
    with pytest.raises(ProductNotFound):
        house.on_sale(Mode.LIVE)


def test_every_step_is_an_event_of_one_chain(house):
    house.publish()

    [events] = house.memory.events.values()
    assert [event.type for event in events] == [
        "product.drafted",
        "product.submitted",
        "product.approved",
        "product.published",
    ]
    assert first_broken_link(events) is None


def test_what_is_not_published_is_not_sold(house):
    house.draft()
    house.take(VersionStep.SUBMIT, "ann")
    house.take(VersionStep.APPROVE)

    with pytest.raises(ProductNotFound):
        house.on_sale()


def test_a_withdrawn_version_is_not_sold_a_minute_later(house):
    house.publish()
    kept = house.on_sale().ref
    house.take(VersionStep.CLOSE)

    house.seconds += STATE_SECONDS - 1
    assert house.on_sale().version == "2026.1"
    house.seconds += 1
    with pytest.raises(ProductNotFound):
        house.on_sale()
    assert house.catalogue.for_renewal("pet", TODAY, Mode.TEST).version == "2026.1"
    assert not house.catalogue.sells(kept, TODAY, Mode.TEST, renewal=False)
    assert house.catalogue.sells(kept, TODAY, Mode.TEST, renewal=True)
    house.take(VersionStep.RETIRE)
    house.seconds += STATE_SECONDS
    with pytest.raises(ProductNotFound):
        house.catalogue.for_renewal("pet", TODAY, Mode.TEST)
    assert house.catalogue.version(kept).version == "2026.1"


def test_states_are_read_once_a_minute_and_contents_once(house):
    house.publish()
    for _ in range(5):
        house.on_sale()
    assert house.reads == 1
    compiled = house.on_sale()
    house.seconds += STATE_SECONDS

    assert house.on_sale() is compiled
    assert house.reads == 2


def test_a_clock_that_was_set_back_does_not_keep_a_state_alive(house):
    house.publish()
    house.on_sale()
    house.take(VersionStep.CLOSE)
    house.seconds -= 5

    with pytest.raises(ProductNotFound):
        house.on_sale()


def test_the_newest_version_is_sold_from_its_day_and_policies_keep_theirs(house):
    house.publish()
    first = house.on_sale().ref
    house.publish("2026.2", sale={"new_business_from": "2026-08-01", "renewals_from": "2026-09-01"})
    house.seconds += STATE_SECONDS

    assert house.on_sale().version == "2026.1"
    later = house.catalogue.on_sale("pet", date(2026, 8, 1), Mode.TEST)
    assert later.version == "2026.2"
    assert house.catalogue.for_renewal("pet", date(2026, 8, 31), Mode.TEST).version == "2026.1"
    assert house.catalogue.for_renewal("pet", date(2026, 9, 1), Mode.TEST).version == "2026.2"
    assert house.catalogue.version(first).version == "2026.1"


def test_a_version_that_fails_a_scenario_is_drafted_with_a_warning_and_not_published(house):
    wrong = {**SCENARIOS, "scenarios": [{"name": "young", "expect": {"net": "1.00"}}]}

    drafted = house.draft(files(scenarios=wrong))

    assert not drafted.report.publishable
    house.take(VersionStep.SUBMIT, "ann")
    house.take(VersionStep.APPROVE)
    with pytest.raises(InvalidDefinition) as caught:
        house.take(VersionStep.PUBLISH)
    assert ("/scenarios", "net: 100.00 GBP, expected 1.00 GBP") in {
        (fault.pointer, fault.detail.partition("found ")[2].partition(", expected what")[0])
        for fault in caught.value.faults
    }
    with pytest.raises(ProductNotFound):
        house.on_sale()


def test_a_version_with_something_untried_is_not_published(house):
    fewer = {**SCENARIOS, "scenarios": SCENARIOS["scenarios"][1:]}
    one_sided = "age>=,age<,factor\n,8,1\n8,12,2\n12,,3\n"
    house.draft(files(scenarios=fewer, table=one_sided))
    house.take(VersionStep.SUBMIT, "ann")
    house.take(VersionStep.APPROVE)

    with pytest.raises(InvalidDefinition) as caught:
        house.take(VersionStep.PUBLISH)

    assert [fault.pointer for fault in caught.value.faults] == ["/tables/by_age"]
    assert "the edge of age" in caught.value.faults[0].detail


def test_malformed_files_are_refused_with_pointers_and_nothing_is_kept(house):
    broken = files(rating={"steps": [{"step": "base", "base": "10 * aeg"}]})

    with pytest.raises(InvalidDefinition) as caught:
        house.draft(broken)

    [fault] = caught.value.faults
    assert fault.pointer == "/document/rating/steps/0/base"
    assert "Did you mean age?" in fault.detail
    assert house.memory.events == {}
    assert house.objects.kept == {}


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        (files(code="cat"), "/document/code"),
        (files("2026.9"), "/document/version"),
        (files(table="age,factor\n1,2,3\n"), "/tables/by_age"),
        (Files("{", {}, None), "/document"),
        (Files(files().document, {"by_age": BY_AGE}, "{"), "/scenarios"),
    ],
)
def test_a_fault_points_into_the_file_it_is_in(house, sent, pointer):
    with pytest.raises(InvalidDefinition) as caught:
        house.draft(sent)

    assert pointer in {fault.pointer for fault in caught.value.faults}


def test_who_wrote_on_it_may_neither_approve_nor_publish(house):
    house.draft()
    house.draft(files(name="Pets"), who="ben")
    house.take(VersionStep.SUBMIT, "ann")
    for author in ("ann", "ben"):
        with pytest.raises(SamePerson):
            house.take(VersionStep.APPROVE, author)
    house.take(VersionStep.APPROVE, "cleo")
    with pytest.raises(SamePerson):
        house.take(VersionStep.PUBLISH, "ben")

    assert house.take(VersionStep.PUBLISH, "cleo").record.approved_by == "cleo"


def test_a_draft_is_replaced_until_it_is_in_review(house):
    first = house.draft().stored.record.content
    second = house.draft(files(name="Pets")).stored.record.content
    assert first != second
    house.take(VersionStep.SUBMIT, "ann")

    with pytest.raises(WrongState):
        house.draft()


def test_an_expected_revision_that_has_passed_is_stale(house):
    house.draft()
    house.draft(files(name="Pets"), revision=1)

    with pytest.raises(StaleRevision):
        house.draft(revision=1)


def test_bundled_versions_are_seeds_whose_life_goes_on(house):
    query = Query(person("ann"), NOW, NOW)
    seed = read_version("personal_motor", "2026.1", query, house.ports)
    assert (seed.record.status, seed.head.sequence) == ("active", 0)

    house.take(VersionStep.CLOSE, code="personal_motor")

    with pytest.raises(ProductNotFound):
        house.catalogue.on_sale("personal_motor", TODAY, Mode.TEST)
    assert house.catalogue.on_sale("personal_motor", TODAY, Mode.LIVE)
    assert house.catalogue.version(seed.record.ref).code == "personal_motor"


def test_a_bundled_version_cannot_be_drafted_over(house):
    document = house.seeds.files("home_contents", "2026.1")

    with pytest.raises(WrongState):
        house.draft(document, code="home_contents")


def test_versions_are_listed_with_their_states_and_read_with_their_files(house):
    house.publish()
    house.publish("2026.10")
    house.draft(files("2026.9"), version="2026.9")
    query = Query(person("ann"), NOW, NOW)

    listed = [
        (kept.record.version, kept.record.status.value)
        for kept in list_versions("pet", query, house.ports)
    ]
    assert listed == [("2026.1", "active"), ("2026.9", "draft"), ("2026.10", "active")]
    found = read_files("pet", "2026.9", query, house.ports)
    assert found.files == files("2026.9")
    assert found.version.record.filings == (("GB", "CW-PET-1"),)
    with pytest.raises(VersionNotFound):
        read_version("pet", "3", query, house.ports)


def test_files_that_were_changed_in_the_store_are_never_sold(house):
    kept = house.publish()
    key = f"{kept.record.content}.json"
    body, media_type = house.objects.kept[key]
    house.objects.kept[key] = (body.replace(b"100", b"1"), media_type)

    with pytest.raises(ValueError, match="is another"):
        house.on_sale()
