import moto  # noqa: F401  # first: a client made before it would go to the network
import pytest

from tests.unit.authorizer.house import House


@pytest.fixture
def house() -> House:
    return House()
