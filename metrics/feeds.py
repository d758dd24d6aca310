"""Feeds: making them, how often they bring figures, and up to which day figures are complete."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.models import Workspace
from accounts.prepared import Prepared
from metrics.formula import parse
from metrics.formula_nodes import FormulaError, metrics_in
from metrics.known_metrics import KnownMetrics
from metrics.models import Campaign, Coverage, Dimension, Fact, Feed, Metric, StaleSpan
from metrics.models.dimension import NONE
from metrics.resolution import Segment
from metrics.rhythm import RHYTHM_DAYS, Learned, due_after
from metrics.staleness import OPEN_END

ONE_DAY = timedelta(days=1)
KEPT_BY_HAND = frozenset({Feed.Kind.MANUAL, Feed.Kind.LEDGER})
SILENT_AFTER_RHYTHMS = 2
EXPECTED = ("rhythm", "delay_days", "skips_weekends")


@dataclass(frozen=True, slots=True)
class FeedFreshness:
    """How fresh a feed is on a day.

    `due` is the day on which its next figures should be there, None where nothing is expected.
    It is late once that day has gone by, and silent once it is late by more than twice its
    rhythm; `days_late` counts from the due day. `last_day` is never after the day itself: a cost
    may be known before it arises.
    """

    feed: Feed
    last_day: date | None
    due: date | None
    days_late: int
    is_late: bool
    is_silent: bool

    @property
    def rhythm_days(self) -> int:
        """Every how many days new figures are expected; 0 where none are."""
        return RHYTHM_DAYS.get(self.feed.rhythm, 0)


def freshness(workspace: Workspace, *, today: date) -> list[FeedFreshness]:
    """Every feed in use, by name, as it stands on `today`."""
    feeds = Feed.objects.filter(workspace=workspace, is_active=True).order_by("name")
    return [freshness_of(feed, today) for feed in feeds]


def carrying(workspace: Workspace, key: str, *, today: date) -> list[FeedFreshness]:
    """The feeds with a rhythm that bring a metric, or an operand of it, as they stand on `today`.

    Where one feed was chosen to count for a metric, the others of that metric are left out.
    """
    return Deliveries(workspace, today=today).carrying(key)


def is_behind(workspace: Workspace, key: str) -> bool:
    """Whether facts of a metric, or of an operand of it, came that no snapshot holds yet."""
    bases = _base_metrics(workspace, key)
    waiting = StaleSpan.objects.filter(workspace=workspace).exclude(end=OPEN_END)
    return waiting.filter(Q(metric=None) | Q(metric__in=bases)).exists()


def delivers(workspace: Workspace, key: str, segment: Segment) -> bool:
    """Whether any figure of a metric, or of an operand of it, has come for a channel or campaign.

    A feed that breaks the metric down and gives every row it has speaks for every segment: one
    without rows has figures too, zeros.
    """
    bases = _base_metrics(workspace, key)
    facts = Fact.objects.filter(workspace=workspace, metric__in=bases)
    whole = Coverage.objects.filter(workspace=workspace, metric__in=bases, zero_filled=True)
    if segment.dimension == Dimension.CAMPAIGN:
        broken_down = facts.exclude(campaign_id=NONE)
        found = facts.filter(campaign_id=segment.segment_id)
    else:
        campaigns = Campaign.objects.filter(workspace=workspace, channel=segment.segment_id)
        of_campaigns = Q(channel_id=NONE, campaign_id__in=campaigns.values("pk"))
        broken_down = facts.exclude(channel_id=NONE, campaign_id=NONE)
        found = facts.filter(Q(channel_id=segment.segment_id) | of_campaigns)
    by_every_row = broken_down.filter(feed__in=whole.values("feed"))
    return found.exists() or by_every_row.exists()


def freshness_of(feed: Feed, today: date) -> FeedFreshness:
    """One feed as it stands on `today`."""
    due = due_day(feed)
    days_late = max((today - due).days, 0) if due else 0
    silent_after = SILENT_AFTER_RHYTHMS * RHYTHM_DAYS.get(feed.rhythm, 0)
    last_day = feed.last_data_day and min(feed.last_data_day, today)
    return FeedFreshness(
        feed=feed,
        last_day=last_day,
        due=due,
        days_late=days_late,
        is_late=days_late > 0,
        is_silent=days_late > silent_after,
    )


def due_day(feed: Feed) -> date | None:
    """The day on which the figures after its last day should have come, its delay included.

    None for a feed without a rhythm, or that never brought anything.
    """
    if feed.last_data_day is None:
        return None
    return due_after(
        feed.last_data_day,
        rhythm=feed.rhythm,
        delay_days=feed.delay_days,
        skips_weekends=feed.skips_weekends,
    )


def data_date(
    workspace: Workspace,
    key: str,
    *,
    today: date,
    metrics: Mapping[str, Metric] | None = None,
) -> date | None:
    """The last day for which a metric is complete; None where no feed has brought any of it.

    A feed is complete up to its last covered day of the metric, or up to the day that its usual
    delay allows, never today. The slowest feed with a rhythm decides. What is typed or comes
    without a rhythm holds nothing back, and decides only where nothing else brings the metric.
    A derived metric is complete up to its slowest operand that has data. ``metrics`` are the
    workspace's, for who has read them already.
    """
    return Deliveries(workspace, today=today, metrics=metrics).data_date(key)


def data_dates(workspace: Workspace, keys: Iterable[str], *, today: date) -> dict[str, date]:
    """`data_date` of several metrics, with three queries; metrics without data are left out."""
    deliveries = Deliveries(workspace, today=today)
    found = {key: deliveries.data_date(key) for key in set(keys)}
    return {key: day for key, day in found.items() if day is not None}


def latest_day(workspace: Workspace, *, today: date) -> date | None:
    """The last day for which any feed in use is complete: what a page's figures reach at most.

    Feeds with a rhythm are asked; where there is none, all are.
    """
    known = [
        (rhythm, min(last, _allowed(delay_days, today)))
        for last, kind, rhythm, delay_days in _REACHED.rows(workspace.pk)
        if kind != Feed.Kind.LEDGER
    ]
    regular = [day for rhythm, day in known if rhythm != Feed.Rhythm.NONE]
    return max(regular or [day for _rhythm, day in known], default=None)


_REACHED = Prepared(
    lambda workspace: (
        Feed.objects.filter(workspace=workspace, is_active=True, last_data_day__isnull=False)
        .order_by()
        .values_list("last_data_day", "kind", "rhythm", "delay_days")
    ),
    int,
)


_FEEDS = Prepared(lambda workspace: Feed.objects.filter(workspace=workspace).order_by("name"), int)
_COVERED = Prepared(
    lambda workspace: (
        Coverage.objects.filter(workspace=workspace)
        .order_by()
        .values_list("metric_id", "feed_id")
        .annotate(last=Max("end"))
    ),
    int,
)


class Deliveries:
    """What the feeds have brought up to a day: read with three queries, asked for any metric."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        today: date,
        metrics: Mapping[str, Metric] | None = None,
    ) -> None:
        self.today = today
        self.metrics = KnownMetrics(workspace) if metrics is None else metrics
        self.feeds = _FEEDS.objects(workspace.pk)
        feeds = {feed.pk: feed for feed in self.feeds}
        self._ends: dict[int, list[tuple[Feed, date]]] = {}
        for metric_id, feed_id, last in _COVERED.rows(workspace.pk):
            self._ends.setdefault(metric_id, []).append((feeds[feed_id], last))

    def data_date(self, key: str) -> date | None:
        """As the function of this name."""
        if key not in self.metrics:
            return None
        brought = [found for found in self._brought(key) if found]
        return min(self._complete(found) for found in brought) if brought else None

    def feeds_of(self, key: str) -> set[int]:
        """The ids of the feeds that have brought a metric, or an operand of it, and count."""
        return {feed.pk for brought in self._brought(key) for feed, _last in brought}

    def carrying(self, key: str) -> list[FeedFreshness]:
        """As the function of this name."""
        found = {feed.pk: feed for brought in self._brought(key) for feed, _last in brought}
        regular = [
            feed for feed in found.values() if feed.is_active and feed.rhythm != Feed.Rhythm.NONE
        ]
        by_name = sorted(regular, key=lambda feed: feed.name)
        return [freshness_of(feed, self.today) for feed in by_name]

    def _brought(self, key: str) -> list[list[tuple[Feed, date]]]:
        """By base metric of a metric: each feed that brings it, with its last day."""
        bases = (self.metrics.get(base) for base in base_keys(key, self.metrics))
        return [self._counted(base) for base in bases if base is not None]

    def _counted(self, base: Metric) -> list[tuple[Feed, date]]:
        """The feeds that brought a base metric and count for it."""
        counting, ends = base.counting_feed_id, self._ends.get(base.pk, [])
        return [one for one in ends if counting in {None, one[0].pk}]

    def _complete(self, brought: list[tuple[Feed, date]]) -> date:
        return _slowest([(feed, _complete_to(feed, last, self.today)) for feed, last in brought])


