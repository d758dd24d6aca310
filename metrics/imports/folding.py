"""Comparing the words of headers and cells whatever their case, accents and spaces."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "´": "'", "‘": "'"})
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
BRACKETED = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
CURRENCY_SIGNS = {"€": "EUR", "£": "GBP", "US$": "USD", "CA$": "CAD", "AU$": "AUD"}
CURRENCY_CODE = re.compile(
    r"(?<![A-Za-z])(?:AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY"
    r"|KRW|MAD|MXN|MYR|NGN|NOK|NZD|PEN|PHP|PKR|PLN|RON|RSD|RUB|SAR|SEK|SGD|THB|TND|TRY|TWD|UAH|USD"
    r"|UYU|VND|XAF|XOF|ZAR)(?![A-Za-z])"
)


CODE = re.compile(r"[A-Z]{3}")
JOINED = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
PICTURES = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]")
"""Arrows, signs and emoji with which people decorate headers."""
BARE_DOLLAR = re.compile(r"(?<![A-Za-z])\$(?![A-Za-z])")
DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP"})
"""Currencies that people write as a bare dollar sign."""


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """The text in lower case, without accents, with plain quotes, dashes and single spaces."""
    plain = text.translate(APOSTROPHES).translate(DASHES)
    decomposed = unicodedata.normalize("NFKD", plain)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join(bare.casefold().split())


@lru_cache(maxsize=4096)
def header_key(header: str) -> str:
    """A header as layouts name it: folded, without a closing bracket's unit or currency.

    "Coût média (€)" and "cout media" are the same header; underscores read as spaces, so that
    "campaign_name" is "campaign name". A header that is nothing but a bracket stays whole.
    """
    folded = fold(PICTURES.sub(" ", header)).replace("_", " ").strip(" :*\"'")
    bare = BRACKETED.sub("", folded).strip(" :")
    return " ".join((bare or folded).split())


@lru_cache(maxsize=4096)
def spaced(header: str) -> str:
    """A header with spaces where words were joined: "AdSpend", "churn_rate"."""
    return JOINED.sub(" ", header).replace("_", " ")


def currency_of(cell: str) -> str | None:
    """The currency that a cell of a currency column names: any code of three letters is one."""
    upper = cell.strip().upper()
    return upper if CODE.fullmatch(upper) else currency_in(upper)


def currency_in(text: str) -> str | None:
    """The currency that a header or a cell names by code or by an unmistakable sign."""
    if named := CURRENCY_CODE.search(text):
        return named.group()
    _words, underscore, last = text.rpartition("_")
    if underscore and CURRENCY_CODE.fullmatch(last.upper()):
        return last.upper()
    for sign, code in CURRENCY_SIGNS.items():
        if sign in text:
            return code
    return None
