"""Taking a merge of two campaigns back, for 30 days: each has again what it had.

What came under the merged campaign since stays with it, because nothing says which of the two it
was meant for; a value of those days that was written over since holds for both, so nothing counts
twice. Merges into one campaign are taken back in any order; a campaign that was merged on comes
back before those that were merged into it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User, Workspace
from metrics.costs import move_costs
from metrics.counted import return_counted
from metrics.facts import UNDO_DAYS
from metrics.kept_rows import row_of
from metrics.merged_entries import return_entries
from metrics.merged_facts import return_facts, returning
from metrics.merging import (
    channel_changed,
    column_of,
    following,
    lock_campaigns,
    lock_typed,
    pending_into,
)
from metrics.models import (
    Batch,
    Campaign,
    CampaignMerge,
    CampaignName,
    Cost,
    Entry,
    Fact,
    RecurringCost,
)

CAME_IN = (Batch.Kind.FILE, Batch.Kind.API)


class NotUnmergeable(Exception):
    """The merge cannot be taken back; the message is the sentence to show."""


@dataclass(frozen=True, slots=True)
class Unmerged:
    """The campaign that is there again, how many facts it got back, and what stays.

    `kept` are sums that later values replaced, `changed` typed values that somebody changed.
    """

    campaign: Campaign
    facts: int
    kept: int
    changed: int


@dataclass(frozen=True, slots=True)
class Undoing:
    """What an undo would do: what goes back, and the values that came since, which stay."""

    facts: int
    costs: int
    entries: int
    since: int


def merges_of(campaign: Campaign, *, now: datetime) -> QuerySet[CampaignMerge]:
    """The merges into a campaign that can be taken back, newest first."""
    found = CampaignMerge.objects.filter(
        workspace=campaign.workspace,
        target_id=campaign.pk,
        undone_at=None,
        created_at__gte=now - timedelta(days=UNDO_DAYS),
    )
    return found.select_related("user").defer("kept")


def just_merged(workspace: Workspace, public_id: str, *, now: datetime) -> CampaignMerge | None:
    """The merge that an address names, with the target's name, while it can be taken back."""
    found = CampaignMerge.objects.filter(
        workspace=workspace,
        public_id=public_id,
        undone_at=None,
        created_at__gte=now - timedelta(days=UNDO_DAYS),
    )
    target = Campaign.objects.filter(workspace=workspace, pk=OuterRef("target_id"))
    return found.annotate(target_name=Subquery(target.values("name"))).defer("kept").first()


def undoing(merge: CampaignMerge) -> Undoing:
    """What taking a merge back would do. Nothing is written."""
    kept, workspace_id = merge.kept, merge.workspace_id
    since = Fact.objects.filter(
        workspace=workspace_id,
        campaign_id=merge.target_id,
        batch__kind__in=CAME_IN,
        batch__committed_at__gt=merge.created_at,
    )
    moved = [one["twin"] if "twin" in one else one["entry"] for one in kept["entries"]]
    return Undoing(
        facts=returning(workspace_id, batches=kept["batches"], source_id=merge.source_id),
        costs=Cost.objects.filter(pk__in=kept["costs"], campaign=merge.target_id).count(),
        entries=Entry.objects.filter(pk__in=moved, campaign=merge.target_id).count(),
        since=since.count(),
    )


def undo_merge(merge: CampaignMerge, *, user: User | None, now: datetime) -> Unmerged:
    """Brings back the campaign that was merged away, with all that it had.

    Raises NotUnmergeable with the reason: taken back already, older than 30 days, a target that is
    gone, or a name that is another campaign's now. Nothing has happened then.
    """
    try:
        with transaction.atomic():
            lock_campaigns(merge.target_id)
            stored = CampaignMerge.objects.select_for_update(of=("self",)).filter(pk=merge.pk)
            done = _undo(_still_undoable(stored.first(), now), user, now)
    except ValidationError as refused:
        raise NotUnmergeable(" ".join(refused.messages)) from refused
    return done


def forget_old_merges(workspace: Workspace, *, now: datetime) -> int:
    """Drops what is kept of merges that are too old to be taken back; returns how many."""
    old = CampaignMerge.objects.filter(
        workspace=workspace, created_at__lt=now - timedelta(days=UNDO_DAYS)
    )
    deleted, _by_model = old.delete()
    return deleted


def _still_undoable(merge: CampaignMerge | None, now: datetime) -> CampaignMerge:
    """Raises NotUnmergeable for a merge that is done with."""
    if merge is not None and merge.undone_at is not None:
        raise NotUnmergeable(_("This merge has been undone already."))
    if merge is None or now - merge.created_at > timedelta(days=UNDO_DAYS):
        text = _("A merge can be undone for %(days)s days, and this one is older.")
        raise NotUnmergeable(text % {"days": UNDO_DAYS})
    return merge


