"""Typed values: the one writer of entries. Each becomes facts of the feed "Manual entry".

An amount that is added to what is there becomes facts of a feed of its own: feeds add up, so
nothing that was typed before is overwritten.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import fmt
from accounts.models import User, Workspace
from metrics.catalogue.definition import Rollup
from metrics.comparing import Unusual, compare_facts
from metrics.coverage import CoveredSpan
from metrics.facts import delete_facts, write_facts
from metrics.imports.judging import findings
from metrics.imports.proposal import metric_row
from metrics.imports.spreading import over_days, quantum
from metrics.models import Batch, Campaign, DimensionValue, Entry, Feed, Metric
from metrics.models.dimension import NONE
from metrics.setup import addition_feed, manual_feed
from metrics.staging import FactRow
from metrics.typed import check_place, check_span, locked_entry, open_batch
from metrics.usual import beside_all_feeds

COUNTED_UNITS = frozenset({"count", "people", "answers", "pages", "seconds", "milliseconds"})


def save_entry(
    workspace: Workspace,
    *,
    user: User | None,
    metric: Metric,
    start: date,
    end: date,
    value: Decimal,
    today: date,
    channel: DimensionValue | None = None,
    campaign: Campaign | None = None,
    device: DimensionValue | None = None,
    note: str = "",
    entry: Entry | None = None,
    version: int | None = None,
    addition: bool = False,
) -> Entry:
    """Enters a value, or changes `entry`, and writes the facts that it makes.

    An `addition` is an amount on top of what is there: nothing is overwritten, and a second one
    of the same days and place is added to the first. What is changed stays what it is.
    Raises ValidationError with a sentence per field, and Conflict where `version` is given and
    another one is stored by now.
    """
    with transaction.atomic():
        if addition and entry is None:
            entry = _same_addition(workspace, metric, start, end, channel, campaign, device)
            value += entry.value if entry else Decimal(0)
        stored = locked_entry(entry, version) if entry else Entry(workspace=workspace)
        if entry is None:
            stored.is_addition = addition
        feed = _feed_of(stored)
        before = _rows(stored, feed) if entry else []
        covered_before = [_coverage(stored, feed)] if entry else []
        for name, given in (
            ("metric", metric), ("start", start), ("end", end), ("value", value), ("note", note),
            ("channel", channel), ("campaign", campaign), ("device", device),
        ):  # fmt: skip
            setattr(stored, name, given)
        _check(stored, today)
        stored.entered_by = user
        stored.version += 1 if entry else 0
        stored.full_clean(exclude=["entered_by"])
        stored.save()
        batch = open_batch(workspace, feed, Batch.Kind.ENTRY, user)
        after = _rows(stored, feed)
        _replace(batch, stored, before, after, covered_before)
    return stored


def delete_entry(entry: Entry, *, user: User | None, version: int | None = None) -> None:
    """Deletes a typed value and its facts. Raises Conflict as `save_entry` does."""
    with transaction.atomic():
        stored = locked_entry(entry, version)
        feed = _feed_of(stored)
        rows, covered = _rows(stored, feed), [_coverage(stored, feed)]
        stored.delete()
        batch = open_batch(stored.workspace, feed, Batch.Kind.ENTRY, user)
        delete_facts(batch, keys=[row.key for row in rows], uncovered=_no_longer(stored, covered))


def move_entry(
    entry: Entry, *, user: User | None, campaign: Campaign, value: Decimal, note: str
) -> Entry:
    """Gives a typed value to another campaign, or another number where two become one.

    Who typed it stays. Raises ValidationError where the campaign has a value for the same days.
    """
    with transaction.atomic():
        stored = locked_entry(entry, None)
        feed = _feed_of(stored)
        before, covered_before = _rows(stored, feed), [_coverage(stored, feed)]
        stored.campaign, stored.value, stored.note = campaign, value, note
        stored.version += 1
        _refuse_overlap(stored)
        stored.save(update_fields=["campaign", "value", "note", "version", "updated_at"])
        batch = open_batch(stored.workspace, feed, Batch.Kind.ENTRY, user)
        _replace(batch, stored, before, _rows(stored, feed), covered_before)
    return stored


def bring_back_entry(entry: Entry, *, user: User | None) -> None:
    """Stores a typed value as it was before it was deleted, and writes its facts."""
    with transaction.atomic():
        entry.save_base(raw=True, force_insert=True)
        feed = _feed_of(entry)
        batch = open_batch(entry.workspace, feed, Batch.Kind.ENTRY, user)
        _replace(batch, entry, [], _rows(entry, feed), [])


@dataclass(frozen=True, slots=True)
class Doubts:
    """What would look wrong if a value were entered, in sentences.

    `asks`: whether it is the total or an amount to add is the person's to say.
    """

    messages: list[str]
    asks: bool


def entry_doubts(
    workspace: Workspace,
    *,
    metric: Metric,
    start: date,
    end: date,
    value: Decimal,
    channel: DimensionValue | None = None,
    campaign: Campaign | None = None,
    device: DimensionValue | None = None,
    entry: Entry | None = None,
) -> Doubts:
    """What would look wrong if this value were entered, or `entry` changed to it.

    A part that is larger than its total, a value of these days that is there already, or ten
    times the usual. Nothing is written.
    """
    check_span(start, end)
    wanted = Entry(
        workspace=workspace, metric=metric, start=start, end=end, value=value,
        channel=channel, campaign=campaign, device=device,
    )  # fmt: skip
    if entry is not None and entry.is_addition:
        return Doubts([], asks=False)
    wanted.pk = entry.pk if entry else None
    feed, row = manual_feed(workspace), metric_row(metric)
    adds_up = row.rollup == Rollup.SUM
    slack = Decimal(0) if start == end else quantum(row.unit)
    comparison = compare_facts(
        workspace,
        rows=_rows(wanted, feed),
        feed_id=feed.pk,
        summed={metric.pk: slack} if adds_up else {},
    )
    unusual, comparison.unusual = comparison.unusual, []
    if not unusual and adds_up:
        unusual = beside_all_feeds(wanted)
    messages = [one.message for one in findings(comparison, {metric.pk: metric.key})]
    messages += [unusual_sentence(metric, value, one) for one in unusual[:1]]
    there = _overlapping(wanted) if adds_up else None
    if there is not None:
        messages.insert(0, _there_already(there))
    return Doubts(messages, asks=bool(comparison.excesses) or there is not None)


def unusual_sentence(metric: Metric, value: Decimal, found: Unusual) -> str:
    """How many times the usual a typed value is."""
    lang = get_language() or "en"
    unit, currency = str(metric.definition.unit), metric.workspace.currency
    return _("%(value)s is %(times)s times the usual. Keep it?") % {
        "value": fmt.metric_value(value, unit, currency, lang),
        "times": fmt.number(found.mean_day / found.usual_day, lang, 0),
    }


def _replace(
    batch: Batch,
    entry: Entry,
    before: list[FactRow],
    after: list[FactRow],
    covered_before: list[CoveredSpan],
) -> None:
    """The facts of the former span that are not of the new one go; the others are written."""
    covered = _coverage(entry, _feed_of(entry))
    kept = {row.key for row in after}
    gone = [row.key for row in before if row.key not in kept]
    released = [span for span in covered_before if span != covered]
    if gone or released:
        delete_facts(batch, keys=gone, uncovered=_no_longer(entry, released))
    written = write_facts(batch, rows=after, coverage=[covered])
    batch.created, batch.changed, batch.same = written
    batch.save(update_fields=["created", "changed", "same"])


def _check(entry: Entry, today: date) -> None:
    """Raises ValidationError for what cannot be typed, with the way out."""
    if entry.metric.workspace_id != entry.workspace_id:
        raise ValidationError({"metric": _("Choose a metric from the list.")})
    definition = entry.metric.definition
    if definition.formula is not None:
        message = _("“%(metric)s” is calculated from other metrics. Enter those, and it follows.")
        raise ValidationError({"metric": message % {"metric": entry.metric.name}})
    check_span(entry.start, entry.end)
    if entry.start == entry.end and entry.start > today:
        raise ValidationError(
            {"start": _("This day is still to come. Enter its value once it is over.")}
        )
    if not entry.value.is_finite():
        raise ValidationError({"value": _("Enter a number.")})
    if entry.value < 0 and str(definition.unit) in COUNTED_UNITS:
        raise ValidationError({"value": _("This is counted: enter zero or more.")})
    check_place(
        entry.workspace, channel=entry.channel, campaign=entry.campaign, device=entry.device
    )
    if entry.is_addition:
        _check_addition(entry)
    _refuse_overlap(entry)


def _refuse_overlap(entry: Entry) -> None:
    """Two values of one series may not fall on the same facts."""
    other = _overlapping(entry)
    if other:
        advice = _("Change that one, or choose other days.")
        raise ValidationError({"start": f"{_there_already(other)} {advice}"})


def _there_already(other: Entry) -> str:
    message = _("There is a value for %(start)s to %(end)s already.")
    return message % {"start": other.start.isoformat(), "end": other.end.isoformat()}


def _overlapping(entry: Entry) -> Entry | None:
    """The first other value of the series that falls on facts of this one."""
    others = Entry.objects.filter(
        workspace=entry.workspace,
        metric=entry.metric,
        channel=entry.channel,
        campaign=entry.campaign,
        device=entry.device,
        is_addition=entry.is_addition,
    ).exclude(pk=entry.pk)
    rollup = entry.metric.definition.rollup
    if rollup == Rollup.LAST:
        others = others.filter(end=entry.end)
    elif rollup == Rollup.UNIQUE:
        others = others.filter(start=entry.start, end=entry.end)
    else:
        others = others.filter(start__lte=entry.end, end__gte=entry.start)
    return others.order_by("start").first()


def _same_addition(
    workspace: Workspace,
    metric: Metric,
    start: date,
    end: date,
    channel: DimensionValue | None,
    campaign: Campaign | None,
    device: DimensionValue | None,
) -> Entry | None:
    """What was added to these days and this place before, locked until it is changed."""
    found = Entry.objects.select_for_update(of=("self",)).filter(
        workspace=workspace, metric=metric, start=start, end=end, is_addition=True,
        channel=channel, campaign=campaign, device=device,
    )  # fmt: skip
    return found.first()


def _check_addition(entry: Entry) -> None:
    """Raises ValidationError where an amount cannot be added to what is there."""
    if entry.metric.definition.rollup != Rollup.SUM:
        message = _("This metric does not add up, so nothing can be added to it. Enter its value.")
        raise ValidationError({"value": message})
    counting = entry.metric.counting_feed
    if counting is not None and counting != addition_feed(entry.workspace):
        message = _(
            "Only “%(feed)s” counts for this metric, so an amount that is added would not be "
            "used. Change what counts on the metric's page, or enter the total."
        )
        raise ValidationError({"value": message % {"feed": counting.name}})


def _feed_of(entry: Entry) -> Feed:
    """The feed of an entry's facts: additions have one of their own, so that they add up."""
    return (addition_feed if entry.is_addition else manual_feed)(entry.workspace)


def _rows(entry: Entry, feed: Feed) -> list[FactRow]:
    """The facts that an entry makes."""
    metric = metric_row(entry.metric)
    place = (
        entry.channel_id or NONE,
        entry.campaign_id or NONE,
        entry.device_id or NONE,
        NONE,
        NONE,
    )
    return [
        FactRow(metric.pk, first, feed.pk, *place, last, value)
        for first, last, value in over_days(entry.value, entry.start, entry.end, metric)
    ]


def _coverage(entry: Entry, feed: Feed) -> CoveredSpan:
    """The days that an entry speaks for: a stock only for its last."""
    rollup = entry.metric.definition.rollup
    start = entry.end if rollup == Rollup.LAST else entry.start
    return CoveredSpan(feed.pk, entry.metric_id, start, entry.end)


def _no_longer(entry: Entry, spans: list[CoveredSpan]) -> list[CoveredSpan]:
    """Those of the spans that no other value of their metric is entered for."""
    return [
        span
        for span in spans
        if not Entry.objects.filter(
            workspace_id=entry.workspace_id,
            metric_id=span.metric_id,
            end=span.end,
            is_addition=entry.is_addition,
        ).exclude(pk=entry.pk)
    ]
