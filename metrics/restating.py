"""Numbers of closed periods that changed after they were stored."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from django.db import connection
from psycopg import Cursor

from metrics.models import DefinitionVersion
from metrics.periods import Period
from metrics.resolution import Segment
from metrics.rules import Rules
from metrics.snapshot_rows import GRAIN_NUMBERS, SEPARATOR
from metrics.staleness import Stale

ROWS_A_STATEMENT = 1_000
KEPT = Decimal("1e-12")
"""Restatements are kept to twelve places."""

INSERT = """
INSERT INTO metrics_restatement (workspace_id, grain, dimension, segment_id, start, metric_key,
    old_value, new_value, batch_id, definition_id, changed_at)
SELECT workspace_id::bigint, grain::smallint, dimension::smallint, segment_id::int, start::date,
    metric_key, old_value::numeric, nullif(new_value, '')::numeric, nullif(batch_id, '')::bigint,
    nullif(definition_id, '')::bigint, changed_at::timestamptz
FROM unnest(string_to_array(%(workspace_id)s, chr(30)), string_to_array(%(grain)s, chr(30)),
    string_to_array(%(dimension)s, chr(30)), string_to_array(%(segment_id)s, chr(30)),
    string_to_array(%(start)s, chr(30)), string_to_array(%(metric_key)s, chr(30)),
    string_to_array(%(old_value)s, chr(30)), string_to_array(%(new_value)s, chr(30)),
    string_to_array(%(batch_id)s, chr(30)), string_to_array(%(definition_id)s, chr(30)),
    string_to_array(%(changed_at)s, chr(30)))
    AS fresh (workspace_id, grain, dimension, segment_id, start, metric_key, old_value, new_value,
        batch_id, definition_id, changed_at)
"""


class Restated(NamedTuple):
    """A restatement, in the order of its columns."""

    workspace_id: int
    grain: int
    dimension: int
    segment_id: int
    start: date
    metric_key: str
    old_value: Decimal
    new_value: Decimal | None
    batch_id: int | None
    definition_id: int | None
    changed_at: datetime


class Restating:
    """Collects the restatements of one recompute and what caused each.

    A value that was not there before is late, not restated. The current and coming periods, and
    days, are expected to change.
    """

    def __init__(self, rules: Rules, stale: Stale, *, today: date, now: datetime) -> None:
        self._rules = rules
        self._today = today
        self._now = now
        self._spans = [span for span in stale.spans if span.batch_id is not None]
        self._definitions = _versions(rules, stale)
        self._causes: dict[str, int | None] = {}
        self._found: list[Restated] = []

    def compare(
        self,
        period: Period,
        segment: Segment,
        old: Mapping[str, str],
        new: Mapping[str, str],
    ) -> None:
        """Notes each metric of a closed period whose stored value is another one now."""
        for key, text in old.items():
            if new.get(key) != text:
                self._note(period, segment, key, text, new.get(key))

    def _note(self, period: Period, segment: Segment, key: str, old: str, new: str | None) -> None:
        before = Decimal(old).quantize(KEPT)
        after = Decimal(new).quantize(KEPT) if new is not None else None
        if before == after:
            return
        self._found.append(
            Restated(
                workspace_id=self._rules.workspace_id,
                grain=GRAIN_NUMBERS[period.grain],
                dimension=segment.dimension,
                segment_id=segment.segment_id,
                start=period.start,
                metric_key=key,
                old_value=before,
                new_value=after,
                batch_id=self._cause(period, key),
                definition_id=self._definition(key),
                changed_at=self._now,
            )
        )

    def _cause(self, period: Period, key: str) -> int | None:
        """The last batch that touched a base metric of this one in the period."""
        base = self._rules.formulas.base_of(key)
        found = [
            span.pk
            for span in self._spans
            if span.start <= period.end
            and span.end >= period.start
            and (span.metric_id is None or self._rules.keys.get(span.metric_id) in base)
        ]
        last = max(found, default=None)
        return next((span.batch_id for span in self._spans if span.pk == last), None)

    def _definition(self, key: str) -> int | None:
        """The newest definition that this metric rests on and that changed since the last time."""
        if not self._definitions or key not in self._rules.own:
            return None
        if key not in self._causes:
            changed = self._rules.formulas.only([key]).by_key.keys() & self._definitions.keys()
            newest = max((self._definitions[one] for one in changed), default=None)
            self._causes[key] = newest
        return self._causes[key]

    def save(self) -> int:
        """Writes them; returns how many."""
        for first in range(0, len(self._found), ROWS_A_STATEMENT):
            _insert(self._found[first : first + ROWS_A_STATEMENT])
        return len(self._found)


def _insert(rows: Sequence[Restated]) -> None:
    """One text for each column, as rows of snapshots are sent."""
    names = {
        name: SEPARATOR.join(
            "" if one is None else str(one) for one in map(itemgetter(place), rows)
        )
        for place, name in enumerate(Restated._fields)
    }
    with Cursor(connection.connection) as cursor:
        cursor.execute(INSERT, names)


def _versions(rules: Rules, stale: Stale) -> dict[str, int]:
    """The last versions of the own metrics whose definition changed, by key."""
    ids = {span.metric_id for span in stale.definitions}
    if not ids:
        return {}
    found = DefinitionVersion.objects.filter(workspace=rules.workspace_id, metric__in=ids)
    return dict(found.order_by("number").values_list("metric__key", "pk"))
