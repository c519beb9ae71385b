"""A webhook's message is taken if one of our secrets signed it, whole and just now; else it is refused."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from coverwright import InvalidSignature, verify_webhook
from standardwebhooks import Webhook

OLD, NEW = ("whsec_" + base64.b64encode(bytes([n]) * 24).decode() for n in (1, 2))
MESSAGE = {"type": "claim.settled", "data": {"id": "clm_1", "amount": 250_000}}
BODY = json.dumps(MESSAGE)


def signed(
    secret: str = NEW,
    *,
    body: str = BODY,
    ago: timedelta = timedelta(),
    changes: dict[str, str] | None = None,
) -> dict[str, str]:
    at = datetime.now(UTC) - ago
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("msg_1", at, body),
    } | (changes or {})


@pytest.mark.parametrize("secrets", [NEW, [NEW], [OLD, NEW], [NEW, OLD]])
def test_a_message_is_taken_that_one_of_the_secrets_signed(secrets: str | list[str]) -> None:
    assert verify_webhook(BODY, signed(), secrets) == MESSAGE
    assert verify_webhook(BODY.encode(), signed(), secrets) == MESSAGE


def test_one_of_several_signatures_is_enough() -> None:
    both = " ".join([signed(OLD)["Webhook-Signature"], signed(NEW)["Webhook-Signature"]])

    assert verify_webhook(BODY, signed(OLD, changes={"Webhook-Signature": both}), NEW) == MESSAGE


def test_four_minutes_late_or_early_is_good_yet() -> None:
    for minutes in (4, -4):
        assert verify_webhook(BODY, signed(ago=timedelta(minutes=minutes)), NEW) == MESSAGE


@pytest.mark.parametrize(
    "made",
    [
        lambda: (signed(OLD), BODY),
        lambda: (signed(), BODY.replace("250000", "350000")),
        lambda: (signed(), json.dumps(MESSAGE, indent=1)),
        lambda: (signed(ago=timedelta(minutes=6)), BODY),
        lambda: (signed(ago=timedelta(minutes=-6)), BODY),
        lambda: (signed(changes={"Webhook-Id": "msg_2"}), BODY),
        lambda: (signed(changes={"Webhook-Timestamp": "yesterday"}), BODY),
        lambda: (signed(changes={"Webhook-Signature": "v1"}), BODY),
        lambda: (signed(changes={"Webhook-Signature": "v1,%%%"}), BODY),
        lambda: (signed(changes={"Webhook-Signature": "v2,abcd"}), BODY),
        lambda: ({}, BODY),
        lambda: (signed(body="[]"), "[]"),
        lambda: (signed(), b"\xff"),
    ],
    ids=[
        "another secret",
        "another amount",
        "written again",
        "too old",
        "too new",
        "another id",
        "no time",
        "no signature",
        "not base64",
        "another version",
        "no headers",
        "no object",
        "no text",
    ],
)
def test_what_we_did_not_sign_just_so_is_refused(
    made: Callable[[], tuple[dict[str, str], str | bytes]],
) -> None:
    headers, body = made()
    with pytest.raises(InvalidSignature):
        verify_webhook(body, headers, [NEW])


def test_without_a_secret_nothing_is_taken() -> None:
    with pytest.raises(InvalidSignature, match="no secret"):
        verify_webhook(BODY, signed(), [])
