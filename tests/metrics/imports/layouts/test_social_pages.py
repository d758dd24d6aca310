"""LinkedIn pages and X accounts: acts by day, and posts one by one."""

from datetime import date

import pytest

from metrics.imports.parsed import Span
from tests.metrics.imports.reading import codes, read_bytes, read_text, sample, values
from tests.metrics.imports.workbooks import Grid, xlsx

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


def test_the_workbook_of_content_is_read_as_a_whole() -> None:
    days = Grid(
        [
            ("Aggregated engagement metrics for your posts over time.",),
            ("Date", "Impressions (total)", "Unique impressions (organic)", "Reactions (total)",
             "Comments (total)", "Reposts (total)"),
            ("02/13/2026", 400, 300, 6, 1, 2),
            ("02/14/2026", 74, 60, 0, 0, 1),
        ]
    )  # fmt: skip
    posts = Grid(
        [
            ("Engagement metrics for individual posts.",),
            ("Post title", "Post link", "Post type", "Created date", "Impressions", "Likes",
             "Comments", "Reposts"),
            ("One\n\nline\nafter\nthe\nother", "https://www.linkedin.com/feed/update/1", "Organic",
             "02/13/2026", 130, 2, 1, 1),
        ]
    )  # fmt: skip

    result = read_bytes(xlsx({"Metrics": days, "All posts": posts}), name="page_content.xlsx")

    assert (result.layout, result.questions, result.errors) == ("linkedin_page", [], [])
    assert values(result, "social_reactions", "start", "asset") == {
        (date(2026, 2, 13), None): 6,
        (date(2026, 2, 14), None): 0,
        (date(2026, 2, 13), "https://www.linkedin.com/feed/update/1"): 2,
    }
    assert result.sums["social_shares"] == 3


def test_the_workbook_of_followers_is_refused_for_its_first_sheet() -> None:
    new = Grid(
        [
            ("Date", "Sponsored followers", "Organic followers", "Total followers"),
            ("02/13/2026", 0, 3, 3),
        ]
    )
    places = Grid([("Location", "Total followers"), ("Lyon, France", 60)])

    result = read_bytes(xlsx({"New followers": new, "Location": places}), name="a.xlsx")

    assert (result.questions, result.facts) == ([], [])
    assert "new followers" in result.errors[0].expected


def test_competitors_are_refused_for_it_is_not_said_which_page_is_the_own_one() -> None:
    text = (
        "11/29/2025,12/28/2025,,,\n"
        "Page,Total Followers,New Followers,Total post engagements,Total posts\n"
        "Our page,153,1,2,3\nAnother page,13372,1304,1898,40\n"
    )

    assert "which one is yours" in read_text(text).errors[0].expected
