"""Every list of figures leaves the administration in three formats, and in no other workspace's."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from accounts.scope import system_scope, workspace_scope
from metrics.campaign_saving import save_campaign
from metrics.costs import save_cost
from metrics.entries import save_entry
from metrics.models import Campaign, Cost, Entry, Metric, RecurringCost
from metrics.recurring_costs import Terms, save_recurring
from tests.admin.conftest import Enters
from tests.cast import Cast

EVIL = "=1+1"
LISTS = {
    "entry": (Entry, "value", "date"),
    "cost": (Cost, "value", "date"),
    "recurringcost": (RecurringCost, "amount", "first_day"),
    "campaign": (Campaign, "budget", "first_day"),
}


@pytest.fixture
def figures(cast: Cast) -> Cast:
    """One row of each list, each with a text that looks like a formula."""
    day: dict[str, Any] = {"start": date(2026, 3, 2), "end": date(2026, 3, 2)}
    with workspace_scope(cast.northwind.pk):
        sessions = Metric.objects.get(workspace=cast.northwind, key="sessions")
        save_entry(
            cast.northwind, user=None, metric=sessions, value=Decimal("1234.5"), note=EVIL,
            today=date(2026, 3, 9), **day,
        )  # fmt: skip
        save_cost(
            cast.northwind, user=None, category="tools", amount=Decimal("1234.5"), note=EVIL, **day
        )
        terms = Terms(category="tools", amount=Decimal("1234.5"), rhythm="year", note=EVIL)
        save_recurring(
            cast.northwind, terms, user=None, start=date(2026, 3, 2), last=None,
            today=date(2026, 3, 1),
        )  # fmt: skip
        save_campaign(
            cast.northwind, user=None, name="Spring", budget=Decimal("1234.5"), note=EVIL, **day
        )
    return cast


def taken(client: Client, model: str, how: str) -> bytes:
    with system_scope():
        chosen = list(LISTS[model][0]._default_manager.values_list("pk", flat=True))
    address = f"/admin/metrics/{model}/"
    answer: Any = client.post(address, {"action": f"export_{how}", "_selected_action": chosen})
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else b""


@pytest.mark.parametrize("model", LISTS)
def test_a_workbook_has_numbers_and_days_and_no_formula(
    figures: Cast, enters: Enters, model: str
) -> None:
    _model, number, day = LISTS[model]
    content = BytesIO(taken(enters(figures.erin), model, "xlsx"))
    assert b"<f>" not in ZipFile(content).read("xl/worksheets/sheet1.xml")
    content.seek(0)
    book = CalamineWorkbook.from_filelike(content)
    header, row = book.get_sheet_by_index(0).to_python()
    cells = dict(zip(header, row, strict=True))
    assert cells[number] == 1234.5
    assert cells[day] == date(2026, 3, 2)
    assert cells["note"] == EVIL


@pytest.mark.parametrize("model", LISTS)
def test_csv_is_for_programs_or_for_excel_in_french(
    figures: Cast, enters: Enters, model: str
) -> None:
    client = enters(figures.erin)
    plain, french = taken(client, model, "csv").decode(), taken(client, model, "csv_fr").decode()
    assert "1234.5" in plain
    assert f"'{EVIL}" in plain
    assert french.startswith("\ufeff")
    assert "1234,5;" in french


@pytest.mark.parametrize("model", LISTS)
def test_another_workspaces_rows_are_not_handed_out(
    figures: Cast, enters: Enters, model: str
) -> None:
    assert EVIL not in taken(enters(figures.bob), model, "csv").decode()
