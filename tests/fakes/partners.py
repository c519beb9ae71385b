"""The ports of partners in memory: the store is held to the same contract as the one on DynamoDB (tests/contract)."""

from collections.abc import Iterator, Mapping, Sequence

from insurance.domain.core.errors import (
    ApplicationNotFound,
    CodeTaken,
    FieldFault,
    InvalidFields,
    PartnerNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, mode_of, partner_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.partner.api_product import ApiProductLife
from insurance.domain.partner.application import PartnerApplication
from insurance.domain.partner.partner import SUBJECT, DeveloperStep, Partner
from insurance.operations.command import Command
from insurance.operations.listing import ListEntry, ListRange
from insurance.operations.partners.ports import DeveloperChange, IssuedSecret

from tests.fakes.memory import Memory


class MemoryPartners:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def partner(self, mode: Mode, code: str) -> Stored[Partner]:
        found = self._memory.partners.get(partner_id_for(mode, code))
        if found is None:
            raise PartnerNotFound(code)
        return found

    def application(self, application_id: str) -> Stored[PartnerApplication]:
        found = self._memory.applications.get(application_id)
        if found is None:
            raise ApplicationNotFound(application_id)
        return found

    def partners(self, mode: Mode, part: ListRange) -> Sequence[ListEntry[Partner]]:
        of_mode = [s.record for id, s in self._memory.partners.items() if mode_of(id) is mode]
        return _part({partner.code: partner for partner in of_mode}, part)

    def applications(
        self, mode: Mode, partner: str, part: ListRange
    ) -> Sequence[ListEntry[PartnerApplication]]:
        of_partner = [
            stored.record
            for stored in self._memory.applications.values()
            if (stored.record.mode, stored.record.partner) == (mode, partner)
        ]
        return _part({application.code: application for application in of_partner}, part)

    def load_partner(self, code: str, command: Command) -> Stored[Partner] | None:
        self._memory.check(command.idempotency)
        return self._memory.partners.get(partner_id_for(command.caller.mode, code))

    def load_application(self, application_id: str, command: Command) -> Stored[PartnerApplication]:
        self._memory.check(command.idempotency)
        return self.application(application_id)

    def register(self, event: Event, partner: Partner, command: Command) -> None:
        self._memory.check(command.idempotency)
        if partner.id in self._memory.partners:
            raise CodeTaken("partner", partner.code)
        self._memory.append(event, lambda: CodeTaken("partner", partner.code))
        self._memory.partners[partner.id] = Stored(partner, event.head, None)
        self._memory.keep(command.idempotency)

    def change_developer(
        self,
        event: Event,
        partner: Partner,
        change: DeveloperChange,
        before: Stored[Partner],
        command: Command,
    ) -> None:
        self._memory.check(command.idempotency)
        if self._memory.partners[partner.id].head != before.head:
            raise StaleRevision(partner.code)
        if self._memory.developers.get(change.developer_id, partner.id) != partner.id:
            raise InvalidFields(
                [FieldFault(SUBJECT, "in-another-team", "The person is in another team.")]
            )
        self._memory.append(event, lambda: StaleRevision(partner.code))
        self._memory.partners[partner.id] = Stored(partner, event.head, None)
        if change.step is DeveloperStep.ADD:
            self._memory.developers[change.developer_id] = partner.id
        else:
            self._memory.developers.pop(change.developer_id)
        self._memory.keep(command.idempotency)

    def store(
        self,
        event: Event,
        application: PartnerApplication,
        before: Stored[PartnerApplication] | None,
        command: Command,
    ) -> None:
        if command.idempotency.answer is not None:
            self._memory.check(command.idempotency)
        there = self._memory.applications.get(application.id)
        if before is None and there is not None:
            raise CodeTaken("application", application.code)
        if (there and there.head) != (before and before.head):
            raise StaleRevision(application.id)
        self._memory.append(event, lambda: StaleRevision(application.id))
        self._memory.applications[application.id] = Stored(application, event.head, None)
        if command.idempotency.answer is not None:
            self._memory.keep(command.idempotency)

    def record_answer(self, command: Command) -> None:
        self._memory.check(command.idempotency)
        self._memory.keep(command.idempotency)


class MemoryApiProducts:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def partners_with(self, mode: Mode, product: str) -> Iterator[str]:
        having = {
            stored.record.partner
            for stored in self._memory.applications.values()
            if stored.record.mode is mode and product in stored.record.subscriptions
        }
        return iter(sorted(having))

    def lives(self, mode: Mode) -> Mapping[str, Stored[ApiProductLife]]:
        of_mode = [s for id, s in self._memory.api_products.items() if mode_of(id) is mode]
        return {stored.record.code: stored for stored in of_mode}

    def load(self, product: str, command: Command) -> Stored[ApiProductLife] | None:
        self._memory.check(command.idempotency)
        return self.lives(command.caller.mode).get(product)

    def store(
        self,
        event: Event,
        life: ApiProductLife,
        before: Stored[ApiProductLife] | None,
        command: Command,
    ) -> None:
        self._memory.check(command.idempotency)
        there = self._memory.api_products.get(life.id)
        if (there and there.head) != (before and before.head):
            raise StaleRevision(life.code)
        self._memory.append(event, lambda: StaleRevision(life.code))
        self._memory.api_products[life.id] = Stored(life, event.head, None)
        self._memory.keep(command.idempotency)


def _part[R](by_code: dict[str, R], part: ListRange) -> Sequence[ListEntry[R]]:
    after = sorted(code for code in by_code if code > part.after)
    return [ListEntry(code, by_code[code]) for code in after[: part.limit]]


class Killed(BaseException):
    """The process died: nothing catches it."""


class Outside:
    """The user pool and the gateway: every call counts, and the process may die before or after one."""

    def __init__(self) -> None:
        self.clients: dict[str, tuple[str, dict[str, str]]] = {}
        """Client id to name, and the values of its secrets by their ids."""
        self.keys: dict[str, str] = {}
        """Application id to the plan of its key."""
        self.allowed: dict[str, tuple[str, ...]] = {}
        """Client id to the scopes that it was given after it was made."""
        self.made = 0
        self.calls = 0
        self.dies_at: int | None = None
        """The number of the call at which the process dies: after the call was carried out."""

    def count(self) -> None:
        self.calls += 1
        if self.calls == self.dies_at:
            raise Killed

    @property
    def secrets(self) -> list[str]:
        """The values of all secrets that live."""
        return [value for _, secrets in self.clients.values() for value in secrets.values()]


class MemoryClients:
    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    def find(self, name: str) -> str | None:
        found = [id for id, (known, _) in self._outside.clients.items() if known == name]
        self._outside.count()
        return found[0] if found else None

    def create(self, name: str, scopes: Sequence[str]) -> tuple[str, IssuedSecret]:  # noqa: ARG002 - the port's
        client_id = f"client-{len(self._outside.clients)}"
        self._outside.clients[client_id] = (name, {})
        secret = self._add(client_id)
        self._outside.count()
        return client_id, secret

    def allow(self, client_id: str, scopes: Sequence[str]) -> None:
        self._outside.allowed[client_id] = tuple(scopes)
        self._outside.count()

    def secret_ids(self, client_id: str) -> Sequence[str]:
        ids = list(self._outside.clients[client_id][1])
        self._outside.count()
        return ids

    def add_secret(self, client_id: str) -> IssuedSecret:
        assert len(self._outside.clients[client_id][1]) < 2, "the pool takes no third secret"
        secret = self._add(client_id)
        self._outside.count()
        return secret

    def remove_secret(self, client_id: str, secret_id: str) -> None:
        secrets = self._outside.clients[client_id][1]
        assert list(secrets) != [secret_id], "the pool keeps a client's last secret"
        secrets.pop(secret_id, None)
        self._outside.count()

    def remove(self, client_id: str) -> None:
        self._outside.clients.pop(client_id, None)
        self._outside.count()

    def _add(self, client_id: str) -> IssuedSecret:
        self._outside.made += 1
        secret = IssuedSecret(f"id-{self._outside.made}", f"a secret, number {self._outside.made}")
        self._outside.clients[client_id][1][secret.id] = secret.value
        return secret


class MemoryUsageKeys:
    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    def put(self, application_id: str, plan: str, *, is_keyed_by_plan: bool = False) -> str:
        name = f"{application_id} {plan}" if is_keyed_by_plan else application_id
        self._outside.keys[name] = plan
        self._outside.count()
        return f"key-{name}"
