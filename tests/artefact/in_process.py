"""A function from source in this process: its answers, as Lambda gives them."""

import importlib.util
import io
import json
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import boto3
from botocore.session import Session
from insurance import clients

from tests.support.backend import environment
from tests.support.calls import FUNCTIONS
from tests.support.driving.functions import forget_wiring
from tests.support.patience import limits_stretched


@dataclass(frozen=True)
class Context:
    """What Lambda tells a function of itself, as far as functions ask."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int = 512
    aws_request_id: str = "played"

    def get_remaining_time_in_millis(self) -> int:
        return 300_000


class SourceFunction:
    """One function of the working tree, loaded with the environment that the template gives it."""

    def __init__(
        self, folder: str, variables: Mapping[str, str], *, judge: Callable[[str, Any], None]
    ) -> None:
        arn = f"arn:aws:lambda:eu-west-2:000000000000:function:{folder}"
        self._context = Context(folder, arn)
        self._variables = variables
        self._judge = judge
        """Told of each call to DynamoDB, by its operation and what is asked, before it is made."""
        self.printed = ""
        """The log of the last call, metrics and access record included."""
        with environment(variables), limits_stretched():
            forget_wiring()
            with self._judged():
                self._handler = _handler_of(folder)
            forget_wiring()

    def invoke(self, event: Any) -> Any:
        """The answer, or Lambda's description of the error."""
        sent, printed = json.loads(json.dumps(event)), io.StringIO()
        with (
            environment(self._variables),
            limits_stretched(),
            redirect_stdout(printed),
            patch.object(boto3, "DEFAULT_SESSION", None),  # another's knows another environment
            warnings.catch_warnings(action="ignore"),  # as Lambda, where none is an error
        ):
            forget_wiring()  # another test's may be left, of other surroundings
            try:
                with self._judged():
                    answer = self._handler(sent, self._context)
            except Exception as error:
                return {"errorType": type(error).__name__, "errorMessage": str(error)}
            finally:
                self.printed = printed.getvalue()
                forget_wiring()  # what it made late is of its own surroundings
        return json.loads(json.dumps(answer))

    @contextmanager
    def _judged(self) -> Iterator[None]:
        """Clients that are made here say what they are about to ask."""
        made = clients.session

        def heard(**call: Any) -> None:
            self._judge(call["model"].name, call["params"])

        def session() -> Session:
            found = made()
            found.register("before-parameter-build.dynamodb", heard, unique_id="judged")
            return found

        with patch.object(clients, "session", session):
            yield

    def stop(self) -> None:
        """Nothing runs."""


def _handler_of(folder: str) -> Callable[[Any, Any], Any]:
    """From a module of its own: others may have the function elsewhere."""
    name = f"artefact_source_{folder}"
    spec = importlib.util.spec_from_file_location(name, FUNCTIONS / folder / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Callable[[Any, Any], Any] = module.handler
    return handler
