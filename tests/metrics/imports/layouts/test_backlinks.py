"""Ahrefs and SEMrush: lists that are counted."""

from datetime import date

import pytest

from metrics.imports.parsed import Span
from tests.metrics.imports.reading import SEPTEMBER, codes, read_text, sample, values


@pytest.mark.parametrize("tool", ["ahrefs", "semrush"])
def test_links_that_stand_are_counted_with_their_hosts(tool: str) -> None:
    result = sample(f"{tool}_backlinks.csv", period=SEPTEMBER)

    assert (result.layout, result.sums) == (tool, {"backlinks": 3, "referring_domains": 2})
    assert {fact.end for fact in result.facts} == {SEPTEMBER.end}


@pytest.mark.parametrize("tool", ["ahrefs", "semrush"])
def test_the_day_of_a_list_of_links_is_asked(tool: str) -> None:
    result = sample(f"{tool}_backlinks.csv")

    assert (codes(result.questions), result.facts) == (["period"], [])


@pytest.mark.parametrize("name", ["ahrefs_refdomains.csv", "semrush_refdomains.csv"])
def test_domains_say_how_many_links_each_holds(name: str) -> None:
    result = sample(name, period=SEPTEMBER)

    assert result.sums == {"referring_domains": 2, "backlinks": 3}


@pytest.mark.parametrize("name", ["ahrefs_keywords.csv", "semrush_positions.csv"])
def test_keywords_in_the_first_ten_are_counted_once_on_their_day(name: str) -> None:
    result = sample(name)

    assert result.sums == {"keywords_top10": 2}
    assert result.period == Span(date(2026, 9, 15), date(2026, 9, 15))


def test_the_audit_counts_links_that_it_scores_sixty_or_more() -> None:
    result = sample("semrush_audit.csv", period=SEPTEMBER)

    assert result.sums == {"toxic_backlinks": 2}


def test_the_overview_of_the_api_has_the_totals() -> None:
    result = sample("semrush_overview.csv", period=SEPTEMBER)

    assert result.sums == {"backlinks": 4100, "referring_domains": 124}


def test_figures_by_date_need_no_counting() -> None:
    result = sample("ahrefs_dates.csv")

    assert values(result, "keywords_top10", "start") == {
        (date(2026, 9, 1),): 35,
        (date(2026, 9, 8),): 37,
    }
    assert result.sums["referring_domains"] == 124


def test_a_list_of_a_round_number_of_rows_may_be_cut() -> None:
    header = "Referring page title,Referring page URL,Domain rating,UR,Target URL,Anchor\n"
    rows = "".join(f"t,https://s{n}.example/,1,1,https://example.com/,a\n" for n in range(1000))

    result = read_text(header + rows, period=SEPTEMBER)

    assert (result.part_only, result.sums["referring_domains"]) == (True, 1000)
    assert codes(result.warnings) == ["list_cut"]


def test_keywords_under_the_names_of_the_interface_for_programs() -> None:
    text = (
        "keyword,best_position,best_position_url,volume,keyword_difficulty\n"
        "kpi,3,https://example.com/,900,4\ngoal,11,https://example.com/g,90,2\n"
    )

    result = read_text(text, period=SEPTEMBER)

    assert (result.layout, result.sums) == ("ahrefs", {"keywords_top10": 1})


def test_links_to_competitors_are_not_the_site_s_own() -> None:
    text = "domain,domain_rating,links_to\nbing.com,93,competitor.com;other.com\n"

    assert read_text(text, period=SEPTEMBER).sums == {}
