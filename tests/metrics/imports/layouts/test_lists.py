"""Lists of people, deals and answers: what they come to, worked out by hand from the samples."""

import re
from datetime import date
from decimal import Decimal

import pytest

from metrics.imports.parsed import Span, WorkspaceHints
from metrics.imports.stages import stage_of
from tests.metrics.imports.reading import (
    SAMPLES,
    TODAY,
    codes,
    read_bytes,
    read_text,
    sample,
    values,
)

SEPTEMBER_11 = date(2026, 9, 11)

SUMS: dict[str, tuple[str, dict[str, str]]] = {
    "shopify_orders_en.csv": ("shopify_orders", {
        "orders": "3", "revenue": "140", "new_customers": "2",
    }),
    "order_list_fr.csv": ("order_list", {
        "orders": "3", "revenue": "1459", "new_customers": "2",
    }),
    "order_list_lines.csv": ("order_list", {
        "orders": "4", "revenue": "92.95", "new_customers": "2",
    }),
    "nps_answers_second_header.csv": ("nps_answers", {
        "nps_promoters": "1", "nps_passives": "1", "nps_detractors": "1",
    }),
    "session_list_en.csv": ("session_list", {
        "sessions": "5", "pageviews": "15", "conversions": "1",
    }),
    "session_list_events_fr.csv": ("session_list", {"sessions": "3"}),
    "customer_list_en.csv": ("customer_list", {"new_customers": "3"}),
    "customer_list_fr.csv": ("customer_list", {"new_customers": "3"}),
    "stripe_payments.csv": ("stripe_payments", {"revenue": "170"}),
    "subscription_list_en.csv": ("subscription_list", {
        "new_customers": "4", "lost_customers": "2", "customers": "2", "mrr": "119",
    }),
    "lead_list_marketing_qualified.csv": ("lead_list", {"leads": "4", "mqls": "4"}),
    "hubspot_deals_internal.csv": ("hubspot_deals", {
        "new_customers": "1", "revenue": "1200", "pipeline_value": "500",
    }),
    "hubspot_deals_en.csv": ("hubspot_deals", {
        "opportunities": "7", "new_customers": "2", "revenue": "20000.50",
        "sales_cycle_days": "19", "pipeline_value": "20000",
    }),
    "hubspot_deals_fr.csv": ("hubspot_deals", {
        "opportunities": "3", "new_customers": "1", "revenue": "12000.50",
        "sales_cycle_days": "20", "pipeline_value": "7500",
    }),
    "hubspot_contacts_en.csv": ("hubspot_contacts", {
        "leads": "4", "mqls": "3", "sqls": "2", "opportunities": "1", "new_customers": "1",
    }),
    "hubspot_contacts_fr.csv": ("hubspot_contacts", {
        "leads": "3", "mqls": "2", "sqls": "1", "new_customers": "1",
    }),
    "salesforce_opportunities_en.csv": ("salesforce_opportunities", {
        "opportunities": "4", "new_customers": "1", "revenue": "12500",
        "sales_cycle_days": "19", "pipeline_value": "20000",
    }),
    "salesforce_opportunities_fr.csv": ("salesforce_opportunities", {
        "opportunities": "2", "new_customers": "1", "revenue": "10000",
        "sales_cycle_days": "19", "pipeline_value": "5000",
    }),
    "salesforce_leads_en.csv": ("salesforce_leads", {"leads": "3", "mqls": "1", "sqls": "1"}),
    "pipedrive_deals_en.csv": ("pipedrive_deals", {
        "opportunities": "4", "new_customers": "1", "revenue": "4000",
        "sales_cycle_days": "10", "pipeline_value": "3500.50",
    }),
    "pipedrive_deals_fr.csv": ("pipedrive_deals", {
        "opportunities": "3", "new_customers": "1", "revenue": "4000",
        "sales_cycle_days": "10", "pipeline_value": "2500",
    }),
    "pipedrive_deals_plain_fr.csv": ("pipedrive_deals", {
        "opportunities": "3", "new_customers": "1", "revenue": "4000",
        "sales_cycle_days": "10", "pipeline_value": "2500",
    }),
    "lead_list_fr.csv": ("lead_list", {
        "leads": "4", "mqls": "3", "sqls": "2", "new_customers": "1", "revenue": "12000",
        "sales_cycle_days": "24",
    }),
    "lead_list_en.csv": ("lead_list", {
        "leads": "5", "mqls": "3", "sqls": "2", "new_customers": "1",
    }),
    "nps_answers_fr.csv": ("nps_answers", {
        "nps_promoters": "2", "nps_passives": "1", "nps_detractors": "1",
    }),
    "stripe_subscriptions.csv": ("stripe_subscriptions", {
        "new_customers": "4", "lost_customers": "1", "mrr": "246", "customers": "3",
    }),
    "stripe_invoices.csv": ("stripe_invoices", {"revenue": "149"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SUMS)
def test_a_list_is_recognised_and_counted(name: str) -> None:
    layout, sums = SUMS[name]

    result = sample(name)

    assert (result.layout, result.errors, result.questions) == (layout, [], [])
    assert result.sums == {key: Decimal(value) for key, value in sums.items()}


@pytest.mark.parametrize("name", SUMS)
def test_nothing_that_names_a_person_stays(name: str) -> None:
    result = sample(name, workspace=WorkspaceHints(today=TODAY, people_key=b"a secret"))

    told = repr((result.facts, result.warnings, result.errors, result.sightings, result.campaigns))
    assert not re.search(r"example\.com|\b(Ada|Acme|Alpha|cus_A)\b", told, re.IGNORECASE)


def test_a_name_in_a_broken_row_is_not_repeated() -> None:
    result = read_text(
        "Created at,Name,Email,Status\nAda Lovelace,2026-09-01,ada@example.com,MQL\n"
        "2026-09-02,Bob,bob@example.com,MQL\n"
    )

    assert [(one.row, one.kind) for one in result.errors] == [(2, "date")]
    assert "ada@example.com" not in repr(result.errors)


def test_the_hash_of_a_person_needs_the_key() -> None:
    one = sample("lead_list_en.csv", workspace=WorkspaceHints(today=TODAY, people_key=b"one"))
    other = sample("lead_list_en.csv", workspace=WorkspaceHints(today=TODAY, people_key=b"other"))

    assert not {s.who for s in one.sightings} & {s.who for s in other.sightings}


def test_a_stage_with_a_date_counts_on_it_and_in_its_place() -> None:
    result = sample("lead_list_fr.csv")

    assert values(result, "mqls", "start", "channel", "campaign") == {
        (date(2026, 9, 3), "organic", "Livre blanc"): Decimal(1),
        (date(2026, 9, 5), "organic", "Livre blanc"): Decimal(1),
        (date(2026, 9, 15), "email", "Newsletter"): Decimal(1),
    }
    assert "rows_repeated" in codes(result.warnings)


def test_without_dates_of_stages_the_last_change_dates_the_stage_reached() -> None:
    result = sample("lead_list_en.csv")

    assert values(result, "sqls", "start") == {
        (date(2026, 9, 20),): Decimal(1),
        (date(2026, 9, 1),): Decimal(1),
    }
    assert values(result, "new_customers", "start") == {(date(2026, 9, 25),): Decimal(1)}
    assert "stage_without_day" in codes(result.warnings)


def test_a_row_for_each_stage_is_one_person_on_the_way() -> None:
    result = read_text(
        "Date,Email,Stage\n2026-09-01,a@b.example,Lead\n2026-09-05,a@b.example,MQL\n"
        "2026-09-20,a@b.example,SQL\n2026-09-02,c@d.example,Lead\n"
    )

    assert values(result, "leads", "start") == {
        (date(2026, 9, 1),): Decimal(1),
        (date(2026, 9, 2),): Decimal(1),
    }
    assert values(result, "mqls", "start") == {(date(2026, 9, 5),): Decimal(1)}
    assert values(result, "sqls", "start") == {(date(2026, 9, 20),): Decimal(1)}


def test_links_say_the_channel_where_no_column_does() -> None:
    result = read_text(
        "Email,Created at,Status,utm_source,utm_medium,utm_campaign\n"
        "a@b.example,2026-09-01,Lead,google,cpc,Brand\n"
        "c@d.example,2026-09-01,Lead,linkedin,social,\n"
        "e@f.example,2026-09-01,Lead,newsletter,email,Sept\n"
    )

    assert values(result, "leads", "channel") == {
        ("paid_search",): Decimal(1),
        ("social",): Decimal(1),
        ("email",): Decimal(1),
    }
    assert result.campaigns == {"Brand": "paid_search", "Sept": "email"}


def test_open_deals_are_a_stock_of_the_exports_day() -> None:
    result = sample("pipedrive_deals_en.csv", covers=Span(date(2026, 9, 1), date(2026, 9, 30)))

    assert values(result, "pipeline_value", "start", "channel") == {
        (date(2026, 9, 30), "other"): Decimal(0),
        (date(2026, 9, 30), "organic"): Decimal("2500.50"),
        (date(2026, 9, 30), "referral"): Decimal(1000),
    }


def test_an_open_deal_is_no_customer_whatever_its_stage_is_called() -> None:
    result = sample("pipedrive_deals_plain_fr.csv")

    assert values(result, "new_customers", "start", "channel") == {
        (date(2026, 9, 11), "events"): Decimal(1)
    }
    assert codes(result.warnings) == ["as_of"]


def test_the_name_of_a_file_may_tell_the_exports_day() -> None:
    data = (SAMPLES / "pipedrive_deals_en.csv").read_bytes()

    result = read_bytes(data, name="deals-2026-10-02.csv")

    assert {fact.start for fact in result.facts if fact.metric == "pipeline_value"} == {
        date(2026, 10, 2)
    }


def test_a_deal_with_its_history_of_stages_is_one_deal() -> None:
    result = read_text(
        "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Created Date,Last Modified Date\n"
        "1,Alpha,Proposal,900,2026-10-01,2026-09-01,2026-09-05\n"
        "1,Alpha,Closed Won,1000,2026-09-21,2026-09-01,2026-09-21\n"
        "1,Alpha,Qualification,800,2026-10-01,2026-09-01,2026-09-01\n"
    )

    assert result.sums == {
        "opportunities": Decimal(1),
        "revenue": Decimal(1000),
        "new_customers": Decimal(1),
        "sales_cycle_days": Decimal(20),
        "pipeline_value": Decimal(0),
    }


def test_deals_of_a_crm_without_a_layout_of_its_own() -> None:
    result = read_text(
        "Affaire;Client;Montant HT;Étape;Créée le;Date de signature\n"
        "Site;Alpha;10 000,00;Signé;01/09/2026;25/09/2026\n"
        "Audit;Bêta;2 000,00;Perdu;02/09/2026;20/09/2026\n"
        "Refonte;Gamma;5 500,50;Devis envoyé;13/09/2026;\n"
    )

    assert result.layout == "deal_list"
    assert result.sums == {
        "opportunities": Decimal(3),
        "revenue": Decimal(10_000),
        "new_customers": Decimal(1),
        "sales_cycle_days": Decimal(24),
        "pipeline_value": Decimal("5500.50"),
    }


def test_recurring_revenue_is_known_for_the_ends_of_past_months() -> None:
    result = sample("stripe_subscriptions.csv")

    mrr, customers = values(result, "mrr", "start"), values(result, "customers", "start")
    assert (mrr[date(2026, 7, 31),], customers[date(2026, 7, 31),]) == (108, 2)
    assert (mrr[date(2026, 8, 31),], customers[date(2026, 8, 31),]) == (295, 4)
    assert values(result, "lost_customers", "start") == {(date(2026, 9, 5),): Decimal(1)}


def test_invoices_bring_what_was_paid_without_tax() -> None:
    assert values(sample("stripe_invoices.csv"), "revenue", "start") == {
        (date(2026, 9, 1),): Decimal(100),
        (date(2026, 9, 2),): Decimal(49),
    }


def test_days_without_an_answer_are_zero() -> None:
    result = sample("nps_answers_fr.csv")

    assert {(one.metric, one.zero_filled) for one in result.coverage} == {
        ("nps_promoters", True),
        ("nps_passives", True),
        ("nps_detractors", True),
    }


def test_a_score_beyond_ten_is_shown() -> None:
    rows = "".join(f"2026-09-{day:02},9\n" for day in range(1, 20))

    result = read_text(f"date,score\n{rows}2026-09-20,11\n")

    assert [(one.row, one.found) for one in result.errors] == [(21, "11")]


def test_stars_up_to_five_are_no_scores_of_recommendation() -> None:
    assert read_text("date,rating\n2026-09-01,5\n2026-09-02,4\n").layout != "nps_answers"


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("Customer", "new_customers"),
        ("Client", "new_customers"),
        ("Closed - Converted", "sqls"),
        ("Closed - Not Converted", "leads"),
        ("Unqualified", "leads"),
        ("Non qualifié", "leads"),
        ("Marketing Qualified Lead", "mqls"),
        ("Lead qualifié (marketing)", "mqls"),
        ("Lead qualifié (commercial)", "sqls"),
        ("SQL", "sqls"),
        ("Opportunité", "opportunities"),
        ("Subscriber", ""),
        ("Nouveau", "leads"),
    ],
)
def test_what_a_status_stands_for(status: str, stage: str) -> None:
    assert stage_of(status) == stage


