"""Lists of sign-ups, of mails by recipient, and logs of events."""

from datetime import date

import pytest

from tests.metrics.imports.reading import codes, read_text, sample, values


def test_people_who_signed_up_are_conversions_of_their_day_and_channel() -> None:
    result = sample("signup_list_users.csv")

    assert (result.layout, result.errors, result.questions) == ("signup_list", [], [])
    assert values(result, "conversions", "start", "channel") == {
        (date(2026, 9, 1), "email"): 1,
        (date(2026, 9, 1), None): 1,
        (date(2026, 9, 2), "paid_search"): 1,
        (date(2026, 9, 4), "paid_search"): 1,
    }
    assert "signups_are_conversions" in codes(result.warnings)


def test_a_person_who_is_there_twice_signs_up_once() -> None:
    text = "UserID,SignupDate,Country\n1,2026-09-01,FR\n2,2026-09-02,FR\n3,2026-09-02,DE\n"

    assert read_text(text).sums == {"conversions": 3}


def test_mails_by_recipient_are_counted_by_what_became_of_them() -> None:
    result = sample("send_list_recipients.csv")

    assert (result.layout, result.errors, result.questions) == ("send_list", [], [])
    assert result.sums == {
        "emails_sent": 5,
        "emails_opened": 3,
        "emails_clicked": 1,
        "email_unsubscribes": 1,
    }
    assert values(result, "emails_sent", "campaign", "channel") == {
        ("autumn", "email"): 3,
        ("winter", "email"): 2,
    }


@pytest.mark.parametrize(
    ("opened", "clicked"), [("1", "0"), ("oui", "non"), ("2026-09-01 10:15", "")]
)
def test_a_yes_may_be_a_number_a_word_or_the_time(opened: str, clicked: str) -> None:
    text = (
        "message_id,sent_at,opened,clicked\n"
        f"m1,2026-09-01,{opened},{clicked}\nm2,2026-09-01,{opened},{clicked}\n"
    )
    result = read_text(text)

    assert result.sums == {"emails_sent": 2, "emails_opened": 2}


def test_counts_of_a_send_are_no_answers_of_one_recipient() -> None:
    text = "send date,campaign,recipients,opened,clicked\n2026-09-01,Autumn,100,40,5\n"
    text += "2026-09-08,Winter,120,50,7\n"

    result = read_text(text)

    assert result.layout == "email_table"
    assert result.sums["emails_opened"] == 90


def test_events_count_by_their_names_and_the_others_are_named() -> None:
    result = sample("event_log_moments.csv")

    assert (result.layout, result.errors, result.questions) == ("event_log", [], [])
    assert result.sums == {"pageviews": 3, "orders": 1}
    assert values(result, "pageviews", "start") == {
        (date(2026, 9, 1),): 2,
        (date(2026, 9, 2),): 1,
    }
    left = next(one.message for one in result.warnings if one.code == "events_left_out")
    assert "add_to_cart" in left


def test_a_purchase_brings_its_amount() -> None:
    text = "event_name,user_id,event_time,revenue\n"
    text += "sign_up,7,2026-09-01 10:00,\npurchase,7,2026-09-02 11:00,49.90\n"

    assert {key: str(value) for key, value in read_text(text).sums.items()} == {
        "conversions": "1",
        "orders": "1",
        "revenue": "49.90",
    }


def test_customers_of_a_subscription_are_no_leads() -> None:
    text = (
        "user_id,email,plan,mrr,status,signup_date,churn_date\n"
        "u1,a@example.com,starter,49,active,2026-08-01,\n"
        "u2,b@example.com,growth,149,churned,2026-08-03,2026-09-10\n"
    )
    result = read_text(text)

    assert result.layout == "subscription_list"
    assert result.sums == {"new_customers": 2, "lost_customers": 1, "mrr": 49, "customers": 1}


def test_a_company_that_is_a_customer_has_its_first_and_last_day() -> None:
    text = "Company_ID,Industry,Initial_MRR,Activation_Date,Churn_Date\n"
    text += "7,banking,100,3/01/2026,\n8,retail,50,17/01/2026,17/05/2026\n"

    assert read_text(text).sums == {
        "new_customers": 2,
        "lost_customers": 1,
        "mrr": 100,
        "customers": 1,
    }


def test_a_renewal_brings_revenue_and_no_new_customer() -> None:
    text = "opp_id,created_date,close_date,stage,amount,is_renewal\n"
    text += (
        "1,2026-08-01,2026-09-01,Closed Won,100,False\n2,2026-08-02,2026-09-02,Closed Won,50,True\n"
    )

    sums = read_text(text).sums

    assert (sums["revenue"], sums["new_customers"]) == (150, 1)
