"""Customers to search for: insured as a partner insures them, with all that they are found by."""

from datetime import timedelta

from tests.support.claims import MOTOR
from tests.support.driving.http import Json
from tests.support.platform import Platform

ADA: Json = {
    "name": "Zoë Ada O'Merton",
    "email": "Ada.Merton@example.com",
    "date_of_birth": "1991-03-14",
    "address": {"lines": ["1 High Street"], "postcode": "AB1 2CD", "country": "GB"},
}
PLATES = ("AB12 CDE", "CD34 EFG", "EF56 GHJ")
"""Of vehicles that the bundled look-up knows, and that need no referral."""


def insured(
    platform: Platform, holder: Json = ADA, plate: str = PLATES[0], by: str = "harbour-test"
) -> Json:
    """A policy of the holder for the vehicle; the holder may be named by `party_id`."""
    quote = quoted(platform, holder, plate, by)
    platform.post(f"/v1/quotes/{quote['id']}/acceptance", by=by)
    return platform.post("/v1/policies", {"quote_id": quote["id"]}, by=by)


def quoted(
    platform: Platform, holder: Json = ADA, plate: str = PLATES[0], by: str = "harbour-test"
) -> Json:
    """A quote for the vehicle, which nothing happened to yet."""
    named = holder if "party_id" in holder else {"policyholder": holder}
    return platform.post(
        "/v1/quotes",
        {
            "product": "personal_motor",
            "start": "2026-12-01",
            "answers": MOTOR | {"registration": plate},
            **named,
        },
        by=by,
    )


def erase(platform: Platform, party_id: str) -> None:
    """Erase the party when no rule of retention keeps anything of its policies any more."""
    now, platform.now = platform.now, platform.now + timedelta(days=20 * 365)
    try:
        path = f"/v1/parties/{party_id}/erasure"
        platform.post(path, {"reason": "requested"}, by="privacy-test")
    finally:
        platform.now = now
