"""What operations on partners and their applications are given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode
    from insurance.domain.core.stored import Stored
    from insurance.domain.partner.api_product import ApiProductLife
    from insurance.domain.partner.application import PartnerApplication
    from insurance.domain.partner.partner import DeveloperStep, Partner, TeamRole
    from insurance.operations.command import Command
    from insurance.operations.listing import ListEntry, ListRange


class DeveloperChange(NamedTuple):
    """Who is added to a team, or removed from it, as the authorizer knows them."""

    developer_id: str
    step: DeveloperStep
    role: TeamRole


class Partners(Protocol):
    """Partners and applications, and the rows by which the authorizer admits applications and developers."""

    def partner(self, mode: Mode, code: str) -> Stored[Partner]:
        """A partner of a mode.

        Raises:
            PartnerNotFound: There is none.
        """

    def application(self, application_id: str) -> Stored[PartnerApplication]:
        """An application.

        Raises:
            ApplicationNotFound: There is none.
        """

    def partners(self, mode: Mode, part: ListRange) -> Sequence[ListEntry[Partner]]:
        """Part of the partners of a mode, by their codes."""

    def applications(
        self, mode: Mode, partner: str, part: ListRange
    ) -> Sequence[ListEntry[PartnerApplication]]:
        """Part of a partner's applications, by their codes."""

    def load_partner(self, code: str, command: Command) -> Stored[Partner] | None:
        """The partner of the caller's mode, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def load_application(self, application_id: str, command: Command) -> Stored[PartnerApplication]:
        """An application, in one read with the command's idempotency record.

        Raises:
            ApplicationNotFound: There is none.
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def register(self, event: Event, partner: Partner, command: Command) -> None:
        """Store a new partner, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            CodeTaken: There is a partner of this code.
        """

    def change_developer(
        self,
        event: Event,
        partner: Partner,
        change: DeveloperChange,
        before: Stored[Partner],
        command: Command,
    ) -> None:
        """Store a partner whose team has changed, the row by which the authorizer admits the person or does
        not any more, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            InvalidFields: The person is in another team.
            StaleRevision: The partner has moved on since it was loaded.
        """

    def store(
        self,
        event: Event,
        application: PartnerApplication,
        before: Stored[PartnerApplication] | None,
        command: Command,
    ) -> None:
        """Store the application as the event left it, the row that the authorizer reads of it, and the
        command's answer, if the command has one yet.

        Raises:
            AlreadyAnswered: This call was answered before.
            CodeTaken: There is an application of this code; only where there is none before.
            StaleRevision: The application has moved on since it was loaded.
        """

    def record_answer(self, command: Command) -> None:
        """Store the command's answer, once all of it is done.

        Raises:
            AlreadyAnswered: This call was answered before.
        """


@dataclass(frozen=True, slots=True)
class IssuedSecret:
    """A client's secret, as the user pool says it once. It stands in no log: its representation lacks it."""

    id: str
    value: str = field(repr=False)


class Clients(Protocol):
    """The clients of the user pool. Each has its application's id for a name.

    Every method may refuse as Unavailable: the pool is busy or did not answer.
    """

    def find(self, name: str) -> str | None:
        """The id of the client of this name."""

    def create(self, name: str, scopes: Sequence[str]) -> tuple[str, IssuedSecret]:
        """A new client that signs in by a secret: its id, and the secret."""

    def allow(self, client_id: str, scopes: Sequence[str]) -> None:
        """Let the client ask for these scopes, and for no others."""

    def secret_ids(self, client_id: str) -> Sequence[str]:
        """The secrets that live, the oldest first."""

    def add_secret(self, client_id: str) -> IssuedSecret:
        """One more secret: there may be two."""

    def remove_secret(self, client_id: str, secret_id: str) -> None:
        """End a secret. One that has ended is no fault."""

    def remove(self, client_id: str) -> None:
        """End a client with its secrets. One that has ended is no fault."""


class UsageKeys(Protocol):
    """The keys by which usage plans count applications. Every method may refuse as Unavailable."""

    def put(self, application_id: str, plan: str, *, is_keyed_by_plan: bool = False) -> str:
        """The id of the application's key in this plan: made if it is not there.

        With `is_keyed_by_plan` it is the one that the application has for this plan alone.
        """


class Subscribers(Protocol):
    """Which partners have an API product."""

    def partners_with(self, mode: Mode, product: str) -> Iterator[str]:
        """The partners of whom an application that is active or suspended has the product: each once, by code.

        They are read page by page, as of a moment ago.
        """


class ApiProducts(Subscribers, Protocol):
    """The lives of API products, as far as somebody took a step with them."""

    def lives(self, mode: Mode) -> Mapping[str, Stored[ApiProductLife]]:
        """Those of a mode, by code."""

    def load(self, product: str, command: Command) -> Stored[ApiProductLife] | None:
        """One of the caller's mode, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def store(
        self,
        event: Event,
        life: ApiProductLife,
        before: Stored[ApiProductLife] | None,
        command: Command,
    ) -> None:
        """Store the product as the event left it, what the authorizer reads of one that is deprecated, and the
        command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The product has moved on since it was loaded.
        """


@dataclass(frozen=True, slots=True)
class CataloguePorts:
    """What operations on API products need from outside."""

    api_products: ApiProducts
    definitions: Mapping[str, str]
    """SHA-256 of each product's part of the definition that is deployed."""


@dataclass(frozen=True, slots=True)
class PartnerPorts:
    """What operations on partners need from outside."""

    partners: Partners
    clients: Clients
    keys: UsageKeys
    api_products: ApiProducts
