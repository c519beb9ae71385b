"""What the tests do as the bank: read the payment files, report what became of payments."""

from datetime import UTC, datetime
from typing import Any

from insurance.bank.iso20022 import end_to_end_id

from local.bank_messages.messages import Ordered, read_payments, status_report
from tests.support.claims import AFTER_THE_LOSS, issued, loss
from tests.support.platform import Platform

type Json = dict[str, Any]


FINANCE, BANK, HANDLER, SUPERVISOR = "finance-test", "bank-test", "handler-test", "supervisor-test"


BEFORE_THE_TERM = datetime(2026, 11, 20, 9, tzinfo=UTC)
AT_FAULT = {"driver_age": 35, "fault": True}

FILES, REPORTS = "/v1/payment-files", "/v1/bank-status-reports"


def at_the_bank(platform: Platform) -> list[Ordered]:
    """Every file that was written, as a bank reads it."""
    return [read_payments(body) for body, _ in platform.objects.kept.values() if body]


def reported(
    platform: Platform, file_id: str, group: str, **statuses: tuple[str, str | None]
) -> Json:
    document = status_report(
        f"R-{next(platform.numbers)}",
        end_to_end_id(file_id),
        group=group,
        payments={end_to_end_id(payment): status for payment, status in statuses.items()},
    )
    return platform.post(REPORTS, {"document": document}, by=BANK)


def executing(platform: Platform, count: int = 1) -> list[Json]:
    """Claims whose payments wait for the bank."""
    platform.now = BEFORE_THE_TERM
    policies = [issued(platform) for _ in range(count)]
    platform.now = AFTER_THE_LOSS
    body = loss("", "accidental_damage", "1000", facts=AT_FAULT)
    claims = [
        platform.post("/v1/claims", body | {"policy_id": policy, "settle": True})
        for policy in policies
    ]
    platform.deliver()
    return claims


def payments(claims: list[Json]) -> list[str]:
    return [payment["id"] for claim in claims for payment in claim["payments"]]
