"""The page that explains a change: which spans, the contributions, their chart, what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import fmt_dates
from accounts.models import Workspace
from metrics.addresses import day_from, segment_text, span_from
from metrics.charts import ChartSpec, Series
from metrics.definition_history import rests_on
from metrics.happenings import Happenings, happenings
from metrics.metric_page import MetricPage
from metrics.models import Dimension, Metric
from metrics.movement import Part
from metrics.periods import ONE_DAY, Calendar, Grain, Period
from metrics.read_rows import ReadRows
from metrics.resolution import Segment
from metrics.rules import DIMENSION_NAMES, calendar_of
from metrics.vocabulary import Vocabulary
from metrics.why import UNSPLIT, Movement, drivers
from metrics.why_values import Span
from metrics.why_words import folded, headline

CHOICES: Mapping[Grain, int] = MappingProxyType(
    {Grain.DAY: 60, Grain.WEEK: 53, Grain.MONTH: 25, Grain.QUARTER: 13, Grain.YEAR: 6}
)
"""So many periods can be chosen from a list."""
PREVIOUS, YEAR = "previous", "year"
MOST_BARS, MOST_ROWS = 8, 40
OTHERS = Segment(-2, 0)
"""The line of all the segments that are not shown one by one."""


@dataclass(frozen=True, slots=True)
class Spans:
    """Two spans, and the periods that they were chosen as.

    `period` is None for days of the reader's own. `is_partial`: the period is not over, so both
    spans are its first days only.
    """

    now: Span
    then: Span
    grain: Grain
    period: Period | None = None
    against: str = PREVIOUS
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class WhyPage:
    """All that the page and its section on a metric's page show."""

    metric: Metric
    spans: Spans
    movement: Movement
    headline: str
    rows: list[Part[Segment]]
    chart: ChartSpec | None
    now_label: str
    then_label: str
    note: str

    @property
    def mix(self) -> Decimal:
        """The sum of all mix effects, as shown."""
        return sum((one.mix or Decimal(0) for one in self.rows), Decimal(0))

    @property
    def rate(self) -> Decimal:
        """The sum of all rate effects, as shown."""
        return sum((one.rate or Decimal(0) for one in self.rows), Decimal(0))


def chosen_spans(workspace: Workspace, asked: Mapping[str, str], *, today: date) -> Spans | None:
    """The spans that an address asks for, by default the last closed month against the one before.

    ``grain``, ``start`` and ``against`` (``previous``, ``year``, or the first day of any period),
    or ``from``, ``to``, ``then_from`` and ``then_to``. None where there is nothing to compare with.
    Raises ValueError for what cannot be read.
    """
    calendar = calendar_of(workspace)
    grain = Grain(asked.get("grain") or Grain.MONTH)
    now, then = span_from(asked, calendar), None
    if asked.get("from") and now is not None:
        then = span_from(asked, calendar, "then_")
        if then is None:
            length = now[1] - now[0]
            then = now[0] - length - ONE_DAY, now[0] - ONE_DAY
        return Spans(now, then, grain, against="")
    period = calendar.period_of(now[0], grain) if now else _last_closed(calendar, grain, today)
    return spans_of(calendar, period, asked.get("against") or PREVIOUS, today=today)


def _last_closed(calendar: Calendar, grain: Grain, today: date) -> Period:
    return calendar.previous(calendar.period_of(today, grain))


def spans_of(calendar: Calendar, period: Period, against: str, *, today: date) -> Spans | None:
    """A period against another one of its grain, like for like where it is not over yet."""
    partner = _partner(calendar, period, against)
    days = min((today - period.start).days, period.length)
    if partner is None or days < 1:
        return None
    if days == period.length:
        spans = (period.start, period.end), (partner.start, partner.end)
    else:
        spans = period.head(days), partner.head(days)
    return Spans(*spans, period.grain, period, against, is_partial=days < period.length)


def _partner(calendar: Calendar, period: Period, against: str) -> Period | None:
    if against == PREVIOUS:
        return calendar.previous(period)
    if against == YEAR:
        return calendar.year_ago(period)
    return calendar.period_of(day_from(against), period.grain)


def why_page(
    workspace: Workspace,
    metric: Metric,
    segment: Segment,
    spans: Spans,
    dimension: int,
    *,
    today: date,
    known: Vocabulary | None = None,
    read: Sequence[ReadRows] = (),
) -> WhyPage:
    """Reads and puts together the explanation of a change."""
    movement = drivers(
        workspace,
        metric.key,
        segment,
        spans.now,
        spans.then,
        dimension=dimension,
        today=today,
        known=known,
        read=read,
    )
    summary = headline(movement, metric.name, workspace.currency)
    return WhyPage(
        metric=metric,
        spans=spans,
        movement=movement,
        headline=summary,
        rows=folded(movement.segments, MOST_ROWS, OTHERS),
        chart=_chart(workspace, metric, movement, summary),
        now_label=span_label(spans.now, spans),
        then_label=span_label(spans.then, spans),
        note=note_text(movement),
    )