def test_a_table_that_counts_stages_is_no_list() -> None:
    result = read_text("Date,Leads,MQL,SQL\n01/09/2026,20,10,3\n02/09/2026,22,11,4\n")

    assert result.layout == "own_wide"


def test_a_list_without_people_counts_rows() -> None:
    result = read_text("date,channel,status\n2026-01-01,organic,lead\n2026-01-02,email,mql\n")

    assert result.layout == "lead_list"
    assert result.sums == {"leads": Decimal(2), "mqls": Decimal(1)}


def test_a_survey_tools_question_is_the_score() -> None:
    result = read_text(
        "#,How likely is it that you would recommend us to a friend?,Start Date (UTC),"
        "Submit Date (UTC)\nabc,9,2026-08-31 23:59:00,2026-09-01 00:01:00\n"
    )

    assert values(result, "nps_promoters", "start") == {(date(2026, 9, 1),): Decimal(1)}


def test_stages_by_their_internal_names() -> None:
    result = read_text(
        "Record ID,Deal Name,Deal Stage,Close Date,Amount,Create Date\n"
        "1,A,closedwon,2026-09-30 10:00,100,2026-09-01 10:00\n"
        "2,B,closedlost,2026-09-30 10:00,70,2026-09-01 10:00\n"
        "3,C,contractsent,,50,2026-09-01 10:00\n"
    )

    assert (result.sums["revenue"], result.sums["pipeline_value"]) == (100, 50)


