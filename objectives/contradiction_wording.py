"""What objectives that contradict each other say to people, in the active language."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from accounts import fmt
from accounts.models import Workspace
from metrics.models import Metric
from objectives.consistency import Found
from objectives.contradictions import Contradiction
from objectives.wording import Text, lang

_SENTENCES: Mapping[str, Text] = {
    "rate_short": lazy(
        "%(given_name)s: %(given)s at %(rate)s (%(rate_name)s) make %(possible)s, and %(asked)s "
        "are asked for (%(asked_name)s)."
    ),
    "budget_short": lazy(
        "%(given)s (%(given_name)s) at %(price)s each (%(price_name)s) buy %(possible)s, and "
        "%(asked)s are asked for (%(asked_name)s)."
    ),
    "limits_crossed": lazy(
        "%(given_name)s: at most %(given)s here and at least %(asked)s there, over the same days."
    ),
}


def contradiction_sentence(
    found: Contradiction, workspace: Workspace, metrics: Mapping[str, Metric]
) -> str:
    """The numbers that do not fit, and where the rate comes from."""
    words = _words(found, workspace, metrics)
    if found.code.startswith("parts_"):
        return _parts_sentence(found, words)
    text = str(_SENTENCES[found.code]) % words
    return f"{text} {_basis(found)}".strip()


def contradictions_shown(found: list[Found], workspace: Workspace) -> list[dict[str, object]]:
    """For a page: a sentence, and the objectives that it is about."""
    keys = {key for one in found for key in one.contradiction.metrics.values()}
    metrics = {
        one.key: one for one in Metric.objects.filter(workspace=workspace, key__in=keys) if keys
    }
    return [
        {
            "sentence": contradiction_sentence(one.contradiction, workspace, metrics),
            "objectives": one.objectives,
        }
        for one in found
    ]


def _words(
    found: Contradiction, workspace: Workspace, metrics: Mapping[str, Metric]
) -> dict[str, str]:
    words = {}
    for name, value in found.numbers.items():
        key = found.metrics.get(name) or found.metrics.get("asked", "")
        metric = metrics.get(key)
        unit = str(metric.definition.unit) if metric and name != "count" else "count"
        # What a rate makes of whole people is not a whole number: half a lead helps nobody.
        shown = Decimal(int(value)) if unit == "count" else value
        words[name] = fmt.metric_value(shown, unit, workspace.currency, lang())
    for name, key in found.metrics.items():
        words[f"{name}_name"] = metrics[key].name if key in metrics else key
    return words


def _basis(found: Contradiction) -> str:
    """Whether the rate is promised by an objective or measured, and on how many."""
    if len(found.claims) > 2:
        return _("That rate is the target of an objective.")
    if found.basis is None:
        return ""
    count = int(found.basis)
    text = ngettext(
        "That rate is today's, over 90 days (n = %(count)s).",
        "That rate is today's, over 90 days (n = %(count)s).",
        count,
    )
    return text % {"count": fmt.number(Decimal(count), lang(), 0)}


def _parts_sentence(found: Contradiction, words: Mapping[str, str]) -> str:
    count = int(found.numbers["count"])
    if found.code == "parts_below":
        text = ngettext(
            "The %(count)s objective below it asks for %(total)s of %(asked)s: %(gap)s are in no "
            "objective.",
            "The %(count)s objectives below it add up to %(total)s of %(asked)s: %(gap)s are in "
            "no objective.",
            count,
        )
    else:
        text = ngettext(
            "The %(count)s objective below it asks for %(total)s, %(gap)s more than its %(asked)s.",
            "The %(count)s objectives below it add up to %(total)s, %(gap)s more than its "
            "%(asked)s.",
            count,
        )
    return text % words
