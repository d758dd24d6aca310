from datetime import date

import pytest

from tests.metrics.imports.reading import SEPTEMBER, codes, sample, values


@pytest.mark.parametrize("name", ["plausible_visitors.csv", "plausible_imported_visitors.csv"])
def test_rates_and_counts_come_to_the_same(name: str) -> None:
    result = sample(name)

    assert result.layout == "plausible"
    assert result.sums == {
        "sessions": 220,
        "pageviews": 550,
        "bounces": 100,
        "session_seconds": 18_600,
    }
    assert values(result, "visitors", "start") == {
        (date(2026, 9, 1),): 80,
        (date(2026, 9, 2),): 90,
    }


def test_sources_are_channels_and_the_period_is_asked() -> None:
    assert codes(sample("plausible_sources.csv").questions) == ["period"]

    result = sample("plausible_sources.csv", period=SEPTEMBER)

    assert values(result, "sessions", "channel") == {
        ("organic",): 400,
        ("direct",): 200,
        ("social",): 80,
    }
    assert result.sums["bounces"] == 160 + 100 + 48


def test_pages_keep_their_views_and_leave_out_visits() -> None:
    result = sample("plausible_pages.csv", period=SEPTEMBER)

    assert result.sums == {"pageviews": 550}
    assert values(result, "pageviews", "asset") == {("/",): 420, ("/pricing",): 130}


def test_entry_pages_are_landing_pages() -> None:
    result = sample("plausible_entry_pages.csv", period=SEPTEMBER)

    assert values(result, "page_sessions", "asset") == {("/",): 260, ("/pricing",): 45}
    assert values(result, "page_visitors", "asset") == {("/",): 200, ("/pricing",): 40}
