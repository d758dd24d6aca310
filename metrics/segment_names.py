"""The channels and devices that every workspace starts with, and what they are called."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from metrics.catalogue.dimensions import CHANNELS, DEVICES
from metrics.models import Dimension, DimensionValue

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
