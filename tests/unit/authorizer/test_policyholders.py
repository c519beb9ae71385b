"""Policyholders: people who signed in through a partner's portal, and what they are admitted to."""

from __future__ import annotations

import dataclasses

import pytest
from insurance.access.people import person_id
from insurance.access.usage_key import usage_key

from local.aws.gateway.policy import grant_of
from tests.unit.authorizer.house import (
    AUDIENCE,
    BOUND,
    CLAIMS,
    HARBOUR,
    OWN,
    PARTNERS_OWN,
    SECRET,
    STAGE,
    House,
    published,
    signed,
)

SCOPES = frozenset({"policies:read", "policies:write", "claims:read", "claims:settle"})
PORTAL = dataclasses.replace(
    HARBOUR,
    is_portal=True,
    products=frozenset({"issuance", "claims"}),
    scopes=SCOPES,
    binding=BOUND,
)
PAT = {
    **CLAIMS,
    "sub": "pat",
    "username": "pat",
    "scope": " ".join(f"coverwright/{scope}" for scope in [*SCOPES, "quotes:read"]),
}
PERSON = person_id("live", partner="harbour", issuer=OWN, subject="pat")
PARTIES = frozenset({"pty_0000000000000001", "pty_0000000000000002"})


@pytest.fixture
def portal(house: House) -> House:
    house.applications["harbour"] = PORTAL
    house.parties[PERSON] = PARTIES
    return house


def test_a_policyholder_is_their_parties_at_one_partner_and_nothing_else(portal: House) -> None:
    answer = portal.answer(signed(PAT))

    assert answer["principalId"] == PERSON
    assert answer["context"] == {
        "principal": PERSON,
        "kind": "policyholder",
        "partner": "harbour",
        "roles": "",
        "scopes": "claims:read policies:read",
        "plan": "gold",
        "mode": "live",
        "parties": "pty_0000000000000001 pty_0000000000000002",
        "application": "app_harbour",
        "binding": "dpop",
        "thumbprints": "a-thumbprint",
    }


def test_a_policyholder_counts_on_the_portals_plan(portal: House) -> None:
    assert portal.answer(signed(PAT))["usageIdentifierKey"] == usage_key(SECRET, "app_harbour")


def test_a_policyholder_reaches_what_the_portal_is_subscribed_to(portal: House) -> None:
    kept = grant_of(portal.answer(signed(PAT)))

    assert kept.verdict(f"{STAGE}/GET/v1/policies/pol_1") == "allow"
    assert kept.verdict(f"{STAGE}/POST/v1/claims") == "allow"
    assert kept.verdict(f"{STAGE}/POST/v1/quotes") == "silent"


def test_neither_subject_nor_name_is_handed_on(portal: House) -> None:
    assert "pat" not in str(portal.answer(signed(PAT)))


@pytest.mark.parametrize(
    "somebody_else",
    [
        person_id("test", partner="harbour", issuer=OWN, subject="pat"),
        person_id("live", partner="meadow", issuer=OWN, subject="pat"),
        person_id("live", partner="harbour", issuer=PARTNERS_OWN, subject="pat"),
        person_id("live", partner="harbour", issuer=OWN, subject="Pat"),
    ],
    ids=["mode", "partner", "issuer", "subject"],
)
def test_another_persons_access_is_not_theirs(portal: House, somebody_else: str) -> None:
    portal.parties = {somebody_else: PARTIES}

    assert portal.verdict(signed(PAT)) == "deny"


def test_who_was_given_no_access_is_denied(portal: House) -> None:
    portal.parties = {PERSON: frozenset()}

    assert portal.verdict(signed(PAT)) == "deny"


@pytest.mark.parametrize(
    "changes", [{"is_portal": False}, {"is_active": False}, {"products": frozenset()}]
)
def test_a_portal_must_be_one_that_may(portal: House, changes: dict[str, object]) -> None:
    portal.applications["harbour"] = dataclasses.replace(PORTAL, **changes)  # type: ignore[arg-type] # any field

    assert portal.verdict(signed(PAT)) == "deny"


def test_a_person_is_signed_in_by_the_portals_own_issuer_only(portal: House) -> None:
    """The issuer of the portal vouches for its people; another trusted issuer does not."""
    portal.documents[PARTNERS_OWN] = published()
    foreign = person_id("live", partner="harbour", issuer=PARTNERS_OWN, subject="pat")
    portal.parties[foreign] = PARTIES

    assert portal.verdict(signed({**PAT, "iss": PARTNERS_OWN, "aud": AUDIENCE})) == "deny"


def test_the_portal_itself_is_an_application_still(portal: House) -> None:
    assert portal.answer(signed())["context"]["kind"] == "application"


def test_staff_who_sign_in_through_a_portal_stay_staff_and_strangers_groups_count_for_nothing(
    portal: House,
) -> None:
    assert (
        portal.answer(signed({**PAT, "cognito:groups": ["auditor", "live"]}))["context"]["kind"]
        == "staff"
    )
    portal.documents[PARTNERS_OWN] = published()
    portal.applications["harbour"] = dataclasses.replace(PORTAL, issuer=PARTNERS_OWN)
    foreign = person_id("live", partner="harbour", issuer=PARTNERS_OWN, subject="pat")
    portal.parties[foreign] = PARTIES
    token = signed({**PAT, "iss": PARTNERS_OWN, "aud": AUDIENCE, "cognito:groups": ["underwriter"]})

    context = portal.answer(token)["context"]

    assert (context["kind"], context["roles"]) == ("policyholder", "")
