"""Cycle-adjusted rates and costs, by hand; and when it is time to conclude."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Workspace
from accounts.scope import system_scope
from metrics import snapshots
from metrics.metric_page import Choice, metric_page
from metrics.models import Dimension, Metric
from metrics.periods import Calendar, Grain
from metrics.sales_cycle import (
    SalesCycle,
    adjusted_series,
    adjusted_value,
    delay_of,
    is_mature,
    sentence,
)
from metrics.series import EVERYTHING, span_value
from tests.cast import Cast, client_of
from tests.metrics.numbers import NOW, TODAY, Book

CYCLE = {"days_to_lead": 3, "days_to_mql": 7, "days_to_sql": 21, "days_to_customer": 30}
JULY = (date(2025, 7, 1), date(2025, 7, 31))


def set_cycle(workspace: Workspace, **days: int | None) -> Workspace:
    """Says how long the stages take."""
    Workspace.objects.filter(pk=workspace.pk).update(**days)
    workspace.refresh_from_db()
    return workspace


@pytest.fixture
def cycled(inside: Workspace) -> Workspace:
    """Northwind with its delays: 3, 7, 21 and 30 days."""
    return set_cycle(inside, **CYCLE)


def every_day(start: str, end: str) -> Iterable[str]:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return ((first + timedelta(n)).isoformat() for n in range((last - first).days + 1))


def grow(book: Book) -> None:
    """MQLs: 2 a day to 30 June, then 4. SQLs: 1 a day. Media: 10 a day."""
    rows = [
        book.row("mqls", day, 4 if day >= "2025-07-01" else 2)
        for day in every_day("2025-05-01", "2025-08-15")
    ]
    rows += [book.row("sqls", day, 1) for day in every_day("2025-05-01", "2025-08-15")]
    rows += [book.row("new_customers", day, 1) for day in every_day("2025-07-01", "2025-07-31")]
    rows += [book.row("cost_media", day, 10) for day in every_day("2025-05-01", "2025-05-31")]
    book.write(*rows)
    snapshots.recompute(book.workspace, today=TODAY, now=NOW)


def test_the_delays_between_stages_add_up() -> None:
    cycle = SalesCycle(None, 7, 21, 30)
    assert cycle.days("leads", "new_customers") == 58
    assert cycle.days("mqls", "sqls") == 21
    assert cycle.days("sessions", "leads") is None
    assert cycle.days("sessions", "new_customers") is None
    assert cycle.known("sessions", "new_customers") == 58


@pytest.mark.django_db
def test_sqls_over_the_mqls_of_21_days_earlier(cycled: Workspace) -> None:
    grow(Book(cycled))
    found = adjusted_value(cycled, "mql_to_sql_rate", EVERYTHING, *JULY, today=TODAY)
    assert found is not None
    assert (found.earlier_start, found.earlier_end) == (date(2025, 6, 10), date(2025, 7, 10))
    # 31 SQLs over 21 days of 2 and 10 days of 4 MQLs; same-period it is 31 / 124
    assert (found.above, found.below) == (31, 82)
    assert found.value is not None
    assert round(found.value, 6) == Decimal("0.378049")
    assert span_value(cycled, "mql_to_sql_rate", EVERYTHING, *JULY).value == Decimal("0.25")


@pytest.mark.django_db
def test_the_value_names_its_delay_and_both_spans(cycled: Workspace) -> None:
    grow(Book(cycled))
    found = adjusted_value(cycled, "mql_to_sql_rate", EVERYTHING, *JULY, today=TODAY)
    assert found is not None
    assert sentence(found, {"sqls": "SQLs", "mqls": "MQLs"}, "en") == (
        "SQLs of 1–31 July 2025 over MQLs of 10 June–10 July 2025: 21 days earlier."
    )


@pytest.mark.django_db
def test_cac_is_against_the_cost_of_61_days_earlier(cycled: Workspace) -> None:
    grow(Book(cycled))
    found = adjusted_value(cycled, "cac", EVERYTHING, *JULY, today=TODAY)
    assert found is not None
    assert (found.days, found.earlier_start) == (61, date(2025, 5, 1))
    assert found.value == 10  # 310 of 1 to 31 May for 31 customers of July


@pytest.mark.django_db
def test_a_cost_without_a_known_visit_is_that_of_the_leads_days(cycled: Workspace) -> None:
    set_cycle(cycled, days_to_lead=None)
    assert delay_of(cycled, "cac") == 58
    assert delay_of(cycled, "cpl") is None
    assert delay_of(cycled, "visit_to_lead_rate") is None


@pytest.mark.django_db
def test_without_a_delay_there_is_no_adjusted_value(inside: Workspace) -> None:
    assert adjusted_value(inside, "mql_to_sql_rate", EVERYTHING, *JULY, today=TODAY) is None
    assert adjusted_value(inside, "bounce_rate", EVERYTHING, *JULY, today=TODAY) is None


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["mql_to_sql_rate", "sql_to_customer_rate", "cac"])
@pytest.mark.parametrize("grain", [Grain.WEEK, Grain.MONTH])
def test_a_line_holds_the_values_of_its_periods(cycled: Workspace, key: str, grain: Grain) -> None:
    grow(Book(cycled))
    periods = Calendar().periods(date(2025, 5, 1), date(2025, 7, 31), grain)
    line = adjusted_series(cycled, key, EVERYTHING, periods, today=TODAY)
    single = [
        adjusted_value(cycled, key, EVERYTHING, one.start, one.end, today=TODAY) for one in periods
    ]
    pairs = [(value, one and one.value) for value, one in zip(line, single, strict=True)]
    known = [(value, alone) for value, alone in pairs if value is not None]
    assert known
    assert all(value == alone for value, alone in known)


@pytest.mark.django_db
def test_what_reaches_back_before_the_first_figures_is_not_drawn(cycled: Workspace) -> None:
    grow(Book(cycled))
    periods = Calendar().periods(date(2025, 5, 1), date(2025, 7, 31), Grain.MONTH)
    line = adjusted_series(cycled, "mql_to_sql_rate", EVERYTHING, periods, today=TODAY)
    assert [value is None for value in line] == [True, False, False]


@pytest.mark.django_db
def test_a_running_period_takes_as_many_earlier_days(cycled: Workspace) -> None:
    grow(Book(cycled))
    august = Calendar().periods(TODAY, TODAY, Grain.MONTH)
    found = adjusted_series(cycled, "mql_to_sql_rate", EVERYTHING, august, today=date(2025, 8, 11))
    assert found == [Decimal(10) / 40]  # 1 to 10 August over 11 to 20 July


@pytest.mark.django_db
def test_nothing_that_came_in_is_nothing_to_divide_by(cycled: Workspace) -> None:
    book = Book(cycled)
    book.write(
        book.row("sqls", "2025-07-10", 3),
        coverage=[book.covered("mqls", "2025-05-01", "2025-07-31")],
    )
    snapshots.recompute(cycled, today=TODAY, now=NOW)
    found = adjusted_value(cycled, "mql_to_sql_rate", EVERYTHING, *JULY, today=TODAY)
    assert found is not None
    assert (found.value, found.reason) == (None, "zero_denominator")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "days"),
    [("mqls", 7), ("new_customers", 58), ("mql_to_sql_rate", 21), ("roi", 61), ("sessions", 0)],
)
def test_it_is_mature_once_the_cycle_and_the_feeds_delay_have_gone_by(
    cycled: Workspace, key: str, days: int
) -> None:
    ripe = JULY[1] + timedelta(days + 1)
    for today, mature in ((ripe - timedelta(1), False), (ripe, True)):
        found = is_mature(cycled, key, *JULY, today=today)
        assert (found.is_mature, found.matures_on, found.days) == (mature, ripe, days)


@pytest.mark.django_db
def test_a_slow_feed_is_waited_for(cycled: Workspace) -> None:
    book = Book(cycled)
    crm = book.feed("CRM")
    cycled.feeds.filter(pk=crm).update(rhythm="day", delay_days=5)
    book.write(
        book.row("sqls", "2025-07-01", 1, feed=crm),
        coverage=[book.covered("sqls", "2025-07-01", "2025-07-01", feed=crm)],
    )
    assert is_mature(cycled, "sqls", *JULY, today=TODAY).matures_on == date(2025, 9, 2)


def choice(**asked: Any) -> Choice:
    """A month of everything."""
    given: dict[str, Any] = {"grain": Grain.MONTH, "compare": "none", "segment": EVERYTHING}
    return Choice(**{**given, "dimension": Dimension.CHANNEL, **asked})


@pytest.mark.django_db
def test_the_metrics_page_draws_it_as_a_second_line(cycled: Workspace) -> None:
    grow(Book(cycled))
    metric = Metric.objects.get(workspace=cycled, key="mql_to_sql_rate")
    page = metric_page(cycled, metric, choice(), today=TODAY)
    names = [one.name for one in page.spec.series]
    assert names[1] == "Cycle-adjusted (21 days earlier)"
    july = page.spec.labels.index(JULY[0])
    assert round(page.spec.series[1].values[july] or 0, 6) == Decimal("0.378049")


@pytest.fixture
def alice(cast: Cast) -> Client:
    """The browser of the owner."""
    return client_of(cast.alice)


def settings_of(workspace: Workspace, **changed: object) -> dict[str, object]:
    names = ("name", "currency", "time_zone", "language", "week_start", "fiscal_year_start")
    shown = {name: getattr(workspace, name) for name in (*names, "on_track_from", "at_risk_from")}
    return {**shown, "version": workspace.version, **changed}


@pytest.mark.django_db
def test_the_owner_says_how_long_a_stage_takes(cast: Cast, alice: Client) -> None:
    sent = settings_of(cast.northwind, days_to_sql="21", days_to_mql="")
    response = alice.post(reverse("settings", args=["northwind"]), sent)
    assert response.status_code == 302
    with system_scope():
        cast.northwind.refresh_from_db()
    assert (cast.northwind.days_to_sql, cast.northwind.days_to_mql) == (21, None)


@pytest.mark.django_db
def test_a_stage_of_ten_years_is_refused(cast: Cast, alice: Client) -> None:
    sent = settings_of(cast.northwind, days_to_sql="3650")
    response = alice.post(reverse("settings", args=["northwind"]), sent)
    assert "A stage of a sales cycle takes at most 1095 days." in response.content.decode()
