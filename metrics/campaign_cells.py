"""What the cells of a file of campaigns stand for in a workspace: channels, people, days, numbers.

A cell that stands for nothing is a sentence that says how to mend it.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Membership, User, Workspace
from metrics.campaign_files import CampaignFile, names_in
from metrics.campaign_saving import outcomes
from metrics.imports.date_order import order_of
from metrics.imports.dates import NotADate, parse_day
from metrics.imports.dimensions import channel_of
from metrics.imports.folding import currency_in, fold
from metrics.imports.moments import serial_day
from metrics.imports.numbers import NotANumber, is_nothing, parse_number, weigh
from metrics.models import Dimension, DimensionValue, Metric
from metrics.segment_names import SHIPPED

DAYS = ("start", "end")
NUMBERS = ("budget", "outcome_target")


class WrongCell(ValueError):
    """A cell that stands for nothing; the message is the sentence to show."""


class CellReader:
    """Reads the cells of one file in one workspace; columns are judged as a whole."""

    def __init__(self, workspace: Workspace, file: CampaignFile) -> None:
        self.currency = workspace.currency
        self._order = order_of(_column(file, DAYS)).order
        numbers = weigh(_column(file, NUMBERS))
        self._decimal = numbers.decimal
        self._open = frozenset(numbers.open_cells)
        channels = DimensionValue.objects.filter(workspace=workspace, dimension=Dimension.CHANNEL)
        self._channels = {one.key: one for one in channels}
        self._spelled = {
            one.key: (one.label, *SHIPPED[Dimension.CHANNEL].get(one.key, ()))
            for one in self._channels.values()
        }
        self._people = _people(workspace)
        self._metrics = _metrics(workspace)

    def value_of(self, field: str, cell: str, *, owner: User | None = None) -> Any:
        """What a cell stands for, as the writer of campaigns takes it. Raises WrongCell.

        The campaign's present `owner` may have left the workspace and stays its owner.
        """
        if field in {"name", "note"}:
            return cell
        if field == "names":
            return names_in(cell)
        if is_nothing(cell):
            return None
        if field in DAYS:
            return self._day(cell)
        if field in NUMBERS:
            return self._number(cell)
        if field == "owner":
            is_same = owner is not None and fold(cell) == fold(owner.email)
            return owner if is_same else self._owner(cell)
        return self._channel(cell) if field == "channel" else self._metric(cell)

    def _day(self, cell: str) -> date:
        if day := serial_day(cell):
            return day
        try:
            if self._order is None and parse_day(cell, "dmy") != parse_day(cell, "mdy"):
                message = _("“%(cell)s” can be two days. Write it like 2026-03-31.")
                raise WrongCell(message % {"cell": _short(cell)})
            return parse_day(cell, self._order or "dmy")
        except NotADate as error:
            message = _("“%(cell)s” is not a day. Write it like 2026-03-31.")
            raise WrongCell(message % {"cell": _short(cell)}) from error

    def _number(self, cell: str) -> Decimal:
        if self._decimal is None and cell in self._open:
            message = _("“%(cell)s” can be two numbers. Write it without thousands separators.")
            raise WrongCell(message % {"cell": _short(cell)})
        other = currency_in(cell)
        if other and other != self.currency:
            message = _("“%(cell)s” is not in %(currency)s, the currency of the workspace.")
            raise WrongCell(message % {"cell": _short(cell), "currency": self.currency})
        try:
            if "%" in cell:
                raise NotANumber(cell)
            return parse_number(cell, self._decimal or ".")
        except NotANumber as error:
            message = _("“%(cell)s” is not a number. Write it like 1234.5.")
            raise WrongCell(message % {"cell": _short(cell)}) from error

    def _channel(self, cell: str) -> DimensionValue:
        found = self._channels.get(channel_of(cell, self._spelled) or "")
        if found is None:
            message = _("The workspace has no channel “%(name)s”. Correct its name, or add it.")
            raise WrongCell(message % {"name": _short(cell)})
        return found

    def _owner(self, cell: str) -> User:
        found = self._people.get(fold(cell), [])
        if len(found) > 1:
            message = _("Several members are called “%(name)s”. Write the address instead.")
            raise WrongCell(message % {"name": _short(cell)})
        if not found:
            message = _("No member is called “%(name)s”. Write a member's address or full name.")
            raise WrongCell(message % {"name": _short(cell)})
        return found[0]

    def _metric(self, cell: str) -> Metric:
        found = self._metrics.get(fold(cell))
        if found is None:
            message = _("“%(name)s” is no metric that adds up. Name one such as leads.")
            raise WrongCell(message % {"name": _short(cell)})
        return found


def _column(file: CampaignFile, fields: Iterable[str]) -> list[str]:
    """The cells of several columns that are written alike."""
    found = [one.cells[field] for one in file.rows for field in fields if field in one.cells]
    return [cell for cell in found if not is_nothing(cell)]


def _people(workspace: Workspace) -> dict[str, list[User]]:
    """The members by their address and by their name."""
    found: dict[str, list[User]] = defaultdict(list)
    members = Membership.objects.filter(workspace=workspace, user__is_active=True)
    for one in members.select_related("user"):
        for spelled in {fold(one.user.email), fold(one.user.get_full_name())}:
            found[spelled].append(one.user)
    return found


def _metrics(workspace: Workspace) -> dict[str, Metric]:
    """What can be planned, by key and by name in both languages."""
    found: dict[str, Metric] = {}
    for one in outcomes(workspace):
        for spelled in (one.definition.name("fr"), one.definition.name("en"), one.key):
            found[fold(spelled)] = one
    return found


def _short(cell: str) -> str:
    return cell if len(cell) <= 60 else f"{cell[:59]}…"
