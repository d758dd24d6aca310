"""The system checks of the catalogue: each mistake is named, at the line of its entry."""

import inspect
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.checks import CheckMessage, run_checks

from metrics.catalogue import CATALOGUE, ENTRIES, GOLDEN
from metrics.catalogue.definition import Benchmark, Direction, MetricDefinition, Rollup
from metrics.catalogue.packs import PACKS
from metrics.checks import check_catalogue, check_mentions
from metrics.units import Unit


def metric(key: str = "visits", **changes: Any) -> MetricDefinition:
    """A sound base metric, with these changes."""
    sound: dict[str, Any] = {
        "key": key,
        "name_en": f"Name of {key}",
        "name_fr": f"Nom de {key}",
        "definition_en": "What it is.",
        "definition_fr": "Ce que c'est.",
        "unit": Unit.COUNT,
        "direction": Direction.UP,
        "family": "site",
        "rollup": Rollup.FORMULA if "formula" in changes else Rollup.SUM,
    }
    return MetricDefinition(**(sound | changes))


def errors(*entries: MetricDefinition) -> list[CheckMessage]:
    """What the check says of these entries."""
    return check_catalogue(entries, families={"site"})


def ids(*entries: MetricDefinition) -> list[str | None]:
    """The ids of what the check says of these entries."""
    return [error.id for error in errors(*entries)]


def test_the_catalogue_that_ships_holds_together() -> None:
    assert run_checks(tags=["metrics"]) == []


def test_a_sound_entry_is_left_alone() -> None:
    assert errors(metric("visits"), metric("leads", formula="visits / 2")) == []


@pytest.mark.parametrize(
    ("entry", "error", "words"),
    [
        (metric("Visits"), "metrics.E002", "this cannot be a key"),
        (metric("where"), "metrics.E002", "this cannot be a key"),
        (metric(name_fr=" "), "metrics.E003", "name_fr is missing"),
        (metric(definition_en=""), "metrics.E003", "definition_en is missing"),
        (metric(question_en="Why?"), "metrics.E003", "question_fr is missing"),
        (metric(badge_fr="Attention"), "metrics.E003", "badge_en is missing"),
        (metric(family="shop"), "metrics.E004", "there is no family “shop”"),
        (metric(rollup=Rollup.FORMULA), "metrics.E005", "neither a formula nor a roll-up"),
        (metric(formula="1 + 2", rollup=Rollup.SUM), "metrics.E005", "a roll-up of its own"),
        (metric(rollup=Rollup.WEIGHTED_MEAN), "metrics.E006", "needs a weight"),
        (metric(rollup=Rollup.WEIGHTED_MEAN, weight="gone"), "metrics.E006", "“gone” is no summed"),
        (metric(weight="visits"), "metrics.E006", "is not a weighted mean"),
        (metric(vanity=True), "metrics.E007", "needs a pair"),
        (metric(pair="gone"), "metrics.E007", "“gone” is not in the catalogue"),
        (metric(vanity=True, pair="visits"), "metrics.E007", "is a vanity metric itself"),
        (metric(aliases=("(€)",)), "metrics.E008", "is empty"),
        (metric(formula="visits +"), "metrics.E009", "ends too early"),
        (metric(formula="os.system"), "metrics.E009", "(character 3)"),
        (metric("rate", formula="gone / 2"), "metrics.E010", "reads “gone”"),
        (metric("rate", formula="rate + 1"), "metrics.E012", "rate → rate"),
        (metric("rate", formula="2", unit=Unit.MONEY), "metrics.E013", "does not fit"),
    ],
)
def test_a_mistake_is_named(entry: MetricDefinition, error: str, words: str) -> None:
    found = errors(entry)
    assert [one.id for one in found] == [error]
    assert entry.key in found[0].msg
    assert words in found[0].msg
    assert found[0].hint
    assert found[0].obj == entry.declared_at


