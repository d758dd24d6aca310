"""What holds of metrics' values on a day: levels, changes, expected ranges, drifts.

All rules of a workspace are checked on what was read at once. Ranges are told only where they are
unlikely enough among all that are watched that night (objectives/discoveries.py).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from metrics import why
from metrics.models import Dimension
from metrics.periods import Grain
from metrics.segment_names import segments_of
from objectives.causes import Cause, Found, Situation, accepted_evidence
from objectives.discoveries import discoveries
from objectives.expected import Noise
from objectives.models import AcceptedDeviation, Alert
from objectives.rule_checks import Asks, Finding, Line, Side, check, latest
from objectives.watching import Readings, Watched, read, watched_by

WINDOW = timedelta(days=27)
ONE_WEEK = timedelta(weeks=1)
NAMED = 6
"""So many segments are kept of what drove a change."""


def metric_causes(situation: Situation, found: Found) -> int:
    """Checks every rule about a metric; returns how many slices were looked at."""
    watched = list(watched_by(situation.rules, situation.deliveries.metrics))
    readings = read(
        situation.workspace, watched, day=situation.day, deliveries=situation.deliveries
    )
    findings: dict[str, tuple[Watched, Line, Finding]] = {}
    for one in watched:
        told = _checked(one, readings)
        if told is None:
            found.unknown.add(one.cause)
        else:
            findings[one.cause] = (one, *told)
    chances = {
        key: finding.chance
        for key, (_one, _line, finding) in findings.items()
        if finding.chance is not None
    }
    discovered = discoveries(chances)
    for key, (one, line, finding) in findings.items():
        if not finding.holds or _is_accepted(situation.deviations.get(key), finding):
            continue
        opens = finding.chance is None or key in discovered
        cause = _cause(situation, one, line, finding, readings, opens=opens, count=len(chances))
        found.add([cause])
    return len(watched)


def _checked(one: Watched, readings: Readings) -> tuple[Line, Finding] | None:
    line = readings.line(one)
    known_to = readings.known_to.get(one.metric.key)
    number = line.last_by(known_to) if line is not None and known_to is not None else None
    if line is None or number is None:
        return None
    finding = check(one.asked, line, number)
    return None if finding is None else (line, finding)


def _is_accepted(accepted: AcceptedDeviation | None, finding: Finding) -> bool:
    """Whether the value is no worse than what people settled for."""
    if accepted is None:
        return False
    value = Decimal(str(finding.value))
    return value <= accepted.target if finding.side is Side.ABOVE else value >= accepted.target


def _cause(
    situation: Situation,
    one: Watched,
    line: Line,
    finding: Finding,
    readings: Readings,
    *,
    opens: bool,
    count: int,
) -> Cause:
    known_to = readings.known_to[one.metric.key]
    accepted = situation.deviations.get(one.cause)
    evidence = evidence_of(one, line, finding, known_to=known_to, count=count)
    if accepted is not None:
        evidence["accepted"] = accepted_evidence(accepted)
    is_gone = line.noise is Noise.COUNT and finding.value == 0 and finding.chance is not None
    return Cause(
        kind=Alert.Kind(one.asked.asks),
        key=one.cause,
        severity=Alert.Severity.OFF if is_gone else Alert.Severity(one.rule.severity),
        evidence=evidence,
        metric=one.metric,
        campaign=one.campaign,
        rule=one.rule,
        weight=finding.weight,
        judged_to=known_to,
        opens=opens,
        explain=lambda: drivers_of(situation, one, line, finding),
    )


def evidence_of(
    one: Watched, line: Line, finding: Finding, *, known_to: date, count: int
) -> dict[str, Any]:
    """The numbers that the alert's text is made from, as they were seen."""
    period = line.values[finding.number].period
    numbers: Mapping[str, float | None] = {
        "value": finding.value,
        "compared": finding.compared,
        "low": finding.low,
        "high": finding.high,
        "change": finding.change,
    }
    return {
        "asks": one.asked.asks.value,
        "metric": one.metric.key,
        "dimension": one.segment.dimension,
        "segment": one.segment.segment_id,
        "slice": _slice(one),
        "grain": line.grain.value,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "side": finding.side.value,
        "against": one.asked.against.value,
        "threshold": one.asked.threshold,
        **{name: number for name, number in numbers.items() if number is not None},
        **({"chance": finding.chance, "watched": count} if finding.chance is not None else {}),
        "points": [
            [value.period.start.isoformat(), value.value] for value in latest(line, finding.number)
        ],
        "data_date": known_to.isoformat(),
    }


def _slice(one: Watched) -> dict[str, Any] | None:
    """What to call the slice later, whatever becomes of the rule."""
    if one.campaign is not None:
        return {"dimension": int(Dimension.CAMPAIGN), "key": "", "label": one.campaign.name}
    segment = one.rule.segment
    if segment is None:
        return None
    return {
        "dimension": segment.dimension,
        "key": segment.key,
        "label": segment.label or segment.key,
        "own_label": segment.label,
    }


# What drove it


def drivers_of(
    situation: Situation, one: Watched, line: Line, finding: Finding
) -> dict[str, Any] | None:
    """The channels that make up the change, in numbers that add up to it; None for no change."""
    spans = _spans(one, line, finding)
    if spans is None or one.segment.dimension == Dimension.CHANNEL:
        return None
    now, then = spans
    moved = why.drivers(
        situation.workspace,
        one.metric.key,
        one.segment,
        now,
        then,
        dimension=Dimension.CHANNEL,
        today=situation.day,
    )
    if moved.change is None or not moved.segments or moved.method == "beside":
        return None
    names = segments_of(situation.workspace, Dimension.CHANNEL)
    parts = [part for part in moved.segments if part.amount]
    rest = parts[NAMED:]
    return {
        "then": [day.isoformat() for day in then],
        "change": str(moved.shown_change),
        "places": moved.places,
        "parts": [
            {
                "dimension": int(Dimension.CHANNEL),
                "key": names[part.key.segment_id].key if part.key.segment_id in names else "",
                "label": part.label,
                "amount": str(part.shown),
                "mix": None if part.mix is None else str(part.mix),
                "rate": None if part.rate is None else str(part.rate),
            }
            for part in parts[:NAMED]
        ],
        "others": str(sum((part.shown for part in rest), Decimal(0))) if rest else None,
        "others_count": len(rest),
    }


def _spans(
    one: Watched, line: Line, finding: Finding
) -> tuple[tuple[date, date], tuple[date, date]] | None:
    """The period, and the one before it; of days the same weekday, of drifts the year before."""
    period = line.values[finding.number].period
    if one.asked.asks is Asks.DRIFT:
        first = period.start - WINDOW
        year = timedelta(days=364)
        return (first, period.end), (first - year, period.end - year)
    if one.asked.asks is Asks.CHANGE and one.asked.against.value == "year":
        partner = line.calendar.year_ago(period)
        return ((period.start, period.end), (partner.start, partner.end)) if partner else None
    if line.grain is Grain.DAY:
        return (period.start, period.end), (period.start - ONE_WEEK, period.end - ONE_WEEK)
    before = line.calendar.previous(period)
    return (period.start, period.end), (before.start, before.end)
