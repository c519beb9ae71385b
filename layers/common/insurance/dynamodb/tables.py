"""The names of the tables, for every store."""

from collections.abc import Callable


class _Name:
    """One table's name, asked for when a store first needs it."""

    def __set_name__(self, _owner: type, setting: str) -> None:
        self._setting = setting

    def __get__(self, tables: "Tables", _owner: type) -> str:
        return tables.name_of(self._setting)


class Tables:
    """Names a store's tables by what they hold: `tables.quotes`.

    A name is asked for only by a store that uses the table, so a function needs a variable, and the
    permission that goes with it, for these tables alone.
    """

    access = _Name()
    applications = _Name()
    audit = _Name()
    balances = _Name()
    billing = _Name()
    claims = _Name()
    complaints = _Name()
    controls = _Name()
    deliveries = _Name()
    documents = _Name()
    events = _Name()
    feeds = _Name()
    idempotency = _Name()
    intake = _Name()
    parties = _Name()
    partners = _Name()
    payments = _Name()
    policies = _Name()
    products = _Name()
    proofs = _Name()
    quotas = _Name()
    quotes = _Name()
    scheduled_jobs = _Name()
    screening = _Name()
    search = _Name()
    usage = _Name()
    webhooks = _Name()

    def __init__(self, name_of: Callable[[str], str]) -> None:
        self.name_of = name_of
