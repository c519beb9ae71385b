"""What is checked before a version is published, and what its life allows."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

import jsonschema
import pytest
from insurance.domain.core.errors import SamePerson, WrongState
from insurance.domain.product import InvalidProduct, ProductSource
from insurance.domain.product.definition import shape
from insurance.domain.product.definition.files import read_source, schema
from insurance.domain.product.publishing.checks import check, checked
from insurance.domain.product.publishing.release import (
    NEXT,
    ProductVersion,
    VersionStatus,
    VersionStep,
    is_sold,
)
from insurance.products import HERE, product, versions

from tests.support.make import document
from tools.products.folder import read
from tools.products.fuzz import feed, inputs
from tools.products.json_schema import SCHEMA, schema_text
from tools.products.mutation import mutants, survives

FOLDERS = [HERE / code / version for code, version in versions()]


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_every_bundled_product_is_publishable(folder):
    report = check(read(folder))

    assert [outcome for outcome in report.outcomes if not outcome.passed] == []
    assert report.untried == ()
    assert len(report.outcomes) >= 15


def test_scenarios_notice_nearly_every_mutant():
    made = read(HERE / "home_contents" / "2026.1")
    verdicts = [verdict for m in mutants(made) if (verdict := survives(made, m)) is not None]

    assert verdicts.count(False) >= 0.95 * len(verdicts)


def test_a_rule_that_no_scenario_tries_is_named():
    made = read(HERE / "home_contents" / "2026.1")
    rule = {"code": "new", "outcome": "refer", "when": "contents_sum == 6000", "reason": "New"}
    changed = {**made.document, "underwriting": [*made.document["underwriting"], rule]}

    assert check(ProductSource(changed, made.tables, made.scenarios)).untried == (
        "/underwriting/5 (new)",
    )


def test_a_scenario_that_fails_says_what_was_found():
    made = ProductSource(
        document(),
        {},
        {"risks": {"baseline": {}}, "scenarios": [{"name": "dear", "expect": {"net": 101}}]},
    )

    assert check(made).failed[0].differences == ("net: 100.00 GBP, expected 101.00 GBP",)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"covrs": []}, "/covrs: found covrs, expected a known property. Did you mean covers?"),
        ({"currency": 3}, "/currency: found 3, expected text"),
        ({"currency": "GPB"}, "Did you mean GBP?"),
        ({"time_zone": "Europe/Lodnon"}, "/time_zone"),
        ({"questions": [{"code": "x", "type": "moeny"}]}, "Did you mean money?"),
        ({"questions": [{"code": "min", "type": "integer"}]}, "the language itself"),
        ({"covers": [{"code": "a"}, {"code": "a"}]}, "a code of its own"),
        (
            {"values": {"a": "b", "b": "a"}, "rating": {"steps": [{"step": "s", "base": "a"}]}},
            "a → b",
        ),
        ({"covers": [{"code": "a", "excess": [{"when": True, "then": 1}]}]}, "otherwise"),
        ({"renewal": {"changes": [{"answer": "nn", "to": 1}]}}, "/renewal/changes/0/answer"),
    ],
)
def test_a_fault_names_its_path_what_was_found_and_what_was_expected(change, told):
    text = json.dumps(document(**change))

    with pytest.raises(InvalidProduct) as caught:
        checked(read_source(text, {}, None))

    assert told in str(caught.value)


BASE = {"step": "base", "base": 100}
SHARED = {"code": "year", "kind": "limit", "amount": 100}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"rating": {"steps": [{**BASE, "into": "main"}]}}, "/rating/steps/0/into"),
        ({"rating": {"steps": [{**BASE, "mode": "up"}]}}, "/rating/steps/0/mode"),
        ({"rating": {"steps": [{**BASE, "as": "item"}]}}, "/rating/steps/0/as"),
        ({"covers": [{"code": "main", "waiting_count": "business"}]}, "/covers/0/waiting_count"),
        ({"covers": [{"code": "main", "aggregates": [SHARED] * 2}]}, "/covers/0/aggregates/1/code"),
        (
            {"renewal": {"changes": [{"answer": "n", "to": 1, "as": "claim"}]}},
            "/renewal/changes/0/as",
        ),
        (
            {"renewal": {"changes": [{"answer": "items.value", "to": 1, "for_each": "claims"}]}},
            "/renewal/changes/0/for_each",
        ),
        (
            {
                "life": {
                    "cancellation": [{"by": "insurer", "method": "formula", "formula": "n + x"}]
                }
            },
            "/life/cancellation/0/formula (column 5)",
        ),
    ],
)
def test_what_would_say_nothing_is_refused(change, path):
    with pytest.raises(InvalidProduct) as caught:
        checked(read_source(json.dumps(document(**change)), {}, None))

    assert [fault.path for fault in caught.value.faults] == [path]


LONG = {"code": "text", "type": "text", "max": 1000}
FIELDS = [
    {"code": "registration", "type": "text", "pattern": "[A-Z0-9]{1,8}"},
    {"code": "value", "type": "money"},
    {"code": "mileage", "type": "integer"},
    {"code": "first_registered", "type": "date"},
    {"code": "use", "type": "choice", "choices": ["private", "business", "hire"]},
]
VEHICLES = {"code": "vehicles", "type": "list", "max": 500, "fields": FIELDS}
LONG_LIST = {
    **VEHICLES,
    "fields": [*FIELDS, {"code": "driver", "type": "text", "max": 500}],
}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (
            {"questions": [{"code": "n", "type": "integer"}, LONG_LIST]},
            "/questions",
        ),
        (
            {
                "questions": [
                    {"code": "n", "type": "integer"},
                    {"code": "items", "type": "list", "max": 300, "fields": [LONG]},
                ]
            },
            "/questions",
        ),
        (
            {
                "covers": [
                    {
                        "code": "main",
                        "claim": {
                            "asks": [
                                {"code": "hurt", "type": "list", "max": 50, "fields": [LONG]},
                            ]
                        },
                    }
                ]
            },
            "/covers/0",
        ),
    ],
    ids=["500 vehicles and what is said of each", "three hundred long texts", "facts"],
)
def test_what_cannot_be_told_in_one_request_or_upload_is_not_asked(change, path):
    with pytest.raises(InvalidProduct) as caught:
        checked(read_source(json.dumps(document(**change)), {}, None))

    assert [fault.path for fault in caught.value.faults] == [path]
    assert "bytes" in str(caught.value)


DRIVERS = {**VEHICLES, "fields": [*FIELDS, {"code": "driver", "type": "text", "max": 60}]}


@pytest.mark.parametrize("asked", [VEHICLES, DRIVERS], ids=["in one request", "by an upload"])
def test_five_hundred_vehicles_can_be_told(asked):
    questions = [{"code": "n", "type": "integer"}, asked]

    checked(read_source(json.dumps(document(questions=questions)), {}, None))


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("n>=,n<,f\n,10,1\n9,,2\n", "t.csv line 3: found a row that matches together with line 2"),
        ("n>=,n<,f\n,10,1\n11,,2\n", "t.csv: found no row for (10)"),
        ("n,f\n1,2\n1,3\n*,4\n", "line 3"),
        ("n,f\n1,2\n*,x\n", "column f: found x, expected a number"),
        ("n>=,n<,f\n5,5,1\n", "a band with something in it"),
        ("n,f\n", "an empty table"),
        ("n,f\n1\n", "found 1 cells, expected 2"),
        ("N,f\n1,1\n", "a column name"),
    ],
)
def test_a_table_with_gaps_or_overlaps_is_refused_with_its_line(table, told):
    plain = document(rating={"steps": [{"step": "a", "base": 1}, {"step": "b", "factor": "t(n)"}]})

    with pytest.raises(InvalidProduct) as caught:
        checked(read_source(json.dumps(plain), {"t": table}, None))

    assert told in str(caught.value)


@pytest.mark.parametrize(
    "pattern",
    [
        "+*",
        "(a+)+",
        "(a|aa)*b",
        "(?=a)b",
        r"(a)\1",
        ".*.*.*",
        "[a-",
        "(?P<x>a{2,9}){3}",
    ],
)
def test_a_pattern_that_text_could_keep_busy_is_refused(pattern):
    plain = document(questions=[{"code": "plate", "type": "text", "pattern": pattern}])

    with pytest.raises(InvalidProduct) as caught:
        checked(read_source(json.dumps(plain), {}, None))

    assert caught.value.faults[0].path == "/questions/0/pattern"


@pytest.mark.parametrize(
    "pattern", ["[A-Z]{2}[0-9]{2} ?[A-Z]{3}", "(GB|IE)-.+", "^a*b?$", "(ab)?c"]
)
def test_a_pattern_without_that_is_taken(pattern):
    plain = document(questions=[{"code": "plate", "type": "text", "pattern": pattern}])

    assert checked(read_source(json.dumps(plain), {}, None)).questions[0].pattern == pattern


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"code": "a",}', "line 1, column 13"),
        ('{"a": 1, "a": 2}', "twice"),
        ('{"a": NaN}', "NaN"),
        ("[" * 100_000, "at most 60 deep"),
        ("", "product.json line 1"),
        ('{"a": ' + "9" * 5_000 + "}", "product.json"),
    ],
)
def test_text_that_is_not_a_document_is_refused(text, told):
    with pytest.raises(InvalidProduct) as caught:
        read_source(text, {}, None)

    assert told in str(caught.value)


def test_shapes_are_judged_as_the_jsonschema_package_judges_them():
    validator = jsonschema.Draft202012Validator(schema())
    judged = {True: 0, False: 0}
    for place, one in enumerate(inputs(Random(11))):  # noqa: S311 - repeatable
        if place == 150:
            break
        try:
            exact, plain = (json.loads(one.document, parse_float=f) for f in (Decimal, float))
        except (ValueError, RecursionError):
            continue
        ours = not shape.faults(exact, schema())
        if ours != validator.is_valid(plain):
            assert (
                "1e+300" in one.document or "00000" in one.document
            )  # we bound numbers, it does not
        judged[ours] += 1

    assert min(judged.values()) > 10


def test_the_schema_is_what_the_model_writes():
    assert SCHEMA.read_text("utf-8") == schema_text(), "run `make schema`"


def test_malformed_products_are_refused_or_quote():
    found = feed(150, Random(3))  # noqa: S311 - repeatable

    assert found.trouble == ()
    assert found.refused > 100


VERSION = ProductVersion(
    id="prd_" + "0" * 16,
    code="sample",
    version="1",
    name="Sample",
    status=VersionStatus.DRAFT,
    content="d",
    authors=("ann",),
)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_every_pair_that_is_not_in_the_table_is_refused():
    for status in VersionStatus:
        for step in VersionStep:
            version = VERSION.replace(status=status)
            if (status, step) in NEXT:
                assert version.taken(step, by="bob", now=NOON).status == NEXT[status, step]
            else:
                with pytest.raises(WrongState):
                    version.taken(step, by="bob", now=NOON)


@pytest.mark.parametrize(
    ("status", "step"),
    [(VersionStatus.IN_REVIEW, VersionStep.APPROVE), (VersionStatus.APPROVED, VersionStep.PUBLISH)],
)
@pytest.mark.parametrize("author", ["ann", "ben"])
def test_nobody_who_wrote_on_a_version_may_approve_or_publish_it(status, step, author):
    version = VERSION.replace(status=status, authors=("ann", "ben"))

    with pytest.raises(SamePerson):
        version.taken(step, by=author, now=NOON)


def test_what_goes_back_to_its_authors_must_be_approved_again():
    version = VERSION.replace(status=VersionStatus.APPROVED, approved_by="bob")

    assert version.taken(VersionStep.SEND_BACK, by="cleo", now=NOON).approved_by == ""


def test_a_version_is_published_only_as_it_was_approved_and_tried():
    made = read(FOLDERS[0])._replace(content="c")
    version = VERSION.replace(status=VersionStatus.APPROVED, content="c", approved_by="bob")

    assert version.published(check(made), by="bob", now=NOON).status is VersionStatus.ACTIVE
    with pytest.raises(InvalidProduct, match="another definition"):
        version.replace(content="other").published(check(made), by="bob", now=NOON)
    untried = made._replace(scenarios={"risks": {}, "scenarios": []})
    with pytest.raises(InvalidProduct, match="nothing that tries it"):
        version.published(check(untried), by="bob", now=NOON)


def test_new_business_and_renewals_have_dates_of_their_own():
    sale = {"new_business_from": "2026-01-01", "renewals_until": "2027-01-01"}

    assert is_sold("active", sale, date(2026, 6, 1))
    assert not is_sold("active", sale, date(2025, 12, 31))
    assert not is_sold("passive", sale, date(2026, 6, 1))
    assert is_sold("passive", sale, date(2026, 6, 1), renewal=True)
    assert not is_sold("passive", sale, date(2027, 1, 1), renewal=True)


def test_nothing_of_a_product_is_in_code():
    names = {code for code, _ in versions()} | {
        question.code for code, _ in versions() for question in product(code).questions
    }
    engine = HERE.parent / "domain" / "product"

    for path in engine.glob("*.py"):
        words = set(path.read_text("utf-8").replace('"', " ").replace("'", " ").split())
        assert not words & (names - {"items"}), path
