"""Two people changed one thing: both versions side by side, over the form with mine."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.dateparse import parse_date

from accounts import fmt, fmt_dates
from metrics.entry_grid import language


def differences(
    form: forms.Form, stored: Mapping[str, Any], names: Iterable[str]
) -> list[tuple[Any, str, str]]:
    """(label, what is saved, what was typed) of each field in which they differ."""
    rows = []
    for name in names:
        theirs, mine = _words(form, name, stored[name]), _words(form, name, form[name].value())
        if theirs != mine:
            rows.append((form.fields[name].label, theirs or fmt.MISSING, mine or fmt.MISSING))
    return rows


def keep_typed(form: forms.Form, version: int) -> None:
    """The form sends what was typed again, now as a change of this version."""
    form.data = {**{name: form[name].value() for name in form.fields}, "version": str(version)}


def _words(form: forms.Form, name: str, value: Any) -> str:
    """A field's value in words: the chosen option, a day written out, a text."""
    choices = getattr(form.fields[name], "choices", None)
    if choices is not None:
        return _option(choices, str(value or ""))
    if isinstance(form.fields[name], forms.DateField):
        day = _day(value)
        return fmt_dates.date_long(day, language()) if day else ""
    return str(value or "").strip()


def _day(value: Any) -> Any:
    try:
        return parse_date(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _option(choices: Any, value: str) -> str:
    """The label that belongs to a value, also inside a group."""
    for key, label in choices:
        if isinstance(label, list | tuple):
            found = _option(label, value)
            if found:
                return found
        elif value and str(key) == value:
            return str(label)
    return ""
