"""Questions to customers and claimants, and look-ups of outside sources."""

from collections.abc import Mapping
from typing import Annotated, Literal

from insurance.domain.product.definition.model.part import Code, Keywords, Part, Text

type Classification = Literal["public", "internal", "personal", "sensitive"]


class Choice(Part):
    code: Code
    label: Text = ""
    """The choice in words; without it the code."""


class Answerable(Part):
    """What every question has, of a risk and of a claim."""

    code: Code
    label: Text = ""
    """The question in words; without it the code, spelt out."""
    help: Text = ""
    """What the answer should look like."""
    required: bool = True
    default: Annotated[object, Keywords(description="An answer, money in major units.")] = None
    min: Annotated[object, Keywords(description="Least number, date, length or count.")] = None
    max: Annotated[
        object,
        Keywords(
            description='Greatest number, date, length or count. "today" of a date that must have passed.'
        ),
    ] = None
    places: Annotated[int, Keywords(minimum=0, maximum=6)] = 2
    """Decimal places of a `decimal`."""
    pattern: Text = ""
    """A regular expression that a `text` matches as a whole."""
    choices: Annotated[
        tuple[Annotated[str | Choice, Keywords(pattern="^[a-zA-Z0-9_.+-]{1,40}$")], ...],
        Keywords(minItems=1, maxItems=200),
    ] = ()
    classification: Literal["public", "internal", "personal", "sensitive"] = "public"
    """How an answer is kept and shown."""


class ListField(Answerable):
    """A field of each item of a list, or of what is looked up."""

    type: Literal["text", "integer", "decimal", "money", "boolean", "choice", "date"]


class Ask(Answerable):
    """A fact that is asked when a claim is reported."""

    type: Literal["text", "integer", "decimal", "money", "boolean", "choice", "date", "list"]
    fields: Annotated[tuple[ListField, ...], Keywords(minItems=1, maxItems=40)] = ()
    """Of a list: what is asked of each item."""


class Question(Ask):
    """A question that is put before a risk is priced."""

    visible_when: Text = ""
    """A condition on earlier answers; where it does not hold, the question is not asked."""


class Unavailable(Part):
    """What happens when a look-up does not answer."""

    outcome: Literal["refer", "decline", "inform", "use"]
    """`use` takes the defaults and says nothing."""
    reason: Text = "A look-up is not available."
    authority: Text = "underwriter"
    """The role that may accept the risk in spite of it."""
    defaults: Annotated[Mapping[str, object], Keywords(maxProperties=60)] | None = None
    """What is taken in place of the answer."""


class LookUp(Part):
    """Facts from outside: of a vehicle, an area, a company."""

    source: Code
    key: Code | None = None
    """The question whose answer it is asked by. Of `source`, which a risk brings along from the file that it came by, there is none."""
    fields: Annotated[tuple[ListField, ...], Keywords(minItems=1, maxItems=60)]
    unavailable: Unavailable
