"""The form of what a file leaves open, and of what was settled without asking."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from metrics.imports.choices import LEAVE_OUT, column_choices
from metrics.imports.guessing import MAPPING
from metrics.imports.parsed import NAME, ImportOptions, Span

DATE_INPUT = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOST_RADIOS = 6
FIRST, LAST = "first_day", "last_day"
Kept = Mapping[str, Any]
"""A question, or a column, as a batch's report keeps it."""


class Row(NamedTuple):
    """One column or name of the file in a table of answers: what it is called, its examples."""

    field: forms.BoundField
    title: str
    samples: str
    confidence: int | None = None


class AnswersForm(forms.Form):
    """The answers to a file's open questions, one field each.

    With `report` it also holds what was settled without asking: how each column and each name was
    read, and the period of the file's name. Nobody has to answer these, and only what is changed
    counts.
    """

    def __init__(
        self,
        questions: list[dict[str, Any]],
        *args: Any,
        report: Kept | None = None,
        **kwargs: Any,
    ) -> None:
        """Makes a field for each question of the batch's report, then for what is settled."""
        super().__init__(*args, **kwargs)
        self._open: list[Kept] = [*questions]
        self._settled: list[Kept] = []
        for question in questions:
            self._add(question, needed=True)
        if report is not None:
            asked = {*self.fields}
            settled = [*report.get("settled", []), *_columns(report)]
            self._settled = [one for one in settled if _name_of(one) not in asked]
            for one in self._settled:
                self._add(one, needed=False)

    @property
    def has_open(self) -> bool:
        """Whether there are questions that somebody has to answer."""
        return bool(self._open)

    @property
    def has_settled(self) -> bool:
        """Whether something was settled that can be changed."""
        return bool(self._settled)

    @property
    def plain(self) -> Iterator[forms.BoundField]:
        """The fields of open questions that stand alone."""
        for question in self._open:
            if not _is_row(question):
                yield from self._bound(question)

    @property
    def rows(self) -> list[Row]:
        """The open questions about columns and names, which stand in one table."""
        return [self._row(one) for one in self._open if _is_row(one)]

    @property
    def settled_plain(self) -> Iterator[forms.BoundField]:
        """The fields of what stands alone and was settled without asking: a period."""
        for question in self._settled:
            if not _is_row(question):
                yield from self._bound(question)

    @property
    def settled_rows(self) -> list[Row]:
        """How columns and names were read without asking."""
        return [self._row(one) for one in self._settled if _is_row(one)]

    def _bound(self, question: Kept) -> Iterator[forms.BoundField]:
        if _name_of(question) != FIRST:
            yield self[_name_of(question)]
            return
        yield self[FIRST]
        yield self[LAST]

    def _row(self, question: Kept) -> Row:
        samples = question["samples"]
        if question["code"] == "column":
            title, told = question["column"], samples
        else:
            title, told = samples[0], samples[1:]
        return Row(
            self[question["option"]], title, ", ".join(told), question.get("confidence") or None
        )

    def _add(self, question: Kept, *, needed: bool) -> None:
        option, choices = question["option"], question["choices"]
        if option in ("period", "covers"):
            first, last = _days(question["default"])
            self.fields[FIRST] = forms.DateField(
                label=_("First day"),
                widget=DATE_INPUT,
                help_text=question["message"] if needed else "",
                initial=first,
                required=needed,
            )
            self.fields[LAST] = forms.DateField(
                label=_("Last day"), widget=DATE_INPUT, initial=last, required=needed
            )
        elif choices:
            few = len(choices) <= MOST_RADIOS and not _is_row(question)
            self.fields[option] = forms.ChoiceField(
                label=question["message"],
                choices=_grouped(choices),
                initial=question["default"],
                widget=forms.RadioSelect if few else forms.Select,
                required=needed,
            )
        else:
            self.fields[option] = forms.CharField(
                label=question["message"], max_length=40, required=needed
            )

    def clean(self) -> dict[str, Any]:
        """A period's days in order."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get(FIRST), cleaned.get(LAST)
        if isinstance(first, date) and isinstance(last, date) and last < first:
            raise ValidationError({LAST: _("The last day must not be before the first day.")})
        return cleaned

    def applied_to(self, options: ImportOptions) -> ImportOptions:
        """The options with these answers, those that nobody changed left as they are."""
        given = {name: answer for name, answer in self.cleaned_data.items() if answer}
        for question in self._settled:
            if given.get(question["option"]) == question["default"]:
                del given[question["option"]]
        first, last = given.pop(FIRST, None), given.pop(LAST, None)
        known = {name: getattr(options, name) for name in ImportOptions.__dataclass_fields__}
        if first and last:
            known["period"] = Span(first, last)
        known["mapping"] = {**options.mapping, **_taken(given, MAPPING)}
        known["names"] = {**options.names, **_taken(given, NAME)}
        return ImportOptions(**{**known, **given})


def _taken(given: dict[str, Any], prefix: str) -> dict[str, str]:
    """Takes the answers of one kind out of all of them."""
    return {
        name.removeprefix(prefix): "" if answer == LEAVE_OUT else answer
        for name in [name for name in given if name.startswith(prefix)]
        if (answer := given.pop(name))
    }


def _is_row(question: Kept) -> bool:
    return bool(question["option"].startswith((MAPPING, NAME)))


def _name_of(question: Kept) -> str:
    """The name of a question's first field."""
    option: str = question["option"]
    return FIRST if option in ("period", "covers") else option


def _columns(report: Kept) -> list[Kept]:
    """The columns of a table kept by hand, as questions that are settled."""
    columns = report.get("columns", [])
    choices = [asdict(one) for one in column_choices()] if columns else []
    listed = {one["value"] for one in choices}
    return [
        {
            "code": "column",
            "message": _("What the column “%(column)s” holds") % {"column": one["header"]},
            "option": f"{MAPPING}{one['header']}",
            "choices": choices,
            "default": target,
            "column": one["header"],
            "samples": one["samples"],
            "confidence": one["confidence"],
        }
        for one in columns
        if (
            target := {"day": "date", "serial": "date", "": LEAVE_OUT}.get(
                one["target"], one["target"]
            )
        )
        in listed
    ]


def _grouped(choices: Iterable[Kept]) -> list[tuple[str, Any]]:
    """The choices of a field: those of one group together under its name."""
    found: list[tuple[str, Any]] = []
    for group, listed in groupby(choices, key=lambda one: one.get("group", "")):
        pairs = [(one["value"], one["label"]) for one in listed]
        found += [(group, pairs)] if group else pairs
    return found


def _days(default: str | None) -> tuple[date | None, date | None]:
    """The first and the last day of a period that has a default."""
    if not default:
        return None, None
    first, _slash, last = default.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last)