def test_customers_without_days_are_lost_over_the_period_that_is_asked() -> None:
    asked = sample("subscription_list_without_days.csv")
    july = Span(date(2026, 7, 1), date(2026, 7, 31))
    result = sample("subscription_list_without_days.csv", period=july)

    assert [one.code for one in asked.questions] == ["period"]
    assert result.ready
    assert values(result, "lost_customers", "start", "end") == {(july.start, july.end): Decimal(2)}
    before = date(2026, 6, 30)
    assert values(result, "customers", "start") == {(before,): 5, (july.end,): 3}
    assert values(result, "mrr", "start") == {
        (before,): Decimal("253.65"), (july.end,): Decimal("129.10"),
    }  # fmt: skip


def test_a_return_takes_its_amount_and_is_no_order() -> None:
    result = sample("order_list_lines.csv")

    assert values(result, "revenue", "start")[(date(2026, 9, 15),)] == Decimal("-5.10")
    assert values(result, "orders", "start") == {
        (date(2026, 9, 1),): 1, (date(2026, 9, 14),): 2, (date(2026, 9, 20),): 1,
    }  # fmt: skip


def test_deals_without_days_of_creation_are_won_and_no_more() -> None:
    result = sample("hubspot_deals_internal.csv")

    assert "no_creation" in codes(result.warnings)
    assert "opportunities" not in result.sums


