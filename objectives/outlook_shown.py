"""An objective's outlook as people see it: a sentence, a key figure, a band in the chart."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate

from django.utils.translation import gettext as _

from accounts import fmt
from metrics import forecasts
from metrics.charts import Series
from metrics.periods import ONE_DAY, Grain
from objectives.chance import spread_of
from objectives.history import adds_from_the_start, segment_of
from objectives.measure import Asked, Rollup
from objectives.models import DailyResult, Objective
from objectives.outlook_words import share_text
from objectives.wording import Format, lang

Values = list[Decimal | None]


def chance_text(result: DailyResult | None) -> str:
    """The chance as people read it; empty where there is none. "50%", "under 1%"."""
    return "" if result is None or result.chance is None else share_text(result.chance)


def outlook_sentences(result: DailyResult | None, write: Format) -> str:
    """Where it will probably end, and with what chance; empty where nothing is foretold."""
    if result is None or result.forecast_low is None or result.forecast_high is None:
        return ""
    words = {
        "low": write(result.forecast_low),
        "high": write(result.forecast_high),
        "share": fmt.percent(Decimal("0.8"), lang(), 0),
        "chance": chance_text(result),
    }
    return (
        _(
            "Forecast at the end: between %(low)s and %(high)s, with %(share)s certainty. The "
            "chance of reaching the target is %(chance)s."
        )
        % words
    )


def forecast_band(
    objective: Objective, asked: Asked, result: DailyResult | None, labels: Sequence[date]
) -> list[Series]:
    """The forecast from the last known day on, for a chart of days; none where none is stored.

    A sum goes on from what it has come to, a stock from its last value.
    """
    if result is None or result.forecast_median is None or result.data_date is None:
        return []
    if not (adds_from_the_start(asked) or asked.rollup is Rollup.STOCK):
        return []
    found = _daily_spreads(objective, asked, result)
    if not found:
        return []
    known_to, value = result.data_date, result.value
    lines = [_along(labels, found, place, known_to, value) for place in range(3)]
    return [
        Series(name=_("Forecast, low"), role="forecast_low", values=lines[0]),
        Series(name=_("Forecast"), role="forecast_median", values=lines[1]),
        Series(name=_("Forecast, high"), role="forecast_high", values=lines[2]),
    ]


def _daily_spreads(
    objective: Objective, asked: Asked, result: DailyResult
) -> dict[date, tuple[Decimal, Decimal, Decimal]]:
    """Low, median and high of each day to come; empty where the forecast is not one of days."""
    assert objective.metric is not None
    assert result.data_date is not None
    workspace, key = objective.workspace, objective.metric.key
    told = forecasts.future(workspace, key, segment_of(objective), Grain.DAY)
    if told is None or told.row.first != result.data_date + ONE_DAY:
        return {}
    paths: list[list[float]] = [list(path) for path in told.paths]
    if adds_from_the_start(asked):
        start = float(result.value or 0)
        paths = [[start + total for total in accumulate(path)] for path in paths]
    days = [period.start for period in told.periods]
    return {day: spread_of([path[place] for path in paths]) for place, day in enumerate(days)}


def _along(
    labels: Sequence[date],
    found: dict[date, tuple[Decimal, Decimal, Decimal]],
    place: int,
    known_to: date,
    value: Decimal | None,
) -> Values:
    """One line of the band, label by label; it begins at the last known value."""
    return [
        value if label == known_to else found[label][place] if label in found else None
        for label in labels
    ]
