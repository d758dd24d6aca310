"""Campaigns under several names: says that a name is a campaign of its own, or merges two.

A merge goes through the writers of facts, costs and typed values, so that stored values follow,
and what adds up comes to the same total as before. The other name stays as a name of the campaign:
later files that use it are counted there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Min, ProtectedError, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from metrics.catalogue.definition import Rollup
from metrics.costs import follow_campaigns, move_costs
from metrics.coverage import mark_campaigns_stale
from metrics.dimensions import folded_key
from metrics.entries import move_entries
from metrics.facts import delete_facts, lock_facts, write_facts
from metrics.models import (
    Batch,
    Campaign,
    CampaignName,
    Cost,
    CountedItem,
    Dimension,
    Entry,
    Fact,
    Feed,
    Metric,
)
from metrics.staging import FactKey, FactRow
from metrics.typed import open_batch

ROWS_AT_ONCE = 5_000


class NotMergeable(Exception):
    """The two campaigns cannot be merged; the message is the sentence to show."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge moves: facts, lines of the ledger, typed values."""

    facts: int
    costs: int
    entries: int


def keep_campaign(campaign: Campaign) -> CampaignName:
    """Says that a name that came with a file is a campaign of its own."""
    name, _created = CampaignName.objects.get_or_create(
        workspace=campaign.workspace,
        key=campaign.key,
        defaults={"campaign": campaign, "name": campaign.name},
    )
    return name


def keep_former_name(campaign: Campaign, *, former: str) -> None:
    """Files and links that use the name from before a change still find the campaign."""
    CampaignName.objects.get_or_create(
        workspace=campaign.workspace,
        key=folded_key(Dimension.CAMPAIGN, former),
        defaults={"campaign": campaign, "name": former},
    )


def set_names(campaign: Campaign, *, names: Iterable[str]) -> None:
    """Sets the other names under which files and links know a campaign.

    Raises ValidationError for a name by which another campaign is known.
    """
    wanted = {folded_key(Dimension.CAMPAIGN, one): one.strip() for one in names if one.strip()}
    wanted.pop(campaign.key, None)
    _refuse_names(campaign, wanted)
    stored = CampaignName.objects.filter(workspace=campaign.workspace, campaign=campaign)
    stored.exclude(key__in=[*wanted, campaign.key]).delete()
    there = set(stored.values_list("key", flat=True))
    CampaignName.objects.bulk_create(
        CampaignName(workspace=campaign.workspace, campaign=campaign, key=key, name=name)
        for key, name in wanted.items()
        if key not in there
    )


def _refuse_names(campaign: Campaign, wanted: Mapping[str, str]) -> None:
    longest = CampaignName._meta.get_field("name").max_length
    if any(len(name) > (longest or 0) for name in wanted.values()):
        text = _("A name has at most %(n)s characters.")
        raise ValidationError({"names": text % {"n": longest}})
    spelled = CampaignName.objects.filter(workspace=campaign.workspace, key__in=wanted)
    other = spelled.exclude(campaign=campaign).select_related("campaign").first()
    if other is not None:
        text = _("“%(spelled)s” is a name of the campaign “%(name)s” already.")
        words = {"spelled": wanted[other.key], "name": other.campaign.name}
        raise ValidationError({"names": text % words})
    twins = Campaign.objects.filter(workspace=campaign.workspace, key__in=wanted)
    twin = twins.exclude(pk=campaign.pk).first()
    if twin is not None:
        text = _("“%(name)s” is a campaign of the list. Merge it into this one there.")
        raise ValidationError({"names": text % {"name": twin.name}})


def merge_counts(source: Campaign) -> Merge:
    """What `merge_campaigns` would move from here. Nothing is written."""
    return Merge(
        facts=Fact.objects.filter(workspace=source.workspace, campaign_id=source.pk).count(),
        costs=Cost.objects.filter(workspace=source.workspace, campaign=source).count(),
        entries=Entry.objects.filter(workspace=source.workspace, campaign=source).count(),
    )


def merge_campaigns(source: Campaign, *, target: Campaign, user: User | None, today: date) -> Merge:
    """Moves all that belongs to `source` to `target`, and its names too; `source` goes.

    The target takes dates, channel, budget, owner, plan and note of the source where it has none.
    Raises NotMergeable with the reason: values that cannot be added, a formula or an objective
    that names the source. Nothing has happened then.
    """
    if source.pk == target.pk or source.workspace_id != target.workspace_id:
        raise NotMergeable(_("Choose another campaign of this workspace."))
    workspace = source.workspace
    try:
        with transaction.atomic():
            _lock(source)
            _refuse(source, target)
            counts = merge_counts(source)
            _complete(target, source, user)
            move_costs(workspace, user=user, source=source, target=target)
            move_entries(workspace, user=user, source=source, target=target, today=today)
            _move_facts(source, target, user)
            items = CountedItem.objects.filter(workspace=workspace, campaign_id=source.pk)
            items.update(campaign_id=target.pk)
            _move_names(source, target)
            source.delete()
    except ProtectedError as refused:
        message = _("“%(name)s” has objectives. Point them at “%(target)s” first.")
        raise NotMergeable(message % {"name": source.name, "target": target.name}) from refused
    except ValidationError as refused:
        raise NotMergeable(" ".join(refused.messages)) from refused
    return counts


