"""Every measurement by its name, and those that ``all`` takes, in this order."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kpitracker.benchmarks import alert_replay, alert_rules, alerts, page, workers
from metrics.benchmarks import forecast, formula, importing, memory, new_day, one_value, recompute
from metrics.benchmarks.bench import Bench
from metrics.benchmarks.figures import Figure

Measurement = Callable[[Bench], list[Figure]]


def _alerts(bench: Bench) -> list[Figure]:
    """The night's objectives and their alerts, then ten thousand rules about metrics."""
    return [*alerts.measure(bench), *alert_rules.measure(bench)]


MEASUREMENTS: Mapping[str, Measurement] = MappingProxyType(
    {
        "recompute": recompute.measure,
        "memory": memory.measure,
        "new_day": new_day.measure,
        "formula": formula.measure,
        "one_value": one_value.measure,
        "page": page.measure,
        "workers": workers.measure,
        "import": importing.measure,
        "import_large": importing.measure_large,
        "forecast": forecast.measure,
        "alerts": _alerts,
        "alert_replay": alert_replay.measure,
    }
)

BY_THEMSELVES = ("forecast", "alerts", "alert_replay", "import_large")
"""Forecasts are measured on public series, objectives and alerts on as many as a night has,
a file of a million rows in workspaces of its own."""
OF_THE_ENGINE = tuple(name for name in MEASUREMENTS if name not in BY_THEMSELVES)
WITHOUT_FACTS = ("alert_replay",)
"""They make their own series: nothing is written before they are measured."""
