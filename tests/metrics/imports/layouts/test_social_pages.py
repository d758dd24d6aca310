"""LinkedIn pages and X accounts: acts by day, and posts one by one."""

from datetime import date

import pytest

from metrics.imports.parsed import Span
from tests.metrics.imports.reading import codes, sample, values

ACTS = {"social_reactions": 43, "social_comments": 5, "social_shares": 5}
POSTS = {"social_reactions": 30, "social_comments": 4, "social_shares": 3}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_linkedin_s_figure_for_all_posts_is_taken(language: str) -> None:
    result = sample(f"linkedin_page_updates_{language}.csv")

    assert (result.layout, result.sums) == ("linkedin_page", ACTS)
    assert result.period == Span(date(2026, 9, 1), date(2026, 9, 14))


def test_unique_impressions_are_the_reach_of_their_own_day() -> None:
    reach = values(sample("linkedin_page_updates_en.csv"), "social_reach", "start", "end")

    assert reach == {
        (date(2026, 9, 1), date(2026, 9, 1)): 700,
        (date(2026, 9, 14), date(2026, 9, 14)): 800,
    }


@pytest.mark.parametrize(
    "name",
    ["linkedin_page_posts_en.csv", "x_analytics_posts_en.csv", "x_analytics_tweets_fr.csv"],
)
def test_posts_are_assets_and_never_the_total(name: str) -> None:
    result = sample(name)

    assert (result.sums, result.part_only) == (POSTS, True)
    assert all(fact.asset and fact.asset.startswith("https://") for fact in result.facts)
    assert codes(result.warnings) == ["posts_apart"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("linkedin_page_followers_en.csv", "new followers"),
        ("linkedin_page_visitors_en.csv", "not to the site"),
    ],
)
def test_what_counts_something_else_is_refused_with_the_reason(name: str, words: str) -> None:
    result = sample(name)

    assert (result.layout, result.facts) == ("linkedin_page", [])
    assert words in result.errors[0].expected


def test_an_account_s_days_on_x() -> None:
    result = sample("x_analytics_days_en.csv")

    assert (result.layout, result.part_only) == ("x_analytics", False)
    assert result.sums == {"social_reactions": 36, "social_comments": 7, "social_shares": 4}
    assert values(result, "social_reactions", "start")[(date(2026, 9, 1),)] == 12
