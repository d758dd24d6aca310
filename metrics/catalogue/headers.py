"""Names as people write them at the head of a column, brought to one form."""

import re
import unicodedata

LONGEST_HEADER = 200
CURRENCIES = (
    "€|\\$|£|EUR|USD|GBP|CHF|CAD|AUD|NZD|JPY|CNY|INR|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|TRY"
    "|MAD|TND|DZD|XOF|XAF|BRL|MXN|ZAR|SGD|HKD|AED|ILS"
)
CURRENCY_SUFFIX = re.compile(
    rf"[\s,]*[(\[]\s*(?:%|(?:{CURRENCIES})(?:\s+(?:HT|TTC))?)\s*[)\]]\s*$", re.IGNORECASE
)
NOT_A_WORD = re.compile(r"[^a-z0-9]+")
PLURAL = re.compile(r"\b([a-z0-9]{3,})[sx]\b")


def fold(text: str) -> str:
    """The header without case, accents, punctuation, plurals and currency in parentheses.

    A thousandfold such as "(k€)" is kept, because it changes what the numbers mean.
    """
    plain = CURRENCY_SUFFIX.sub("", text[:LONGEST_HEADER])
    plain = plain.casefold().replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", plain)
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    plain = NOT_A_WORD.sub(" ", plain.replace("€", " eur ").replace("%", " pct ")).strip()
    return PLURAL.sub(r"\1", plain)
