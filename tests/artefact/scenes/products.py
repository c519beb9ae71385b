"""Scenes of products: one HTTP event each."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from insurance.domain.core import identity
from insurance.domain.core.identity import Mode
from insurance.scanning import EICAR

from tests.artefact.scenes.common import (
    AUTHOR,
    CLAIMED_AT,
    GBP,
    HANDLER,
    HARBOUR,
    PET_CLAIM,
    PET_ISSUED,
    PET_NOTIFIED,
    PET_POLICY,
    PET_QUOTE,
    PET_RISK,
    PUBLISHED,
    PUBLISHER,
    UNDERWRITER,
    VERSION,
    Json,
    Scene,
)
from tests.support import pet


def pet_files(version: str = "2026.1", **changes: Any) -> Json:
    return pet.files(version, **changes)._asdict()


PET_FILES = pet_files()


def products_scenes() -> Iterator[Scene]:
    one = "GET /v1/products/{product_code}"
    yield Scene("products/list", "GET /v1/products", HARBOUR)
    yield Scene("products/read", one, HARBOUR, variables={"product_code": "personal_motor"})
    yield Scene("products/unknown", one, HARBOUR, variables={"product_code": "parrot"})
    schema = "GET /v1/products/{product_code}/schema"
    life = {"product_code": "life_and_illness"}
    yield Scene("products/answers_schema", schema, HARBOUR, variables=life)
    yield Scene(
        "products/answers_schema_of_no_version",
        schema,
        HARBOUR,
        variables=life,
        query={"version": "1999"},
    )
    yield from versions_scenes()


def versions_scenes() -> Iterator[Scene]:
    """A version drafted, reviewed and published, and one that its scenarios keep from that."""
    all_of, version = "/v1/products/{product_code}/versions", f"{VERSION}/steps"
    grows = ("/body/properties", "/body/$defs")
    yield Scene("products/schema", "GET /v1/product-schema", AUTHOR, varies=grows)
    yield Scene("products/check", "POST /v1/product-checks", AUTHOR, PET_FILES, key="-")
    typo = pet_files(rating={"steps": [{"step": "base", "base": "10 * aeg"}]})
    yield Scene("products/check_with_a_typo", "POST /v1/product-checks", AUTHOR, typo, key="-")
    place: Json = {"variables": {"product_code": "pet", "version": "2026.1"}}
    draft = f"POST {VERSION}/draft"
    yield from uploads_scenes(draft, place)
    yield Scene("products/draft", draft, AUTHOR, PET_FILES, **place)
    yield Scene("products/draft_with_a_typo", draft, AUTHOR, typo, **place)
    nobody = "products/draft_without_the_scope"
    yield Scene(nobody, draft, UNDERWRITER, PET_FILES, **place)
    done: tuple[str, ...] = ("products/draft",)
    for name, who in (("submit", AUTHOR), ("approve", PUBLISHER), ("publish", PUBLISHER)):
        body = {"step": name, "reason": "new_for_the_autumn"}
        if name == "approve":
            own = "products/approve_ones_own"
            yield Scene(own, f"POST {version}", AUTHOR, body, done, **place)
        yield Scene(f"products/{name}", f"POST {version}", who, body, done, **place)
        done = (*done, f"products/{name}")
    assert done == PUBLISHED
    yield Scene("products/versions", f"GET {all_of}", AUTHOR, None, done, {"product_code": "pet"})
    yield Scene("products/version", f"GET {VERSION}", AUTHOR, None, done, **place)
    yield Scene("products/files", f"GET {VERSION}/files", AUTHOR, None, done, **place)
    yield from unpublishable_scenes(draft, f"POST {version}")


def uploads_scenes(draft: str, place: Json) -> Iterator[Scene]:
    """The same files by an upload; one that was never sent; one with malware."""
    check = "POST /v1/product-checks"

    def announced(name: str, file: bytes) -> Scene:
        body = {"size_bytes": len(file), "sha256": sha256(file).hexdigest()}
        form: Json = {"varies": ("/body/upload",), "key": "-", "sends": file}
        return Scene(name, "POST /v1/product-uploads", AUTHOR, body, **form)

    def named(file: bytes) -> Json:
        author = AUTHOR["claims"]["sub"]
        return {"upload_id": identity.upload_id_for(Mode.TEST, author, sha256(file).hexdigest())}

    files = json.dumps(PET_FILES).encode()
    uploaded, infected = "products/upload", "products/upload_malware"
    yield announced(uploaded, files)
    yield announced(infected, EICAR)
    before, bad = (uploaded,), (infected,)
    yield Scene("products/check_uploaded", check, AUTHOR, named(files), before, key="-")
    yield Scene("products/check_malware", check, AUTHOR, named(EICAR), bad, key="-")
    yield Scene("products/check_not_uploaded", check, AUTHOR, named(b"never sent"), key="-")
    yield Scene("products/draft_uploaded", draft, AUTHOR, named(files), before, **place)
    yield Scene("products/draft_malware", draft, AUTHOR, named(EICAR), bad, **place)
    yield Scene("products/draft_not_uploaded", draft, AUTHOR, named(b"never sent"), **place)


def unpublishable_scenes(draft: str, step: str) -> Iterator[Scene]:
    untried = pet_files("2026.2", scenarios={"risks": {}, "scenarios": []})
    place: Json = {"variables": {"product_code": "pet", "version": "2026.2"}}
    yield Scene("products/draft_untried", draft, AUTHOR, untried, **place)
    done: tuple[str, ...] = ("products/draft_untried",)
    for name, who in (("submit", AUTHOR), ("approve", PUBLISHER), ("publish", PUBLISHER)):
        body = {"step": name, "reason": "it_looks_right"}
        yield Scene(f"products/{name}_untried", step, who, body, done, **place)
        done = (*done, f"products/{name}_untried")


def published_scenes() -> Iterator[Scene]:
    """A product that only ever was published: every function that reads products meets it."""
    quote, policy = {"quote_id": PET_QUOTE}, {"policy_id": PET_POLICY}
    yield Scene("quoting/quote_published", "POST /v1/quotes", HARBOUR, PET_RISK, PUBLISHED)
    accept = "POST /v1/quotes/{quote_id}/acceptance"
    yield Scene("quoting/accept_published", accept, HARBOUR, {}, PET_ISSUED[:5], quote)
    issue = "POST /v1/policies"
    yield Scene("policy_issuance/issue_published", issue, HARBOUR, quote, PET_ISSUED[:6])
    plans = "GET /v1/policies/{policy_id}/billing/plans"
    yield Scene("billing/plans_published", plans, HARBOUR, None, PET_ISSUED, policy)
    ledger = "GET /v1/policies/{policy_id}/ledger"
    yield Scene("reporting/policy_ledger_published", ledger, HARBOUR, None, PET_ISSUED, policy)
    older = {"effective_on": "2027-02-01", "answers": {"age": 8}}
    later: Json = {"at": CLAIMED_AT}
    endorse, change = "policy_servicing/endorse_published", "/v1/policies/{policy_id}/endorsements"
    yield Scene(endorse, f"POST {change}", HARBOUR, older, PET_ISSUED, policy, **later)
    to_grace = {
        "reason": "divorce",
        "holder": {"name": "Grace Merton", "email": "grace@example.com"},
        "consents": ["holder", "new_holder"],
    }
    transfer, pass_on = (
        "policyholder_changes/transfer_published",
        "/v1/policies/{policy_id}/transfers",
    )
    yield Scene(transfer, f"POST {pass_on}", HARBOUR, to_grace, PET_ISSUED, policy, **later)
    sick: Json = {
        "policy_id": PET_POLICY,
        "cover": "vet",
        "occurred_at": "2027-01-15T08:20:00Z",
        "claimed": {"amount": 20000, "currency": GBP},
        "claimant": {"name": "Ada Merton"},
        "payee": {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"},
        "narrative": "Ate a sock.",
        "facts": {},
    }
    notify = "POST /v1/claims"
    yield Scene("claim_intake/notify_published", notify, HARBOUR, sick, PET_ISSUED, **later)
    claim: Json = {"variables": {"claim_id": PET_CLAIM}, **later}
    why = {"reason": "The vet is asked first."}
    hold, settle = "POST /v1/claims/{claim_id}/hold", "POST /v1/claims/{claim_id}/settlement"
    yield Scene("claim_assessment/hold_published", hold, HANDLER, why, PET_NOTIFIED, **claim)
    yield Scene("settlement/settle_published", settle, HARBOUR, {}, PET_NOTIFIED, **claim)
