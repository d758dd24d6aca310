"""Campaigns under several names: matched by alias, suggested, merged, and nothing lost."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Workspace
from metrics import series, snapshots
from metrics.campaign_list import unmatched
from metrics.campaign_matching import Known, likely_twins
from metrics.campaigns import keep_campaign
from metrics.costs import save_cost
from metrics.entries import save_entry
from metrics.facts import NotUndoable
from metrics.imports.importing import import_file, undo_import
from metrics.imports.parsed import ImportOptions
from metrics.merging import NotMergeable, merge_campaigns
from metrics.models import Batch, Campaign, CampaignName, Cost, Dimension, Entry, Fact, Feed, Metric
from metrics.periods import Grain

NOW = datetime(2026, 3, 20, 8, tzinfo=UTC)
TODAY = NOW.date()
FILE = (
    "date;metric;value;campaign\n"
    "2026-03-01;leads;3;Spring webinar\n2026-03-01;leads;4;spring_webinar\n"
    "2026-03-02;leads;5;spring_webinar\n2026-03-02;sessions;7;Autumn fair\n"
)


def bring(workspace: Workspace, text: str = FILE, name: str = "leads.csv") -> Batch:
    return import_file(
        workspace, user=None, name=name, data=text.encode(), options=ImportOptions(), today=TODAY,
        now=NOW,
    )  # fmt: skip


def named(workspace: Workspace, name: str) -> Campaign:
    return Campaign.objects.get(workspace=workspace, name=name)


def total(workspace: Workspace, key: str) -> Decimal:
    facts = Fact.objects.filter(workspace=workspace, metric__key=key)
    return sum((one.value for one in facts), Decimal(0))


def merge(workspace: Workspace) -> None:
    merge_campaigns(
        named(workspace, "spring_webinar"),
        target=named(workspace, "Spring webinar"),
        user=None,
        now=NOW,
    )


def test_a_merge_adds_up_to_the_same(inside: Workspace) -> None:
    bring(inside)
    merge(inside)
    assert total(inside, "leads") == 12
    assert [one.value for one in Fact.objects.filter(metric__key="leads").order_by("day")] == [7, 5]
    assert not Campaign.objects.filter(name="spring_webinar").exists()


def test_later_files_use_the_former_name(inside: Workspace) -> None:
    bring(inside)
    merge(inside)
    bring(inside, "date;metric;value;campaign\n2026-03-05;leads;2;SPRING_Webinar\n", "later.csv")
    fact = Fact.objects.get(day=date(2026, 3, 5))
    assert fact.campaign_id == named(inside, "Spring webinar").pk


def test_stored_values_follow(inside: Workspace) -> None:
    bring(inside)
    snapshots.refresh(inside, today=TODAY, now=NOW)
    merge(inside)
    snapshots.refresh(inside, today=TODAY, now=NOW)
    leads = series.values(
        inside, "leads", Grain.MONTH, date(2026, 3, 1), date(2026, 3, 31),
        today=TODAY, dimension=Dimension.CAMPAIGN,
    )  # fmt: skip
    by_campaign = {one.segment.segment_id: one.value for one in leads if one.value}
    assert by_campaign == {named(inside, "Spring webinar").pk: 12}
    assert snapshots.recompute(inside, today=TODAY, now=NOW, full=True).rows_written == 0


def test_a_feed_is_no_fresher_for_a_merge(inside: Workspace) -> None:
    batch = bring(inside)
    before = Feed.objects.get(batches=batch)
    merge(inside)
    after = Feed.objects.get(pk=before.pk)
    assert (after.last_received_at, after.last_data_day) == (
        before.last_received_at,
        before.last_data_day,
    )


def test_costs_and_typed_values_move(inside: Workspace) -> None:
    bring(inside)
    source, target = named(inside, "spring_webinar"), named(inside, "Spring webinar")
    leads = Metric.objects.get(workspace=inside, key="leads")
    day = date(2026, 3, 9)
    for campaign, value in ((source, 2), (target, 3)):
        save_entry(
            inside, user=None, metric=leads, value=Decimal(value), today=TODAY, campaign=campaign,
            start=day, end=day,
        )  # fmt: skip
        save_cost(
            inside, user=None, category="media", amount=Decimal(10), campaign=campaign,
            start=day, end=day,
        )  # fmt: skip
    merge(inside)
    assert Entry.objects.get().value == 5
    assert {one.campaign_id for one in Cost.objects.all()} == {target.pk}
    assert total(inside, "cost_media") == 20
    assert not Fact.objects.filter(campaign_id=source.pk).exists()


def test_what_cannot_be_added_is_not_merged(inside: Workspace) -> None:
    bring(
        inside,
        "date;metric;value;campaign\n2026-03-01;visitors;3;One\n2026-03-01;visitors;4;Two\n",
    )
    with pytest.raises(NotMergeable, match="cannot be added"):
        merge_campaigns(named(inside, "One"), target=named(inside, "Two"), user=None, now=NOW)
    assert Campaign.objects.count() == 2


def test_a_merge_is_not_undone_as_an_import(inside: Workspace) -> None:
    bring(inside)
    merge(inside)
    with pytest.raises(NotUndoable):
        undo_import(Batch.objects.get(kind=Batch.Kind.MERGE), user=None, now=NOW)


def test_names_of_files_wait_until_reviewed(inside: Workspace) -> None:
    bring(inside)
    assert unmatched(inside).count() == 3
    keep_campaign(named(inside, "Autumn fair"))
    merge(inside)
    assert not unmatched(inside).exists()
    assert CampaignName.objects.count() == 2


@pytest.mark.parametrize(
    ("one", "other", "likely"),
    [
        ("Été – Promo", "ete_promo", True),
        ("Spring webinar", "Spring webniar", True),
        ("Webinar 2025", "Webinar 2026", False),
        ("Spring webinar", "Spring webinar retargeting", True),
        ("Promo", "Prime", False),
        ("Black Friday", "Summer sale", False),
        ("Spring sale", "spring-sale26", True),
        ("Spring sale 2026", "spring-sale26", True),
        ("Spring sale 2025", "spring-sale26", False),
        ("Spring sale", "fr_spring-sale_meta_2026", True),
        ("Spring sale", "sale%20of%20spring", True),
        ("Soldes d’été 🎉", "soldes%20d%27%C3%A9t%C3%A9", True),
        ("Été à Paris", "ete+a+paris", True),
        ("Sale", "spring sale", False),
        ("New in", "new arrivals in spring", False),
        ("🎉", "🎉🎉", False),
        ("春のセール", "春セール", False),
        ("a" * 199 + "x", "a" * 199 + "y", True),
    ],
)
def test_likely_twins(one: str, other: str, likely: bool) -> None:
    assert bool(likely_twins(Known(1, one), [Known(2, other)])) is likely


def test_a_number_or_a_word_more_is_only_a_thought() -> None:
    spring = Known(1, "Spring sale")
    for name, weak in (("spring_sale", False), ("spring-sale26", True), ("fr-spring-sale", True)):
        (found,) = likely_twins(Known(2, name), [spring])
        assert (found.pk, found.is_weak) == (1, weak), name


def test_a_campaign_is_proposed_once_by_its_likeliest_name() -> None:
    names = [Known(1, "Spring sale"), Known(1, "spring-sale26"), Known(3, "Sale, spring")]
    found = likely_twins(Known(2, "spring_sale_26"), names)
    assert [(one.pk, one.is_weak) for one in found] == [(1, False), (3, True)]


def test_words_in_common_a_year_apart_are_no_likeness() -> None:
    one = Known(1, "Spring sale", date(2024, 3, 1), date(2024, 3, 31))
    assert likely_twins(one, [Known(2, "spring-sale26", date(2026, 3, 1), None)]) != []
    other = Known(2, "spring-sale26", date(2026, 3, 1), date(2026, 3, 31))
    assert likely_twins(one, [other]) == []


def test_a_longer_name_of_another_year_is_another_campaign() -> None:
    one = Known(1, "Spring webinar", date(2024, 3, 1), date(2024, 3, 31))
    other = Known(2, "Spring webinar replay", date(2026, 3, 1), date(2026, 3, 31))
    assert likely_twins(one, [other]) == []


def test_the_page_reviews_and_merges(inside: Workspace, client: Client) -> None:
    bring(inside)
    owner = Membership.objects.filter(workspace=inside).select_related("user")[0].user
    client.force_login(owner)
    page = client.get(reverse("campaigns", args=[inside.slug])).content.decode()
    assert "3 names to review" in page
    assert "“Spring webinar”?" in page
    assert "Perhaps" not in page
    source, target = named(inside, "spring_webinar"), named(inside, "Spring webinar")
    address = reverse("campaign_merge", args=[inside.slug, source.public_id])
    asked = client.get(address, {"into": target.public_id}).content.decode()
    assert "every total stays what it is" in asked
    client.post(address, {"into": target.public_id})
    assert Campaign.objects.count() == 2
