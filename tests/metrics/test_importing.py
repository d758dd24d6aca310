"""Importing files: what the preview says, that all or nothing is written, and undo."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import User, Workspace
from metrics.facts import NotUndoable
from metrics.imports.importing import (
    ImportRefused,
    commit,
    dry_run,
    import_file,
    preview,
    undo_import,
)
from metrics.imports.parsed import ImportOptions, Span
from metrics.models import (
    Batch,
    Campaign,
    Coverage,
    DimensionValue,
    Fact,
    Feed,
    Metric,
    StaleSpan,
)

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
TODAY = date(2026, 3, 10)
SAMPLES = Path(__file__).parents[1] / "data" / "imports"
NOTHING_SAID = ImportOptions()
LONG = b"date,metric,value\n2026-03-01,leads,4\n2026-03-02,leads,5\n"


def previewed(workspace: Workspace, data: bytes, options: ImportOptions = NOTHING_SAID) -> Batch:
    return preview(workspace, user=None, name="file.csv", data=data, options=options, today=TODAY)


def imported(
    workspace: Workspace,
    data: bytes,
    options: ImportOptions = NOTHING_SAID,
    *,
    feed: str = "CRM",
    name: str = "file.csv",
) -> Batch:
    return import_file(
        workspace,
        user=None,
        name=name,
        data=data,
        options=options,
        today=TODAY,
        now=NOW,
        feed=feed,
    )


def long_file(*lines: str, header: str = "date,metric,value") -> bytes:
    return "\n".join((header, *lines, "")).encode()


def values(workspace: Workspace, key: str) -> dict[date, Decimal]:
    stored = Fact.objects.filter(workspace=workspace, metric__key=key).order_by("day")
    return {one.day: one.value for one in stored}


def codes(batch: Batch) -> set[str]:
    return {one["code"] for one in batch.report["warnings"]}


# Preview


def test_a_preview_writes_no_fact_and_keeps_the_file(inside: Workspace, alice: User) -> None:
    batch = preview(
        inside, user=alice, name="leads.csv", data=LONG, options=NOTHING_SAID, today=TODAY
    )
    assert batch.state == Batch.State.PREVIEW
    assert bytes(batch.content or b"") == LONG
    assert batch.report["facts"] == {"new": 2, "changed": 0, "same": 0}
    assert batch.report["metrics"] == {"leads": "9"}
    assert not Fact.objects.exists()
    assert not Feed.objects.filter(kind=Feed.Kind.FILE).exists()


def test_a_preview_makes_no_campaign(inside: Workspace) -> None:
    data = long_file("2026-03-01,leads,4,Spring", header="date,metric,value,campaign")
    batch = previewed(inside, data)
    assert batch.report["new_campaigns"] == ["Spring"]
    assert not Campaign.objects.exists()


def test_a_preview_shows_the_largest_changes_first(inside: Workspace) -> None:
    imported(inside, LONG)
    data = long_file("2026-03-01,leads,5", "2026-03-02,leads,50")
    batch = preview(
        inside, user=None, name="b.csv", data=data, options=NOTHING_SAID, today=TODAY, feed="CRM"
    )
    assert [(one["day"], one["old"], one["new"]) for one in batch.report["differences"]] == [
        ("2026-03-02", "5", "50"),
        ("2026-03-01", "4", "5"),
    ]


def test_the_same_file_again_is_noticed(inside: Workspace) -> None:
    imported(inside, LONG)
    assert "imported_before" in codes(previewed(inside, LONG))


def test_another_currency_is_refused(inside: Workspace) -> None:
    data = long_file("2026-03-01,cost_media,4.50,USD", header="date,metric,value,currency")
    with pytest.raises(ImportRefused, match="USD"):
        imported(inside, data)
    assert not Fact.objects.exists()


def test_more_clicks_than_impressions_is_noticed(inside: Workspace) -> None:
    data = long_file("2026-03-01,ad_clicks,50", "2026-03-01,ad_impressions,20")
    assert "contradiction" in codes(previewed(inside, data))


def test_ten_times_the_usual_is_noticed(inside: Workspace) -> None:
    days = [date(2026, 2, 1) + timedelta(days=n) for n in range(10)]
    imported(inside, long_file(*(f"{day},leads,4" for day in days)))
    data = long_file("2026-03-01,leads,400")
    batch = preview(
        inside, user=None, name="b.csv", data=data, options=NOTHING_SAID, today=TODAY, feed="CRM"
    )
    assert "unusual" in codes(batch)


def test_a_finer_breakdown_above_the_total_is_noticed(inside: Workspace) -> None:
    imported(inside, long_file("2026-03-01,sessions,100"))
    data = long_file(
        "2026-03-01,sessions,70,organic",
        "2026-03-01,sessions,60,direct",
        header="date,metric,value,channel",
    )
    report = imported(inside, data).report
    (warning,) = [one for one in report["warnings"] if one["code"] == "breakdown_exceeds"]
    assert "130" in warning["message"]
    assert "100" in warning["message"]


def test_a_part_that_would_stand_for_a_total_is_noticed(inside: Workspace) -> None:
    queries = b"Top queries,Clicks,Impressions,CTR,Position\nkpi,4,100,4%,3.1\nsmart,2,50,4%,5\n"
    days = b"Date,Clicks,Impressions,CTR,Position\n2026-03-01,9,200,4.5%,3.9\n"
    options = ImportOptions(period=Span(date(2026, 3, 1), date(2026, 3, 1)))
    assert "part_only" in codes(previewed(inside, queries, options))
    imported(inside, days, feed="Google Search Console")
    assert "part_only" not in codes(previewed(inside, queries, options))


# Commit


def test_page_and_command_write_the_same_facts(inside: Workspace, acme: Workspace) -> None:
    commit(previewed(inside, LONG), user=None, now=NOW)
    by_page = values(inside, "leads")
    undo_import(Batch.objects.get(), user=None, now=NOW)

    imported(inside, LONG)

    assert values(inside, "leads") == by_page == {date(2026, 3, 1): 4, date(2026, 3, 2): 5}


def test_a_commit_lets_the_file_go(inside: Workspace, erin: User) -> None:
    batch = commit(previewed(inside, LONG), user=erin, now=NOW)
    batch.refresh_from_db()
    assert batch.content is None
    assert (batch.state, batch.committed_at, batch.user) == (Batch.State.COMMITTED, NOW, erin)
    assert (batch.created, batch.changed, batch.same) == (2, 0, 0)


def test_a_file_is_committed_once(inside: Workspace) -> None:
    batch = previewed(inside, LONG)
    commit(batch, user=None, now=NOW)
    with pytest.raises(ImportRefused, match="not waiting"):
        commit(batch, user=None, now=NOW)


def test_an_import_run_twice_changes_nothing(inside: Workspace) -> None:
    imported(inside, LONG)
    before = list(Fact.objects.values_list("day", "value", "batch_id"))
    StaleSpan.objects.all().delete()

    again = imported(inside, LONG)

    assert again.report["facts"] == {"new": 0, "changed": 0, "same": 2}
    assert list(Fact.objects.values_list("day", "value", "batch_id")) == before
    assert not StaleSpan.objects.exists()


def test_one_bad_row_stops_the_file(inside: Workspace) -> None:
    data = long_file("2026-03-01,leads,4", "2026-03-02,leads,many")
    with pytest.raises(ImportRefused, match="Row 3"):
        imported(inside, data)
    assert not Fact.objects.exists()
    assert not Batch.objects.exists()


def test_the_good_rows_alone_on_request(inside: Workspace) -> None:
    data = long_file("2026-03-01,leads,4", "2026-03-02,leads,many")
    batch = imported(inside, data, ImportOptions(partial=True))
    assert values(inside, "leads") == {date(2026, 3, 1): 4}
    assert [one["row"] for one in batch.report["errors"]] == [3]
    assert not Coverage.objects.filter(zero_filled=True).exists()


def test_a_failure_in_the_middle_leaves_nothing(
    inside: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    batch = previewed(inside, LONG)
    monkeypatch.setattr("metrics.facts.feeds_received", broken)
    with pytest.raises(Exception, match="division by zero"):
        commit(batch, user=None, now=NOW)
    assert not Fact.objects.exists()
    assert Batch.objects.get().state == Batch.State.PREVIEW
    assert not Feed.objects.filter(kind=Feed.Kind.FILE).exists()


def test_a_span_of_money_is_spread_to_the_cent(inside: Workspace) -> None:
    data = long_file("2026-02,cost_staff,1000.00")
    imported(inside, data)
    found = values(inside, "cost_staff")
    assert len(found) == 28
    assert sum(found.values()) == 1000
    assert {share.quantize(Decimal("0.01")) for share in found.values()} == set(found.values())


def test_a_stock_of_a_month_belongs_to_its_last_day(inside: Workspace) -> None:
    imported(inside, long_file("2026-02,customers,120"))
    assert values(inside, "customers") == {date(2026, 2, 28): 120}


def test_the_visitors_of_a_month_keep_their_month(inside: Workspace) -> None:
    imported(inside, long_file("2026-02,visitors,900"))
    fact = Fact.objects.get()
    assert (fact.day, fact.end) == (date(2026, 2, 1), date(2026, 2, 28))
    assert fact.value == 900


def test_a_mean_of_a_month_holds_on_each_day(inside: Workspace) -> None:
    imported(inside, long_file("2026-02,search_position,8.5", "2026-02,search_impressions,2800"))
    assert set(values(inside, "search_position").values()) == {Decimal("8.5")}


def test_a_mean_without_its_weight_is_noted(inside: Workspace) -> None:
    batch = previewed(inside, long_file("2026-03-01,search_position,8.5"))
    assert "weight_missing" in codes(batch)


def test_campaigns_are_made_once_with_their_channel(inside: Workspace) -> None:
    header = "date,metric,value,channel,campaign"
    imported(inside, long_file("2026-03-01,leads,4,email,Spring Sale", header=header))
    imported(inside, long_file("2026-03-01,leads,2,email,SPRING sale", header=header))
    campaign = Campaign.objects.get()
    assert campaign.name == "Spring Sale"
    assert campaign.channel == DimensionValue.objects.get(dimension=1, key="email")
    assert Fact.objects.get().value == 2


def test_the_feed_is_made_with_the_rhythm_of_the_file(inside: Workspace) -> None:
    days = [date(2026, 2, 1) + timedelta(days=n) for n in range(10)]
    imported(inside, long_file(*(f"{day},leads,4" for day in days)), feed="HubSpot")
    feed = Feed.objects.get(name="HubSpot")
    assert feed.rhythm == Feed.Rhythm.DAY
    assert feed.last_data_day == date(2026, 2, 10)
    assert feed.last_received_at == NOW


def test_typed_values_keep_their_feed_to_themselves(inside: Workspace) -> None:
    with pytest.raises(ImportRefused, match="Manual entry"):
        imported(inside, LONG, feed="manual entry")


def test_covered_days_are_kept(inside: Workspace) -> None:
    span = Span(date(2026, 3, 1), date(2026, 3, 7))
    imported(inside, LONG, ImportOptions(covers=span))
    covered = Coverage.objects.get()
    assert (covered.start, covered.end, covered.zero_filled) == (*span, True)


def test_a_dry_run_keeps_nothing(inside: Workspace) -> None:
    report = dry_run(inside, name="a.csv", data=LONG, options=NOTHING_SAID, today=TODAY)
    assert report["facts"]["new"] == 2
    assert not Batch.objects.exists()


# Undo


def test_undo_puts_back_what_was_there(inside: Workspace) -> None:
    imported(inside, LONG)
    second = imported(inside, long_file("2026-03-02,leads,7", "2026-03-03,leads,1"))

    undone = undo_import(second, user=None, now=NOW)

    assert (undone.deleted, undone.restored, undone.kept) == (1, 1, 0)
    assert values(inside, "leads") == {date(2026, 3, 1): 4, date(2026, 3, 2): 5}
    assert Feed.objects.get(name="CRM").last_data_day == date(2026, 3, 2)


def test_a_preview_cannot_be_undone(inside: Workspace) -> None:
    with pytest.raises(NotUndoable, match="not carried out"):
        undo_import(previewed(inside, LONG), user=None, now=NOW)


# Files of tools


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_what_is_stored_adds_up_to_what_the_file_says(inside: Workspace, path: Path) -> None:
    options = ImportOptions(period=Span(date(2026, 2, 1), date(2026, 2, 28)))
    read = dry_run(
        inside, name=path.name, data=path.read_bytes(), options=options, today=date(2027, 1, 10)
    )
    inside.currency = read["currency"] or inside.currency
    batch = imported(inside, path.read_bytes(), options, name=path.name)
    for key, total in batch.report["metrics"].items():
        metric = Metric.objects.get(workspace=inside, key=key)
        if metric.definition.rollup == "sum":
            assert coarsest_sum(inside, metric) == Decimal(total)


def coarsest_sum(workspace: Workspace, metric: Metric) -> Decimal:
    """The total of a feed: for each day its facts at the breakdown with the fewest dimensions."""
    days: dict[date, dict[tuple[bool, ...], Decimal]] = {}
    for one in Fact.objects.filter(workspace=workspace, metric=metric):
        ids = (one.channel_id, one.campaign_id, one.device_id, one.asset_id, one.audience_id)
        view = tuple(pk != 0 for pk in ids)
        views = days.setdefault(one.day, {})
        views[view] = views.get(view, Decimal(0)) + one.value
    return sum((views[min(views, key=sum)] for views in days.values()), Decimal(0))
