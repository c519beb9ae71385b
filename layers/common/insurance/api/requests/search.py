"""Marks by which objects are searched: in bodies, so that nothing personal stands in an address."""

from insurance.api.body import Request
from insurance.api.fields import Day, Text


class RegistrationRequest(Request):
    """The registration, or another mark of the insured thing that its product names."""

    registration: Text


class PolicySearchRequest(Request):
    """One mark of the insured thing, or of a joint holder. The policyholder is found among the parties."""

    registration: Text | None = None
    email: Text | None = None
    name: Text | None = None
    """A joint holder's whole name, or one of its words or the first three to eight letters of it; with
    birth date or postcode."""
    date_of_birth: Day | None = None
    postcode: Text | None = None


class ClaimSearchRequest(Request):
    """What those who told of the loss call it: a broker's number, the police's."""

    reference: Text


class ComplaintSearchRequest(Request):
    """How the complainant is reached: one of the two."""

    email: Text | None = None
    phone: Text | None = None


class PartySearchRequest(Request):
    """One mark of the customer: what their partner calls them, e-mail address, telephone, or a name with
    birth date or postcode."""

    reference: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    name: Text | None = None
    """The whole name, or one of its words or the first three to eight letters of it."""
    date_of_birth: Day | None = None
    postcode: Text | None = None
