"""What the words of a table kept by hand stand for: a metric, a period, a channel, a total."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from metrics.catalogue import CATALOGUE
from metrics.imports.choices import CREATE
from metrics.imports.context import Context
from metrics.imports.dates import MONTHS, NAMED_MONTH, NotADate, parse_span
from metrics.imports.dimensions import channel_of
from metrics.imports.folding import fold
from metrics.imports.own_years import own_year
from metrics.imports.plan_words import without_plan
from metrics.imports.summed_rows import MEAN, TOTAL
from metrics.imports.units import BILLION, MILLION, THOUSAND, scale_of, without_unit

METRIC, PERIOD, CHANNEL, MONTH, TOTALLED, DERIVED, HAPPENED, PLANNED = (
    "metric", "period", "channel", "month", "total", "derived", "happened", "planned",
)  # fmt: skip
AXES = (METRIC, PERIOD, CHANNEL)
IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$")
SIZE, OPEN = "size", "?"
SIZES = {Decimal(1): "", THOUSAND: " k", MILLION: " M", BILLION: " Md"}
OF_ONE_CHANNEL = re.compile(r'(\w+) where channel = "(\w+)"')
ADS, SEARCH, MAIL = ("paid_search", "paid_social", "display"), ("organic",), ("email",)
IMPRESSIONS = ((ADS, "ad_impressions"), (SEARCH, "search_impressions"))
CLICKS = ((ADS, "ad_clicks"), (SEARCH, "search_clicks"), (MAIL, "emails_clicked"))
SPENT = ((ADS, "cost_media"),)
BY_CHANNEL: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "impressions": IMPRESSIONS, "impr.": IMPRESSIONS,
    "clics": CLICKS, "clicks": CLICKS, "klicks": CLICKS,
    "cout": SPENT, "couts": SPENT, "cost": SPENT, "spend": SPENT, "depenses": SPENT,
    "depense": SPENT, "montant depense": SPENT, "kosten": SPENT,
    "envois": ((MAIL, "emails_sent"),), "sent": ((MAIL, "emails_sent"),),
    "ouvertures": ((MAIL, "emails_opened"),), "opens": ((MAIL, "emails_opened"),),
}  # fmt: skip
"""Words that mean another metric in each kind of channel, and none where no channel stands."""
MONEY_WORDS = frozenset(word for word, keys in BY_CHANNEL.items() if keys is SPENT)
YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")

Told = Mapping[str, str]
"""What a title, a header or a label says: by axis, the words it says it with."""


def size_of(text: str, *, is_money: bool) -> str:
    """The letter that figures under this name are shortened by: " k" for "CA k€"."""
    return SIZES[scale_of(text, is_money=is_money)]


def resolved(told: Told) -> str:
    """The metric's key; a word such as "clicks" means another metric in each kind of channel."""
    metric = told[METRIC]
    if not metric.startswith(OPEN):
        return metric
    keys = BY_CHANNEL[metric.removeprefix(OPEN)]
    return next((key for channels, key in keys if told.get(CHANNEL) in channels), "")


@dataclass(slots=True)
class Words:
    """What words say, by axis; each different text is looked at once."""

    context: Context
    _meanings: dict[str, Told] = field(default_factory=dict)

    def meaning(self, text: str) -> Told:
        """What words say, by axis; nothing for words that say nothing here."""
        if text not in self._meanings:
            self._meanings[text] = self._meaning(text.replace("_", " "))
        return self._meanings[text]

    def _meaning(self, text: str) -> Told:
        folded = fold(text).strip(" :*")
        if not folded or len(text) > 80:
            return {}
        if said := self._said(text):
            return said
        if TOTAL.fullmatch(folded):
            return {TOTALLED: ""}
        if MEAN.fullmatch(folded):
            return {DERIVED: text}
        if scenario := self._scenario(text):
            return scenario
        if metric := self._metric(text):
            named = IN_BRACKETS.search(text)
            place = channel_of(named[1], self.context.workspace.channels) if named else None
            return {CHANNEL: place, **metric} if place else metric
        if channel := channel_of(text, self.context.workspace.channels):
            return {CHANNEL: channel}
        if folded in MONTHS:
            return {MONTH: f"{MONTHS[folded]:02}"}
        return {PERIOD: text} if _is_period(text) else self._metric_of_channel(text)

    def _scenario(self, text: str) -> Told:
        """What a text says that begins or ends in a word such as "actual" or "budget"."""
        said = without_plan(text)
        if said is None:
            return {}
        rest, planned = said
        told = self.meaning(rest) if rest else {}
        scenario = PLANNED if planned else HAPPENED
        return {**told, scenario: text} if told or not rest else {}

    def _said(self, text: str) -> Told:
        """What was said of these words, as a metric or as a channel."""
        known = self.context.vocabulary.find(self.context.said(METRIC, text) or "")
        if known is not None:
            return {METRIC: known.key, SIZE: size_of(text, is_money=known.is_money)}
        channel = self.context.said(CHANNEL, text)
        return {CHANNEL: text if channel == CREATE else channel} if channel else {}

    def _metric(self, text: str) -> Told:
        """The metric that words name, with its size ("CA k€"), or of one channel."""
        bare = without_unit(text)
        if bare in BY_CHANNEL:
            return {METRIC: f"{OPEN}{bare}", SIZE: size_of(text, is_money=bare in MONEY_WORDS)}
        known = self.context.vocabulary.find(text) or self.context.vocabulary.find(bare)
        if known is None:
            return {}
        if not known.derived:
            return {METRIC: known.key, SIZE: size_of(text, is_money=known.is_money)}
        shipped = CATALOGUE.get(known.key)
        part = OF_ONE_CHANNEL.fullmatch(shipped.formula or "") if shipped else None
        return {METRIC: part[1], CHANNEL: part[2]} if part else {DERIVED: text}

    def _metric_of_channel(self, text: str) -> Told:
        """A metric and a channel in one name: "Visites SEO", "Leads - Google Ads"."""
        words = re.split(r"\s*[-|/:(),]\s*|\s+", text.strip(" ()"))
        for cut in range(1, len(words)):
            first, last = " ".join(words[:cut]), " ".join(words[cut:])
            for name, place in ((first, last), (last, first)):
                channel = channel_of(place, self.context.workspace.channels)
                metric = self._metric(name) if channel else {}
                if channel and METRIC in metric and CHANNEL not in metric:
                    return {**metric, CHANNEL: channel}
        return {}


def _is_period(text: str) -> bool:
    """Whether the words name a day, week, month, quarter or year."""
    if own_year(text) is not None:
        return True
    try:
        parse_span(text)
    except NotADate:
        return False
    return not text.isdecimal() or bool(YEAR.fullmatch(text))


def is_year(text: str) -> bool:
    """Whether a text is a calendar year and nothing else."""
    return bool(YEAR.fullmatch(text))


def period_in(text: str) -> Told:
    """The month that a longer title names ("Reporting – janvier 2026")."""
    found = NAMED_MONTH.search(fold(text))
    return {PERIOD: found.group().strip()} if found and YEAR.search(found.group()) else {}


def year_in(text: str) -> str:
    """The year that a text names, "" for none."""
    found = YEAR.search(text)
    return found[1] if found else ""
