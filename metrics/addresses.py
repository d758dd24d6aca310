"""Segments and spans as addresses write them: ``channel:organic``, a grain and a day, two days."""

from collections.abc import Mapping
from datetime import date

from accounts.models import Workspace
from metrics.models import Campaign, Dimension, DimensionValue
from metrics.periods import FIRST_YEAR, LAST_YEAR, Calendar, Grain
from metrics.resolution import EVERYTHING, NOT_SET, Segment
from metrics.rules import DIMENSION_NAMES
from metrics.segment_names import segments_of
from metrics.why_values import Span

NOT_SET_KEY = "not_set"


def segment_from(workspace: Workspace, text: str) -> Segment:
    """The segment of a text such as ``channel:organic``; everything for an empty one.

    Raises LookupError where the workspace has none of that name.
    """
    if not text:
        return EVERYTHING
    name, _colon, key = text.partition(":")
    dimension = DIMENSION_NAMES[name]
    if key == NOT_SET_KEY:
        return Segment(dimension, NOT_SET)
    found: Campaign | DimensionValue | None
    if dimension == Dimension.CAMPAIGN:
        found = Campaign.objects.filter(workspace=workspace, key=key).first()
    else:
        values = DimensionValue.objects.filter(workspace=workspace, dimension=dimension, key=key)
        found = values.first()
    if found is None:
        raise LookupError(text)
    return Segment(dimension, found.pk)


def segment_text(workspace: Workspace, segment: Segment) -> str:
    """The text that `segment_from` reads; empty for everything."""
    if segment == EVERYTHING:
        return ""
    names = {number: name for name, number in DIMENSION_NAMES.items()}
    known = segments_of(workspace, segment.dimension)
    key = known[segment.segment_id].key if segment.segment_id in known else NOT_SET_KEY
    return f"{names[Dimension(segment.dimension)]}:{key}"


def day_from(text: str) -> date:
    """A day like 2026-03-08. Raises ValueError for anything else, and for far years."""
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(text)
    return day


def span_from(asked: Mapping[str, str], calendar: Calendar, prefix: str = "") -> Span | None:
    """The span of ``grain`` and ``start``, or of ``from`` and ``to``; None where none is asked.

    `prefix` stands before the names of the days. Raises ValueError for what is no span.
    """
    start, grain = asked.get(f"{prefix}start", ""), Grain(asked.get("grain") or Grain.DAY)
    first, last = asked.get(f"{prefix}from", ""), asked.get(f"{prefix}to", "")
    if first and last:
        span = day_from(first), day_from(last)
        if span[1] < span[0]:
            raise ValueError(last)
        return span
    if not start:
        return None
    period = calendar.period_of(day_from(start), grain)
    return period.start, period.end
