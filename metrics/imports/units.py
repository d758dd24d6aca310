"""Units that headers of hand-kept tables carry: thousands, millions, currencies."""

from __future__ import annotations

import re
from decimal import Decimal

from metrics.imports.folding import fold

MONEY = r"(?:€|\$|£|euros?|eur|usd|gbp|chf|cad|dollars?)"
SIZE = r"(k|m|md|mds|bn|'?000s?|milliers?|millions?|milliards?|thousands?|billions?)"
OF = r"(?:\s*(?:d'|de |of )?\s*" + MONEY + r")?"
SCALED = (
    re.compile(rf"[(\[]\s*(?:en |in )?{SIZE}{OF}\s*[)\]]"),
    re.compile(rf"[(\[]\s*{MONEY}\s*{SIZE}\s*[)\]]"),
    re.compile(rf"[,\s-]+(?:en |in ){SIZE}{OF}\s*$"),
    re.compile(r"(?<![a-z])(k|m|md|mds)\s?[€$£](?=\s|$)"),
    re.compile(r"[€$£]\s?(k|m)(?=\s|$)"),
)
BRACKETED = re.compile(rf"[(\[]\s*(?:en |in )?{MONEY}\s*[)\]]")
CURRENCY = re.compile(rf"[\s-]+(?:en |in )?{MONEY}\s*$|^{MONEY}\s+")
THOUSAND, MILLION, BILLION = Decimal(1_000), Decimal(1_000_000), Decimal(1_000_000_000)
LETTERS = frozenset({"m", "md", "mds", "bn"})
"""Sizes that mean something else where no money is counted: "Leads (M)"."""


def scale_of(header: str, *, is_money: bool) -> Decimal:
    """What the numbers under a header are to be multiplied by: 1000 for "CA k€"."""
    folded = fold(header)
    for pattern in SCALED:
        found = pattern.search(folded)
        if found and (is_money or found[1] not in LETTERS):
            return _scale(found[1])
    return Decimal(1)


def _scale(size: str) -> Decimal:
    if size in {"md", "mds", "bn"} or size.startswith(("milliard", "billion")):
        return BILLION
    return MILLION if size == "m" or size.startswith("million") else THOUSAND


def without_unit(header: str) -> str:
    """A header without its size and currency: "CA en k€" is "ca"."""
    bare = fold(header)
    for pattern in (*SCALED, BRACKETED):
        bare = pattern.sub(" ", bare)
    return CURRENCY.sub("", bare.strip()).strip(" -:,")
