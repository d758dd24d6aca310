"""Parents: an objective with children at work has the status of the weakest of them.

Its own numbers stay in its result. The rule that speaks is then ``weakest_child``, whose params
name that child (``weakest_child``, its statement, and ``weakest_child_id``, its public id) beside
the parent's own numbers; ``own_rule`` and ``own_shown`` keep what these alone said.

A month or a quarter of the parent's own target says nothing here: the parent is judged by the same
figures over its whole span, and a January that was missed can be made up for.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from objectives.judgement import Status
from objectives.models import Objective
from objectives.results import Fields
from objectives.status import weakest

AS_SET = frozenset({Status.PAUSED, Status.CANCELLED})


def follow_children(objectives: Iterable[Objective], found: Mapping[int, Fields]) -> None:
    """Puts the weakest child's status into the results ``found`` of parents, lowest parents first.

    ``found`` holds the result columns of each objective by its id. A parent that is paused or
    cancelled keeps that; such a child says nothing of its parent. A child that could not be
    calculated counts with its last status.
    """
    by_id = {objective.pk: objective for objective in objectives}
    children: dict[int, list[Objective]] = defaultdict(list)
    for objective in by_id.values():
        if objective.parent_id in by_id and not objective.is_period:
            children[objective.parent_id].append(objective)
    settled: set[int] = set()
    for parent_id in list(children):
        _settle(by_id[parent_id], children, found, settled)


def _settle(
    parent: Objective,
    children: Mapping[int, list[Objective]],
    found: Mapping[int, Fields],
    settled: set[int],
) -> None:
    """Settles what is below the parent, then the parent; each once, so a circle ends as well."""
    if parent.pk in settled:
        return
    settled.add(parent.pk)
    below = children.get(parent.pk, [])
    for child in below:
        _settle(child, children, found, settled)
    standings = {child.pk: _standing(found[child.pk]) for child in below}
    status = weakest(standing for standing in standings.values() if standing)
    if status is not None and found[parent.pk]["status"] not in AS_SET:
        child = next(child for child in below if standings[child.pk] is status)
        _take_over(found[parent.pk], status, child, found[child.pk])


def _standing(fields: Fields) -> Status | None:
    """The status that a child hands up; None where it was never calculated."""
    shown = fields["shown_status"] if fields["status"] == "failed" else fields["status"]
    return None if shown == "failed" else Status(shown)


def _take_over(parent: Fields, status: Status, child: Objective, weakest_child: Fields) -> None:
    parent["rule_params"] = parent["rule_params"] | {
        "status": status.value,
        "weakest_child": child.statement,
        "weakest_child_id": child.public_id,
        "own_rule": parent["rule"],
        "own_shown": parent["shown_status"],
    }
    parent["status"], parent["rule"] = status.value, "weakest_child"
    parent["shown_status"] = weakest_child["shown_status"]
