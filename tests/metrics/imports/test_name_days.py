from datetime import date

import pytest

from metrics.imports.name_days import day_in_name, range_in_name
from metrics.imports.parsed import Span
from tests.metrics.imports.reading import SEPTEMBER, codes, read_text

TABLE = "channel,sessions,leads\norganic,10,1\nemail,20,2\n"


@pytest.mark.parametrize(
    "name",
    [
        "Campaigns(2026.09.01-2026.09.30_compared_to_2025.09.01-2025.09.30).csv",
        "Daily Report-App20260901112403(20260901_to_20260930).xlsx",
        "Meta Ads Sep-1-2026_Sep-30-2026.csv",
        "Acme-Campagnes-1-sept.-2026–30-sept.-2026.csv",
        "insights_-_2026-9-1_-_2026-9-30_-_a1.csv",
        "Analytics 20260901-20260930.csv",
        "Acme-Campaigns-1-Sep-202630-Sep-2026.csv",
    ],
)
def test_tools_write_a_period_into_a_name_in_many_ways(name: str) -> None:
    assert range_in_name(name) == SEPTEMBER


@pytest.mark.parametrize(
    "name", ["export 20261009 120000.csv", "report-2026-09.csv", "a-2026-09-30_2026-09-01.csv"]
)
def test_one_day_a_month_or_days_the_wrong_way_round_are_no_period(name: str) -> None:
    assert range_in_name(name) is None


def test_the_day_in_a_name_is_one_that_the_calendar_has() -> None:
    assert day_in_name("deals-2026-10-02.csv") == date(2026, 10, 2)
    assert day_in_name("deals-2026-13-02.csv") is None


def test_the_period_in_a_name_is_taken_last_and_said() -> None:
    name = "figures 20260901-20260930.csv"

    assert codes(read_text(TABLE, name=name).warnings) == ["period_from_name"]
    asked = read_text(TABLE, name=name, period=Span(date(2026, 8, 1), date(2026, 8, 31)))
    assert asked.period == Span(date(2026, 8, 1), date(2026, 8, 31))
    assert codes(read_text(TABLE).questions) == ["period"]
