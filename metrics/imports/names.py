"""Words in the cells of a table kept by hand that stand for a metric, a channel or a device.

A word that is known is taken for what it names. One that is not is asked about once, whatever the
number of its rows, with a proposal where something speaks for one; what is settled without asking
is kept so that it can be changed. Rows that are to be left out go before anything is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.catalogue.dimensions import CHANNELS
from metrics.imports.choices import (
    CREATE,
    LEAVE_OUT,
    channel_choices,
    device_choices,
    metric_choices,
)
from metrics.imports.context import Context
from metrics.imports.dimensions import channel_of, channel_of_source, device_of
from metrics.imports.folding import fold
from metrics.imports.guessing import SURE, alike, meant
from metrics.imports.layout import Column, Kind
from metrics.imports.likely import RATE
from metrics.imports.parsed import NAME, NOT_SET, Choice, Question
from metrics.imports.platforms import brands_of
from metrics.imports.roles import ALL
from metrics.imports.summed_rows import MEAN, TOTAL
from metrics.imports.table import Table
from metrics.imports.wording import listed

METRIC, CHANNEL, DEVICE = "metric", "channel", "device"
MOST_ASKED = 80
"""With more unknown words than these, a column holds something else than its header says."""
CLOSE = 0.84


def settle_names(table: Table, context: Context) -> None:
    """Finds what each word of the table stands for, asks where nothing is sure, and leaves out
    the rows of words that stand for nothing here."""
    gone: set[int] = set()
    for index, column in table.places(Kind.METRIC_NAME, Kind.DIMENSION):
        kind = _kind(column)
        if kind:
            gone |= _settle_column(table, index, kind, context)
    if gone:
        table.rows = table.lines.without(gone)


def _kind(column: Column) -> str:
    if column.kind is Kind.METRIC_NAME:
        return METRIC
    return column.target if column.target in {CHANNEL, DEVICE} and not column.folded else ""


def _settle_column(table: Table, index: int, kind: str, context: Context) -> set[int]:
    """Settles the words of one column; returns the places of rows that are left out."""
    codes, texts = table.lines.codes(index), table.lines.different(index)
    rows = Counter(codes)
    words = {text: rows[code] for code, text in texts.items() if text}
    left_out = settle_words(words, kind, table.name_of(index), context)
    if not left_out:
        return set()
    unread = {code for code, text in texts.items() if text in left_out}
    return {place for place, code in enumerate(codes) if code in unread}


def settle_words(
    words: Mapping[str, int], kind: str, column: str, context: Context
) -> frozenset[str]:
    """Settles words, each with its number of rows; returns those whose rows are left out.

    Who wants the good rows only is not asked: rows with unknown words are not good ones.
    """
    proposals = {word: _proposal(word, kind, context) for word in words}
    strange = [word for word, (target, _sure) in proposals.items() if target is not None]
    said = {word for word in strange if context.said(kind, word) is not None}
    open_ones = [word for word in strange if word not in said and not proposals[word][1]]
    if context.options.partial:
        strange = [word for word in strange if word not in open_ones]
    elif len(open_ones) > MOST_ASKED:
        return frozenset()
    unread: list[str] = []
    for word in strange:
        target, _sure = proposals[word]
        question = _question(word, kind, column, words[word], target or LEAVE_OUT, context)
        context.say(kind, word, target or "")
        if word in open_ones:
            context.ask(question)
        else:
            context.settle(question)
        if not target:
            unread.append(word)
    _say_left_out([word for word in unread if word not in open_ones], context)
    return frozenset(unread)


def _proposal(word: str, kind: str, context: Context) -> tuple[str | None, bool]:
    """(what the word stands for, whether that is sure): None where it is known by itself, ""
    where its rows are to be left out."""
    said = context.said(kind, word)
    if said is not None:
        return said, True
    return PROPOSALS[kind](word, context)


def _metric(word: str, context: Context) -> tuple[str | None, bool]:
    known, confidence = meant(word, context.vocabulary)
    if known is not None and known.derived:
        return "", True
    if known is not None:
        return (None if confidence == SURE and context.vocabulary.find(word) else known.key), True
    folded = fold(word)
    if TOTAL.fullmatch(folded) or MEAN.fullmatch(folded) or RATE.fullmatch(folded):
        return "", True
    return alike(word, context)[0] or _mistyped(word, context), False


def _mistyped(word: str, context: Context) -> str:
    """The metric whose name a word is nearly, which is asked about all the same."""
    near = context.vocabulary.near(word)
    known = context.vocabulary.find(near) if near else None
    return "" if known is None or known.derived else known.key


def _channel(word: str, context: Context) -> tuple[str | None, bool]:
    if fold(word) in ALL or channel_of(word, context.workspace.channels):
        return None, True
    return (_channel_like(word, context) or CREATE), False


def _channel_like(word: str, context: Context) -> str:
    """The channel that a word is likely to mean: mistyped, a source and medium, a platform."""
    own = context.workspace.channels
    names = {
        fold(name): one.key
        for one in CHANNELS
        for name in (one.key, one.name_en, one.name_fr, *one.aliases)
    }
    names |= {fold(name): key for key, labels in own.items() for name in (key, *labels)}
    if close := get_close_matches(fold(word), names, n=1, cutoff=CLOSE):
        return names[close[0]]
    if "/" in word:
        parts = {key for part in word.split("/") if (key := channel_of(part.strip(), own))}
        found = channel_of_source(word)
        if len(parts) == 1:
            return parts.pop()
        return "" if found in {NOT_SET, "other"} else found
    within = [name for name in names if re.search(rf"\b{re.escape(name)}\b", fold(word))]
    if within:
        return names[max(within, key=len)]
    return next((brand.channel for brand in brands_of(word) if brand.channel), "")


def _device(word: str, context: Context) -> tuple[str | None, bool]:
    if fold(word) in ALL or device_of(word):
        return None, True
    return "other", False


PROPOSALS: Mapping[str, Callable[[str, Context], tuple[str | None, bool]]] = {
    METRIC: _metric,
    CHANNEL: _channel,
    DEVICE: _device,
}


def _question(
    word: str, kind: str, column: str, rows: int, default: str, context: Context
) -> Question:
    found = word[:80]
    counted = ngettext("%(n)s row", "%(n)s rows", rows) % {"n": rows}
    messages = {
        METRIC: _("Which metric does “%(name)s” stand for?"),
        CHANNEL: _("Which channel does “%(name)s” stand for?"),
        DEVICE: _("Which device does “%(name)s” stand for?"),
    }
    return Question(
        code="name",
        message=messages[kind] % {"name": found},
        option=f"{NAME}{kind}:{fold(word)}",
        choices=_choices(kind, found, context),
        default=default,
        column=column,
        samples=(found, counted),
    )


def _choices(kind: str, found: str, context: Context) -> tuple[Choice, ...]:
    if kind == METRIC:
        return metric_choices()
    if kind == CHANNEL:
        return channel_choices(found, context.workspace.channels)
    return device_choices()


def _say_left_out(words: list[str], context: Context) -> None:
    if not words:
        return
    message = _(
        "Rows with these names are left out: %(names)s. They are worked out from other figures, "
        "or you said so."
    )
    context.warn("names_left_out", message % {"names": listed(words)})
