"""What an objective can be about, owned by, or below: the choices of its forms."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Membership, Workspace
from metrics.catalogue import FAMILIES
from metrics.models import Campaign, Dimension, DimensionValue, Metric
from metrics.segment_names import segment_name
from metrics.variants import defaults, in_order
from objectives.models import Objective
from objectives.wording import lang


def metrics_of(workspace: Workspace, objective: Objective | None) -> dict[str, Metric]:
    """The metrics to choose from, by key; a hidden one only where it is chosen already."""
    found = Metric.objects.filter(workspace=workspace)
    kept = objective.metric_id if objective else None
    return {one.key: one for one in found if not one.is_hidden or one.pk == kept}


def metric_choices(metrics: Mapping[str, Metric]) -> list[tuple[str, Any]]:
    """By family, in the catalogue's order, variants together; the workspace's own metrics last."""
    names = {one.key: one.name(lang()) for one in FAMILIES} | {"own": _("Your own metrics")}
    groups: dict[str, list[tuple[str, str]]] = {key: [] for key in names}
    proposed = defaults(metrics.values())
    by_name = sorted(metrics.values(), key=lambda one: one.name.casefold())
    for metric in in_order(by_name):
        label = _metric_label(metric, is_default=metric.key in proposed)
        groups[metric.definition.family].append((metric.key, label))
    shelves = [(names[family], entries) for family, entries in groups.items() if entries]
    return [("", _("Choose a metric")), *shelves]


def _metric_label(metric: Metric, *, is_default: bool) -> str:
    if metric.definition.vanity:
        return _("%(metric)s (vanity metric)") % {"metric": metric.name}
    if is_default:
        return _("%(metric)s (default)") % {"metric": metric.name}
    return metric.name


def members_of(workspace: Workspace) -> dict[str, Membership]:
    """Who can own an objective, by public id and name."""
    found = Membership.objects.filter(workspace=workspace, user__is_active=True)
    return {one.public_id: one for one in found.select_related("user").order_by("user__name")}


def owner_choices(members: Mapping[str, Membership]) -> list[tuple[str, Any]]:
    """The members by name, and nobody."""
    people = [(key, one.user.get_full_name()) for key, one in members.items()]
    return [("", _("Nobody yet")), *people]


def parents_of(workspace: Workspace, objective: Objective | None) -> dict[str, Objective]:
    """What an objective can be below, by public id: every other one."""
    found = Objective.objects.listed(workspace).order_by("statement")
    kept = objective.pk if objective else None
    return {one.public_id: one for one in found if one.pk != kept}


def parent_choices(parents: Mapping[str, Objective]) -> list[tuple[str, Any]]:
    """The objectives by their statement, and none."""
    return [("", _("No parent")), *((key, one.statement) for key, one in parents.items())]


Segments = dict[str, DimensionValue | Campaign]


def segment_value(segment: DimensionValue | Campaign | None) -> str:
    """How a form names a channel, a device or a campaign; empty for everything."""
    if segment is None:
        return ""
    if isinstance(segment, Campaign):
        return f"campaign:{segment.public_id}"
    dimension = "device" if segment.dimension == Dimension.DEVICE else "channel"
    return f"{dimension}:{segment.key}"


def segments_of(workspace: Workspace) -> Segments:
    """The channels, devices and campaigns by the name that a form gives them."""
    shown = (Dimension.CHANNEL, Dimension.DEVICE)
    values = DimensionValue.objects.filter(workspace=workspace, dimension__in=shown)
    found: list[DimensionValue | Campaign] = [*values]
    found += Campaign.objects.filter(workspace=workspace)
    return {segment_value(one): one for one in found}


def segment_choices(segments: Segments) -> list[tuple[str, Any]]:
    """Everything, then channels, campaigns and devices, each by name."""
    values: dict[int, list[tuple[str, str]]] = {Dimension.CHANNEL: [], Dimension.DEVICE: []}
    campaigns = []
    for key, one in segments.items():
        if isinstance(one, Campaign):
            campaigns.append((key, one.name))
        else:
            values[one.dimension].append((key, segment_name(one)))
    groups: list[tuple[str, Any]] = [
        (_("A channel"), sorted(values[Dimension.CHANNEL], key=lambda one: one[1]))
    ]
    if campaigns:
        groups.append((_("A campaign"), campaigns))
    if values[Dimension.DEVICE]:
        groups.append((_("A device"), sorted(values[Dimension.DEVICE], key=lambda one: one[1])))
    return [("", _("Everything")), *groups]
