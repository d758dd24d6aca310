"""A campaign is made and changed on its form: numbers, the plan, the names, two at once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import Workspace
from accounts.scope import system_scope
from metrics.campaign_saving import save_campaign
from metrics.models import Campaign, CampaignName, Metric
from tests.cast import Cast, client_of
from tests.pages import text

GIVEN = {
    "name": "Spring webinar",
    "start": "2026-03-01",
    "end": "2026-03-20",
    "budget": "20,000",
    "outcome": "leads",
    "outcome_target": "120",
    "names": "spring-webinar\nwebinar_q1",
    "note": "With the partner.",
}


@pytest.fixture
def erin(cast: Cast) -> Client:
    return client_of(cast.erin)


def post(client: Client, campaign: Campaign | None = None, **given: Any) -> Any:
    name, args = ("campaign_edit", [campaign.public_id]) if campaign else ("campaign_new", [])
    return client.post(reverse(name, args=["northwind", *args]), GIVEN | given)


def test_a_campaign_is_made(inside: Workspace, erin: Client) -> None:
    response = post(erin)
    made = Campaign.objects.get()
    assert response.url == reverse("campaign", args=["northwind", made.public_id])
    assert (made.budget, made.outcome_target, made.note) == (20000, 120, "With the partner.")
    assert made.outcome is not None
    assert (made.outcome.key, made.start, made.end) == (
        "leads",
        date(2026, 3, 1),
        date(2026, 3, 20),
    )
    others = CampaignName.objects.exclude(key=made.key).values_list("name", flat=True)
    assert sorted(others) == ["spring-webinar", "webinar_q1"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "Give the campaign a name."),
        ({"end": "2026-02-01"}, "The last day must not be before the first day."),
        ({"budget": "lots"}, "Budget"),
        ({"outcome_target": ""}, "Enter how much of it is planned."),
        ({"outcome": ""}, "Choose the metric that the planned number is of."),
        ({"outcome_target": "0"}, "The planned number must be more than zero."),
        ({"outcome": "roi"}, "Choose a metric from the list."),
    ],
)
def test_what_is_wrong_is_said(
    inside: Workspace, erin: Client, given: dict[str, Any], said: str
) -> None:
    response = post(erin, None, **given)
    assert response.status_code == 422
    assert said in text(response)
    assert not Campaign.objects.exists()


def test_a_name_of_another_campaign_is_refused(inside: Workspace, erin: Client) -> None:
    post(erin)
    response = post(erin, name="Autumn fair", names="Spring-Webinar")
    assert response.status_code == 422
    assert "is a name of the campaign “Spring webinar” already" in text(response)
    Campaign.objects.create(workspace=inside, name="From a file", key="from a file")
    response = post(erin, name="Autumn fair", names="from a file")
    assert "“From a file” is a campaign of the list. Merge it into this one there." in text(
        response
    )


def test_a_former_name_stays_a_name(inside: Workspace, erin: Client) -> None:
    post(erin)
    made = Campaign.objects.get()
    post(erin, made, name="Spring seminar", version="1")
    names = CampaignName.objects.filter(campaign=made).values_list("name", flat=True)
    assert "Spring webinar" in names


def test_two_at_once_see_both_versions(inside: Workspace, erin: Client) -> None:
    post(erin)
    made = Campaign.objects.get()
    post(erin, made, budget="10,000", version="1")
    response = post(erin, made, budget="15,000", version="1")
    assert response.status_code == 409
    assert "10000" in text(response)
    made.refresh_from_db()
    assert made.budget == 10000
    assert post(erin, made, budget="15,000", version="2").status_code == 302


def test_a_plan_of_another_workspace_is_refused(inside: Workspace, cast: Cast) -> None:
    with system_scope():
        theirs = Metric.objects.get(workspace=cast.acme, key="leads")
        with pytest.raises(ValidationError, match="adds up"):
            save_campaign(
                cast.northwind, user=None, name="X", outcome=theirs, outcome_target=Decimal(5)
            )


def test_a_new_campaign_does_not_wait_for_a_review(inside: Workspace, erin: Client) -> None:
    erin.post(reverse("campaign_new", args=["northwind"]), {"name": "Autumn fair"})
    page = text(erin.get(reverse("campaigns", args=["northwind"])))
    assert "to review" not in page
    assert "Autumn fair" in page