def test_a_deal_without_any_day_is_said_and_counts_only_as_open() -> None:
    result = read_text(
        "opportunity_id,account,deal_stage,engage_date,close_date,close_value\n"
        "A1,Alpha,Won,2026-09-01,2026-09-21,1000\nA2,Beta,Prospecting,,,250\n"
    )

    assert result.ready
    assert "rows_without_day" in codes(result.warnings)
    assert result.sums["opportunities"] == 1
    assert result.sums["pipeline_value"] == 250


def test_two_deals_with_one_name_and_day_are_two() -> None:
    result = read_text(
        "Deal,Stage,Amount,Created,Closed\nSite,Won,100,2026-09-01,2026-09-21\n"
        "Site,Won,150,2026-09-01,2026-09-22\n"
    )

    assert result.sums["opportunities"] == 2
    assert result.sums["revenue"] == 250


def test_counts_under_the_name_of_orders_are_a_table_of_figures() -> None:
    result = read_text("Date;Commande;CA\n2026-09-01;12;1200\n2026-09-02;7;650\n")

    assert result.layout != "order_list"


def test_what_came_of_a_campaign_is_counted_over_the_period_that_is_asked() -> None:
    asked = sample("outcome_list.csv")
    may = Span(date(2026, 5, 1), date(2026, 5, 31))
    result = sample("outcome_list.csv", period=may)

    assert [one.code for one in asked.questions] == ["period"]
    assert values(result, "conversions", "start", "end") == {(may.start, may.end): 2}


