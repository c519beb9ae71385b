"""How a correction of a customer is shown: what changes, on the record and on each policy."""

from datetime import date
from typing import Self

from pydantic import BaseModel

from insurance.api.etag import etag
from insurance.api.views.servicing import DifferenceView, TransactionView
from insurance.api.views.terms import MoneyView, View
from insurance.domain.core.classification import Personal
from insurance.domain.party.correction_record import CorrectedField
from insurance.domain.party.party import Address, Payee
from insurance.domain.party.record import ContactKind, Party
from insurance.domain.policy.corrected_quote import CorrectedQuote
from insurance.domain.policy.correction import CorrectedPolicy
from insurance.domain.product.definition.model.definition import DocumentKind
from insurance.domain.quote.quote import QuoteStatus
from insurance.operations.policy.correct_party import PartyCorrection


class CorrectedFieldView(BaseModel):
    """One detail before and after. Of an account the holder and the last four characters."""

    field: CorrectedField
    before: Personal[str | None]
    after: Personal[str | None]

    @classmethod
    def of(cls, field: CorrectedField, correction: PartyCorrection) -> Self:
        before, after = correction.before, correction.party.record
        return cls(field=field, before=_shown(before, field), after=_shown(after, field))


class CorrectedPolicyView(BaseModel):
    """One policy of the customer: its terms and price before and after, and what is sent again."""

    policy_id: str
    policy_number: str | None
    endorsements: list[TransactionView]
    """None where the terms stay, and the holder's details alone are another."""
    changes: list[DifferenceView]
    """Answers, covers and price, each from when an endorsement takes effect."""
    difference: MoneyView
    """What the customer owes more in total; negative: gets back."""
    charged_before: MoneyView
    charged_after: MoneyView
    documents: list[DocumentKind]
    """The kinds of document that the scheduler makes again after the correction."""

    @classmethod
    def of(cls, policy: CorrectedPolicy) -> Self:
        after = policy.policy
        return cls(
            policy_id=after.id,
            policy_number=after.number.text if after.number else None,
            endorsements=[TransactionView.of(made.requested) for made in policy.endorsements],
            changes=[DifferenceView(**one._asdict()) for one in policy.changes],
            difference=MoneyView.of(policy.difference),
            charged_before=MoneyView.of(policy.before.charged),
            charged_after=MoneyView.of(after.charged),
            documents=list(policy.documents),
        )


class CorrectedQuoteView(BaseModel):
    """One open quote of the customer, which follows the correction."""

    quote_id: str
    status: QuoteStatus
    """An accepted quote whose covers or price are other ones is a new offer: `bindable`."""
    premium_before: MoneyView | None
    premium_after: MoneyView | None
    """Null: no price can be had."""

    @classmethod
    def of(cls, quote: CorrectedQuote) -> Self:
        before, after = quote.before.premium, quote.after.premium
        return cls(
            quote_id=quote.after.id,
            status=quote.after.status,
            premium_before=MoneyView.of(before.total) if before else None,
            premium_after=MoneyView.of(after.total) if after else None,
        )


class CorrectionView(View):
    """A correction of a customer, made or previewed."""

    party_id: str
    revision: int
    stored: bool
    """False in a preview: nothing was stored, and `revision` is the party's."""
    changes: list[CorrectedFieldView]
    screened: bool
    """Whether the corrected name is screened before it is stored; a preview screens nobody."""
    policies: list[CorrectedPolicyView]
    """The policies that change."""
    other_policies: list[str]
    """Those that somebody else holds, where their details change: as joint holder or interested party. Terms and
    price stay."""
    ended_terms: list[str]
    """Policies whose term has ended, and whose price is left as it was."""
    open_quotes: list[str]
    """Quotes that became no policy so far, offers of a next term among them: they follow."""
    quotes: list[CorrectedQuoteView]
    """The same, with their price before and after."""

    @classmethod
    def of(cls, correction: PartyCorrection) -> Self:
        revision = correction.party.head.sequence
        changes = [CorrectedFieldView.of(field, correction) for field in correction.fields]
        return cls(
            etag=etag(revision, "party") if correction.stored else None,
            party_id=correction.party.record.id,
            revision=revision,
            stored=correction.stored,
            changes=[change for change in changes if change.before != change.after],
            screened=correction.is_screened,
            policies=[CorrectedPolicyView.of(policy) for policy in correction.policies],
            other_policies=[each.policy.id for each in correction.shared],
            ended_terms=list(correction.left),
            open_quotes=[quote.after.id for quote in correction.quotes],
            quotes=[CorrectedQuoteView.of(quote) for quote in correction.quotes],
        )


def _shown(party: Party, field: CorrectedField) -> str | None:
    shown: dict[CorrectedField, str | None] = {
        CorrectedField.NAME: party.names[-1].name,
        CorrectedField.ADDRESS: _address(party.addresses[-1].address if party.addresses else None),
        CorrectedField.EMAIL: party.contact(ContactKind.EMAIL),
        CorrectedField.PHONE: party.contact(ContactKind.PHONE),
        CorrectedField.DATE_OF_BIRTH: _day(party.date_of_birth),
        CorrectedField.REGISTRATION_NUMBER: party.registration_number,
        CorrectedField.ACCOUNT: _account(party.accounts[-1].account if party.accounts else None),
        CorrectedField.LANGUAGE: party.language,
    }
    return shown[field]


def _address(address: Address | None) -> str | None:
    if address is None:
        return None
    return ", ".join(filter(None, (*address.lines, address.postcode, address.country)))


def _account(account: Payee | None) -> str | None:
    if account is None:
        return None
    return f"{account.name}, {account.ending or ''}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
