"""``import_facts`` and ``undo_import`` from outside: what they print, and how they exit."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Workspace
from accounts.scope import system_scope
from metrics.imports.parsed import Limits
from metrics.management.commands import import_facts
from metrics.models import Batch, Fact, Feed

Write = Callable[[str], Path]
LONG = "date,metric,value\n2026-03-01,leads,4\n2026-03-02,leads,5\n"


@pytest.fixture
def file(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "facts.csv"
        path.write_text(text, "utf-8")
        return path

    return write


def run(name: str, *arguments: object) -> Any:
    out = StringIO()
    call_command(name, *map(str, arguments), "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def refused(name: str, *arguments: object) -> tuple[CommandError, Any]:
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(name, *map(str, arguments), "--json", stdout=out, stderr=StringIO())
    return caught.value, json.loads(out.getvalue() or "null")


def fact_count() -> int:
    with system_scope():
        return Fact.objects.count()


def test_it_prints_what_was_imported(northwind: Workspace, file: Write) -> None:
    printed = run("import_facts", file(LONG), "--workspace", "northwind", "--feed", "CRM")
    assert printed.pop("import_id").startswith("imp_")
    assert printed == {
        "layout": "own_long",
        "feed": "CRM",
        "encoding": "utf-8",
        "delimiter": ",",
        "date_order": "ymd",
        "number_format": printed["number_format"],
        "period": "2026-03-01..2026-03-02",
        "currency": None,
        "rows": 2,
        "facts": {"new": 2, "changed": 0, "same": 0},
        "totals_skipped": 0,
        "metrics": {"leads": "9"},
        "warnings": [],
        "errors": [],
        "questions": [],
    }
    assert fact_count() == 2


def test_again_everything_is_the_same(northwind: Workspace, file: Write) -> None:
    run("import_facts", file(LONG), "--workspace", "northwind")
    printed = run("import_facts", file(LONG), "--workspace", "northwind")
    assert printed["facts"] == {"new": 0, "changed": 0, "same": 2}
    assert "imported already" in printed["warnings"][0]


def test_a_dry_run_has_no_id_and_keeps_nothing(northwind: Workspace, file: Write) -> None:
    printed = run("import_facts", file(LONG), "--workspace", "northwind", "--dry-run")
    assert printed["import_id"] is None
    assert printed["facts"]["new"] == 2
    assert fact_count() == 0


def test_a_bad_row_exits_with_one_and_says_where(northwind: Workspace, file: Write) -> None:
    path = file(LONG + "2026-03-03,leads,many\n")
    error, printed = refused("import_facts", path, "--workspace", "northwind")
    assert error.returncode == 1
    assert [(one["row"], one["found"]) for one in printed["errors"]] == [(4, "many")]
    assert set(printed["errors"][0]) == {"row", "column", "found", "expected"}
    assert printed["import_id"] is None
    assert fact_count() == 0


def test_partial_imports_the_good_rows(northwind: Workspace, file: Write) -> None:
    path = file(LONG + "2026-03-03,leads,many\n")
    printed = run("import_facts", path, "--workspace", "northwind", "--partial")
    assert printed["metrics"] == {"leads": "9"}
    assert len(printed["errors"]) == 1
    assert fact_count() == 2


@pytest.mark.slow
def test_a_file_of_more_rows_than_the_page_takes(northwind: Workspace, file: Write) -> None:
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(335)]
    rows = [f"{day},leads,1,Campaign {n}" for day in days for n in range(150)]
    path = file("\n".join(("date,metric,value,campaign", *rows, "")))
    printed = run("import_facts", path, "--workspace", "northwind")
    assert len(rows) > Limits().rows
    assert printed["facts"]["new"] == len(rows)


def test_a_mapping_names_the_columns(northwind: Workspace, file: Write, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"When": "date", "Opportunités chaudes": "sqls", "Memo": ""}', "utf-8")
    path = file("When,Opportunités chaudes,Memo\n2026-03-01,3,x\n2026-03-02,4,y\n")
    printed = run("import_facts", path, "--workspace", "northwind", "--mapping", mapping)
    assert printed["metrics"] == {"sqls": "7"}


@pytest.mark.parametrize(
    ("flag", "value"),
    [("--period", "July"), ("--covers", "2026-03-02..2026-03-01"), ("--covers", "yesterday")],
)
def test_a_flag_that_makes_no_sense_exits_with_two(
    northwind: Workspace, file: Write, flag: str, value: str
) -> None:
    error, _printed = refused("import_facts", file(LONG), "--workspace", "northwind", flag, value)
    assert error.returncode == 2


def test_no_such_file_or_workspace(northwind: Workspace, file: Write, tmp_path: Path) -> None:
    error, _printed = refused("import_facts", tmp_path / "no.csv", "--workspace", "northwind")
    assert "cannot be read" in str(error)
    error, _printed = refused("import_facts", file(LONG), "--workspace", "nowhere")
    assert error.returncode == 1


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2025-07", ("2025-07-01", "2025-07-31")),
        ("2025-Q3", ("2025-07-01", "2025-09-30")),
        ("2025-W29", ("2025-07-14", "2025-07-20")),
        ("2025", ("2025-01-01", "2025-12-31")),
        ("2025-07-14", ("2025-07-14", "2025-07-14")),
        ("2025-07-14..2025-07-16", ("2025-07-14", "2025-07-16")),
    ],
)
def test_periods_in_every_grain(northwind: Workspace, text: str, days: tuple[str, str]) -> None:
    span = import_facts.period_of(text, northwind)
    assert (span.start.isoformat(), span.end.isoformat()) == days


def test_undo_import(northwind: Workspace, file: Write) -> None:
    printed = run("import_facts", file(LONG), "--workspace", "northwind")
    undone = run("undo_import", printed["import_id"])
    assert undone == {
        "import_id": printed["import_id"], "deleted": 2, "restored": 0, "kept": 0
    }  # fmt: skip
    assert fact_count() == 0
    error, _printed = refused("undo_import", printed["import_id"])
    assert (error.returncode, str(error)) == (1, "This import has been undone already.")


def test_undo_of_an_import_that_does_not_exist(northwind: Workspace) -> None:
    error, _printed = refused("undo_import", "imp_nothing")
    assert error.returncode == 1


def test_only_its_own_workspace_is_written(
    northwind: Workspace, acme: Workspace, file: Write
) -> None:
    run("import_facts", file(LONG), "--workspace", "acme", "--feed", "CRM")
    with system_scope():
        assert set(Fact.objects.values_list("workspace__slug", flat=True)) == {"acme"}
        assert Batch.objects.get().workspace == acme
        assert Feed.objects.get(name="CRM").workspace == acme


def test_list_metrics_prints_the_catalogue(db: None) -> None:
    printed = {one["key"]: one for one in run("list_metrics")}
    assert printed["cpl"]["formula"] == "marketing_cost / leads"
    assert printed["sessions"]["pair"] == "visit_to_lead_rate"
    assert printed["mrr"]["names"]["en"] == "Monthly recurring revenue"


def test_list_metrics_of_a_workspace(northwind: Workspace) -> None:
    assert {one["key"] for one in run("list_metrics", "--workspace", "northwind")} >= {"leads"}
