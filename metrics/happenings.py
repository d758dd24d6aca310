"""What happened in the days of a value: campaigns, imports, changed definitions, restatements."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.db.models import F, Q

from accounts.models import Workspace
from metrics.models import Batch, Campaign, Coverage, DefinitionVersion, Dimension, Restatement
from metrics.models.snapshot import SnapshotGrain
from metrics.periods import ONE_DAY, Period, local_instant
from metrics.why_values import Span

MOST = 8
"""Of each kind, so many are told."""
BRINGING = (Batch.Kind.FILE, Batch.Kind.API)
"""What people type and spend is told by its own pages."""


@dataclass(frozen=True, slots=True)
class CampaignThen:
    """A campaign that ran in one of the spans; `starts` and `ends`: in the later one."""

    campaign: Campaign
    starts: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Restated:
    """A period whose value changed after it was over."""

    start: date
    old: Decimal | None
    new: Decimal | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Happenings:
    """What happened, the newest first; each list is cut after `MOST`."""

    campaigns: tuple[CampaignThen, ...]
    imports: tuple[Batch, ...]
    undone: tuple[Batch, ...]
    definitions: tuple[DefinitionVersion, ...]
    restated: tuple[Restated, ...]

    def __bool__(self) -> bool:
        return any((self.campaigns, self.imports, self.undone, self.definitions, self.restated))


def happenings(
    workspace: Workspace,
    key: str,
    keys: Collection[str],
    now: Span,
    then: Span,
    *,
    periods: Collection[Period] = (),
) -> Happenings:
    """What happened in two spans to a metric `key` that is made of `keys`.

    `periods` are those of the spans that are whole periods, whose restatements are told.
    """
    batches = _batches(workspace, keys, now, then)
    return Happenings(
        campaigns=_campaigns(workspace, now, then),
        imports=tuple(one for one in batches if one.state == Batch.State.COMMITTED)[:MOST],
        undone=tuple(one for one in batches if one.state == Batch.State.UNDONE)[:MOST],
        definitions=_definitions(workspace, keys, now, then),
        restated=_restated(workspace, key, periods),
    )


def _campaigns(workspace: Workspace, now: Span, then: Span) -> tuple[CampaignThen, ...]:
    """Those that ran in the days of the later span, and those that ran only in the earlier."""
    ran = Q()
    for start, end in (now, then):
        ran |= Q(start__lte=end) & (Q(end__isnull=True) | Q(end__gte=start))
    found = Campaign.objects.filter(ran, workspace=workspace, start__isnull=False)
    return tuple(
        CampaignThen(
            one,
            starts=one.start is not None and now[0] <= one.start <= now[1],
            ends=one.end is not None and min(now[0], then[1]) <= one.end <= now[1],
        )
        for one in found.order_by("-start", "name")[:MOST]
    )


def _batches(workspace: Workspace, keys: Collection[str], now: Span, then: Span) -> list[Batch]:
    """Imports that cover days of the spans for one of the metrics, and those taken back."""
    covered = Coverage.objects.filter(workspace=workspace, metric__key__in=keys)
    overlap = Q(start__lte=now[1], end__gte=now[0]) | Q(start__lte=then[1], end__gte=then[0])
    ids = covered.filter(overlap).values("batch_id")
    first = datetime.combine(min(now[0], then[0]), time(), tzinfo=UTC)
    told = Q(report__metrics__has_any_keys=list(keys))
    undone = told & Q(state=Batch.State.UNDONE, undone_at__gte=first)
    committed = Q(pk__in=ids, state=Batch.State.COMMITTED)
    found = Batch.objects.filter(committed | undone, workspace=workspace, kind__in=BRINGING)
    return list(
        found.select_related("feed", "user", "undone_by")
        .defer("content", "report", "options")
        .order_by(F("committed_at").desc(nulls_last=True))[: 2 * MOST]
    )


def _definitions(
    workspace: Workspace, keys: Collection[str], now: Span, then: Span
) -> tuple[DefinitionVersion, ...]:
    """Changes of what the metrics mean since the earlier span began."""
    zone = workspace.time_zone
    start = local_instant(min(now[0], then[0]), time(), zone)
    end = local_instant(max(now[1], then[1]) + ONE_DAY, time(), zone)
    found = DefinitionVersion.objects.filter(
        workspace=workspace, metric__key__in=keys, valid_from__gte=start, valid_from__lt=end
    )
    newest = found.select_related("metric", "user").order_by("-valid_from")
    return tuple(one for one in newest if one.is_change)[:MOST]


def _restated(workspace: Workspace, key: str, periods: Collection[Period]) -> tuple[Restated, ...]:
    wanted = Q()
    for one in periods:
        wanted |= Q(grain=SnapshotGrain[one.grain.name], start=one.start)
    if not wanted:
        return ()
    found = Restatement.objects.filter(
        wanted, workspace=workspace, metric_key=key, dimension=Dimension.EVERYTHING
    )
    return tuple(
        Restated(one.start, one.old_value, one.new_value, one.changed_at)
        for one in found.order_by("-changed_at")[:MOST]
    )
