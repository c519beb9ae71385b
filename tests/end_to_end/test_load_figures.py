"""What a load costs is found by process: each function's under its own name."""

import os

from bench.load.processes import ENGINE, GATEWAY, cpu_seconds
from local.stack import Stack
from tests.end_to_end.conftest import CallAs


def test_the_processor_time_of_a_function_stands_under_its_name(
    stack: Stack, call_as: CallAs
) -> None:
    assert call_as("harbour-test").get("/v1/products").status_code == 200

    assert {GATEWAY, ENGINE, "products"} <= cpu_seconds(os.getpid()).keys()
