"""Scenes of the feed of events and of webhooks."""

from collections.abc import Iterator
from typing import Any

from tests.artefact.scenes.common import (
    CLAIMED_AT,
    HARBOUR,
    MEADOW,
    PAID,
    TOLD,
    WEBHOOK_BOOK_AGAIN,
    WEBHOOK_CHANGED,
    Scene,
)

WEBHOOK_ID = "whk_test_z9h259v4mazzad8d"
CREATED = "notifications/webhook_create"
"""The webhook of the other scenes. Its address is one of a network for documents: nobody is asked for a name."""


def notifications_scenes() -> Iterator[Scene]:
    """A partner reads its events, and registers a webhook."""
    events, listed = "GET /v1/events", (*PAID, TOLD)
    yield Scene("notifications/events", events, HARBOUR, None, listed, query={"limit": "3"})
    yield Scene("notifications/events_of_nobody", events, MEADOW, None, listed)
    yield Scene("notifications/events_unknown_place", events, HARBOUR, query={"after": "x"})
    url = {"url": "https://93.184.216.34/coverwright"}
    hooks, one = "/v1/webhooks", "/v1/webhooks/{webhook_id}"
    kept = ("/body/created_at", "/body/secret_added_at")
    once = (*kept, "/body/secret")
    asked = url | {"event_types": ["policy.issued", "claim.settled"]}
    yield Scene(CREATED, f"POST {hooks}", HARBOUR, asked, varies=once)
    private = {"url": "https://10.0.0.7/coverwright"}
    yield Scene("notifications/webhook_private", f"POST {hooks}", HARBOUR, private)
    plain = {"url": "http://93.184.216.34/coverwright"}
    yield Scene("notifications/webhook_without_tls", f"POST {hooks}", HARBOUR, plain)
    unknown = url | {"event_types": ["claim.reserved"]}
    yield Scene("notifications/webhook_internal_type", f"POST {hooks}", HARBOUR, unknown)
    yield Scene(
        "notifications/webhooks",
        f"GET {hooks}",
        HARBOUR,
        None,
        (CREATED,),
        varies=("/body/items/*/created_at", "/body/items/*/secret_added_at"),
    )
    given: dict[str, Any] = {"given": (CREATED,), "variables": {"webhook_id": WEBHOOK_ID}}
    yield Scene("notifications/webhook", f"GET {one}", HARBOUR, varies=kept, **given)
    yield Scene("notifications/webhook_of_another", f"GET {one}", MEADOW, **given)
    pause = {"status": "paused"}
    yield Scene("notifications/webhook_pause", f"POST {one}", HARBOUR, pause, varies=kept, **given)
    close = {"status": "closed"}
    closed = "notifications/webhook_close"
    yield Scene(closed, f"POST {one}", HARBOUR, close, varies=kept, **given)
    after: dict[str, Any] = {**given, "given": (CREATED, closed)}
    yield Scene("notifications/webhook_closed", f"POST {one}", HARBOUR, pause, **after)
    types, changed = (
        {"event_types": ["complaint.received"]},
        {**given, "given": WEBHOOK_CHANGED[:-1]},
    )
    yield Scene(WEBHOOK_CHANGED[-1], f"POST {one}", HARBOUR, types, varies=kept, **changed)
    yield Scene("notifications/webhook_attempts", f"GET {one}/attempts", HARBOUR, **given)
    added = f"POST {one}/secrets"
    yield Scene("notifications/webhook_add_secret", added, HARBOUR, varies=once, **given)
    yield Scene("notifications/webhook_test", f"POST {one}/tests", HARBOUR, varies=kept, **given)
    replay = f"POST {one}/replays"
    event = {"event_id": "pol_test_m2kebdx4jz36n8e7-1"}
    again: dict[str, Any] = {**given, "given": (*listed, CREATED), "varies": kept, "at": CLAIMED_AT}
    yield Scene("notifications/webhook_replay", replay, HARBOUR, event, **again)
    of_book: dict[str, Any] = {**given, "given": WEBHOOK_CHANGED, "varies": kept, "at": CLAIMED_AT}
    whole = event | {"reach": "book"}
    yield Scene(WEBHOOK_BOOK_AGAIN[-1], replay, HARBOUR, whole, **of_book)
    nothing = {"event_id": "pol_test_0000000000000000-1"}
    yield Scene("notifications/webhook_replay_nothing", replay, HARBOUR, nothing, **given)
