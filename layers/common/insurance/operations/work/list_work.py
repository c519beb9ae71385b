"""List the work that waits for a role."""

from insurance.domain.core.errors import NoAuthority
from insurance.domain.core.roles import Role
from insurance.domain.work.work_item import WorkItem, may_see_work_of, work_item_of
from insurance.operations.command import Query
from insurance.operations.listing import ListPage, ListRange, page_of
from insurance.operations.work.ports import WorkPorts


def list_work(role: Role, part: ListRange, query: Query, ports: WorkPorts) -> ListPage[WorkItem]:
    """What waits for the role now, the longest wait first.

    Raises:
        NoAuthority: The caller neither works in the role nor oversees it.
    """
    if not may_see_work_of(role, query.caller.roles):
        raise NoAuthority(f"the work of {role}")
    entries = ports.lists.waiting(query.caller.mode, role, query.now, part)
    return page_of(entries, part.limit, lambda record: work_item_of(record, role))
