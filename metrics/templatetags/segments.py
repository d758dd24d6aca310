"""`{{ channel|segment }}`: a channel or device by its name in the reader's language."""

from django import template

from metrics.models import DimensionValue
from metrics.segment_names import segment_name

register = template.Library()


@register.filter
def segment(value: DimensionValue) -> str:
    """What a channel, device, page or audience segment is called in the active language."""
    return segment_name(value)
