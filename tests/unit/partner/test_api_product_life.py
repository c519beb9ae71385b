"""The life of an API product: forward only, by two people, with the definition that was reviewed, to an announced end."""

from datetime import timedelta
from typing import Any

import pytest
from insurance.api_products import API_PRODUCTS, ApiProduct
from insurance.domain.core.errors import (
    DefinitionDiffers,
    InvalidFields,
    SamePerson,
    VersionNotFound,
    WrongState,
)
from insurance.domain.core.identity import Mode
from insurance.domain.partner.api_product import (
    NEXT,
    NOTICE_LIVE,
    SUPERSEDED,
    VERSIONS_MAX,
    ApiProductLife,
    ApiVersion,
    ApiVersionInput,
    ApiVersionStatus,
    ApiVersionStep,
)

from tests.support.builders import NOW

OFFER = API_PRODUCTS["quoting"]
DEPLOYED, RELEASED = OFFER.version, OFFER.released
DIGEST = "a" * 64
LATER = NOW + timedelta(days=400)


def life(mode: Mode = Mode.TEST) -> ApiProductLife:
    return ApiProductLife.seed(mode, OFFER)


def step(
    life: ApiProductLife,
    name: str,
    by: str = "ann",
    *,
    version: str = DEPLOYED,
    definition: str = DIGEST,
    **asked: Any,
) -> ApiProductLife:
    given = ApiVersionInput(version=version, step=ApiVersionStep(name), reason="why", **asked)
    return life.taken(given, by=by, now=NOW, definition=definition)


def published(mode: Mode = Mode.TEST) -> ApiProductLife:
    reviewed = step(step(life(mode), "submit"), "approve", "ben")
    return step(reviewed, "publish")


def statuses(of: ApiProductLife) -> dict[str, str]:
    return {each.version: each.status for each in of.versions}


@pytest.mark.parametrize("status", ApiVersionStatus)
@pytest.mark.parametrize("name", ApiVersionStep)
def test_a_version_takes_the_steps_of_the_table_and_no_other(
    status: ApiVersionStatus, name: ApiVersionStep
) -> None:
    version = ApiVersion(
        version=DEPLOYED, status=status, definition=DIGEST, submitted_by="ann", sunset_at=NOW
    )
    before = life().replace(versions=(version,))
    sunset: dict[str, Any] = {"sunset_at": LATER} if name is ApiVersionStep.DEPRECATE else {}

    if (status, name) in NEXT:
        after = step(before, name, "ben", **sunset)
        assert statuses(after) == {DEPLOYED: NEXT[status, name]}
        assert after.versions[0].changed_at == NOW
    else:
        with pytest.raises(WrongState):
            step(before, name, "ben", **sunset)


def test_no_step_leads_back() -> None:
    order = list(ApiVersionStatus)

    for (before, _), after in NEXT.items():
        assert order.index(after) >= order.index(before)


def test_what_was_released_is_published_and_what_is_deployed_waits() -> None:
    assert statuses(life()) == {RELEASED: "published", DEPLOYED: "draft"}
    assert life().with_deployed(OFFER) == life()


def test_who_submitted_a_version_does_not_approve_it() -> None:
    submitted = step(life(), "submit", "ann")

    with pytest.raises(SamePerson):
        step(submitted, "approve", "ann")
    assert step(submitted, "approve", "ben").version(DEPLOYED).approved_by == "ben"


def test_who_submits_again_does_not_approve_it_either() -> None:
    again = step(step(life(), "submit", "ann"), "submit", "ben")

    with pytest.raises(SamePerson):
        step(again, "approve", "ben")


@pytest.mark.parametrize("name", ["approve", "publish"])
def test_a_version_goes_on_with_the_definition_that_was_submitted_alone(name: str) -> None:
    before = step(life(), "submit")
    if name == "publish":
        before = step(before, "approve", "ben")

    with pytest.raises(DefinitionDiffers, match="submit it again"):
        step(before, name, "ben", definition="b" * 64)


