"""The calendar of the platform: its events schedule jobs, and the scheduler works them off."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cached_property, partial

from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, PolicyId
from insurance.domain.jurisdiction.jurisdiction import DispatchChannel, local_midnight
from insurance.domain.schedule.scheduled_job import JobKind, partition_for
from insurance.operations.billing.collect_premium import collect_premium
from insurance.operations.billing.ports import CollectionPorts
from insurance.operations.claims.charge_reinstatement import charge_reinstatement
from insurance.operations.claims.ports import ReinstatementPorts
from insurance.operations.documents.remake_documents import remake_documents
from insurance.operations.ledger.ports import EarningsPorts
from insurance.operations.ledger.post_earned_premium import post_earned_premium
from insurance.operations.policy.invite_renewal import invite_renewal
from insurance.operations.quoting.expire_quote import expire_quote
from insurance.operations.scheduler.check_deadlines import (
    check_claim_deadlines,
    check_complaint_deadlines,
)
from insurance.operations.scheduler.run_jobs import Job, RunReport, run_jobs
from insurance.operations.scheduler.schedule_jobs import schedule_jobs
from insurance.products import SampleLookUps

from tests.support.driving.documents import Documents
from tests.support.policy_life import PARTNER

PARTITION = partition_for(Mode.TEST, PARTNER.partner)


class Scheduler(Documents):
    """Days that pass, and what falls due on them."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.planned: set[tuple[str, int]] = set()
        self.partition = PARTITION

    @cached_property
    def jobs(self) -> Mapping[JobKind, Job]:
        products, stores = self.products, self.stores
        collecting = CollectionPorts(products, stores.billing, SampleLookUps(), self.policies)
        return {
            JobKind.QUOTE: partial(expire_quote, quotes=stores.quotes),
            JobKind.RENEWAL: partial(invite_renewal, ports=self.invitation_ports),
            JobKind.BILLING: partial(collect_premium, ports=collecting),
            JobKind.EARNING: partial(
                post_earned_premium, ports=EarningsPorts(products, stores.earnings)
            ),
            JobKind.CLAIM: partial(check_claim_deadlines, claims=stores.claims),
            JobKind.COMPLAINT: partial(check_complaint_deadlines, complaints=stores.complaints),
            JobKind.DOCUMENT: self._remake_documents,
            JobKind.LIMIT: partial(
                charge_reinstatement,
                ports=ReinstatementPorts(products, stores.claims, self.policies),
            ),
        }

    def _remake_documents(self, policy_id: PolicyId, now: datetime) -> None:
        """The typesetter is loaded where documents are made again, and nowhere else."""
        remake_documents(policy_id, now, self.document_ports)

    def schedule_events(self, *, again: bool = False) -> None:
        """Schedule what the events ask for; `again`: as a stream that delivers twice."""
        for events in list(self.memory.events.values()):
            for event in events:
                place = (event.stream, event.sequence)
                if again or place not in self.planned:
                    self.planned.add(place)
                    schedule_jobs(
                        event, products=self.products, schedule=self.stores.scheduled_jobs
                    )

    def turn_to(
        self, day: date | datetime, *, time_is_up: Callable[[], bool] = lambda: False
    ) -> RunReport:
        """It becomes this day, and what fell due by its first moment is done."""
        self.now = self.moment(day)
        self.schedule_events()
        return run_jobs(
            self.partition,
            self.jobs,
            scheduled=self.stores.scheduled_jobs,
            now=self.now,
            time_is_up=time_is_up,
        )

    def moment(self, day: date | datetime) -> datetime:
        """A time, or midnight of a day where the product is sold."""
        if isinstance(day, datetime):
            return day.astimezone(UTC)
        return local_midnight(day, self.product.zone)

    def prove_dispatch_by_email(self, number: int | None = None) -> datetime:
        """When the notice takes effect."""
        notice = self.prove_dispatch(channel=DispatchChannel.EMAIL, number=number).notice
        assert notice.effective_at is not None
        return notice.effective_at

    def story(self, policy_id: str | None = None) -> list[tuple[str, str]]:
        """What happened to the policy and its account, in order: when, and what."""
        suffix = (policy_id or self.policy_id).rpartition("_")[2]
        found: list[Event] = []
        for stream, events in self.memory.events.items():
            if stream.endswith(suffix):
                found += events
        found.sort(key=lambda event: (event.processed_at, event.stream, event.sequence))
        return [(f"{event.processed_at:%Y-%m-%dT%H:%MZ}", event.type) for event in found]