def why_section(workspace: Workspace, page: MetricPage, *, today: date) -> dict[str, Any]:
    """What a metric's page says of the change of its newest whole period."""
    metric, choice, known = page.metric, page.choice, page.known
    text = segment_text(workspace, choice.segment)
    period = page.lines_period
    against = YEAR if choice.compare == "year" else PREVIOUS
    spans = spans_of(calendar_of(workspace), period, against, today=today) if period else None
    if period is None or spans is None:
        return {"segment_text": text}

    def explain(chosen: Spans) -> WhyPage:
        return why_page(
            workspace,
            metric,
            choice.segment,
            chosen,
            choice.dimension,
            today=today,
            known=known,
            read=page.read,
        )

    explained = explain(spans)
    if explained.movement.change is None and against == YEAR:
        spans = spans_of(calendar_of(workspace), period, PREVIOUS, today=today) or spans
        explained = explain(spans)
    asked = {
        "grain": str(choice.grain),
        "start": period.start.isoformat(),
        "against": spans.against,
        "by": next(name for name, one in DIMENSION_NAMES.items() if one == choice.dimension),
    }
    path = reverse("metric_why", args=[workspace.slug, metric.key])
    query = urlencode(asked | ({"segment": text} if text else {}))
    return {"segment_text": text, "why_page": explained, "why_url": f"{path}?{query}"}


def page_happenings(workspace: Workspace, page: WhyPage) -> Happenings:
    """What happened in the days of both spans to the metric and to what it is made of."""
    calendar, spans = calendar_of(workspace), page.spans
    metrics = {one.key: one for one in Metric.objects.filter(workspace=workspace)}
    periods = []
    if spans.period is not None:
        periods = [calendar.period_of(span[0], spans.grain) for span in (spans.now, spans.then)]
    keys = rests_on(page.metric.key, metrics)
    return happenings(workspace, page.metric.key, keys, spans.now, spans.then, periods=periods)


def period_choices(workspace: Workspace, grain: Grain, *, today: date) -> list[tuple[str, str]]:
    """(first day, name) of the periods to choose from, the newest first."""
    calendar, language = calendar_of(workspace), get_language() or "en"
    period = calendar.period_of(today, grain)
    found = []
    for _number in range(CHOICES[grain]):
        name = fmt_dates.period_label(period.start, str(grain), language)
        found.append((period.start.isoformat(), name))
        period = calendar.previous(period)
    return found


def span_label(span: Span, spans: Spans) -> str:
    """A span's name: its period's where it is one, else its days."""
    language = get_language() or "en"
    if spans.period is not None and not spans.is_partial:
        return fmt_dates.period_label(span[0], str(spans.grain), language)
    return fmt_dates.date_range(*span, language)


def note_text(found: Movement) -> str:
    """Why there are no segments, or why they do not add up, as a sentence."""
    if found.note == "no_value":
        return _("One of the two values is missing, so there is no change to explain.")
    texts = {
        "unique": _(
            "People who were counted once cannot be split: who came through two channels is in "
            "both. The segments stand beside each other and do not add up."
        ),
        "within_segment": _("A segment is not split any further here."),
        "whole_only": _(
            "The formula names a segment itself, so it is calculated for everything only."
        ),
        "no_breakdown": _("The figures of these days are not broken down by this dimension."),
        "unexplained": _("The stored figures of these days do not allow a split that adds up."),
        "unsplit": _(
            "Some of what this is calculated from cannot be split by segment; its effect has a "
            "line of its own."
        ),
    }
    return texts.get(found.note, "")


def _chart(workspace: Workspace, metric: Metric, found: Movement, summary: str) -> ChartSpec | None:
    """The largest contributions as bars."""
    parts = found.segments if found.method != "beside" and found.segments else ()
    labels, amounts = _bars(folded(parts, MOST_BARS, OTHERS))
    if not labels:
        labels, amounts = _bars(folded(found.operands, MOST_BARS, "others"))
    if not labels or found.shown_change is None:
        return None
    in_points = found.unit == "percent"
    values = [amount * 100 for amount in amounts] if in_points else amounts
    subtitle = _("Contributions in percentage points") if in_points else _("Contributions")
    return ChartSpec(
        title=_("What moved %(metric)s") % {"metric": metric.name},
        subtitle=subtitle,
        summary=summary,
        kind="hbars",
        unit="points" if in_points else found.unit,
        currency=workspace.currency,
        grain="text",
        first_header=_("Segment") if parts else _("Part"),
        labels=labels,
        series=[Series(name=_("Contribution"), role="actual", values=values)],
    )


def _bars(parts: list[Part[Segment]] | list[Part[str]]) -> tuple[list[str], list[Decimal]]:
    told = [one for one in parts if one.shown]
    return [one.label for one in told], [one.shown for one in told]


def is_segment(part: Part[Segment], dimension: int) -> bool:
    """Whether a part is a segment that can be looked at by itself."""
    return part.key not in (UNSPLIT, OTHERS) and part.key.dimension == Dimension(dimension)
