"""A report of several tables from its archive to the numbers that pages show."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Workspace
from metrics import series, snapshots
from metrics.imports.importing import import_file
from metrics.imports.parsed import ImportOptions
from metrics.models import Batch, Fact
from metrics.periods import Grain
from tests.metrics.imports.test_archives import REPORT
from tests.metrics.imports.workbooks import archive
from tests.metrics.numbers import NOW

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 6)
SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))


def imported(workspace: Workspace) -> Batch:
    return import_file(
        workspace,
        user=None,
        name="example.com-Performance-on-Search.zip",
        data=archive(REPORT),
        options=ImportOptions(),
        today=TODAY,
        now=NOW,
        feed="",
    )


def month(workspace: Workspace, key: str) -> Decimal | None:
    """What September comes to, for everything."""
    snapshots.refresh(workspace, today=TODAY, now=NOW)
    return series.values(workspace, key, Grain.MONTH, *SEPTEMBER, today=TODAY)[0].value


def test_the_site_is_its_chart_whatever_its_lists_add_up_to(inside: Workspace) -> None:
    imported(inside)

    assert month(inside, "search_clicks") == 10
    assert month(inside, "search_impressions") == 100
    assert month(inside, "search_position") == Decimal("3.2")
    assert month(inside, "search_ctr") == Decimal("0.1")


def test_the_same_archive_again_changes_nothing(inside: Workspace) -> None:
    imported(inside)
    before = set(Fact.objects.values_list("metric__key", "day", "end", "value"))

    imported(inside)

    assert set(Fact.objects.values_list("metric__key", "day", "end", "value")) == before
