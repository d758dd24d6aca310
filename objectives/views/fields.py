"""A form's values as people read them: the chosen option's words, a date written out."""

from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts import fmt_dates
from objectives.forms import ObjectiveForm
from objectives.wording import lang


def shown_value(form: ObjectiveForm, name: str) -> str:
    """One field's value in words; empty for nothing."""
    value = form[name].value()
    choices = getattr(form.fields[name], "choices", None)
    if choices is not None:
        return _option(choices, str(value or ""))
    if name in ("start", "end"):
        day = day_of(value)
        return fmt_dates.date_long(day, lang()) if day else ""
    if name == "hold":
        return _("yes") if value else _("no")
    return str(value or "").strip()


def day_of(value: Any) -> date | None:
    """A date that a form shows, whether it was stored or typed."""
    if isinstance(value, date):
        return value
    try:
        return parse_date(str(value or ""))
    except ValueError:
        return None


def _option(choices: Any, value: str) -> str:
    """The first line of the label that belongs to a value, also inside a group."""
    for key, label in choices:
        if isinstance(label, list | tuple):
            found = _option(label, value)
            if found:
                return found
        elif value and str(key) == value:
            return str(label).partition("\n")[0]
    return ""
