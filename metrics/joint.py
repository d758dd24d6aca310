"""The rules of workspaces that are worked out together (`metrics.engine.owners`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from metrics.derive import Formulas
from metrics.engine.owners import OWNER, Owners
from metrics.periods import Calendar
from metrics.resolution import Segment
from metrics.rules import Rules


@dataclass(frozen=True, slots=True)
class Joint:
    """Rules of workspaces that cut time alike and know the same formulas, one of them or several.

    `each` is in the order of `owners`. What is named by an id is together: ids are never those of
    another workspace.
    """

    each: Sequence[Rules]
    owners: Owners
    keys: Mapping[int, str]
    ledgers: frozenset[int]
    typed: frozenset[int]
    channel_of: Mapping[int, int]
    _counting_feeds: Mapping[int, int]

    @property
    def calendar(self) -> Calendar:
        """How they cut time."""
        return self.each[0].calendar

    @property
    def formulas(self) -> Formulas:
        """The formulas that they know."""
        return self.each[0].formulas

    @property
    def own(self) -> frozenset[str]:
        """The metrics that they define themselves."""
        return self.each[0].own

    @property
    def segment_count(self) -> int:
        """About how many segments they have."""
        return sum(one.segment_count for one in self.each)

    @property
    def counting(self) -> Sequence[tuple[int, str, int]]:
        """The feed that alone counts for a metric: (code of the workspace's whole, key, feed)."""
        return [
            (place * OWNER, key, feed)
            for place, one in enumerate(self.each)
            for key, feed in one.counting.items()
        ]

    def counting_feed(self, metric_id: int) -> int:
        """The feed that alone counts for a metric, 0 where all do."""
        return self._counting_feeds.get(metric_id, 0)

    def metrics(self, keys: frozenset[str]) -> list[tuple[int, int]]:
        """The workspaces and ids of these base metrics."""
        return [
            (one.workspace_id, pk)
            for one in self.each
            for pk, key in one.keys.items()
            if key in keys
        ]

    def named(self, dimension: str, key: str) -> list[Segment | None]:
        """The segment that a formula's ``where`` means in each workspace, by its code."""
        found = []
        for place, one in enumerate(self.each):
            here = one.named(dimension, key)
            found.append(
                None if here is None else here._replace(segment_id=here.segment_id + place * OWNER)
            )
        return found

    def segments_named(self, whole: Segment) -> set[Segment]:
        """The segments that formulas name in the workspace whose whole this is."""
        place = whole.segment_id // OWNER
        return {
            one._replace(segment_id=one.segment_id + whole.segment_id)
            for one in self.each[place].segments.values()
        }


def joined(several: Sequence[Rules]) -> Joint:
    """The rules of these workspaces together; their calendars and formulas are the same."""
    each = sorted(several, key=lambda one: one.workspace_id)
    return Joint(
        each=each,
        owners=Owners([one.workspace_id for one in each], [sorted(one.feeds) for one in each]),
        keys={pk: key for one in each for pk, key in one.keys.items()},
        ledgers=frozenset().union(*(one.ledgers for one in each)),
        typed=frozenset().union(*(one.typed for one in each)),
        channel_of={pk: channel for one in each for pk, channel in one.channel_of.items()},
        _counting_feeds={
            pk: one.counting[key]
            for one in each
            for pk, key in one.keys.items()
            if key in one.counting
        },
    )


def own_alone(rules: Joint) -> Joint:
    """The same with the formulas alone that own metrics rest on."""
    formulas = rules.formulas.only(rules.own)
    return replace(rules, each=[replace(one, formulas=formulas) for one in rules.each])
