"""Values in an index are hashed with a key: what the port promises, in memory and on a real engine alike."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from insurance.domain.core.identity import TOKEN_LENGTH, Mode, index_key_id_for
from insurance.dynamodb.parties.index_keys import DynamoDBIndexKeys
from insurance.dynamodb.tables import Tables

from tests.fakes.keys import PlainKeys
from tests.support.engine import make_tables

EMAIL = "ada@example.com"


def test_a_value_has_one_token_which_does_not_show_it(stores):
    token = stores.index_keys.token(Mode.TEST, "email", EMAIL)

    assert token == stores.index_keys.token(Mode.TEST, "email", EMAIL)
    assert re.fullmatch(f"[0-9a-z]{{{TOKEN_LENGTH}}}", token)


@pytest.mark.parametrize(
    ("mode", "field", "value"),
    [
        (Mode.LIVE, "email", EMAIL),
        (Mode.TEST, "phone", EMAIL),
        (Mode.TEST, "email", "eda@example.com"),
    ],
)
def test_another_mode_field_or_value_has_another_token(stores, mode, field, value):
    token = stores.index_keys.token(Mode.TEST, "email", EMAIL)

    assert stores.index_keys.token(mode, field, value) != token


def test_processes_that_start_at_once_agree_on_the_key(dynamodb):
    tables = Tables(make_tables(dynamodb).__getitem__)
    keys = PlainKeys()
    processes = [DynamoDBIndexKeys(dynamodb, tables, keys=keys) for _ in range(6)]

    with ThreadPoolExecutor(len(processes)) as pool:
        tokens = set(pool.map(lambda each: each.token(Mode.TEST, "email", EMAIL), processes))

    assert len(tokens) == 1


def test_live_and_test_have_keys_of_their_own(dynamodb):
    tables = Tables(make_tables(dynamodb).__getitem__)
    index_keys = DynamoDBIndexKeys(dynamodb, tables, keys=PlainKeys())

    for mode in Mode:
        index_keys.token(mode, "email", EMAIL)

    stored = [
        dynamodb.get_item(TableName=tables.parties, Key={"id": {"S": index_key_id_for(mode)}})[
            "Item"
        ]
        for mode in Mode
    ]
    assert stored[0]["key"] != stored[1]["key"]
