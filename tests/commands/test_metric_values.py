"""manage.py metric_values and recompute: the contract's shape, refusals, numbers as reported."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import Workspace
from metrics import snapshots
from metrics.models import Block, Snapshot
from tests.metrics.numbers import NOW, TODAY, Book


@pytest.fixture
def book(inside: Workspace) -> Book:
    return Book(inside)


def run(*arguments: str, at: datetime = NOW) -> Any:
    """The JSON that a command prints."""
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command(*arguments, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def months(key: str, start: str, end: str, *options: str, at: datetime = NOW) -> Any:
    return run(
        "metric_values",
        key,
        *("--workspace", "northwind", "--grain", "month", "--from", start, "--to", end),
        *options,
        at=at,
    )


def refresh(book: Book, now: datetime = NOW) -> None:
    snapshots.refresh(book.workspace, today=TODAY, now=now)


def test_the_document_is_that_of_the_contract(book: Book) -> None:
    book.write(book.row("leads", "2025-07-01", 4), book.row("cost_media", "2025-07-01", 50))
    refresh(book)
    assert months("cpl_media", "2025-07-01", "2025-08-20") == {
        "metric": {
            "key": "cpl_media",
            "unit": "money",
            "direction": "down",
            "rollup": "formula",
            "formula": "cost_media / leads",
        },
        "grain": "month",
        "currency": "EUR",
        "values": [
            {
                "period": "2025-07",
                "start": "2025-07-01",
                "end": "2025-07-31",
                "segment": None,
                "value": "12.50",
                "inputs": {"cost_media": "50", "leads": "4"},
                "partial": False,
                "incomplete": True,
                "reason": None,
            },
            {
                "period": "2025-08",
                "start": "2025-08-01",
                "end": "2025-08-31",
                "segment": None,
                "value": None,
                "inputs": {"cost_media": None, "leads": None},
                "partial": True,
                "incomplete": False,
                "reason": "no_data",
            },
        ],
    }


def test_a_breakdown_names_its_segments(book: Book) -> None:
    email = book.channel("email").segment_id
    book.write(
        book.row("leads", "2025-07-01", 3, channel=email), book.row("leads", "2025-07-01", 5)
    )
    refresh(book)
    found = months("leads", "2025-07-01", "2025-07-31", "--by", "channel")["values"]
    assert [(one["segment"], one["value"]) for one in found] == [
        ({"dimension": "channel", "key": "email", "label": "E-mail"}, "3"),
        ({"dimension": "channel", "key": "not_set", "label": "Not set"}, "2"),
    ]


@pytest.mark.parametrize(
    ("grain", "period"),
    [
        ("day", "2025-07-14"),
        ("week", "2025-W29"),
        ("month", "2025-07"),
        ("quarter", "2025-Q3"),
        ("year", "2025"),
    ],
)
def test_every_grain_has_its_key(book: Book, grain: str, period: str) -> None:
    book.write(book.row("leads", "2025-07-14", 3))
    refresh(book)
    found = run(
        "metric_values",
        "leads",
        *("--workspace", "northwind", "--grain", grain),
        *("--from", "2025-07-14", "--to", "2025-07-14"),
    )
    assert [(one["period"], one["value"]) for one in found["values"]] == [(period, "3")]


def test_numbers_as_they_were_reported(book: Book) -> None:
    book.write(book.row("leads", "2025-03-03", 212), book.row("sessions", "2025-03-03", 1_000))
    refresh(book)
    book.write(book.row("leads", "2025-03-03", 205))
    refresh(book, NOW + timedelta(days=2))
    book.write(book.row("leads", "2025-03-03", 200))
    refresh(book, NOW + timedelta(days=4))

    def reported(key: str, day: str) -> Any:
        later = NOW + timedelta(days=9)
        return months(key, "2025-03-01", "2025-03-31", "--as-of", day, at=later)["values"][0]

    days = ("2025-08-20", "2025-08-23", "2025-08-24")
    assert [reported("leads", one)["value"] for one in days] == ["212", "205", "200"]
    rate = reported("visit_to_lead_rate", "2025-08-20")
    assert (rate["value"], rate["inputs"]["leads"]) == ("0.212", "212")


def test_a_period_that_had_not_begun_had_no_value(book: Book) -> None:
    book.write(book.row("leads", "2025-07-01", 4))
    refresh(book)
    (july,) = months("leads", "2025-07-01", "2025-07-31", "--as-of", "2025-06-15")["values"]
    assert (july["value"], july["reason"], july["partial"]) == (None, "no_data", True)


def test_ratios_keep_their_digits(book: Book) -> None:
    book.write(book.row("cost_media", "2025-07-01", 10), book.row("leads", "2025-07-01", 3))
    refresh(book)
    (july,) = months("cpl_media", "2025-07-01", "2025-07-31")["values"]
    assert Decimal(july["value"]) == Decimal("3.33333333333333333")


def test_an_unknown_metric_is_refused(book: Book) -> None:
    with pytest.raises(CommandError, match="has no metric “leed”") as refused:
        months("leed", "2025-07-01", "2025-07-31")
    assert refused.value.returncode == 1


def test_an_unknown_workspace_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="no workspace") as refused:
        months("leads", "2025-07-01", "2025-07-31")
    assert refused.value.returncode == 1


@pytest.mark.parametrize(("start", "end"), [("2025-07-02", "2025-07-01"), ("July", "2025-07-01")])
def test_days_that_cannot_be_meant_are_wrong_usage(book: Book, start: str, end: str) -> None:
    with pytest.raises(CommandError) as refused:
        months("leads", start, end)
    assert refused.value.returncode == 2


def test_without_json_there_is_a_line_a_period(book: Book) -> None:
    book.write(book.row("leads", "2025-07-01", 4))
    refresh(book)
    out = StringIO()
    arguments = ("--workspace", "northwind", "--from", "2025-06-01", "--to", "2025-07-31")
    with time_machine.travel(NOW, tick=False):
        call_command("metric_values", "leads", *arguments, stdout=out)
    assert out.getvalue().splitlines() == ["2025-06  – (no_data)", "2025-07  4  incomplete"]


def test_recompute_brings_snapshots_up_to_date(book: Book) -> None:
    book.write(book.row("leads", "2025-07-01", 4))
    (done,) = run("recompute", "--workspace", "northwind")
    assert done["workspace"] == "northwind"
    assert done["rows_written"] == Snapshot.objects.count() + Block.objects.count() > 0
    (again,) = run("recompute", "--workspace", "northwind", "--full")
    assert again["rows_written"] == 0
