"""Reports of e-mail tools: sends by day and campaign, people counted and no rates."""

from datetime import date
from decimal import Decimal

import pytest

from tests.metrics.imports.reading import read_text, sample, values

SUMS = {
    "mailchimp_fr.csv": ("mailchimp", (1500, 1475, 350, 70, 5, 25)),
    "brevo_fr.csv": ("brevo", (1800, 1760, 500, 70, 4, 40)),
    "hubspot_email_en.csv": ("hubspot_email", (1985, 1965, 750, 100, 3, 20)),
}
METRICS = (
    "emails_sent",
    "emails_delivered",
    "emails_opened",
    "emails_clicked",
    "email_unsubscribes",
    "email_bounces",
)


@pytest.mark.parametrize("name", SUMS)
def test_a_report_is_recognised_and_added_up(name: str) -> None:
    layout, sums = SUMS[name]

    result = sample(name)

    assert (result.layout, result.errors, result.questions) == (layout, [], [])
    assert result.sums == dict(zip(METRICS, map(Decimal, sums), strict=True))


def test_a_send_is_a_campaign_of_its_day_by_email() -> None:
    result = sample("mailchimp_fr.csv")

    assert values(result, "emails_opened", "start", "channel", "campaign") == {
        (date(2026, 9, 1), "email", "Lettre 36"): Decimal(200),
        (date(2026, 9, 8), "email", "Lettre 37"): Decimal(150),
    }
    assert result.campaigns == {"Lettre 36": "email", "Lettre 37": "email"}


def test_mailchimps_dates_in_english() -> None:
    result = read_text(
        "Title,Subject,List,Send Date,Total Recipients,Successful Deliveries,Soft Bounces,"
        "Hard Bounces,Total Bounces,Unique Opens,Open Rate,Unique Clicks,Unsubscribes\n"
        'News,Hello,All,"Sep 01, 2026 09:00 am",1870,1861,6,3,9,388,20.85%,24,4\n'
    )

    assert result.layout == "mailchimp"
    assert values(result, "email_bounces", "start") == {(date(2026, 9, 1),): Decimal(9)}


def test_what_was_sent_follows_from_what_came_and_what_came_back() -> None:
    result = read_text(
        "Campaign Name,Sent Date,Delivered,Unique Opens,Unique Clicks,Hard Bounces,Soft Bounces\n"
        "A,2026-09-01,95,40,5,2,3\n"
    )

    assert result.layout == "brevo"
    assert (result.sums["emails_sent"], result.sums["email_bounces"]) == (100, 5)


def test_sends_in_a_table_of_no_tools_own_are_mails_not_visits() -> None:
    result = sample("email_table_en.csv")

    assert (result.layout, result.feed, result.questions) == ("email_table", "E-mail", [])
    assert result.sums == {
        "emails_sent": 2200, "emails_delivered": 2108, "emails_opened": 585,
        "emails_clicked": 166, "email_unsubscribes": 21, "email_bounces": 92,
    }  # fmt: skip
    assert values(result, "emails_clicked", "start", "channel", "campaign") == {
        (date(2026, 1, 5), "email", "Spring news"): 98,
        (date(2026, 1, 16), "email", "Offer"): 68,
    }


def test_mails_by_day_have_their_channel_and_other_figures_stay_where_they_are() -> None:
    mails = "Date,Envoyés,Délivrés,Ouvertures,Clics\n2026-09-01,100,98,30,9\n"
    mixed = "date,sessions,emails_sent,emails_opened\n2026-09-01,10,100,30\n"

    assert values(read_text(mails), "emails_delivered", "channel") == {("email",): 98}
    assert read_text(mixed).sums == {"sessions": 10, "emails_sent": 100, "emails_opened": 30}


def test_what_the_mails_brought_stands_beside_what_was_sent() -> None:
    text = (
        "month,campaign_id,list_size,sent,opens,open_rate,clicks,conversions,revenue,unsubscribes\n"
        "2025-04,EM-1,2800,2673,935,0.35,37,1,385,5\n2025-04,EM-2,2795,2701,972,0.36,48,0,0,4\n"
    )

    result = read_text(text)

    assert (result.layout, result.errors, result.questions) == ("email_table", [], [])
    assert {key: result.sums[key] for key in ("emails_sent", "conversions", "revenue")} == {
        "emails_sent": 5374,
        "conversions": 1,
        "revenue": 385,
    }
