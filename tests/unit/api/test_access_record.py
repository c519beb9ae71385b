"""An access record names the objects of a call in both modes, and nothing that a caller writes in their place."""

from datetime import UTC, datetime

import pytest
from insurance.api.access_record import AccessRecord
from insurance.api.path import PATH_IDS, check_parameter
from insurance.domain.core.identity import Mode
from insurance.domain.search.summaries import PartySummary
from insurance.operations.listing import ListPage

from tests.support.route_calls import IDS

NAMED = sorted(PATH_IDS.keys() & IDS.keys() - {"stream"})
"""A stream's id may hold a code, such as a partner's."""


def objects(**path: str) -> list[str]:
    record = AccessRecord({"requestContext": {}})
    record.about("getClaim", path)
    return record.objects


def test_a_list_of_customers_names_each() -> None:
    since = datetime(2027, 1, 1, tzinfo=UTC)
    found = [
        PartySummary(id=f"pty_{letter * 16}", partner="harbour", since=since) for letter in "ab"
    ]
    record = AccessRecord({"requestContext": {}})

    record.shows(ListPage(found, None))

    assert record.parties == [each.id for each in found]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", NAMED)
def test_every_object_is_named_live_and_in_test_mode(name: str, mode: Mode) -> None:
    id = IDS[name] if mode is Mode.TEST else IDS[name].replace("_test_", "_")
    check_parameter(name, id)

    assert objects(**{name: id}) == [id]


@pytest.mark.parametrize(
    "sent",
    [
        *("ada_merton", "tel_07700900123", "ada@example.com", "pol_test_", "Ada Merton"),
        *("nin_qq123456c", "pol_20271231235959", "abc_mertonmertonmerton"),
    ],
)
def test_what_is_no_id_is_not_kept(sent: str) -> None:
    assert objects(claim_id=sent, stream=sent, partner=sent) == []
