"""Which alerts two years with planted events open, when, and which they must not.

Each night of the second year is checked by the code that checks the real ones, for the ranges and
the drifts of all series together: what is told has to be unlikely among them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kpitracker.benchmarks.planted import FIRST, Event, events_of, planted_line
from metrics.benchmarks.bench import Bench
from metrics.benchmarks.figures import Figure
from objectives.discoveries import discoveries
from objectives.holding import Replaying
from objectives.rule_checks import Asked, Asks, Line, Side, check

SERIES = 24
LEVELS = (70.0, 240.0, 900.0, 5000.0)
NIGHTS = range(366, 731)
RULES = (
    Asked(Asks.EXPECTED, Side.BELOW),
    Asked(Asks.DRIFT, Side.BELOW),
)
GOAL_PRECISION, GOAL_RECALL = 0.9, 0.9


@dataclass(frozen=True)
class Outcome:
    """What the replay came to: alerts that were right and wrong, events that were missed."""

    right: list[tuple[int, Event, date]]
    wrong: list[tuple[int, date]]
    missed: list[tuple[int, Event]]

    @property
    def precision(self) -> float:
        """The share of the alerts that were right."""
        opened = len(self.right) + len(self.wrong)
        return len(self.right) / opened if opened else 1.0

    @property
    def recall(self) -> float:
        """The share of the events that had to open one and did, in time."""
        found = {(seed, event.name) for seed, event, _day in self.right}
        asked = len(found) + len(self.missed)
        return len(found) / asked if asked else 1.0


def replayed() -> Outcome:
    """All series night by night, then each alert beside what was planted."""
    planted = {seed: events_of(seed) for seed in range(SERIES)}
    lines = {
        seed: planted_line(seed, LEVELS[seed % len(LEVELS)], events)
        for seed, events in planted.items()
    }
    states = _nights(lines)
    right: list[tuple[int, Event, date]] = []
    wrong: list[tuple[int, date]] = []
    for (seed, _rule), state in states.items():
        for episode in state.episodes:
            about = next((e for e in planted[seed] if e.fires and e.covers(episode.opened)), None)
            if about is None:
                wrong.append((seed, episode.opened))
            else:
                right.append((seed, about, episode.opened))
    found = {
        (seed, event.name)
        for seed, event, opened in right
        if opened <= event.first + timedelta(days=event.within)
    }
    missed = [
        (seed, event)
        for seed, events in planted.items()
        for event in events
        if event.fires and (seed, event.name) not in found
    ]
    return Outcome(right, wrong, missed)


def _nights(lines: Mapping[int, Line]) -> dict[tuple[int, int], Replaying]:
    states = {(seed, rule): Replaying() for seed in lines for rule in range(len(RULES))}
    for number in NIGHTS:
        findings = {
            (seed, place): finding
            for seed, line in lines.items()
            for place, rule in enumerate(RULES)
            if (finding := check(rule, line, number)) is not None
        }
        chances = {
            key: finding.chance for key, finding in findings.items() if finding.chance is not None
        }
        told = discoveries(chances)
        night = FIRST + timedelta(days=number + 1)
        for key, finding in findings.items():
            states[key].evaluated(
                night, number, opens=finding.holds and key in told, holds=finding.holds
            )
    return states


def told(outcome: Outcome) -> Iterator[str]:
    """Which alerts opened when, line by line."""
    for seed, event, opened in sorted(outcome.right, key=lambda one: one[2]):
        yield f"  {opened}  series {seed:2}: {event.name}, from {event.first}"
    for seed, opened in outcome.wrong:
        yield f"  {opened}  series {seed:2}: WRONG, nothing was planted"
    for seed, event in outcome.missed:
        yield f"  {event.first}  series {seed:2}: MISSED, {event.name}"


def measure(bench: Bench) -> list[Figure]:
    """Precision and recall. Needs no data of the benchmark's workspaces."""
    bench.say(f"Replaying a year of nights over {SERIES} series with planted events…")
    outcome = replayed()
    for line in told(outcome):
        bench.say(line)
    return [
        Figure(
            "alert_replay.precision", outcome.precision, "share", goal=GOAL_PRECISION, at_least=True
        ),
        Figure("alert_replay.recall", outcome.recall, "share", goal=GOAL_RECALL, at_least=True),
        Figure("alert_replay.alerts", len(outcome.right) + len(outcome.wrong), "alerts"),
    ]