def test_the_line_of_the_entry_is_named() -> None:
    frame = inspect.currentframe()
    assert frame is not None
    line = frame.f_lineno + 1
    entry = MetricDefinition(
        key="visits",
        name_en="Visits",
        name_fr="",
        definition_en="What it is.",
        definition_fr="Ce que c'est.",
        unit=Unit.COUNT,
        direction=Direction.UP,
        family="site",
        rollup=Rollup.SUM,
    )
    (error,) = errors(entry)
    assert str(error).startswith(f"tests/metrics/test_catalogue_checks.py:{line}: (metrics.E003)")


def test_entries_that_ship_know_their_line() -> None:
    path, line = CATALOGUE["bounce_rate"].declared_at.split(":")
    assert path == "metrics/catalogue/site.py"
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    assert lines[int(line) - 1 : int(line) + 1] == [
        "    MetricDefinition(",
        '        key="bounce_rate",',
    ]


def test_two_entries_of_one_key_are_refused_at_the_second() -> None:
    first, second = metric(), metric()
    found = errors(first, second)
    assert [one.id for one in found] == ["metrics.E001"]
    assert first.declared_at in found[0].msg
    assert found[0].obj == second.declared_at


def test_two_metrics_cannot_answer_to_one_header() -> None:
    clash = metric("leads", aliases=("NOM DE VISIT (€)",))
    found = errors(metric("visits"), clash)
    assert [one.id for one in found] == ["metrics.E008"]
    assert "already means visits" in found[0].msg


def test_only_a_stock_has_a_start() -> None:
    assert ids(metric(), metric("rate", formula="start(visits) / visits * visits")) == [
        "metrics.E011"
    ]
    assert ids(metric(rollup=Rollup.LAST), metric("rate", formula="start(visits)")) == []


def test_every_circle_is_named_once() -> None:
    found = errors(
        metric("aa", formula="bb + 1"),
        metric("bb", formula="aa + 1"),
        metric("cc", formula="cc * 1"),
        metric("dd", formula="cc + aa"),
    )
    assert [one.id for one in found] == ["metrics.E012", "metrics.E012"]


def test_euros_are_not_added_to_clicks() -> None:
    found = errors(
        metric("cost", unit=Unit.MONEY),
        metric("clicks"),
        metric("odd", unit=Unit.MONEY, formula="cost + clicks"),
    )
    assert [one.id for one in found] == ["metrics.E013"]
    assert "an amount of money and a number of things" in found[0].msg
    assert "cost + clicks" in str(found[0].hint)


def test_a_benchmark_speaks_both_languages() -> None:
    silent = Benchmark(value=Decimal("0.4"), text_en="About 40%", text_fr="", source="A study")
    assert ids(metric(benchmark=silent)) == ["metrics.E003"]


@pytest.mark.parametrize(
    "golden", [("gone",), ("leads", "leads"), tuple(CATALOGUE)[:8]], ids=["gone", "twice", "many"]
)
def test_golden_kpis_exist_and_are_few(golden: tuple[str, ...]) -> None:
    assert [one.id for one in check_mentions(CATALOGUE, golden, ())] == ["metrics.E014"]


@pytest.mark.parametrize(
    "changes",
    [
        {"metric": "gone"},
        {"companions": ("gone",)},
        {"change": None, "target": None},
        {"change": Decimal("0.1"), "target": Decimal(1)},
        {"statement_fr": " "},
    ],
)
def test_a_pack_speaks_of_metrics_that_exist(changes: dict[str, Any]) -> None:
    pack = replace(PACKS[0], objectives=(replace(PACKS[0].objectives[0], **changes),))
    assert [one.id for one in check_mentions(CATALOGUE, GOLDEN, [pack])] == ["metrics.E014"]


def test_a_metric_taken_out_is_missed_by_those_that_read_it() -> None:
    rest = [entry for entry in ENTRIES if entry.key != "customers"]
    families = {entry.family for entry in ENTRIES}
    found = check_catalogue(rest, families=families)
    assert {one.msg.split(":")[0] for one in found} == {
        "Metric arpa",
        "Metric churn_rate",
        "Metric clv_orders",
    }
