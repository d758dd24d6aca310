"""manage.py define_metric: a workspace's own metric, its changes, and what is refused."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent, Workspace
from accounts.scope import system_scope
from metrics.models import Metric
from tests.metrics.numbers import Book


def run(command: str, *arguments: str) -> Any:
    out = StringIO()
    call_command(command, *arguments, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def define(formula: str = "leads / sessions", *more: str, key: str = "leads_a_visit") -> Any:
    sound = ("--unit", "percent", "--direction", "up")
    return run(
        "define_metric", key, "--workspace", "northwind", "--formula", formula, *sound, *more
    )


def test_a_metric_is_defined_and_listed(northwind: Workspace) -> None:
    made = define("leads / sessions", "--name", "Leads a visit", "--name-fr", "Leads par visite")
    assert made["names"] == {"en": "Leads a visit", "fr": "Leads par visite"}
    assert (made["key"], made["unit"], made["rollup"], made["direction"], made["formula"]) == (
        "leads_a_visit", "percent", "formula", "up", "leads / sessions",
    )  # fmt: skip
    assert (made["result"], made["version"]) == ("defined", 1)
    listed = {one["key"]: one for one in run("list_metrics", "--workspace", "northwind")}
    assert listed["leads_a_visit"]["formula"] == "leads / sessions"


def test_its_values_are_those_of_the_formula(inside: Workspace) -> None:
    book = Book(inside)
    book.write(book.row("leads", "2025-07-01", 4), book.row("sessions", "2025-07-01", 100))
    define()
    run("recompute", "--workspace", "northwind", "--full")
    days = ("--from", "2025-07-01", "--to", "2025-07-31")
    (july,) = run("metric_values", "leads_a_visit", "--workspace", "northwind", *days)["values"]
    assert (july["value"], july["inputs"]) == ("0.04", {"leads": "4", "sessions": "100"})


def test_run_again_with_another_formula_it_makes_a_version(northwind: Workspace) -> None:
    define("leads / sessions", "--definition", "How many visits bring a lead.")
    again = define()
    assert (again["result"], again["version"]) == ("unchanged", 1)
    changed = define("leads / visitors")
    assert (changed["result"], changed["version"]) == ("changed", 2)
    assert changed["definition"] == "How many visits bring a lead."
    with system_scope():
        metric = Metric.objects.get(workspace=northwind, key="leads_a_visit")
        assert metric.definition_versions.get(number=2).reason == "Changed by define_metric."
        actions = AuditEvent.objects.filter(action__startswith="metric.").values_list("action")
        assert [one for (one,) in actions.order_by("pk")] == [
            "metric.defined",
            "metric.definition_changed",
        ]


def test_a_name_is_made_of_the_key(northwind: Workspace) -> None:
    assert define()["names"] == {"en": "Leads a visit", "fr": "Leads a visit"}


@pytest.mark.parametrize(
    ("formula", "key", "words"),
    [
        ("cost_media + ad_clicks", "mine", "an amount of money and a number of things"),
        ("leads / sesions", "mine", "Did you mean “sessions”"),
        ("leads", "mine", "does not fit the unit “percentage”"),
        ("leads / sessions", "cpl", "comes with the product"),
        ("leads / sessions", "Cost per demo", "cannot be a key"),
        ("mine + 1", "mine", "calculated from itself"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(
    northwind: Workspace, formula: str, key: str, words: str
) -> None:
    with pytest.raises(CommandError, match=words) as refused:
        define(formula, key=key)
    assert refused.value.returncode == 1


def test_a_new_metric_needs_its_unit(northwind: Workspace) -> None:
    with pytest.raises(CommandError, match="needs --unit") as refused:
        run("define_metric", "mine", "--workspace", "northwind", "--formula", "leads")
    assert refused.value.returncode == 2


def test_a_change_needs_the_formula_only(northwind: Workspace) -> None:
    define()
    changed = run(
        "define_metric", "leads_a_visit", "--workspace", "northwind", "--formula", "mqls / sessions"
    )
    assert (changed["unit"], changed["formula"]) == ("percent", "mqls / sessions")
