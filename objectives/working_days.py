"""The days that a workspace works on, as its plans count them, and how a page names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel import Locale
from django.utils.translation import gettext as _

from accounts.models import Workspace
from accounts.public_holidays import country_name, public_holidays
from objectives.wording import lang

WHOLE_WEEK = "1234567"


@dataclass(frozen=True)
class WorkingDays:
    """Weekdays as ISO digits ("12345"), and the country whose holidays are left out."""

    digits: str = WHOLE_WEEK
    country: str = ""

    @property
    def weekdays(self) -> frozenset[int]:
        """The weekdays that count, Monday being 0."""
        return frozenset(int(digit) - 1 for digit in self.digits)

    @property
    def stored(self) -> str:
        """As an objective keeps them: "12345 FR"; empty where every day counts."""
        is_whole = self.digits == WHOLE_WEEK and not self.country
        return "" if is_whole else f"{self.digits} {self.country}".strip()

    @classmethod
    def read(cls, stored: str) -> "WorkingDays":
        """The days that were stored."""
        digits, _space, country = stored.partition(" ")
        return cls(digits or WHOLE_WEEK, country)

    def holidays(self, start: date, end: date) -> frozenset[date]:
        """The public holidays from start to end."""
        return public_holidays(self.country, start, end)

    def sentence(self) -> str:
        """The days in words; empty where every day counts."""
        if self.digits == WHOLE_WEEK and not self.country:
            return ""
        words = {"days": _named(sorted(self.weekdays)), "country": country_name(self.country)}
        if self.country:
            return _("Working days: %(days)s, without the public holidays of %(country)s.") % words
        return _("Working days: %(days)s.") % words


def working_days_of(workspace: Workspace) -> WorkingDays:
    """The days that a plan of the workspace counts."""
    if not workspace.working_days_only:
        return WorkingDays()
    return WorkingDays(workspace.working_weekdays, workspace.holiday_country)


def _named(weekdays: Sequence[int]) -> str:
    """ "Monday to Friday", "Monday, Tuesday, Thursday"."""
    names = Locale.parse(lang().replace("-", "_")).days["format"]["wide"]
    first, last = weekdays[0], weekdays[-1]
    if len(weekdays) > 2 and last - first == len(weekdays) - 1:
        return _("%(first)s to %(last)s") % {"first": names[first], "last": names[last]}
    return ", ".join(names[day] for day in weekdays)
