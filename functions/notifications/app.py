"""Notifications: what happened in a partner's own book, for the partner to read."""

from insurance import bundles, wiring
from insurance.api.paging import Page
from insurance.api.router import Api
from insurance.api.views.notifications import EventListView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import EventsNoLongerKept
from insurance.domain.core.scopes import Scope
from insurance.operations.command import Query
from insurance.operations.notifications.read_feed import FeedPage, read_feed

ports = bundles.feed_ports()

api = Api(used_proofs=wiring.used_proofs)
handler = api.entrypoint()


@api.query(
    "/v1/events",
    operation_id="listEvents",
    summary="List the events of a partner's own book, and go on from where the last call ended",
    scope=Scope.EVENTS_READ,
    callers={CallerKind.APPLICATION},
    shows=EventListView,
    paged="events",
    raises=(EventsNoLongerKept,),
)
def get_events(page: Page, query: Query) -> FeedPage:
    return read_feed(page, query, ports)
