"""A metric's series taken out of its page comes back to the same values."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Workspace
from accounts.scope import workspace_scope
from accounts.spreadsheets import Format
from metrics.imports.importing import import_file
from metrics.imports.parsed import ImportOptions, Limits
from metrics.models import Fact
from metrics.refreshing import refresh
from metrics.sending import SentFact, send_facts
from tests.cast import Cast, client_of

NOW = datetime.now(UTC)
TODAY = NOW.date()


def series(client: Client, key: str, how: Format, grain: str) -> bytes:
    address = reverse("metric_export", args=["northwind", key])
    return bytes(client.get(address, {"file": how, "grain": grain}).getvalue())


@pytest.mark.parametrize("how", list(Format))
@pytest.mark.parametrize("key", ["revenue", "followers"])
@pytest.mark.parametrize("grain", ["day", "month"])
def test_a_series_comes_back(
    northwind: Workspace, acme: Workspace, cast: Cast, how: Format, key: str, grain: str
) -> None:
    days = [TODAY - timedelta(days=back) for back in range(1, 70)]
    rows = [
        SentFact(key, day, day, Decimal(place * 37) / (100 if key == "revenue" else 1))
        for place, day in enumerate(days, 1)
    ]
    with workspace_scope(northwind.pk):
        send_facts(northwind, user=None, feed_name="All", rows=rows, today=TODAY, now=NOW)
        refresh(northwind, today=TODAY, now=NOW)
    data = series(client_of(cast.vera), key, how, grain)
    with workspace_scope(acme.pk):
        batch = import_file(
            acme, user=None, name=f"{key}.{'xlsx' if how is Format.XLSX else 'csv'}", data=data,
            options=ImportOptions(), today=TODAY, now=NOW, feed="All", limits=Limits(),
        )  # fmt: skip
        facts = dict(
            Fact.objects.filter(workspace=acme, feed=batch.feed).values_list("day", "value")
        )
    told = {row.start: row.value for row in rows if row.start >= min(facts)}
    if key == "revenue":
        assert sum(facts.values()) == sum(told.values())
    if grain == "day":
        assert {day: facts[day] for day in told} == told
