"""`{{ row|remarks }}`: what there is to know about a value, or why there is none."""

from django import template
from django.utils.translation import gettext as _

from metrics.series import SeriesValue
from metrics.value_words import reason_sentence

register = template.Library()


@register.filter
def remarks(row: SeriesValue) -> str:
    """Whether its period is over and complete, and where there is no value, the reason."""
    said = []
    if row.partial:
        said.append(_("So far: the period is not over."))
    if row.incomplete:
        said.append(_("Incomplete: some of it is not known."))
    if row.value is None and not row.partial:
        said.append(reason_sentence(row.reason, row.period.grain))
    return " ".join(said)
