"""The parts that pages are made of: icons, pills, bullets, sparklines, form fields, the theme."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.http import QueryDict
from django.template.context import Context
from django.templatetags.static import static
from django.urls import get_script_prefix
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import fmt
from accounts.templatetags.kept import rendered_once

register = template.Library()

Text = str | Promise

# An objective's status: tone, icon, word. The keys are those of the stored result.
STATUSES: Final[dict[str, tuple[str, str, Text]]] = {
    "draft": ("quiet", "pencil", _("Draft")),
    "not_started": ("quiet", "clock", _("Not started")),
    "too_early": ("quiet", "hourglass", _("Too early to tell")),
    "on_track": ("on", "check", _("On track")),
    "at_risk": ("risk", "alert-triangle", _("At risk")),
    "off_track": ("off", "x", _("Off track")),
    "achieved": ("done", "star", _("Achieved")),
    "missed": ("off", "flag", _("Missed")),
    "waiting": ("quiet", "hourglass", _("Waiting for the last figures")),
    "no_data": ("quiet", "circle-dashed", _("No recent data")),
    "paused": ("quiet", "player-pause", _("Paused")),
    "cancelled": ("quiet", "ban", _("Cancelled")),
    "failed": ("quiet", "alert-triangle", _("Could not be calculated")),
}
_SPARK_WIDTH: Final = 96
_SPARK_TOP: Final = 3
_SPARK_BOTTOM: Final = 23


@register.filter
def query_dict(text: str) -> QueryDict:
    """What an address asks for, read from its text: for `{% querystring %}` in a kept part."""
    return QueryDict(text)


@register.simple_tag
def icon(name: str, size: int = 18, label: str = "") -> SafeString:
    """An icon of the vendored sprite; hidden from screen readers unless it has a label."""
    role = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return _svg(name, size, SafeString(role), get_script_prefix())


@lru_cache(maxsize=512)
def _svg(name: str, size: int, role: SafeString, _prefix: str) -> SafeString:
    """A page has dozens, of a few kinds; `_prefix` is where addresses begin, static ones too."""
    sprite = static("vendor/tabler/sprite.svg")
    return format_html(
        '<svg class="icon" width="{}" height="{}" {} focusable="false"><use href="{}#{}"/></svg>',
        size,
        size,
        role,
        sprite,
        name,
    )


@register.simple_tag(takes_context=True)
def theme_attribute(context: Context) -> SafeString:
    """The reader's chosen theme as an attribute of <html>; nothing when the system decides."""
    request = context.get("request")
    theme = request.COOKIES.get("theme") if request else None
    return format_html(' data-theme="{}"', theme) if theme in {"light", "dark"} else SafeString()


@register.simple_tag
@rendered_once("parts/_pill.html")
def pill(text: Text, tone: str = "", icon: str = "") -> dict[str, Any]:
    """A pill of any tone: `on`, `risk`, `off`, `done`, or quiet."""
    return {"text": text, "tone": tone, "icon": icon}


@register.simple_tag
@rendered_once("parts/_pill.html")
def status_pill(status: str, label: Text = "") -> dict[str, Any]:
    """An objective's status as icon, word and colour."""
    tone, name, word = STATUSES[status]
    return {"text": label or word, "tone": tone, "icon": name}


@register.filter
def status_tone(status: str) -> str:
    """The tone of a status, for `.stat--…` and the like."""
    return STATUSES[status][0]


@register.filter
def status_word(status: str) -> Text:
    """The word of a status."""
    return STATUSES[status][2]


@register.simple_tag
def avatar(name: str) -> SafeString:
    """A round badge with a person's initials; their name for screen readers and on hover."""
    words = name.split("@")[0].replace(".", " ").split()
    initials = "".join(word[0] for word in words[:1] + words[1:][-1:]).upper() or "?"
    return format_html(
        '<span class="avatar" title="{}"><span aria-hidden="true">{}</span>'
        '<span class="sr">{}</span></span>',
        name,
        initials,
        name,
    )


