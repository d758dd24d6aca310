"""Plans beside what happened: budgets, targets and forecasts never become figures."""

import pytest

from metrics.imports.plan_words import without_plan
from tests.metrics.imports.reading import codes, read_bytes, read_text
from tests.metrics.imports.workbooks import Grid, xlsx

FACTS = {"sessions": 2200, "leads": 130}
IN_COLUMNS = "KPI;{0} janv. 2026;{1} janv. 2026;{0} févr. 2026;{1} févr. 2026\n"
ROWS = "Visites;1000;1100;1200;1300\nLeads;50;60;80;90\n"
GROUPED = "KPI,Actual,,Budget,\n,Jan 2026,Feb 2026,Jan 2026,Feb 2026\n"
STACKED = """Janvier 2026
KPI;Réalisé;Objectif;Écart;% atteint
Visites;1000;1100;-100;91%
Leads;50;60;-10;83%

Février 2026
KPI;Réalisé;Objectif;Écart;% atteint
Visites;1200;1300;-100;92%
Leads;80;90;-10;89%
"""
BLOCK = "KPI,Jan 2026,Feb 2026\nSessions,{0},{1}\nLeads,{2},{3}\n"


@pytest.mark.parametrize(
    "text",
    [
        IN_COLUMNS.format("Réalisé", "Objectif") + ROWS,
        "KPI,Jan 2026 (Actual),Jan 2026 (Budget),Feb 2026 (Actual),Feb 2026 (Budget)\n"
        + ROWS.replace(";", ","),
        "KPI,Jan 2026,,Feb 2026,\n,Actual,Target,Actual,Target\n" + ROWS.replace(";", ","),
        GROUPED + "Sessions,1000,1200,9,9\nLeads,50,80,1,1\n",
        STACKED,
        "Actual\n" + BLOCK.format(1000, 1200, 50, 80) + "\nBudget\n" + BLOCK.format(9, 9, 1, 1),
        BLOCK.format(1000, 1200, 50, 80) + "Leads target,60,90\n",
        "KPI,Type,Jan 2026,Feb 2026\nSessions,Actual,1000,1200\nSessions,Target,9,9\n"
        "Leads,Actual,50,80\nLeads,Target,1,1\n",
        "Month,Sessions Target,Sessions Actual,Leads (forecast),Leads\n"
        "Jan 2026,9,1000,1,50\nFeb 2026,9,1200,1,80\n",
        "Month,Scenario,Sessions,Leads\nJan 2026,Actual,1000,50\nJan 2026,Budget,9,1\n"
        "Feb 2026,Actual,1200,80\nFeb 2026,Budget,9,1\n",
        "Mois;Indicateur;Réalisé;Objectif\n01/2026;Visites;1000;9\n01/2026;Leads;50;1\n"
        "02/2026;Visites;1200;9\n02/2026;Leads;80;1\n",
    ],
)
def test_only_what_happened_is_imported_and_plans_are_named(text: str) -> None:
    result = read_text(text)

    assert result.sums == FACTS
    assert not result.questions
    assert "plans_left_out" in codes(result.warnings)


def test_months_stand_in_the_year_that_the_plan_beside_them_is_for() -> None:
    result = read_text("Indicateur;Objectif 2026;Janv;Févr\nVisites;12000;1000;1200\n")

    assert (result.sums, result.questions) == ({"sessions": 2200}, [])
    assert result.period is not None
    assert result.period.start.year == 2026


def test_a_table_of_nothing_but_plans_is_refused_with_the_reason() -> None:
    result = read_text("Budget 2026\nKPI,Jan,Feb\nSessions,1000,1200\nLeads,50,80\n")

    assert not result.facts
    assert "only what is planned" in result.errors[0].expected


def test_a_target_in_figures_is_no_audience() -> None:
    result = read_text("Date;Canal;Visites;Cible\n01/10/2026;SEO;100;120\n02/10/2026;SEO;110;120\n")

    assert result.sums == {"sessions": 210}
    assert {fact.audience for fact in result.facts} == {None}


def test_a_cost_that_is_budgeted_is_no_cost() -> None:
    header = "Date,Campaign,Impressions,Clicks,Cost (Budget),Cost (Actual)\n"
    result = read_text(header + "2026-10-01,Spring,100,10,50,40\n2026-10-02,Spring,200,20,50,45\n")

    assert result.sums["cost_media"] == 85


@pytest.mark.parametrize(
    "name",
    ["Meta Ads", "Goal completions", "Planet", "Objectifs atteints du mois", "Budgeting tool"],
)
def test_names_that_only_sound_like_plans_are_none(name: str) -> None:
    said = without_plan(name)

    assert said is None or said[0] not in {"ads", "completions", ""}


HEADER = ["Month", "Sessions", "Leads"]
FIRST = Grid([HEADER, ["Jan 2026", 1000, 50], ["Feb 2026", 1200, 80]])
SECOND = Grid([HEADER, ["Jan 2026", 9, 1], ["Feb 2026", 9, 1]])


def test_a_sheet_of_plans_beside_one_of_facts_is_left_out() -> None:
    result = read_bytes(xlsx({"Réalisé": FIRST, "Budget": SECOND}), name="kpi.xlsx")

    assert (result.sums, result.errors) == (FACTS, [])
    assert "plans_left_out" in codes(result.warnings)


def test_the_name_of_a_sheet_below_another_is_no_row() -> None:
    result = read_bytes(xlsx({"North": FIRST, "South": SECOND}), name="kpi.xlsx")

    assert (result.sums, result.errors) == ({"sessions": 2218, "leads": 132}, [])