def _undo(merge: CampaignMerge, user: User | None, now: datetime) -> Unmerged:
    target = _target(merge)
    _refuse_name(merge, target)
    kept, workspace = merge.kept, merge.workspace
    source = _bring_back(merge)
    lock_typed(target)
    others = [one for one in pending_into(target) if one.pk != merge.pk]
    move_costs(
        workspace,
        user=user,
        source=target,
        target=source,
        lines=Cost.objects.filter(workspace=workspace, pk__in=kept["costs"]),
        recurring=RecurringCost.objects.filter(workspace=workspace, pk__in=kept["recurring"]),
    )
    changed = return_entries(
        kept["entries"],
        user=user,
        source=source,
        target=target,
        others=[one.kept["entries"] for one in others],
    )
    returned = return_facts(
        Batch.objects.filter(workspace=workspace, pk__in=kept["batches"]),
        source_id=source.pk,
        target_id=target.pk,
        user=user,
        now=now,
    )
    return_counted(workspace, rows=kept["counted"], source_id=source.pk, target_id=target.pk)
    _return_names(merge, target)
    _return_followers(kept["followers"], source, target)
    _take_back(kept["given"], target, user)
    CampaignMerge.objects.bulk_update(others, ["kept"])
    merge.undone_at = now
    merge.save(update_fields=["undone_at"])
    record(
        user,
        "campaign.merge_undone",
        workspace=workspace,
        obj=target,
        after={"campaign": source.name},
    )
    return Unmerged(source, returned.facts, returned.kept, changed)


def _target(merge: CampaignMerge) -> Campaign:
    """The campaign that the other went into. Raises NotUnmergeable where it was merged on."""
    found = Campaign.objects.filter(workspace=merge.workspace, pk=merge.target_id)
    target = found.select_related("workspace", "channel").first()
    if target is not None:
        return target
    later = CampaignMerge.objects.filter(
        workspace=merge.workspace, source_id=merge.target_id, undone_at=None
    ).first()
    if later is None:
        raise NotUnmergeable(_("The campaign that it was merged into is gone."))
    text = _("“%(name)s” was merged into another campaign since. Undo that merge first.")
    raise NotUnmergeable(text % {"name": later.source_name})


def _refuse_name(merge: CampaignMerge, target: Campaign) -> None:
    """Raises NotUnmergeable where the name is another campaign's by now."""
    key = merge.kept["campaign"]["key"]
    twin = Campaign.objects.filter(workspace=merge.workspace, key=key).first()
    if twin is None:
        named = CampaignName.objects.filter(workspace=merge.workspace, key=key)
        other = named.exclude(campaign=target).select_related("campaign").first()
        twin = other.campaign if other else None
    if twin is not None:
        text = _("“%(name)s” is a name of “%(other)s” now. Change that first, then undo the merge.")
        raise NotUnmergeable(text % {"name": merge.source_name, "other": twin.name})


def _bring_back(merge: CampaignMerge) -> Campaign:
    """The campaign's row with its number, so that what is kept of it finds it again."""
    may_miss = ("channel", "owner", "outcome")
    source = row_of(Campaign, merge.kept["campaign"], may_miss=may_miss)
    if source is None:
        raise NotUnmergeable(_("What the campaign belonged to is gone."))
    if source.outcome_id is None:
        source.outcome_target = None
    source.version += 1
    source.save_base(raw=True, force_insert=True)
    return source


def _return_names(merge: CampaignMerge, target: Campaign) -> None:
    """The source's names are its own again, unless another campaign has one by now."""
    names = CampaignName.objects.filter(workspace=merge.workspace)
    if merge.kept["own_name"]:
        names.filter(campaign=target, key=merge.kept["campaign"]["key"]).delete()
    for kept in merge.kept["names"]:
        stored = names.filter(key=kept["key"])
        if stored.filter(campaign=target).update(campaign=merge.source_id):
            continue
        row = row_of(CampaignName, kept)
        is_free = not stored.exists()
        is_free &= (
            not Campaign.objects.filter(workspace=merge.workspace, key=kept["key"])
            .exclude(pk=merge.source_id)
            .exists()
        )
        if row is not None and is_free:
            row.save_base(raw=True, force_insert=True)


def _return_followers(
    followers: Mapping[str, list[int]], source: Campaign, target: Campaign
) -> None:
    for label, (table, column) in following().items():
        rows = table._default_manager.filter(pk__in=followers.get(label, []), **{column: target})
        rows.update(**{column: source})


def _take_back(given: Mapping[str, Any], target: Campaign, user: User | None) -> None:
    """What the target took from the source goes, where it is still the same."""
    taken: list[str] = []
    for group in (("channel",), ("budget",), ("owner",), ("outcome", "outcome_target"),
                  ("note",), ("start", "end")):  # fmt: skip
        if all(name in given and _is_same(target, name, given[name]) for name in group):
            taken += group
    former = target.channel_id
    for name in taken:
        setattr(target, name, "" if name == "note" else None)
    target.version += 1
    target.save(update_fields=[*taken, "version"])
    if "channel" in taken:
        channel_changed(target, user, former=former)


def _is_same(target: Campaign, name: str, given: Any) -> bool:
    field = column_of(name)
    stored = getattr(target, field.attname)
    return bool(stored == (None if given is None else field.to_python(given)))
