"""`{% chart spec %}`: the one way a page shows a chart."""

import zlib
from typing import Any

from django import template
from django.utils.translation import get_language

from accounts.templatetags.kept import rendered_once
from metrics.charts import ChartSpec, first_header, payload, table_rows

register = template.Library()


@register.simple_tag
@rendered_once("parts/_chart.html")
def chart(spec: ChartSpec, card: bool = True) -> dict[str, Any]:
    """A figure with its title, drawing, one-sentence summary, table twin and CSV link.

    `card=False` leaves the frame out, for a chart inside another card.
    """
    lang = get_language() or "en"
    name = zlib.crc32(f"{spec.title}{spec.subtitle}{spec.kind}".encode())
    return {
        "id": f"chart-{name:x}",
        "data_id": f"chart-{name:x}-data",
        "spec": spec,
        "card": card,
        "payload": payload(spec, lang),
        "first_header": first_header(spec),
        "rows": table_rows(spec, lang),
        "notes": [note for note in spec.annotations if note.text],
    }