# --- Drawn in the page ------------------------------------------------------------------------


def _share(fraction: fmt.Number | float) -> float:
    """A fraction kept within the drawing: progress below 0 or above 1 is only clamped here."""
    return min(max(float(fraction), 0.0), 1.0)


def _across(fraction: float) -> str:
    return f"{fraction * 100:.2f}%"


@register.simple_tag
@rendered_once("parts/_bullet.html")
def bullet(
    progress: fmt.Number | None,
    plan: fmt.Number | None,
    status: str,
    label: str,
    zones: tuple[fmt.Number, fmt.Number] | None = None,
) -> dict[str, Any]:
    """Progress as a bar, the plan for today as a tick, the target as the end.

    Fractions of the way to the target. `zones` are the fractions below which the objective is off
    track and at risk, drawn as three shades. `label` is the sentence for screen readers.
    """
    return {
        "tone": STATUSES[status][0],
        "label": label,
        "bar": _across(_share(progress)) if progress is not None and progress > 0 else "",
        "plan": _across(_share(plan)) if plan is not None else "",
        "zones": _zones(zones) if zones else [],
    }


def _zones(limits: tuple[fmt.Number, fmt.Number]) -> list[dict[str, str]]:
    edges = [0.0, _share(limits[0]), _share(limits[1]), 1.0]
    return [
        {"x": _across(start), "width": _across(max(end - start, 0.0))}
        for start, end in pairwise(edges)
    ]


@register.simple_tag
@rendered_once("parts/_sparkline.html")
def sparkline(values: Sequence[fmt.Number | None], label: str) -> dict[str, Any]:
    """The last values as a line without axes, its end marked; None is a gap, not a zero."""
    spots = list(_spots(values))
    lines: list[list[str]] = [[]]
    for spot in spots:
        if spot is None:
            lines.append([])
        else:
            lines[-1].append(spot)
    last = next((spot for spot in reversed(spots) if spot), None)
    return {
        "label": label,
        "lines": [_line(line) for line in lines if line],
        "end": last.split(",") if last else None,
    }


def _spots(values: Sequence[fmt.Number | None]) -> Iterator[str | None]:
    """Each value as `x,y` in the drawing."""
    known = [float(value) for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    height, step = _SPARK_BOTTOM - _SPARK_TOP, _SPARK_WIDTH / max(len(values) - 1, 1)
    for index, value in enumerate(values):
        if value is None:
            yield None
        else:
            rise = (float(value) - low) / (high - low) if high > low else 0.5
            yield f"{index * step:.1f},{_SPARK_BOTTOM - rise * height:.1f}"


def _line(spots: list[str]) -> dict[str, Any]:
    if len(spots) == 1:
        return {"lone": spots[0].split(",")}
    return {"points": " ".join(spots)}


# --- Forms ------------------------------------------------------------------------------------


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    return "file" if isinstance(widget, forms.FileInput) else "control"


@register.inclusion_tag("parts/_field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form's field: label, hint, control, and what is wrong with it."""
    return {"field": bound, "kind": _kind(bound.field.widget)}


@register.simple_tag
def choice_text(option: BoundWidget) -> list[str]:
    """A choice's title and, after a line break in its label, its explanation."""
    title, _break, hint = str(option.choice_label).partition("\n")
    return [title, hint]


@register.inclusion_tag("parts/_form_errors.html")
def form_errors(form: forms.BaseForm) -> dict[str, Any]:
    """The summary of what is wrong, with a link to each field; nothing while all is well."""
    problems = [("", text) for text in form.non_field_errors()]
    for bound in form:
        problems += [(_first_id(bound), f"{bound.label}: {text}") for text in bound.errors]
    return {"problems": problems}


def _first_id(bound: BoundField) -> str:
    """The id that a link must lead to: a group's first choice, else the control."""
    grouped = _kind(bound.field.widget) in {"radios", "checkboxes"}
    return f"{bound.auto_id}_0" if grouped else str(bound.auto_id)
