"""Days that are written as one number: a workbook's count of days, a system's count of seconds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SERIALS = (36_526, 73_050)
"""Days of the years 2000 to 2099 as spreadsheets count them."""
SECONDS = re.compile(r"(1\d{9})(?:\d{3}|\d{6}|\d{9})?(?:[.,]\d+)?")
"""Seconds since 1970 from 2001 to 2033, or their thousandths, millionths, billionths.

Ten digits that begin with a year ("2026010512") are a day and an hour: they begin with 2.
"""


def serial_day(text: str) -> date | None:
    """The day that a workbook's number stands for, counted from the end of 1899."""
    number = text.removesuffix(".0")
    if not number.isdecimal() or not SERIALS[0] <= int(number) <= SERIALS[1]:
        return None
    return date(1899, 12, 30) + timedelta(days=int(number))


def moment_day(text: str, zone: str) -> date | None:
    """The day in a time zone of a moment that is counted from the beginning of 1970."""
    found = SECONDS.fullmatch(text.strip())
    if found is None:
        return None
    return datetime.fromtimestamp(int(found[1]), tz=UTC).astimezone(ZoneInfo(zone)).date()
