"""What of the published definition is deployed: all that API Gateway acts on, and the models."""

from typing import Any

from tools.openapi.gateway import ANY_METHOD

type Json = dict[str, Any]

_FOR_READERS = frozenset({"example", "examples", "x-coverwright-callers", "x-coverwright-roles"})


def deployed(published: Json) -> Json:
    """The definition without examples and without the problems that the handlers answer.

    A proxied answer passes API Gateway as it is, whatever is declared of it; and a template ends
    at a megabyte (ADR 16).
    """
    lean: Json = _without_examples(published)
    for item in lean["paths"].values():
        for method, operation in item.items():
            if method != ANY_METHOD:
                answers = operation["responses"]
                operation["responses"] = {s: answers[s] for s in answers if s < "400"}
    return lean


def _without_examples(value: Any, *, names: bool = False) -> Any:
    """`names`: the keys are those of properties, which may be called anything."""
    if isinstance(value, dict):
        return {
            key: _without_examples(each, names=key == "properties" and not names)
            for key, each in value.items()
            if names or key not in _FOR_READERS
        }
    return [_without_examples(each) for each in value] if isinstance(value, list) else value
