"""The channels and devices that every workspace starts with, and what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Workspace
from accounts.prepared import Prepared
from metrics.catalogue.dimensions import CHANNELS, DEVICES
from metrics.models import Campaign, Dimension, DimensionValue
from metrics.resolution import NOT_SET

SHIPPED: Mapping[int, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        Dimension.CHANNEL: {one.key: (one.name_en, one.name_fr) for one in CHANNELS},
        Dimension.DEVICE: {one.key: (one.name_en, one.name_fr) for one in DEVICES},
    }
)
"""By dimension: each key with its name in English and French."""


def segment_name(value: DimensionValue) -> str:
    """What a channel, device, page or audience segment is called in the active language."""
    if value.label:
        return value.label
    names = SHIPPED.get(value.dimension, {}).get(value.key)
    if names is None:
        return value.key
    return names[1] if (get_language() or "en").startswith("fr") else names[0]


def not_set_name() -> str:
    """What the part of a total that no segment holds is called."""
    return _("Not set")


@dataclass(frozen=True, slots=True)
class SegmentName:
    """A segment's stable key, and what it is called in the active language."""

    key: str
    label: str


def segments_of(workspace: Workspace, dimension: int) -> dict[int, SegmentName]:
    """The names of all segments of a dimension by their id, "not set" among them."""
    names = {NOT_SET: SegmentName("not_set", not_set_name())}
    if dimension == Dimension.CAMPAIGN:
        rows = _CAMPAIGNS.rows(workspace.pk)
        names |= {pk: SegmentName(key, name) for pk, key, name in rows}
    else:
        found = _VALUES.objects(workspace.pk, dimension)
        names |= {one.pk: SegmentName(one.key, segment_name(one)) for one in found}
    return names


_CAMPAIGNS = Prepared(
    lambda workspace: (
        Campaign.objects.filter(workspace=workspace)
        .order_by("-start", "name")
        .values_list("pk", "key", "name")
    ),
    int,
)
_VALUES = Prepared(
    lambda workspace, dimension: DimensionValue.objects.filter(
        workspace=workspace, dimension=dimension
    ).order_by("key"),
    int,
    int,
)
