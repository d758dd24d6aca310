"""Two platforms that share campaign names add up, and what two feeds measure alike is said."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Workspace
from metrics.costs import save_cost
from metrics.imports.importing import dry_run, undo_import
from metrics.imports.parsed import ImportOptions
from metrics.models import Batch, DimensionValue, Fact, Feed, Metric
from metrics.refreshing import refresh
from metrics.series import EVERYTHING, span_value
from tests.metrics.test_importing import NOW, TODAY, imported

MARCH = (date(2026, 3, 1), date(2026, 3, 2))


def table(platform: str, *spent: str) -> bytes:
    """A table of advertising: a campaign "Autumn" on the first days of March."""
    rows = [
        f"2026-03-0{day},{platform},Autumn,1000,50,{amount},4"
        for day, amount in enumerate(spent, 1)
    ]
    header = "date,platform,campaign_name,impressions,clicks,ad_spend,conversions"
    return "\n".join([header, *rows, ""]).encode()


def feed_of(batch: Batch) -> str:
    assert batch.feed is not None
    return batch.feed.name


def spent() -> Decimal:
    return sum((one.value for one in Fact.objects.filter(metric__key="cost_media")), Decimal(0))


def said(workspace: Workspace, data: bytes, feed: str = "", name: str = "f.csv") -> list[str]:
    report = dry_run(
        workspace, name=name, data=data, options=ImportOptions(), today=TODAY, feed=feed
    )
    return [
        one["message"]
        for one in report["warnings"]
        if one["code"] in {"measured_twice", "platform_unknown"}
    ]


@pytest.mark.parametrize("platforms", [("Meta", "TikTok"), ("Facebook", "Instagram")])
def test_two_platforms_with_one_campaign_name_add_up(
    inside: Workspace, platforms: tuple[str, str]
) -> None:
    first, second = platforms
    one = imported(inside, table(first, "10.00", "20.00"), feed="")
    two = imported(inside, table(second, "5.00", "7.00"), feed="")
    assert (feed_of(one), feed_of(two)) == (f"{first} Ads", f"{second} Ads")
    assert spent() == 42

    again = imported(inside, table(second, "5.00", "8.00"), feed="")
    assert (again.changed, spent()) == (1, 43)

    undo_import(again, user=None, now=NOW)
    assert spent() == 42
    undo_import(two, user=None, now=NOW)
    assert spent() == 30


def test_the_platforms_add_up_in_what_follows_from_them(inside: Workspace) -> None:
    imported(inside, table("Meta", "10.00", "20.00"), feed="")
    imported(inside, table("TikTok", "5.00", "7.00"), feed="")
    imported(inside, b"date,metric,value\n2026-03-01,leads,4\n2026-03-02,leads,3\n", feed="CRM")
    refresh(inside, today=TODAY, now=NOW)
    assert span_value(inside, "marketing_cost", EVERYTHING, *MARCH).value == 42
    assert span_value(inside, "cpl", EVERYTHING, *MARCH).value == 6


def test_a_table_without_platform_is_of_the_one_that_its_name_says(inside: Workspace) -> None:
    plain = b"date,campaign_name,impressions,clicks,ad_spend,conversions\n2026-03-01,A,9,2,3.00,1\n"
    assert feed_of(imported(inside, plain, feed="", name="linkedin_march.csv")) == "LinkedIn Ads"
    assert feed_of(imported(inside, plain, feed="", name="tiktok-march.csv")) == "TikTok Ads"
    assert spent() == 6
    assert feed_of(imported(inside, plain, feed="", name="march.csv")) == "Advertising"
    assert spent() == 9


def test_a_table_of_several_platforms_stays_one_feed(inside: Workspace) -> None:
    both = table("Meta", "1.00") + table("TikTok", "2.00").split(b"\n", 1)[1]
    assert feed_of(imported(inside, both, feed="")) == "Advertising"
    assert spent() == 3


def test_replacing_what_names_no_platform_is_said(inside: Workspace) -> None:
    plain = b"date,campaign_name,impressions,clicks,ad_spend,conversions\n2026-03-01,A,9,2,%s,1\n"
    imported(inside, plain % b"3.00", feed="", name="a.csv")
    message = said(inside, plain % b"5.00")
    assert "1 value of the feed “Advertising” is replaced" in message[0]
    assert said(inside, plain % b"5.00", feed="Advertising") == []


def test_the_same_values_in_another_feed_are_said(inside: Workspace) -> None:
    imported(inside, table("Meta", "1.00", "2.00", "3.00"), feed="Everything")
    found = said(inside, table("Meta", "1.00", "2.00", "3.00"))
    assert any(
        "“Media cost” has the same values in the feed “Everything” (3" in one for one in found
    )
    assert said(inside, table("TikTok", "9.00", "8.00", "7.00"), feed="Other") != found


def test_visits_of_two_tools_are_said_until_one_counts(inside: Workspace) -> None:
    visits = b"date,metric,value\n2026-03-01,sessions,%d\n2026-03-02,sessions,%d\n"
    imported(inside, visits % (100, 120), feed="GA4")
    assert said(inside, visits % (110, 125), feed="GA4") == []
    assert said(inside, visits % (900, 925), feed="Other site") == []
    found = said(inside, visits % (110, 125), feed="Matomo")
    assert len(found) == 1
    assert "comes from “GA4” too (2 days from 1 March 2026)" in found[0]

    ga4 = Feed.objects.get(name="GA4")
    Metric.objects.filter(workspace=inside, key="sessions").update(counting_feed=ga4)
    assert said(inside, visits % (110, 125), feed="Matomo") == []


def test_media_that_was_typed_as_a_cost_is_said(inside: Workspace) -> None:
    social = DimensionValue.objects.get(workspace=inside, key="paid_social")
    save_cost(
        inside, user=None, category="media", amount=Decimal("62.00"), start=date(2026, 3, 1),
        end=date(2026, 3, 31), channel=social,
    )  # fmt: skip
    found = said(inside, table("Meta", "1.00", "2.00"))
    assert any("is typed as a cost for the same campaigns or channels" in one for one in found)
    assert Batch.objects.filter(kind=Batch.Kind.FILE).count() == 0
    assert not any("typed" in one for one in said(inside, table("Google", "1.00", "2.00")))
