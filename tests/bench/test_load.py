"""What `make load` says of both ways to serve a journey, and out of what the popular way's stack is made."""

import pytest

from bench.load import popular_template
from bench.load.popular_template import API, MAPPING, ROUTES, STREAM, TABLE
from bench.load.report import beside, report
from bench.load.run import Found, Turns, together
from local.aws.gateway.definition import Definition, LambdaIntegration
from local.aws.template import Template
from tests.support.engine import template


def found(*, journeys: int, seconds: float, cpu: float) -> Found:
    return Found(
        journeys=journeys,
        seconds=seconds,
        cpu={"gateway": cpu / 2, "quoting": cpu / 2},
        callers_cpu=0.1,
        requests=8 * journeys,
        errors=0,
        faults={},
        by_request={"quote": [journeys, 7.0]},
        latencies=[seconds / journeys] * journeys,
        to_the_bank=[0.2] * journeys,
    )


OURS = Turns([found(journeys=30, seconds=2.0, cpu=3.0), found(journeys=30, seconds=3.0, cpu=3.0)])


@pytest.mark.parametrize(("seconds", "verdict"), [(3.0, "PASS"), (2.9, "FAIL")])
def test_throughput_beside_the_popular_way_is_the_middle_of_the_pairs(
    seconds: float, verdict: str
) -> None:
    theirs = Turns(
        [
            found(journeys=30, seconds=seconds, cpu=6.0),
            found(journeys=30, seconds=1.5 * seconds, cpu=6.0),
        ]
    )

    *_, rate, cpu = beside(OURS, theirs, name="popular")

    ratio = seconds / 2
    assert f"{ratio:.3f} [{ratio:.3f}, {ratio:.3f}] x" in rate
    assert rate.endswith(f"goal >= 1.5 x  {verdict}")
    assert "100.0 / 200.0 ms, 0.500" in cpu


def test_a_popular_way_that_stumbles_misses_its_line_and_ours_has_all_of_its_own() -> None:
    *_, rate = beside(OURS, Turns(stumbled="NotDrained: bank 3"), name="popular")

    assert "stumbled: NotDrained: bank 3" in rate
    assert rate.endswith("FAIL")
    assert "journeys a second       12.0                     goal >= 20  FAIL" in report(OURS)


def test_turns_together_are_one_load() -> None:
    both = together(OURS.found)

    assert (both.journeys, both.seconds, both.cpu_ms()) == (60, 5.0, 100.0)
    assert both.by_request == {"quote": [60, 7.0]}
    assert len(both.latencies) == 60


@pytest.fixture(scope="module")
def popular(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("popular")
    return Template(popular_template.write(folder, folder), issuer_url="http://issuer.test")


def test_what_both_stacks_need_is_ours_unchanged(popular: Template) -> None:
    ours = template()
    own = {name for name in popular.declared if name.startswith("Popular")}
    moved = {"AuthorizerFunction", "CommonLayer"}
    """They are found by a whole path."""

    kept = popular.declared.keys() - own
    assert {"Api", "AuthorizerFunction", "EventBus", "Firewall", "GoldPlan", "StaffPool"} <= kept
    assert {name: popular.declared[name] for name in kept - moved} == {
        name: ours.declared[name] for name in kept - moved
    }
    here, there = (each.functions["AuthorizerFunction"] for each in (popular, ours))
    assert (here.environment, here.statements) == (there.environment, there.statements)
    assert (here.folder, here.layers) == (there.folder, there.layers)


def test_every_route_goes_to_the_one_function_past_the_same_gateway(popular: Template) -> None:
    theirs, ours = Definition(popular.definition()), Definition(template().definition())
    function = popular.functions[API].name

    for path, methods in ROUTES.items():
        for method in methods:
            here, there = (each.match(method.upper(), path) for each in (theirs, ours))
            assert here is not None
            assert there is not None
            assert isinstance(here.route.integration, LambdaIntegration)
            assert here.route.integration.function == function
            assert (here.route.authorizer, here.route.scopes) == (
                there.route.authorizer,
                there.route.scopes,
            )
            assert (here.route.validator, here.route.required) == (
                there.route.validator,
                there.route.required,
            )


def test_events_alone_reach_the_function_on_the_stream(popular: Template) -> None:
    [source] = popular.functions[STREAM].stream_sources

    assert (source.id, source.table) == (MAPPING, popular.resources[TABLE].name)
    assert source.filters == (
        '{"eventName": ["INSERT"], "dynamodb": {"NewImage": {"entity": {"S": ["event"]}}}}',
    )


def test_it_has_as_many_workers_as_ours_for_the_same_routes() -> None:
    functions = popular_template.functions_of_ours()

    assert {"QuotingFunction", "PolicyIssuanceFunction", "SettlementFunction"} <= functions
    assert "AuthorizerFunction" not in functions


def test_its_requirements_have_hashes_and_are_those_of_ours_where_both_have_them(
    pytestconfig: pytest.Config,
) -> None:
    """One process imports for both where workers are forked, so both have one version."""
    locked = (pytestconfig.rootpath / "uv.lock").read_text()
    wanted = (popular_template.SOURCE / "requirements.txt").read_text()

    for block in wanted.split("\n    # via")[:-1]:
        name, version = block.strip().splitlines()[-1 - block.count("--hash")].split("==")
        assert "--hash=sha256:" in block
        if f'\nname = "{name}"\n' in locked:
            assert f'name = "{name}"\nversion = "{version.split()[0]}"' in locked
