"""Merging two campaigns: all that belongs to one goes to the other, and what moved is kept.

A merge goes through the writers of facts, costs and typed values, so that stored values follow,
and what adds up comes to the same total as before. The other name stays as a name of the campaign:
later files that use it are counted there. Taking a merge back is in metrics/unmerging.py.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, Min, ProtectedError
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from metrics.catalogue.definition import Rollup
from metrics.costs import follow_campaigns, move_costs
from metrics.counted import move_counted
from metrics.coverage import mark_campaigns_stale
from metrics.facts import lock_facts
from metrics.kept_rows import kept_row
from metrics.merged_entries import move_entries
from metrics.merged_facts import move_facts
from metrics.models import (
    Campaign,
    CampaignMerge,
    CampaignName,
    Cost,
    Entry,
    Fact,
    Metric,
    RecurringCost,
)


class NotMergeable(Exception):
    """The two campaigns cannot be merged; the message is the sentence to show."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge moves: facts, lines of the ledger, typed values."""

    facts: int
    costs: int
    entries: int


def merge_counts(source: Campaign) -> Merge:
    """What `merge_campaigns` would move from here. Nothing is written."""
    return Merge(
        facts=Fact.objects.filter(workspace=source.workspace, campaign_id=source.pk).count(),
        costs=Cost.objects.filter(workspace=source.workspace, campaign=source).count(),
        entries=Entry.objects.filter(workspace=source.workspace, campaign=source).count(),
    )


def merge_campaigns(
    source: Campaign, *, target: Campaign, user: User | None, now: datetime
) -> CampaignMerge:
    """Moves all that belongs to `source` to `target`, and its names too; `source` goes.

    The target takes dates, channel, budget, owner, plan and note of the source where it has none;
    what points at the source in the apps above, like alert rules, points at the target. Returns
    what moved, for an undo. Raises NotMergeable with the reason: values that cannot be added, a
    formula or an objective that names the source. Nothing has happened then.
    """
    if source.pk == target.pk or source.workspace_id != target.workspace_id:
        raise NotMergeable(_("Choose another campaign of this workspace."))
    name = source.name
    try:
        with transaction.atomic():
            lock_campaigns(source.pk, target.pk)
            merge = _merge(source, target, user, now)
    except ProtectedError as refused:
        message = _("“%(name)s” has objectives. Point them at “%(target)s” first.")
        raise NotMergeable(message % {"name": name, "target": target.name}) from refused
    except ValidationError as refused:
        raise NotMergeable(" ".join(refused.messages)) from refused
    return merge


def _merge(source: Campaign, target: Campaign, user: User | None, now: datetime) -> CampaignMerge:
    stored = {one.pk: one for one in Campaign.objects.filter(pk__in=[source.pk, target.pk])}
    if len(stored) < 2:
        raise NotMergeable(_("One of the two is gone: somebody merged it meanwhile."))
    source, target = stored[source.pk], stored[target.pk]
    workspace, earlier = source.workspace, pending_into(target)
    lock_typed(source)
    _refuse(source, target)
    counts = merge_counts(source)
    costs = Cost.objects.filter(workspace=workspace, campaign=source)
    recurring = RecurringCost.objects.filter(workspace=workspace, campaign=source)
    kept: dict[str, Any] = {
        "counts": asdict(counts),
        "campaign": kept_row(source),
        "costs": list(costs.values_list("pk", flat=True)),
        "recurring": list(recurring.values_list("pk", flat=True)),
        "given": _complete(target, source, user),
    }
    move_costs(workspace, user=user, source=source, target=target, lines=costs, recurring=recurring)
    kept["entries"] = move_entries(
        workspace,
        user=user,
        source=source,
        target=target,
        earlier=[one.kept["entries"] for one in earlier],
    )
    kept["batches"] = move_facts(source, target, user=user)
    kept["counted"] = move_counted(workspace, source_id=source.pk, target_id=target.pk)
    kept["names"], kept["own_name"] = _move_names(source, target)
    kept["followers"] = _move_followers(source, target)
    CampaignMerge.objects.bulk_update(earlier, ["kept"])
    merge = CampaignMerge.objects.create(
        workspace=workspace,
        source_id=source.pk,
        source_public_id=source.public_id,
        source_name=source.name,
        target_id=target.pk,
        kept=kept,
        user=user,
        created_at=now,
    )
    record(user, "campaign.merged", workspace=workspace, obj=target, after={"merged": source.name})
    source.delete()
    return merge


