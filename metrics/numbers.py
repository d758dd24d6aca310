"""Exact numbers as text."""

from decimal import Decimal


def as_text(number: Decimal) -> str:
    """A number in plain digits, without zeros that say nothing."""
    text = str(number)
    if "E" in text:
        text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
