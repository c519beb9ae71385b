"""Schedule the jobs that an event gives rise to."""

from insurance.domain.core.event import Event
from insurance.domain.schedule.plan import jobs_after
from insurance.operations.products.ports import Products
from insurance.operations.scheduler.ports import Schedule


def schedule_jobs(event: Event, *, products: Products, schedule: Schedule) -> None:
    """Enter the jobs after the event. Safe to repeat: a job is entered once, and runs harmlessly
    where nothing is left to do."""
    for job in jobs_after(event, products.version):
        schedule.add(job)
