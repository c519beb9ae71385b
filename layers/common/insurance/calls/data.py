"""botocore's data, as the clients here read them."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

RULES = "endpoint-rule-set-1"


class Data(Loader):
    """Without the rules for DynamoDB's endpoints, so that a client works out its endpoint once: by the rules botocore
    does so for every call, and looks through all writes of a transaction for names of tables that say an account.
    `by_rules` keeps them: of endpoints with FIPS only they know all (GovCloud's have another name)."""

    def __init__(self, by_rules: bool, *args: Any, **options: Any) -> None:  # noqa: FBT001 - beside botocore's own
        super().__init__(*args, **options)
        self._by_rules = by_rules

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:
        if (service_name, type_name) == ("dynamodb", RULES) and not self._by_rules:
            raise UnknownServiceError(service_name=service_name, known_service_names="")
        return super().load_service_model(service_name, type_name, api_version)
