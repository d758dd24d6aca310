"""Merges that are taken back: each campaign has again what it had, whatever came in between."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import AuditEvent, User, Workspace
from accounts.scope import system_scope
from metrics import snapshots
from metrics.campaign_saving import save_campaign
from metrics.campaigns import set_names
from metrics.costs import delete_cost, save_cost
from metrics.entries import delete_entry, save_entry
from metrics.facts import forget_old_changes
from metrics.imports.importing import import_file, undo_import
from metrics.imports.parsed import ImportOptions
from metrics.merging import merge_campaigns
from metrics.models import (
    Batch,
    Campaign,
    CampaignMerge,
    CampaignName,
    Cost,
    CountedItem,
    Dimension,
    DimensionValue,
    Entry,
    Fact,
    Metric,
    RecurringCost,
)
from metrics.periods import local_today
from metrics.recurring_costs import Terms, save_recurring
from metrics.unmerging import (
    NotUnmergeable,
    Unmerged,
    forget_old_merges,
    merges_of,
    undo_merge,
    undoing,
)
from objectives.models import Alert, AlertRule

NOW = timezone.now()
TODAY = local_today(NOW, "Europe/Paris")
FIRST = TODAY - timedelta(days=40)
NAMES = ("Alpha", "Beta", "Gamma")


def bring(workspace: Workspace, rows: Iterable[tuple[int, str, int, str]], name: str) -> Batch:
    """A file with rows of day, metric, value and campaign."""
    lines = ["date;metric;value;campaign"]
    lines += [f"{FIRST + timedelta(n)};{metric};{value};{one}" for n, metric, value, one in rows]
    return import_file(
        workspace, user=None, name=name, data="\n".join(lines).encode(), options=ImportOptions(),
        today=TODAY, now=timezone.now(),
    )  # fmt: skip


def named(name: str) -> Campaign:
    return Campaign.objects.get(name=name)


def typed(
    workspace: Workspace, campaign: Campaign, value: int, *, note: str = "", day: date = FIRST,
    entry: Entry | None = None, addition: bool = False,
) -> Entry:  # fmt: skip
    leads = Metric.objects.get(workspace=workspace, key="leads")
    return save_entry(
        workspace, user=None, metric=leads, value=Decimal(value), today=TODAY, campaign=campaign,
        start=day, end=day, note=note, entry=entry, addition=addition,
    )  # fmt: skip


def spent(workspace: Workspace, campaign: Campaign, amount: int) -> Cost:
    return save_cost(
        workspace, user=None, category="media", amount=Decimal(amount), campaign=campaign,
        start=FIRST, end=FIRST + timedelta(days=2),
    )  # fmt: skip


@pytest.fixture
def three(inside: Workspace, erin: User) -> Workspace:
    """Three campaigns that share days, with all that a campaign can have."""
    email = DimensionValue.objects.get(workspace=inside, dimension=Dimension.CHANNEL, key="email")
    save_campaign(inside, user=None, name="Alpha", note="first", names=["alpha-26"])
    save_campaign(
        inside, user=None, name="Beta", channel=email, owner=erin, budget=Decimal("70.50"),
        start=FIRST, end=TODAY, names=["beta-26", "beta_old"],
    )  # fmt: skip
    save_campaign(inside, user=None, name="Gamma", note="third")
    bring(
        inside,
        [
            (day, metric, 1 + day + 10 * place, name)
            for day in range(3)
            for metric in ("leads", "sessions")
            for place, name in enumerate(NAMES)
            if (day + place) % 3
        ],
        "facts.csv",
    )
    for place, name in enumerate(NAMES):
        campaign = named(name)
        typed(inside, campaign, 3 + place, note=name if place else "")
        typed(inside, campaign, 20 + place, addition=True)
        spent(inside, campaign, 10 * (place + 1))
        terms = Terms(category="tools", amount=Decimal(30), rhythm="month", campaign=campaign)
        save_recurring(inside, terms, user=None, start=FIRST, last=None, today=TODAY)
        AlertRule.objects.create(
            workspace=inside, kind=AlertRule.Kind.BUDGET, campaign=campaign, threshold=1
        )
        Alert.objects.create(
            workspace=inside, kind=Alert.Kind.BUDGET, cause=f"x:{name}", severity="risk",
            campaign=campaign, opened_on=TODAY, updated_on=TODAY,
        )  # fmt: skip
        CountedItem.objects.create(
            workspace=inside, batch=Batch.objects.filter(kind="file")[0],
            metric=Metric.objects.get(workspace=inside, key="leads"),
            who=name, day=FIRST, value=1, campaign_id=campaign.pk,
        )  # fmt: skip
    typed(inside, named("Beta"), 8, day=FIRST + timedelta(days=9), note="alone")
    return inside


def state(workspace: Workspace) -> dict[str, Any]:
    """Everything that a campaign can have, as people see it; versions go up, nothing else."""
    names = dict(Campaign.objects.values_list("pk", "name"))
    of = F("campaign__name")
    return {
        "campaigns": sorted(
            Campaign.objects.values_list(
                "pk", "public_id", "name", "key", "channel", "start", "end", "budget", "owner",
                "outcome", "outcome_target", "note", "created_at",
            )
        ),
        "names": sorted(CampaignName.objects.values_list("key", "name", of)),
        "facts": sorted(
            (names.get(pk, str(pk)), *rest)
            for pk, *rest in Fact.objects.values_list(
                "campaign_id", "metric__key", "day", "end", "feed__name", "channel_id", "value"
            )
        ),
        "entries": sorted(
            Entry.objects.values_list(
                "pk", "public_id", of, "value", "start", "end", "note", "is_addition", "created_at"
            )
        ),
        "costs": sorted(Cost.objects.values_list("pk", of, "amount", "recurring_id")),
        "recurring": sorted(RecurringCost.objects.values_list("pk", of, "amount")),
        "rules": sorted(AlertRule.objects.filter(shipped="").values_list("pk", of)),
        "alerts": sorted(Alert.objects.values_list("pk", of)),
        "counted": sorted(
            (who, names.get(pk, "")) for who, pk in CountedItem.objects.values_list(
                "who", "campaign_id"
            )
        ),
    }  # fmt: skip


def merge(source: str, target: str) -> CampaignMerge:
    return merge_campaigns(named(source), target=named(target), user=None, now=timezone.now())


def undo(one: CampaignMerge) -> Unmerged:
    return undo_merge(one, user=None, now=timezone.now())


def values(campaign: str, metric: str = "leads", feed: str | None = None) -> dict[int, Decimal]:
    found = Fact.objects.filter(metric__key=metric, campaign_id=named(campaign).pk)
    found = found.filter(feed__kind="file") if feed == "file" else found
    return {(one.day - FIRST).days: one.value for one in found}


def imported(campaign: str) -> dict[int, Decimal]:
    found = Fact.objects.filter(metric__key="sessions", campaign_id=named(campaign).pk)
    return {(one.day - FIRST).days: one.value for one in found}


class Turns:
    """Merges, files and what takes them back, as chance has it; new days start at the 20th."""

    def __init__(self, workspace: Workspace, seed: int) -> None:
        self.workspace, self.chance = workspace, random.Random(seed)
        self.merges: list[CampaignMerge] = []
        self.files: list[Batch] = []
        self.new_days = 0

    def take(self) -> None:
        act = self.chance.choice((self.merge, self.merge, self.undo, self.new_day, self.over))
        act()

    def merge(self) -> None:
        there = sorted(Campaign.objects.values_list("name", flat=True))
        if len(there) > 1:
            self.merges.append(merge(*self.chance.sample(there, 2)))

    def undo(self) -> None:
        """A merge that is not below another, or a file that wrote over what was there."""
        there = set(Campaign.objects.values_list("pk", flat=True))
        on_top: list[CampaignMerge | Batch] = [one for one in self.merges if one.target_id in there]
        if not (on_top or self.files):
            return
        chosen = self.chance.choice([*on_top, *self.files])
        if isinstance(chosen, Batch):
            undo_import(chosen, user=None, now=timezone.now())
            self.files.remove(chosen)
        else:
            undo(chosen)
            self.merges.remove(chosen)

    def new_day(self) -> None:
        """Nothing was there, so it stays; a former name is as good as any."""
        self.new_days += 1
        row = (19 + self.new_days, "sessions", 1000, self.chance.choice(NAMES))
        bring(self.workspace, [row], f"new-{self.new_days}.csv")

    def over(self) -> None:
        rows = [(day, "sessions", 500 + day, self.chance.choice(NAMES)) for day in range(3)]
        self.files.append(bring(self.workspace, rows, "over.csv"))

    def take_all_back(self) -> None:
        while self.merges or self.files:
            self.undo()


@pytest.mark.parametrize("seed", range(8))
def test_taken_back_in_any_order_all_is_as_it_was(three: Workspace, seed: int) -> None:
    before = state(three)
    turns = Turns(three, seed)
    for _turn in range(9):
        turns.take()
    turns.take_all_back()
    after = state(three)
    new = [row for row in after["facts"] if (row[2] - FIRST).days >= 20 and row[1] == "sessions"]
    assert sum(row[-1] for row in new) == 1000 * turns.new_days
    after["facts"] = [row for row in after["facts"] if row not in new]
    assert after == before


@pytest.mark.parametrize(("first", "second"), [("Alpha", "Beta"), ("Beta", "Alpha")])
def test_of_two_merges_the_other_stays(three: Workspace, first: str, second: str) -> None:
    kept = merge(second, "Gamma")
    only = state(three)
    undo(kept)
    one = merge(first, "Gamma")
    merge(second, "Gamma")
    undo(one)
    after = state(three)
    for part in ("facts", "costs", "recurring", "names", "rules", "alerts", "counted"):
        assert after[part] == only[part], part
    by_place = [(row[2], row[3], row[4], row[7]) for row in only["entries"]]
    assert sorted((row[2], row[3], row[4], row[7]) for row in after["entries"]) == sorted(by_place)


def test_a_campaign_that_was_merged_on_comes_back_first(three: Workspace) -> None:
    before = state(three)
    lower, upper = merge("Alpha", "Beta"), merge("Beta", "Gamma")
    with pytest.raises(NotUnmergeable, match="“Beta” was merged into another campaign since"):
        undo(lower)
    undo(upper)
    undo(lower)
    assert state(three) == before


def test_the_same_undo_twice_says_so(three: Workspace) -> None:
    one = merge("Alpha", "Beta")
    undo(one)
    after = state(three)
    with pytest.raises(NotUnmergeable, match="undone already"):
        undo(one)
    assert state(three) == after


def test_stored_values_follow_both_ways(three: Workspace) -> None:
    snapshots.refresh(three, today=TODAY, now=NOW)
    one = merge("Alpha", "Beta")
    snapshots.refresh(three, today=TODAY, now=NOW)
    undo(one)
    snapshots.refresh(three, today=TODAY, now=NOW)
    assert snapshots.recompute(three, today=TODAY, now=NOW, full=True).rows_written == 0


def test_what_came_since_stays_with_the_campaign(three: Workspace) -> None:
    one = merge("Alpha", "Beta")
    bring(three, [(5, "sessions", 9, "Alpha")], "later.csv")
    assert undoing(one).since == 1
    undo(one)
    assert imported("Beta")[5] == 9
    assert 5 not in imported("Alpha")
    assert CampaignName.objects.get(key="alpha-26").campaign.name == "Alpha"


def test_a_sum_that_was_written_over_holds_for_both_until_that_is_undone(three: Workspace) -> None:
    before = {name: imported(name) for name in ("Alpha", "Beta")}
    one = merge("Alpha", "Beta")
    assert imported("Beta")[1] == before["Alpha"][1] + before["Beta"][1]
    later = bring(three, [(1, "sessions", 500, "Beta")], "later.csv")
    done = undo(one)
    assert done.kept == 1
    assert imported("Beta")[1] == 500
    assert 1 not in imported("Alpha")
    undo_import(later, user=None, now=timezone.now())
    assert {name: imported(name) for name in ("Alpha", "Beta")} == before


def test_the_same_file_again_parts_what_came_since(three: Workspace) -> None:
    one = merge("Alpha", "Beta")
    rows = [(1, "sessions", 40, "Alpha"), (1, "sessions", 60, "Beta")]
    bring(three, rows, "both.csv")
    assert imported("Beta")[1] == 100
    undo(one)
    bring(three, rows, "both.csv")
    assert (imported("Alpha")[1], imported("Beta")[1]) == (40, 60)


def test_an_import_from_before_that_was_undone_stays_undone(three: Workspace) -> None:
    extra = bring(three, [(7, "sessions", 4, "Alpha"), (7, "sessions", 6, "Beta")], "extra.csv")
    one = merge("Alpha", "Beta")
    undo_import(extra, user=None, now=timezone.now())
    undo(one)
    assert 7 not in imported("Alpha")
    assert 7 not in imported("Beta")


def test_an_import_over_a_campaign_that_is_gone_can_be_undone(three: Workspace) -> None:
    one = merge("Alpha", "Beta")
    later = bring(three, [(1, "sessions", 500, "Beta")], "later.csv")
    undo(one)
    merge("Alpha", "Beta")
    undo_import(later, user=None, now=timezone.now())
    assert not Fact.objects.filter(campaign_id=one.source_id).exists()


def test_a_typed_sum_that_somebody_changed_stays_whole(three: Workspace) -> None:
    one = merge("Alpha", "Beta")
    total = Entry.objects.get(campaign__name="Beta", start=FIRST, is_addition=False)
    typed(three, named("Beta"), 100, entry=total)
    done = undo(one)
    assert done.changed == 1
    assert Entry.objects.get(pk=total.pk).value == 100
    assert not Entry.objects.filter(campaign__name="Alpha", is_addition=False).exists()


def test_a_value_that_moved_comes_back_as_it_is_now(three: Workspace) -> None:
    one = merge("Beta", "Gamma")
    alone = Entry.objects.get(note="alone")
    typed(three, named("Gamma"), 80, entry=alone, day=alone.start, note="alone")
    line = Cost.objects.get(campaign__name="Gamma", amount=20, category="media")
    gone = Cost.objects.get(campaign__name="Gamma", amount=30, category="media")
    delete_cost(gone, user=None)
    save_cost(
        three, user=None, category="media", amount=Decimal(21), campaign=named("Gamma"),
        start=line.start, end=line.end, cost=line,
    )  # fmt: skip
    undo(one)
    alone.refresh_from_db()
    line.refresh_from_db()
    assert (alone.campaign.name, alone.value) == ("Beta", 80)  # type: ignore[union-attr]
    assert (line.campaign.name, line.amount) == ("Beta", 21)  # type: ignore[union-attr]
    assert values("Beta")[9] == 80


def test_a_value_that_was_deleted_since_stays_deleted(three: Workspace) -> None:
    one = merge("Beta", "Gamma")
    delete_entry(Entry.objects.get(note="alone"), user=None)
    assert undo(one).changed == 0
    assert not Entry.objects.filter(note="alone").exists()


def test_what_the_campaign_took_goes_unless_it_was_changed(three: Workspace) -> None:
    one = merge("Beta", "Alpha")
    alpha = named("Alpha")
    assert (alpha.budget, alpha.start) == (Decimal("70.50"), FIRST)
    Campaign.objects.filter(pk=alpha.pk).update(budget=99)
    undo(one)
    alpha.refresh_from_db()
    assert (alpha.budget, alpha.start, alpha.channel, alpha.owner) == (99, None, None, None)


def test_a_name_that_is_taken_by_now_is_refused(three: Workspace) -> None:
    one = merge("Alpha", "Beta")
    set_names(named("Beta"), names=["beta-26"])
    save_campaign(three, user=None, name="Alpha")
    before = state(three)
    with pytest.raises(NotUnmergeable, match="“Alpha” is a name of “Alpha” now"):
        undo(one)
    assert state(three) == before


def test_thirty_days_and_no_longer(three: Workspace) -> None:
    one = merge("Alpha", "Beta")
    late = one.created_at + timedelta(days=30, seconds=1)
    beta = named("Beta")
    assert list(merges_of(beta, now=one.created_at + timedelta(days=30))) == [one]
    assert not merges_of(beta, now=late).exists()
    with pytest.raises(NotUnmergeable, match="30 days"):
        undo_merge(one, user=None, now=late)
    assert forget_old_merges(three, now=one.created_at + timedelta(days=30)) == 0
    forget_old_changes(three, now=one.created_at + timedelta(days=30))
    undo_merge(one, user=None, now=one.created_at + timedelta(days=30))
    assert forget_old_merges(three, now=late) == 1


def test_the_trail_says_who_merged_and_who_took_it_back(three: Workspace, erin: User) -> None:
    one = merge_campaigns(named("Alpha"), target=named("Beta"), user=erin, now=timezone.now())
    undo_merge(one, user=erin, now=timezone.now())
    with system_scope():
        trail = AuditEvent.objects.filter(action__startswith="campaign.merge").order_by("pk")
        assert [(line.action, line.actor_name) for line in trail] == [
            ("campaign.merged", str(erin)),
            ("campaign.merge_undone", str(erin)),
        ]
