"""The items by which a number is given once: beside the policies, and beside the claims."""

from insurance.domain.contract.number import normalise_number
from insurance.domain.core.errors import NumberTaken
from insurance.domain.core.identity import Mode, mode_of
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import NUMBER
from insurance.dynamodb.transaction import Write, add


def give_number(table: str, number: str, id: str) -> Write:
    """The write that gives a number to an object, refused when another object of the table has it.

    Two numbers that people could take for each other are one: the key is the number's normal form.
    """

    def taken(_item: Item | None) -> Exception:
        return NumberTaken(number)

    item = {
        "id": codec.text(_key(mode_of(id), number)),
        "v": NUMBER.mark,
        "of": codec.text(id),
    }
    return add(table, item, taken, key="id")


def _key(mode: Mode, number: str) -> str:
    prefix = "num_test_" if mode is Mode.TEST else "num_"
    return prefix + normalise_number(number)
