"""Which partners there are is said alike in memory and on a real engine."""

from typing import TYPE_CHECKING

import pytest
from insurance.domain.core.identity import Mode
from insurance.dynamodb.policy.registered_partners import DynamoDBRegisteredPartners
from insurance.dynamodb.tables import Tables
from insurance.operations.policy.ports import RegisteredPartners

from tests.fakes.policy import MemoryRegisteredPartners
from tests.support.engine import make_tables
from tests.support.partners import register_partners

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(params=["memory", "dynamodb"])
def partners(request: pytest.FixtureRequest) -> RegisteredPartners:
    if request.param == "memory":
        return MemoryRegisteredPartners()
    dynamodb: DynamoDBClient = request.getfixturevalue("dynamodb")
    tables = make_tables(dynamodb)
    register_partners(dynamodb)
    return DynamoDBRegisteredPartners(dynamodb, Tables(tables.__getitem__))


@pytest.mark.parametrize(
    ("partner", "mode", "is_registered"),
    [
        ("harbour", Mode.TEST, True),
        ("harbour", Mode.LIVE, True),
        ("meadow", Mode.TEST, True),
        ("meadow", Mode.LIVE, False),
        ("gone", Mode.TEST, False),
        ("nobody", Mode.TEST, False),
        ("elm", Mode.TEST, False),
    ],
)
def test_a_partner_is_registered_by_an_active_application_of_the_mode(
    partners, partner, mode, is_registered
):
    assert partners.is_registered(partner, mode) is is_registered