def test_another_version_than_the_deployed_one_is_not_submitted() -> None:
    other = ApiVersion(version="0.8.0", status=ApiVersionStatus.DRAFT)

    with pytest.raises(DefinitionDiffers, match=f"this release has {DEPLOYED}"):
        step(life().replace(versions=(other,)), "submit", version="0.8.0")
    with pytest.raises(VersionNotFound):
        step(life(), "submit", version="0.7.0")


def test_a_version_that_is_published_takes_the_place_of_the_one_before() -> None:
    after = published()

    assert statuses(after) == {RELEASED: "retired", DEPLOYED: "published"}
    assert after.version(RELEASED).reason == SUPERSEDED
    assert after.version(RELEASED).sunset_at is None
    assert after.served == after.version(DEPLOYED)


def test_deprecating_says_when_it_ends_and_where_to_go_on() -> None:
    ends = step(published(), "deprecate", sunset_at=LATER, successor="/v1/policies").served

    assert ends is not None
    assert (ends.deprecated_at, ends.sunset_at, ends.successor) == (NOW, LATER, "/v1/policies")
    assert not ends.is_over(LATER - timedelta(seconds=1))
    assert ends.is_over(LATER)


@pytest.mark.parametrize(
    ("mode", "asked", "pointer", "code"),
    [
        (Mode.TEST, {}, "/sunset_at", "required"),
        (Mode.TEST, {"sunset_at": NOW - timedelta(seconds=1)}, "/sunset_at", "too-early"),
        (
            Mode.LIVE,
            {"sunset_at": NOW + NOTICE_LIVE - timedelta(seconds=1)},
            "/sunset_at",
            "too-early",
        ),
        (Mode.TEST, {"sunset_at": LATER, "successor": "/v9/quotes"}, "/successor", "unknown"),
        (Mode.TEST, {"sunset_at": LATER, "successor": "/v1/quotes"}, "/successor", "unknown"),
        (Mode.TEST, {"sunset_at": LATER, "successor": "/v1/events"}, "/successor", "unknown"),
    ],
)
def test_an_end_is_announced_in_time_and_leads_to_another_product(
    mode: Mode, asked: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(InvalidFields) as refused:
        step(published(mode), "deprecate", **asked)

    [fault] = refused.value.faults
    assert (fault.pointer, fault.code) == (pointer, code)


def test_a_live_product_ends_after_its_notice_and_a_test_one_at_once() -> None:
    assert step(published(Mode.LIVE), "deprecate", sunset_at=NOW + NOTICE_LIVE).served
    assert step(published(Mode.TEST), "deprecate", sunset_at=NOW).served


@pytest.mark.parametrize("name", ["submit", "approve", "publish"])
def test_a_product_that_ends_gets_no_new_version(name: str) -> None:
    ends = step(life(), "deprecate", version=RELEASED, sunset_at=LATER)

    with pytest.raises(WrongState, match=f"{RELEASED} is deprecated"):
        step(ends, name)


def test_retired_before_its_sunset_it_ends_now_and_after_it_as_announced() -> None:
    early = step(step(published(), "deprecate", sunset_at=LATER), "retire").served
    announced = step(step(published(), "deprecate", sunset_at=NOW), "retire").served

    assert early is not None
    assert early.sunset_at == NOW
    assert announced is not None
    assert announced.sunset_at == NOW


def test_the_oldest_that_are_retired_go_first() -> None:
    old = [
        ApiVersion(version=f"0.1.{number}", status=ApiVersionStatus.RETIRED)
        for number in range(VERSIONS_MAX)
    ]
    kept = ApiVersion(version="0.2.0", status=ApiVersionStatus.PUBLISHED)

    after = life().replace(versions=(*old, kept)).with_deployed(OFFER)

    assert len(after.versions) == VERSIONS_MAX
    assert [each.version for each in after.versions[-2:]] == ["0.2.0", DEPLOYED]
    assert after.versions[0].version == "0.1.2"


def test_live_and_test_have_lives_of_their_own() -> None:
    assert life(Mode.LIVE).id == "apd_quoting"
    assert life(Mode.TEST).id == "apd_test_quoting"
    assert (life(Mode.LIVE).mode, life(Mode.TEST).mode) == (Mode.LIVE, Mode.TEST)
    assert life().code is ApiProduct("quoting")
