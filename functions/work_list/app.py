"""Work list: the work that waits for a role."""

from insurance import bundles, wiring
from insurance.api.paging import Page
from insurance.api.parameters import Parameters
from insurance.api.router import Api
from insurance.api.views.work import WorkListView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.roles import EVERY_ROLE, Role
from insurance.domain.core.scopes import Scope
from insurance.domain.work.work_item import WorkItem
from insurance.operations.command import Query
from insurance.operations.listing import ListPage
from insurance.operations.work.list_work import list_work
from pydantic import Field

ports = bundles.work_ports()

api = Api(edge=wiring.edge_for_staff())
handler = api.entrypoint()


class WorkParameters(Parameters):
    role: Role = Field(description="The role whose work is listed")


@api.query(
    "/v1/work-items",
    operation_id="listWorkItems",
    summary="List the work that waits for a role, the longest wait first",
    scope=Scope.WORK_READ,
    callers={CallerKind.STAFF},
    roles=EVERY_ROLE,
    shows=WorkListView,
    paged="work-items:{role}",
)
def get_work_items(parameters: WorkParameters, page: Page, query: Query) -> ListPage[WorkItem]:
    return list_work(parameters.role, page, query, ports)
