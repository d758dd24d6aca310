"""The rows that a member chose for their table of figures: the one writer of choices."""

from collections.abc import Sequence

from accounts.models import Membership
from metrics.models import GridChoice, Metric

MOST_CHOSEN = 40


def chosen_keys(membership: Membership) -> list[str]:
    """The keys of the metrics that a member chose, in their order; none where they chose none."""
    found = GridChoice.objects.filter(
        workspace=membership.workspace_id, membership=membership
    ).values_list("keys", flat=True)
    return next(iter(found), [])


def choose(membership: Membership, *, keys: Sequence[str]) -> list[str]:
    """A member's rows from now on, in this order; unknown keys are left out, none is the default.

    Returns what was stored.
    """
    known = set(
        Metric.objects.filter(workspace=membership.workspace_id, key__in=keys).values_list(
            "key", flat=True
        )
    )
    kept = [key for key in dict.fromkeys(keys) if key in known][:MOST_CHOSEN]
    if kept:
        GridChoice.objects.update_or_create(
            workspace_id=membership.workspace_id, membership=membership, defaults={"keys": kept}
        )
    else:
        GridChoice.objects.filter(workspace=membership.workspace_id, membership=membership).delete()
    return kept


def moved(keys: Sequence[str], key: str, by: int) -> list[str]:
    """The keys with one of them moved up (−1) or down (1)."""
    order = list(keys)
    if key not in order:
        return order
    place = order.index(key)
    order.insert(min(max(place + by, 0), len(order) - 1), order.pop(place))
    return order
