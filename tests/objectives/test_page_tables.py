"""Every page with a table hands it out as CSV, as CSV for Excel in French, and as XLSX."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from metrics.campaign_saving import save_campaign
from metrics.costs import save_cost
from metrics.entries import save_entry
from metrics.imports.importing import import_file
from metrics.imports.parsed import ImportOptions
from metrics.models import Metric
from tests.cast import client_of
from tests.metrics.test_sales_cycle import set_cycle
from tests.objectives.board import HALF_WAY, Board
from tests.rolled_back import rolled_back

EVIL = "=HYPERLINK(1)"
DAY = date(2026, 1, 20)
LEADS = {"key": "leads"}
TABLES: tuple[tuple[str, dict[str, str], dict[str, str], str], ...] = (
    ("metric_export", LEADS, {"grain": "month"}, "leads"),
    ("metric_why_export", LEADS, {"from": "2026-01-11", "to": "2026-01-20"}, "now"),
    ("metric_lineage", LEADS, {"grain": "month", "start": "2026-01-01"}, "value"),
    ("metric_lineage", {"key": "cpl"}, {"grain": "month", "start": "2026-01-01"}, "value"),
    ("cohorts", {}, {}, "leads"),
    ("funnel", {}, {"grain": "month", "on": "2026-01-15"}, "now"),
    ("coverage", {}, {"grain": "month"}, "value"),
    ("campaigns", {}, {}, "budget"),
    ("entries", {}, {}, "value"),
    ("costs", {}, {}, "value"),
    ("imports", {}, {}, "new"),
    ("objectives", {}, {}, "target"),
    ("objective_export", {"public_id": ""}, {}, "actual"),
    ("alerts", {}, {"show": "open"}, ""),
    ("chances", {}, {}, "objectives"),
)
WITH_EVIL = {"campaigns", "entries", "costs", "objectives", "imports"}
NAMES = [f"{name}-{given.get('key', '')}" for name, given, _query, _column in TABLES]


@pytest.fixture(scope="module")
def filled(one_board: Board) -> Board:
    """Something on every page, named so that a spreadsheet would take it for a formula."""
    board = one_board
    set_cycle(board.workspace, days_to_mql=10, days_to_sql=20, days_to_customer=30)
    board.figures("leads", 7, channel=board.book.channel("organic").segment_id)
    board.figures("sessions", 70)
    objective = board.objective("leads", 900)
    objective.statement = EVIL
    objective.save(update_fields=["statement"])
    sessions = Metric.objects.get(workspace=board.workspace, key="mqls")
    save_entry(
        board.workspace, user=None, metric=sessions, start=DAY, end=DAY, value=Decimal(12),
        note=EVIL, today=HALF_WAY,
    )  # fmt: skip
    save_cost(
        board.workspace, user=None, category="tools", amount=Decimal("1234.5"), start=DAY,
        end=DAY, supplier=EVIL,
    )  # fmt: skip
    save_campaign(board.workspace, user=None, name=EVIL, start=DAY, end=DAY, budget=Decimal("99.5"))
    import_file(
        board.workspace, user=None, name=f"{EVIL}.csv",
        data=b"date,metric,value\n2026-01-03,ad_clicks,5\n", options=ImportOptions(),
        today=HALF_WAY, now=timezone.now(),
    )  # fmt: skip
    board.night(HALF_WAY)
    return board


@pytest.fixture
def full(filled: Board) -> Iterator[Board]:
    """The same for one test."""
    with rolled_back():
        yield filled


@pytest.fixture
def client(full: Board) -> Client:
    """The owner's browser."""
    return client_of(full.owner)


def address(board: Board, name: str, given: dict[str, str]) -> str:
    if "public_id" in given:
        given = {"public_id": board.workspace.objectives.get().public_id}
    return reverse(name, kwargs={"slug": "northwind", **given})


def taken(client: Client, at: str, query: dict[str, str], how: str) -> bytes:
    answer: Any = client.get(at, {**query, "file": how})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    return b"".join(answer.streaming_content)


def line_of(text: str, separator: str) -> list[str]:
    return text.splitlines()[0].split(separator)


@pytest.mark.parametrize(("name", "given", "query", "column"), TABLES, ids=NAMES)
def test_a_table_leaves_in_three_formats(
    full: Board,
    client: Client,
    name: str,
    given: dict[str, str],
    query: dict[str, str],
    column: str,
) -> None:
    at = address(full, name, given)
    plain = taken(client, at, query, "csv").decode()
    french = taken(client, at, query, "csv-fr").decode()
    content = BytesIO(taken(client, at, query, "xlsx"))
    assert line_of(plain, ",") == line_of(french.removeprefix("\ufeff"), ";")
    assert french.startswith("\ufeff")
    assert b"<f>" not in ZipFile(content).read("xl/worksheets/sheet1.xml")
    content.seek(0)
    header, *rows = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()
    assert header == line_of(plain, ",")
    assert rows
    assert len(rows) == len(plain.splitlines()) - 1
    if column:
        assert any(isinstance(row[header.index(column)], float) for row in rows)
    for header_of_days in {"date", "start", "opened_on", "received"} & set(header):
        cells = [row[header.index(header_of_days)] for row in rows]
        assert all(isinstance(cell, date) or cell == "" for cell in cells)
    if name in WITH_EVIL:
        assert f"'{EVIL}" in plain
    assert f",{EVIL}" not in plain


@pytest.mark.parametrize(("name", "given", "query", "column"), TABLES[:-1], ids=NAMES[:-1])
def test_each_page_offers_the_three_files(
    full: Board,
    client: Client,
    name: str,
    given: dict[str, str],
    query: dict[str, str],
    column: str,
) -> None:
    page = {
        "metric_export": "metric", "metric_why_export": "metric_why",
        "objective_export": "objective",
    }.get(name, name)  # fmt: skip
    at = address(full, page, given)
    text = client.get(at, query).content.decode()
    for how in ("csv", "csv-fr", "xlsx"):
        assert f"file={how}" in text, how
