"""Numbers as people type or paste them, in French or in English."""

import re
from decimal import Decimal
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from accounts import fmt

_SPACES: Final = " \u00a0\u202f\u2009"
_NORMAL: Final = {ord(space): " " for space in _SPACES} | {
    0x2019: "'",
    0x2212: "-",
    0x2011: "-",
}
_CURRENCY_SIGNS: Final = "€$£¥"
_MEANT_BY: Final = {
    "€": {"EUR"},
    "$": {"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP", "TWD", "UYU"},
    "£": {"GBP", "EGP", "GIP", "FKP", "SHP", "LBP", "SYP"},
    "¥": {"JPY", "CNY"},
}
_AMBIGUOUS: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_WHOLE: Final = re.compile(r"[0-9]+|[0-9]{1,3}([ '.,])[0-9]{3}(?:\1[0-9]{3})*")
_MOST_CHARACTERS: Final = 40


class NumberError(ValueError):
    """A text that is not one number; its message is a sentence to show beside the field."""


def is_ambiguous(text: str) -> bool:
    """Whether a text such as `1,234` can mean both 1234 and 1.234."""
    return _AMBIGUOUS.fullmatch(_bare(_bare(text).removesuffix("%"))) is not None


def parse_number(text: str, lang: str, decimal_mark: str = "", currency: str = "") -> Decimal:
    """The number that a person typed: `1 234,5`, `1,234.5`, `1'234.5`, `-12`, `€1,234.50`.

    Both marks are read in both languages. Where one alone can be either (`1,234`), `decimal_mark`
    decides, else the language: a comma groups in English and is decimal in French, a point is
    decimal in both. Raises :class:`NumberError` for anything that is not one number, and for a
    sign of another currency than the one given.
    """
    if currency and any(sign in text and currency not in _MEANT_BY[sign] for sign in _MEANT_BY):
        message = _("Amounts are in %(currency)s here. Convert it first.")
        raise NumberError(message % {"currency": currency})
    bare = _bare(text)
    sign = "-" if bare.startswith("-") else ""
    digits = bare[1:] if bare[:1] in {"-", "+"} else bare
    mark = _decimal_mark(digits, lang, decimal_mark)
    whole, _mark, fraction = digits.partition(mark) if mark else (digits, "", "")
    well_formed = _WHOLE.fullmatch(whole or "0") and re.fullmatch(r"[0-9]*", fraction)
    if not (whole or fraction) or not well_formed or len(bare) > _MOST_CHARACTERS:
        raise NumberError(_sentence(lang))
    units = re.sub(r"[^0-9]", "", whole) or "0"
    return Decimal(f"{sign}{units}.{fraction}" if fraction else f"{sign}{units}")


def parse_metric_value(
    text: str, unit: str, lang: str, decimal_mark: str = "", currency: str = ""
) -> Decimal:
    """A typed value in a metric's unit: a percentage becomes a fraction, `4.5` or `4.5 %` is 0.045.

    Raises :class:`NumberError`.
    """
    if unit != "percent":
        return parse_number(text, lang, decimal_mark, currency)
    return parse_number(_bare(text).removesuffix("%"), lang, decimal_mark) / 100


def typed_text(value: Decimal, unit: str, lang: str) -> str:
    """A value as a person would type it, so that :func:`parse_metric_value` reads it back.

    No groups, the language's decimal mark; a fraction as a percentage without its sign.
    """
    number = (value * 100 if unit == "percent" else value).normalize()
    text = format(number, "f")
    return text.replace(".", ",") if fmt.language(lang) == "fr" else text


def _bare(text: str) -> str:
    normal = text.translate(_NORMAL).strip()
    signed, rest = (normal[:1], normal[1:]) if normal[:1] in {"-", "+"} else ("", normal)
    return signed + rest.strip().strip(_CURRENCY_SIGNS).strip()


def _decimal_mark(digits: str, lang: str, chosen: str) -> str:
    """The character that separates the decimals in these digits, or nothing."""
    comma, point = digits.count(","), digits.count(".")
    if comma and point:
        return max(",", ".", key=digits.rfind)
    if comma + point != 1:
        return ""
    mark = "," if comma else "."
    if not _AMBIGUOUS.fullmatch(digits):
        return mark
    if chosen:
        return mark if mark == chosen else ""
    return "" if mark == "," and fmt.language(lang) == "en" else mark


def _sentence(lang: str) -> str:
    example = fmt.number(Decimal("1234.5"), lang)
    with translation.override(fmt.language(lang)):
        return _("Enter a number, like %(example)s") % {"example": example}
