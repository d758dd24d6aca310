"""Typed values and costs leave as files and come back as the same facts; again, nothing changes."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from accounts.models import Workspace
from accounts.scope import workspace_scope
from accounts.spreadsheets import Format, Table, write_table
from metrics.campaign_saving import save_campaign
from metrics.cost_tables import cost_table
from metrics.costs import save_cost
from metrics.entries import save_entry
from metrics.imports.importing import import_file, preview
from metrics.imports.parsed import ImportOptions
from metrics.models import Batch, Cost, Dimension, DimensionValue, Entry, Fact, Metric
from metrics.page_tables import entry_table
from metrics.recurring_costs import Terms, save_recurring
from tests.objectives.board import at

TODAY = date(2026, 3, 9)
D = date
CAMPAIGN = '=Été; « 50 % », "ici"'
TYPED: tuple[tuple[str, date, date, str, dict[str, str]], ...] = (
    ("leads", D(2026, 1, 5), D(2026, 1, 5), "12", {}),
    ("leads", D(2026, 2, 1), D(2026, 2, 28), "100", {}),
    ("leads", D(2026, 2, 1), D(2026, 2, 28), "31", {"channel": "email"}),
    ("leads", D(2026, 2, 2), D(2026, 2, 8), "7", {"campaign": CAMPAIGN}),
    ("sessions", D(2025, 12, 29), D(2026, 1, 4), "1234", {"device": "smartphone"}),
    ("sessions", D(2026, 1, 1), D(2026, 1, 31), "0", {"channel": "organic"}),
    ("followers", D(2026, 1, 1), D(2026, 1, 31), "5120", {}),
    ("followers", D(2026, 2, 1), D(2026, 2, 1), "5200", {}),
    ("revenue", D(2026, 1, 1), D(2026, 1, 31), "1234.56", {}),
    ("revenue", D(2026, 3, 1), D(2026, 3, 1), "1.234", {}),
)
COSTS: tuple[tuple[str, date, date, str, dict[str, str]], ...] = (
    ("tools", D(2026, 1, 5), D(2026, 1, 5), "49.90", {}),
    ("media", D(2026, 1, 1), D(2026, 3, 31), "1000.01", {"channel": "paid_search"}),
    ("agency", D(2026, 2, 1), D(2026, 2, 28), "777.77", {"campaign": CAMPAIGN}),
    ("tools", D(2026, 1, 1), D(2026, 1, 31), "49.90", {}),
    ("tools", D(2026, 1, 1), D(2026, 1, 31), "49.90", {}),
    ("other", D(2026, 2, 1), D(2026, 2, 1), "0.01", {"channel": "email", "campaign": CAMPAIGN}),
)


def placed(workspace: Workspace, where: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, dimension in (("channel", Dimension.CHANNEL), ("device", Dimension.DEVICE)):
        if name in where:
            found[name] = DimensionValue.objects.get(
                workspace=workspace, dimension=dimension, key=where[name]
            )
    if "campaign" in where:
        found["campaign"] = workspace.campaigns.get(name=where["campaign"])
    return found


def kept(workspace: Workspace) -> None:
    """Typed values and costs of every kind."""
    email = DimensionValue.objects.get(workspace=workspace, dimension=1, key="email")
    save_campaign(workspace, user=None, name=CAMPAIGN, channel=email)
    for key, start, end, value, where in TYPED:
        metric = Metric.objects.get(workspace=workspace, key=key)
        save_entry(
            workspace, user=None, metric=metric, start=start, end=end, value=Decimal(value),
            today=TODAY, **placed(workspace, where),
        )  # fmt: skip
    for category, start, end, amount, where in COSTS:
        save_cost(
            workspace, user=None, category=category, start=start, end=end, amount=Decimal(amount),
            **placed(workspace, where),
        )  # fmt: skip
    save_cost(
        workspace, user=None, category="creative", start=D(2026, 1, 1), end=D(2026, 2, 28),
        amount=Decimal("500.01"), share_by="leads",
    )  # fmt: skip
    terms = Terms(category="staff", amount=Decimal("333.33"), rhythm="month", supplier="Régie")
    save_recurring(workspace, terms, user=None, start=D(2026, 1, 1), last=None, today=TODAY)


def told(workspace: Workspace, kind: str) -> list[tuple[Any, ...]]:
    """The facts of a kind of batch: what, when, where, how much."""
    facts = Fact.objects.filter(workspace=workspace, batch__kind=kind).select_related("metric")
    channels = {-1: "not set", **dict(workspace.dimension_values.values_list("pk", "key"))}
    names = {-1: "not set", **dict(workspace.campaigns.values_list("pk", "name"))}
    return sorted(
        (
            one.metric.key, one.day, one.end, channels.get(one.channel_id, ""),
            names.get(one.campaign_id, ""), channels.get(one.device_id, ""), one.value.normalize(),
        )
        for one in facts
    )  # fmt: skip


def bytes_of(table: Table, how: Format) -> bytes:
    target = BytesIO()
    write_table(target, table.columns, table.rows, how)
    return target.getvalue()


@pytest.mark.parametrize("how", list(Format))
@pytest.mark.parametrize("kind", [Batch.Kind.ENTRY, Batch.Kind.COST])
def test_what_people_keep_comes_back(
    northwind: Workspace, acme: Workspace, how: Format, kind: str
) -> None:
    with workspace_scope(northwind.pk):
        kept(northwind)
        before = told(northwind, kind)
        table = (
            entry_table(Entry.objects.filter(workspace=northwind))
            if kind == Batch.Kind.ENTRY
            else cost_table(Cost.objects.filter(workspace=northwind))
        )
        data = bytes_of(table, how)
    name = "file.xlsx" if how is Format.XLSX else "file.csv"
    given: Any = {"user": None, "name": name, "data": data, "options": ImportOptions(),
                  "today": TODAY}  # fmt: skip
    with workspace_scope(acme.pk):
        email = DimensionValue.objects.get(workspace=acme, dimension=1, key="email")
        save_campaign(acme, user=None, name=CAMPAIGN, channel=email)
        batch = import_file(acme, now=at(TODAY), **given)
        assert batch.report["errors"] == []
        assert {one["code"] for one in batch.report["warnings"]} <= {"rows_added"}
        assert told(acme, Batch.Kind.FILE) == before
        again = preview(acme, feed=batch.feed.name if batch.feed else "", **given)
        assert (again.created, again.changed, again.same) == (0, 0, len(before))
