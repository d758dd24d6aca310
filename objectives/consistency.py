"""Which objectives of a workspace contradict each other, by today's figures.

`objectives.contradictions` does the arithmetic; here are the objectives and the rates that it
needs, each read once, and only where two objectives have something to do with each other.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date

from accounts.models import Workspace
from metrics import series
from objectives.contradictions import Claim, Contradiction, Known, find
from objectives.history import adds_from_the_start, asked_of, segment_of
from objectives.models import Objective, State
from objectives.rates_today import rate_today

GONE = (State.PAUSED, State.CANCELLED)
"""What asks for nothing now."""


@dataclass(frozen=True)
class Found:
    """A contradiction with the objectives that it is about, the first ones first."""

    contradiction: Contradiction
    objectives: tuple[Objective, ...]


@dataclass
class Contradictions:
    """Those of a workspace, to look up by objective."""

    found: list[Found] = field(default_factory=list)

    def of(self, objective: Objective) -> list[Found]:
        """Those that one objective has a part in."""
        return [one for one in self.found if objective in one.objectives]

    @property
    def concerned(self) -> set[int]:
        """The ids of all objectives that contradict another one."""
        return {objective.pk for one in self.found for objective in one.objectives}


def contradictions(
    workspace: Workspace, *, today: date, instead: Objective | None = None
) -> Contradictions:
    """The contradictions among the objectives that are not over, drafts included.

    ``instead`` is an objective as somebody is about to write it: it stands for the stored one.
    """
    stored = Objective.objects.listed(workspace).exclude(state__in=GONE).filter(end__gte=today)
    objectives = [one for one in stored if instead is None or one.pk != instead.pk]
    if instead is not None:
        objectives.append(instead)
    names = {one.pk: one.public_id for one in objectives}
    by_id = {one.public_id: one for one in objectives}
    claims = [claim for one in objectives if (claim := _claim(one, names))]
    found = find(claims, _Measured(workspace, today))
    return Contradictions([Found(one, tuple(by_id[key] for key in one.claims)) for one in found])


def _claim(objective: Objective, names: dict[int, str]) -> Claim | None:
    asked = asked_of(objective)
    if asked is None or objective.metric is None or not objective.start or not objective.end:
        return None
    return Claim(
        id=objective.public_id,
        metric=objective.metric.key,
        kind=objective.kind,
        target=asked.target,
        start=objective.start,
        end=objective.end,
        segment=segment_of(objective),
        parent=names.get(objective.parent_id or 0),
        adds_up=adds_from_the_start(asked),
    )


@dataclass
class _Measured:
    """Today's rates, each read once."""

    workspace: Workspace
    today: date
    known: dict[tuple[str, Hashable], Known | None] = field(default_factory=dict)

    def __call__(self, key: str, segment: Hashable) -> Known | None:
        place = (key, segment)
        if place not in self.known:
            self.known[place] = self._read(key, segment)
        return self.known[place]

    def _read(self, key: str, segment: Hashable) -> Known | None:
        assert isinstance(segment, series.Segment)
        found = rate_today(self.workspace, key, segment, today=self.today)
        if found is None or found.value is None:
            return None
        return Known(value=found.value, basis=found.below, days=found.days or 0)