def _lock(source: Campaign) -> None:
    """What is typed before the facts, as those who type do; nobody else writes until the end."""
    for model in (Entry, Cost):
        list(model.objects.select_for_update().filter(campaign=source).values_list("pk"))
    lock_facts(source.workspace_id)


def _refuse(source: Campaign, target: Campaign) -> None:
    """Raises NotMergeable for what a merge would lose."""
    formula = _formula_naming(source)
    if formula:
        message = _("The formula of “%(metric)s” names “%(name)s”. Change the formula first.")
        raise NotMergeable(message % {"metric": formula.name, "name": source.name})
    metric = _not_addable(source, target)
    if metric:
        message = _(
            "Both campaigns have “%(metric)s” for the same days, which cannot be added up. Import "
            "a file in which they have one name, then merge them."
        )
        raise NotMergeable(message % {"metric": metric.name})


def _formula_naming(campaign: Campaign) -> Metric | None:
    found = Metric.objects.filter(
        workspace=campaign.workspace, own_formula__icontains=f'"{campaign.key}"'
    )
    return found.first()


def _not_addable(source: Campaign, target: Campaign) -> Metric | None:
    """A metric that does not add up and that one feed knows for both on the same days."""
    mine, theirs = _series(source), _series(target)
    shared = {
        metric_id
        for (metric_id, feed_id), (first, last) in mine.items()
        if (metric_id, feed_id) in theirs
        and first <= theirs[metric_id, feed_id][1]
        and theirs[metric_id, feed_id][0] <= last
    }
    metrics = Metric.objects.filter(workspace=source.workspace, pk__in=shared).order_by("pk")
    return next((one for one in metrics if one.definition.rollup != Rollup.SUM), None)


def _series(campaign: Campaign) -> dict[tuple[int, int], tuple[date, date]]:
    """The first and last day of each metric and feed that has facts of the campaign."""
    facts = Fact.objects.filter(workspace=campaign.workspace, campaign_id=campaign.pk)
    rows = facts.values("metric_id", "feed_id").annotate(first=Min("day"), last=Max("end"))
    return {(row["metric_id"], row["feed_id"]): (row["first"], row["last"]) for row in rows}


def _complete(target: Campaign, source: Campaign, user: User | None) -> None:
    """Gives the target what only the source has; costs and figures follow a new channel."""
    given = [
        name
        for name in ("channel", "budget", "owner")
        if getattr(target, name) is None and getattr(source, name) is not None
    ]
    if target.outcome is None and source.outcome is not None:
        given += ["outcome", "outcome_target"]
    if not target.note and source.note:
        given.append("note")
    for name in given:
        setattr(target, name, getattr(source, name))
    if target.start is None and target.end is None:
        target.start, target.end = source.start, source.end
        given += ["start", "end"]
    target.version += 1
    target.save(update_fields=[*given, "version"])
    if "channel" in given:
        mark_campaigns_stale(target.workspace, [target.pk])
        follow_campaigns(target.workspace, user=user, former={target.pk: None})


def _move_facts(source: Campaign, target: Campaign, user: User | None) -> None:
    """The facts that are left, feed by feed; two of one day and place are added."""
    facts = Fact.objects.filter(workspace=source.workspace, campaign_id=source.pk)
    for feed in Feed.objects.filter(pk__in=facts.order_by().values("feed_id").distinct()):
        batch = open_batch(source.workspace, feed, Batch.Kind.MERGE, user)
        gone = list(_rows(facts.filter(feed=feed)))
        stored = Fact.objects.filter(workspace=source.workspace, campaign_id=target.pk, feed=feed)
        there = {row.key: row.value for row in _rows(stored)}
        moved = [row._replace(campaign_id=target.pk) for row in gone]
        moved = [row._replace(value=row.value + there.get(row.key, 0)) for row in moved]
        delete_facts(batch, keys=[row.key for row in gone])
        batch.created, batch.changed, batch.same = write_facts(batch, rows=moved)
        batch.save(update_fields=["created", "changed", "same"])
        Feed.objects.filter(pk=feed.pk).update(
            last_received_at=feed.last_received_at, last_data_day=feed.last_data_day
        )


def _rows(facts: QuerySet[Fact]) -> Iterable[FactRow]:
    columns = (*FactKey._fields, "value")
    return (FactRow(*row) for row in facts.values_list(*columns).iterator(ROWS_AT_ONCE))


def _move_names(source: Campaign, target: Campaign) -> None:
    """The source's names, its own among them, are names of the target."""
    CampaignName.objects.filter(workspace=source.workspace, campaign=source).update(campaign=target)
    CampaignName.objects.get_or_create(
        workspace=source.workspace,
        key=source.key,
        defaults={"campaign": target, "name": source.name},
    )
