from datetime import date

import pytest

from tests.metrics.imports.reading import SEPTEMBER, codes, sample, values


@pytest.mark.parametrize("name", ["matomo_days.csv", "matomo_days_fr.csv"])
def test_days_under_the_api_s_names_and_translated_ones(name: str) -> None:
    result = sample(name)

    assert (result.layout, result.encoding, result.delimiter) == ("matomo", "utf-16-le", ",")
    assert result.sums == {"sessions": 220, "bounces": 100, "session_seconds": 18_600}
    assert values(result, "visitors", "start") == {
        (date(2026, 9, 1),): 80,
        (date(2026, 9, 2),): 90,
    }


def test_referrers_are_channels() -> None:
    result = sample("matomo_referrers.csv", period=SEPTEMBER)

    assert values(result, "sessions", "channel") == {
        ("organic",): 400,
        ("direct",): 200,
        ("social",): 80,
        ("other",): 40,
    }
    assert result.sums["bounces"] == 325


def test_a_report_without_dates_asks_for_its_period() -> None:
    assert codes(sample("matomo_referrers.csv").questions) == ["period"]


def test_pages_are_assets_and_their_visits_are_left_out() -> None:
    result = sample("matomo_pages.csv", period=SEPTEMBER)

    assert values(result, "pageviews", "asset") == {("/index",): 420, ("/pricing",): 130}
    assert result.sums == {"pageviews": 550, "page_seconds": 12_300, "exits": 180}
    assert codes(result.warnings) == ["visits_by_page"]
