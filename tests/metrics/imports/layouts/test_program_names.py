"""Exports under the names that fields have for programs, and amounts with their currency."""

import pytest

from tests.metrics.imports.reading import codes, read_text

DEALS = """\
Id,Name,Owner.Name,Amount,Type,StageName,Probability,CloseDate,CreatedDate,LastStageChangeDate
0061,Acme - AI,Ann,371000,New Business,EB Sign Off,75,2026-01-21,2025-09-20,2025-10-12
0062,Globex - AI,Ann,822000,New Business,Closed Won,100,2025-10-01,2025-06-25,2025-10-01
0063,Initech - AI,Bob,5000,New Business,Closed Lost,0,2025-10-02,2025-07-01,2025-10-02
"""


def test_opportunities_of_salesforce_s_interface_for_programs() -> None:
    result = read_text(DEALS)

    assert (result.layout, result.questions, result.errors) == ("salesforce_opportunities", [], [])
    assert result.sums["revenue"] == 822_000
    assert result.sums["new_customers"] == 1
    assert result.sums["opportunities"] == 3
    assert result.sums["pipeline_value"] == 371_000


def test_a_plain_name_alone_is_no_opportunity_of_salesforce() -> None:
    text = "Name,Stage,Close date,Amount,Created date\nAcme,Won,2025-10-01,10,2025-09-01\n"

    assert read_text(text).layout != "salesforce_opportunities"


@pytest.mark.parametrize("amount", ["Amount_USD", "Amount (USD)", "Amount"])
def test_an_amount_may_say_its_currency_in_its_header(amount: str) -> None:
    text = (
        f"Opportunity_ID,Opportunity_Name,Stage,{amount},Created_Date,Close_Date\n"
        "1,Acme,Closed Won,64227.16,2023-12-21,2024-04-16\n"
        "2,Globex,Proposal,74491.11,2024-09-13,2024-12-09\n"
    )

    result = read_text(text)

    assert result.sums["new_customers"] == 1
    assert str(result.sums["revenue"]) == "64227.16"


def test_a_score_of_quality_alone_is_no_sign_of_microsoft_s() -> None:
    text = (
        "date,campaign_name,campaign_type,impressions,clicks,spend,conversions,quality_score\n"
        "2025-01-01,BRAND,Search,363,43,84.75,1,7\n"
    )

    result = read_text(text, name="google_ads.csv")

    assert (result.layout, result.feed) == ("ad_table", "Google Ads")


@pytest.mark.parametrize(
    ("header", "layout"),
    [
        ("Campaign,Impr.,Cost,Day,Clicks,Conversions,Revenue", "google_ads"),
        (
            "Campaign Name,Impressions,Amount Spent (USD),Reporting Starts,Link Clicks,Results,"
            "Revenue (USD)",
            "meta_ads",
        ),
        (
            "Campaign name,Total Views,Spend,By Day,Total Clicks,Total Conv.,Total Revenue",
            "ad_table",
        ),
    ],
)
def test_what_the_sales_brought_is_kept_under_its_plain_name(header: str, layout: str) -> None:
    result = read_text(f"{header}\nSearch - Fintech,5988,26.5,2024-01-21,211,15,480.43\n")

    assert (result.layout, result.questions) == (layout, [])
    assert str(result.sums["ad_revenue"]) == "480.43"
    assert result.sums["ad_conversions"] == 15


def test_mails_of_which_only_the_acts_are_told() -> None:
    text = (
        "title,send_time,unsubscribes,opens,unique_opens,clicks,unique_clicks\n"
        "A new post,10/20/2014 13:48:02,2,819,553,102,95\n"
    )

    result = read_text(text)

    assert (result.layout, codes(result.questions)) == ("email_table", [])
    assert result.sums == {"emails_opened": 553, "emails_clicked": 95, "email_unsubscribes": 2}