def test_a_payment_list_without_numbers_is_stripe_s_in_its_own_currency() -> None:
    result = read_text(
        "Created date (UTC);Amount;Currency;Captured;Status\n"
        "2026-09-01 10:00:00;15.00;cad;TRUE;Paid\n2026-09-02 10:00:00;9.00;cad;FALSE;Failed\n"
    )

    assert (result.layout, result.currency) == ("stripe_payments", "CAD")
    assert result.sums == {"revenue": 15}


def test_numbered_leads_with_a_source_and_deals_without_an_end_are_counted() -> None:
    leads = "lead_id,created_date,source,country\n1,2026-09-01,organic_search,FR\n"
    deals = (
        "opportunity_id,created_date,stage,amount_usd,source\n"
        "O1,2026-09-01,Proposal,50.5,LinkedIn\nO2,2026-09-02,Closed Won,20,LinkedIn\n"
    )

    assert read_text(leads).sums == {"leads": 1}
    result = read_text(deals)
    assert (result.layout, result.sums) == (
        "deal_list",
        {"opportunities": 2, "pipeline_value": Decimal("50.5")},
    )
    assert "won_without_day" in codes(result.warnings)


def test_scores_with_the_day_of_their_review_are_counted() -> None:
    text = "review_id,customer_id,review_date,nps_score,sentiment\n"
    text += "R1,C1,2026-09-01,9,positive\nR2,C2,2026-09-01,3,negative\n"

    result = read_text(text)

    assert result.sums == {"nps_promoters": 1, "nps_detractors": 1}


def test_who_paid_is_no_lead() -> None:
    text = "date,name,email,amount,status,payment_method,payment_complete\n"
    text += "2026-09-01,Zoe,zoe@example.com,30,Paid,card,yes\n"

    result = read_text(text)
    assert "leads" not in result.sums
    assert [(one.column, one.default) for one in result.questions] == [("amount", "revenue")]
