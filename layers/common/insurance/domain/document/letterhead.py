"""Letterhead: sender, addressee, references and date of every document."""

from datetime import datetime
from typing import NamedTuple

from insurance.domain.core.identity import Mode, mode_of
from insurance.domain.document.content import Content, Row, Section
from insurance.domain.document.document import DocumentKind
from insurance.domain.document.wording import Wording
from insurance.domain.party.party import Policyholder
from insurance.domain.policy import Policy, Transaction
from insurance.domain.policy.notice import Notice
from insurance.domain.product import Product
from insurance.domain.quote.quote import Quote


class Subject(NamedTuple):
    """The policy, and the part of its history that a document is about."""

    kind: DocumentKind
    policy: Policy
    """As it is known now, or was known at a time."""
    product: Product
    """The version that is in force at the instant."""
    policyholder: Policyholder
    as_at: datetime
    revision: int
    """Of the policy that is shown."""
    known_at: datetime
    """When the policy reached this revision."""
    transaction: Transaction | None = None
    notice: Notice | None = None
    renewal: Quote | None = None

    @property
    def policy_then(self) -> Policy:
        """The policy on the terms in force at the instant."""
        return self.policy.at(self.as_at)


class Body(NamedTuple):
    """The body of one document below its letterhead."""

    dated: datetime
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    reference: tuple[Row, ...] = ()
    known_at: datetime | None = None
    """Where it rests on later facts than the policy's."""


def framed(subject: Subject, body: Body, wording: Wording) -> Content:
    """The whole document."""
    policy, kind = subject.policy, subject.kind
    known_at = max(subject.known_at, body.known_at or subject.known_at)
    name = subject.policyholder.name.strip()
    number = policy.number.text if policy.number else policy.id
    values = {"carrier": policy.carrier, "name": name, "policy": number}
    test = mode_of(policy.id) is Mode.TEST
    return Content(
        title=wording.say(f"{kind}.title"),
        language=wording.language,
        region=wording.region,
        mark=wording.say("mark.test") if test else "",
        carrier=policy.carrier,
        contact=wording.say_all("contact", **values),
        addressee=addressee(subject.policyholder, wording),
        timestamp=int(known_at.timestamp()),
        reference=(
            (wording.say("reference.policy"), number),
            (wording.say("reference.product"), subject.product.name),
            *body.reference,
            (wording.say("reference.date"), wording.local_day(body.dated)),
        ),
        opening=(*wording.say_all(f"{kind}.salutation", **values), *body.opening),
        sections=body.sections,
        closing=wording.say_all(f"{kind}.closing", **values),
        signature=wording.say("signature", **values),
        footer=wording.say("footer", **values),
        page=wording.say("page", page="{page}", pages="{pages}"),
    )


def addressee(holder: Policyholder, wording: Wording) -> tuple[str, ...]:
    address = holder.address
    if address is None:
        return (holder.name,)
    abroad = (address.country,) if address.country != wording.region else ()
    postcode = (address.postcode,) if address.postcode else ()
    return (holder.name, *address.lines, *postcode, *abroad)