def pending_into(target: Campaign) -> list[CampaignMerge]:
    """The merges into a campaign that were not taken back, oldest first, locked."""
    found = CampaignMerge.objects.filter(
        workspace=target.workspace, target_id=target.pk, undone_at=None
    )
    return list(found.select_for_update(of=("self",)).order_by("created_at", "pk"))


def lock_campaigns(*ids: int) -> None:
    """One merge at a time of these campaigns."""
    rows = Campaign.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    list(rows.values_list("pk"))


def lock_typed(campaign: Campaign) -> None:
    """What is typed before the facts, as those who type do; nobody else writes until the end."""
    for model in (Entry, Cost):
        list(model.objects.select_for_update().filter(campaign=campaign).values_list("pk"))
    lock_facts(campaign.workspace_id)


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


def _complete(target: Campaign, source: Campaign, user: User | None) -> dict[str, Any]:
    """Gives the target what only the source has; costs and figures follow a new channel.

    Returns what was given.
    """
    given = [
        name
        for name in ("channel", "budget", "owner")
        if getattr(target, name) is None and getattr(source, name) is not None
    ]
    if target.outcome is None and source.outcome is not None:
        given += ["outcome", "outcome_target"]
    if not target.note and source.note:
        given.append("note")
    if target.start is None and target.end is None and (source.start or source.end):
        given += ["start", "end"]
    for name in given:
        setattr(target, name, getattr(source, name))
    target.version += 1
    target.save(update_fields=[*given, "version"])
    if "channel" in given:
        channel_changed(target, user, former=None)
    kept = kept_row(target)
    return {name: kept[column_of(name).attname] for name in given}


def column_of(name: str) -> models.Field[Any, Any]:
    """A column of a campaign."""
    columns = {field.name: field for field in Campaign._meta.concrete_fields}
    return columns[name]


def channel_changed(campaign: Campaign, user: User | None, *, former: int | None) -> None:
    """Figures and costs follow the channel that a campaign has now."""
    mark_campaigns_stale(campaign.workspace, [campaign.pk])
    follow_campaigns(campaign.workspace, user=user, former={campaign.pk: former})


def _move_names(source: Campaign, target: Campaign) -> tuple[list[dict[str, Any]], bool]:
    """The source's names, its own among them, are names of the target.

    Returns the source's, and whether its own had to be added.
    """
    names = CampaignName.objects.filter(workspace=source.workspace, campaign=source)
    kept = [kept_row(one) for one in names.order_by("pk")]
    names.update(campaign=target)
    _name, added = CampaignName.objects.get_or_create(
        workspace=source.workspace,
        key=source.key,
        defaults={"campaign": target, "name": source.name},
    )
    return kept, added


def following() -> dict[str, tuple[type[models.Model], str]]:
    """The tables whose rows would go with a campaign, and their column: they follow a merge.

    Those of the apps above are found by what they point at, since nothing here may import them.
    Names of the campaign have rules of their own.
    """
    found = {}
    for relation in Campaign._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.on_delete != models.CASCADE:
            continue
        table: Any = relation.related_model
        if table is not CampaignName:
            found[table._meta.label_lower] = (table, relation.field.name)
    return found


def _move_followers(source: Campaign, target: Campaign) -> dict[str, list[int]]:
    """Alert rules and the like that watched the source watch the target; returns which."""
    moved = {}
    for label, (table, column) in following().items():
        rows = table._default_manager.filter(**{column: source})
        moved[label] = list(rows.values_list("pk", flat=True))
        rows.update(**{column: target})
    return moved
