"""Before anything is timed: every contender gives the same answer and stores the same record."""

import json
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from insurance.domain.core.packing import unpack
from insurance.kms import WRAPPED_PARTY_KEY_BYTES, AesPartyKey

from bench import requests
from bench.race.build import Contender
from bench.race.cold import RuntimeApi, Stumbled, command, environment
from bench.race.warm import WrongAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]

KEY = "compared-before-timing"


def check(
    contenders: list[Contender],
    function: "Mapping[str, str]",
    api: RuntimeApi,
    tables: "DynamoDBClient",
) -> tuple[str, dict[str, str]]:
    """The id of a quote that reads may ask for, and who may not race, with the reason.

    Raises:
        WrongAnswer: Ours, the first, does not do what is compared.
        Stumbled: Ours does not answer.
    """
    ours, *peers = contenders
    quotes = function["QUOTES_TABLE"]
    first = _told(ours, function, api, tables, quotes)
    out: dict[str, str] = {}
    for peer in peers:
        try:
            found = _told(peer, function, api, tables, quotes)
        except (Stumbled, WrongAnswer) as error:
            out[peer.name] = str(error)
            continue
        for what, value in found.items():
            if value != first[what]:
                out[peer.name] = f"differs in its {what}: {value}, not {first[what]}"
    left = api.start(command(), environment(ours, function), requests.quote(KEY).event()).answer
    quote_id: str = json.loads(left["body"])["id"]
    return quote_id, out


def _told(
    contender: Contender,
    function: "Mapping[str, str]",
    api: RuntimeApi,
    tables: "DynamoDBClient",
    quotes: str,
) -> Json:
    variables = environment(contender, function)
    made = api.start(command(), variables, requests.quote(KEY).event()).answer
    if made.get("statusCode") != 201:
        raise WrongAnswer(f"{contender.name}: {made}")
    quote_id = json.loads(made["body"])["id"]
    read = api.start(command(), variables, requests.read_quote(quote_id).event()).answer
    key = {"id": {"S": quote_id}}
    item = tables.get_item(TableName=quotes, Key=key, ConsistentRead=True)["Item"]
    tables.delete_item(TableName=quotes, Key=key)
    return {
        "answer to POST": _shown(made),
        "answer to GET": _shown(read),
        "record": _record(dict(item)),
    }


def _shown(answer: Json) -> tuple[int, str, str]:
    """Status, body in canonical form, entity tag."""
    headers = dict(answer.get("headers") or {})
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers[name] = values[0]
    tag = next((value for name, value in headers.items() if name.lower() == "etag"), "")
    body = answer.get("body", str(answer))
    return answer.get("statusCode", 0), json.dumps(json.loads(body), sort_keys=True), tag


def _record(item: Json) -> Json:
    """The stored item with what a fresh key hides opened, and without the key's own bytes."""
    wrapped = item.pop("key")["B"]
    data_key = wrapped[:-WRAPPED_PARTY_KEY_BYTES][-32:]  # as the bench's key service made it
    party_key = AesPartyKey(wrapped, aes_key_unwrap(data_key, wrapped[-WRAPPED_PARTY_KEY_BYTES:]))
    item["sealed"] = party_key.unseal(item["sealed"]["B"], item["id"]["S"])
    item["body"] = unpack(item["body"]["B"])
    del item["hash"]  # over the sealed bytes; event 1 is checked by the chain's own tests
    return item
