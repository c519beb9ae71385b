"""Webhooks that a partner registers at the same moment are all there, and never more than it may have."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from insurance.domain.webhook.webhook import WEBHOOKS_MAX
from insurance.dynamodb.notifications import webhooks

from tests.support.platform import Platform

ASKED = {"url": "https://receiver.example/events"}


@contextmanager
def another_before(platform: Platform, call: str) -> Iterator[None]:
    """Another one is stored just before this call of the store."""
    real, late = getattr(webhooks, call), [True]

    def called(*given: Any) -> Any:
        if late:
            late.clear()
            platform.post("/v1/webhooks", ASKED)
        return real(*given)

    with patch.object(webhooks, call, called):
        yield


def test_both_are_registered(platform: Platform):
    with another_before(platform, "transact"):
        platform.post("/v1/webhooks", ASKED)

    assert len(platform.get("/v1/webhooks")["items"]) == 2


@pytest.mark.parametrize("call", ["read", "transact"])
def test_the_last_place_is_given_once(platform: Platform, call: str):
    for _ in range(WEBHOOKS_MAX - 1):
        platform.post("/v1/webhooks", ASKED)

    with another_before(platform, call):
        assert platform.refused("/v1/webhooks", ASKED) == "too-many-webhooks"