def base_keys(
    key: str, metrics: Mapping[str, Metric], above: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The base metrics that a metric is worked out from; itself where it is one."""
    metric = metrics.get(key)
    formula = metric.definition.formula if metric else None
    if formula is None:
        return frozenset({key})
    if key in above:
        return frozenset()
    try:
        operands = metrics_in(parse(formula))
    except FormulaError:
        return frozenset()
    return frozenset().union(*(base_keys(one, metrics, above | {key}) for one in operands))


def _base_metrics(workspace: Workspace, key: str) -> list[Metric]:
    metrics = {one.key: one for one in Metric.objects.filter(workspace=workspace)}
    return [metrics[base] for base in base_keys(key, metrics) if base in metrics]


def _complete_to(feed: Feed, last: date, today: date) -> date:
    """The feed's last day, not later than its delay allows, and never today.

    A ledger lists costs when they arise, so it is complete up to yesterday.
    """
    if feed.kind == Feed.Kind.LEDGER:
        return today - ONE_DAY
    return min(last, _allowed(feed.delay_days, today))


def _allowed(delay_days: int, today: date) -> date:
    """The last day of which a feed with this delay can have everything."""
    return today - timedelta(days=max(delay_days, 1))


def _slowest(feeds: list[tuple[Feed, date]]) -> date:
    """The earliest last day of the feeds in use that have a rhythm; else the latest of all."""
    regular = [
        last
        for feed, last in feeds
        if feed.is_active and feed.rhythm != Feed.Rhythm.NONE and feed.kind not in KEPT_BY_HAND
    ]
    return min(regular) if regular else max(last for _feed, last in feeds)


def find_feed(workspace: Workspace, name: str) -> Feed | None:
    """The feed of this name, whatever its case."""
    return Feed.objects.filter(workspace=workspace, name__iexact=name).first()


def create_feed(
    workspace: Workspace,
    *,
    name: str,
    kind: str = Feed.Kind.FILE,
    rhythm: str = Feed.Rhythm.NONE,
    delay_days: int = 1,
) -> Feed:
    """A new feed of the workspace; the one of this name where somebody was quicker."""
    feed, _created = Feed.objects.get_or_create(
        workspace=workspace,
        name=name,
        defaults={"kind": kind, "rhythm": rhythm, "delay_days": delay_days},
    )
    return feed


def change_feed(
    feed: Feed,
    *,
    name: str,
    rhythm: str,
    delay_days: int,
    is_active: bool,
    skips_weekends: bool = False,
) -> Feed:
    """Changes what is expected of a feed; its facts stay as they are.

    Another rhythm or delay than before is a person's word: what the deliveries say no longer
    changes it, until `learn_again`. Raises ValidationError with a sentence per field.
    """
    with transaction.atomic():
        stored = Feed.objects.select_for_update().get(pk=feed.pk)
        expected = (stored.rhythm, stored.delay_days, stored.skips_weekends)
        stored.name, stored.rhythm = name, rhythm
        stored.delay_days, stored.is_active = delay_days, is_active
        stored.skips_weekends = skips_weekends
        if expected != (rhythm, delay_days, skips_weekends):
            stored.learns = False
        namesake = find_feed(stored.workspace, name)
        if namesake is not None and namesake.pk != stored.pk:
            raise ValidationError({"name": _("Another feed has this name. Choose another one.")})
        stored.full_clean()
        stored.save(update_fields=[*EXPECTED, "name", "is_active", "learns"])
    return stored


def follow(feed: Feed, learned: Learned) -> bool:
    """Expects of a feed what its deliveries say; whether that is something else than before.

    A feed of which a person said what is expected stays as it is.
    """
    wanted = {
        "rhythm": learned.rhythm.value,
        "delay_days": learned.delay_days,
        "skips_weekends": learned.skips_weekends,
    }
    same = Q(**wanted)
    return bool(Feed.objects.filter(~same, pk=feed.pk, learns=True).update(**wanted))


def learn_again(feed: Feed) -> None:
    """From now on the deliveries say what is expected."""
    Feed.objects.filter(pk=feed.pk).update(learns=True)
