"""The stages from lead to customer, under the words that CRMs and people use for them.

visit → lead → MQL → SQL → customer (an opportunity stands between SQL and customer where the
list knows it). Who has reached a stage has been through those before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.event_list import Entry, Event, Group, Listing
from metrics.imports.folding import fold

STAGES = ("leads", "mqls", "sqls", "opportunities", "new_customers")
LEAD = re.compile(r"leads?|prospects?|new( lead)?|nouveau( lead)?|raw lead|lead brut|suspect")
NOBODY = ""
"""Someone who is no lead yet, or never was one."""
CONVERTED = frozenset({"yes", "true", "1", "oui", "vrai", "ja", "si"})

WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        NOBODY,
        re.compile(
            r"subscriber|abonn.*|abonnent|suscriptor|iscritto|visitor|visiteur|contact|kontakt|contatto"
            r"|other|autre|andere|sonstige|otro|altro|spam|test|bounced"
        ),
    ),
    (
        "leads",
        re.compile(
            r"(not|non|un|dis|nicht)[ -]?(converted|qualif\w*|converti.*)|closed - not converted"
            r"|disqualif\w*|unqualif\w*|.*\b(lost|perdu|perdue|rejet\w*|recycl\w*|nurtur\w*)\b.*"
            r"|no (cualificado|qualificato)"
        ),
    ),
    (
        "new_customers",
        re.compile(
            r"(new )?(customer|client|nouveau client|kunde|neukunde|cliente)s?|evangeliste?"
            r"|ambassadeur|promoteur|(closed )?won|(ferme )?gagne.?|gewonnen|ganad[oa]|vint[oa]"
            r"|signe.?|signed|achat|acheteur|purchased|converti en client"
        ),
    ),
    (
        "opportunities",
        re.compile(
            r"opportunit(y|ies|e|es|a)|oportunidad|opp|verkaufschance|devis( envoye)?|proposition.*"
            r"|proposal.*|negociation|negotiation|offre.*|quote.*"
        ),
    ),
    (
        "sqls",
        re.compile(
            r"sqls?|sal|sales[ -]?(qualified|accepted)([ -]?leads?)?|.* sql"
            r"|.*qualifi.* (commercial\w*|ventes?|vente|par les ventes|par le commerce|sales)"
            r"|(lead|prospect)s? (commercial\w*|sales)|vertriebsqualifizierter? lead"
            r"|.*calificado (para|por) ventas|.*qualificato (per le )?vendit[ae]"
            r"|(closed - )?(converted|converti.?|konvertiert|convertido|convertito)"
            r"|accepte(d)?( par les ventes)?|rdv.*|rendez[ -]vous.*|meeting.*|demo.*"
        ),
    ),
    (
        "mqls",
        re.compile(
            r"mqls?|marketing[ -]?qualified([ -]?leads?)?|.* mql|.*qualifi.* (par le )?marketing"
            r"|marketing[ -]?qualifizierter? lead|.*calificado (para|por) marketing"
            r"|.*qualificato (per il )?marketing|qualified|qualifie.?|qualified lead|lead qualifie"
            r"|pre[- ]?qualifi(ed|e)"
        ),
    ),
)
"""In the order in which they are tried: what a status is not comes before what it is."""


@lru_cache(maxsize=4096)
def stage_of(status: str) -> str:
    """The stage that a status stands for: one of STAGES, or "" for someone who is no lead."""
    folded = fold(re.sub(r"[()\[\]_]", " ", status)).strip(" .:")
    return next((stage for stage, words in WORDS if words.fullmatch(folded)), "leads")


def names_a_stage(status: str) -> bool:
    """Whether a status is a word for a stage, and not any other state of things."""
    folded = fold(status).strip(" .:")
    return bool(LEAD.fullmatch(folded)) or any(
        words.fullmatch(folded) for stage, words in WORDS if stage not in {NOBODY, "leads"}
    )


def lead_events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    """The stages that a person has reached, each on its day, over all rows of that person."""
    for entry in rows:
        yield from _of_row(entry, listing, context)


def _of_row(entry: Entry, listing: Listing, context: Context) -> Iterator[Event]:
    reached = _reached(entry)
    for stage in STAGES:
        if listing.has(stage):
            day = entry.dates.get(stage)
        elif stage in reached and "created" in entry.dates and _is_used(stage, listing):
            day = _undated(stage, reached, entry, context)
        else:
            continue
        if day:
            yield Event(stage, day)
            if stage == "new_customers":
                yield from _sale(entry, day)


def _reached(entry: Entry) -> tuple[str, ...]:
    """The stages up to the one that the status names; a row without a status is a lead."""
    stage = stage_of(entry.words["status"]) if "status" in entry.words else "leads"
    if "mql" in entry.words and stage in {"leads", NOBODY}:
        stage = "mqls"
    if fold(entry.words.get("converted", "")) in CONVERTED and stage in {"leads", "mqls"}:
        stage = "sqls"
    return STAGES[: STAGES.index(stage) + 1] if stage else ()


def _is_used(stage: str, listing: Listing) -> bool:
    """Opportunities are counted only where the list tells them from SQLs."""
    return stage != "opportunities" or stage in {stage_of(one) for one in listing.words("status")}


def _undated(stage: str, reached: tuple[str, ...], entry: Entry, context: Context) -> date:
    """The day of a stage that has no column: the row's last change for the stage it is in."""
    created = entry.dates["created"]
    if stage == "leads":
        return created
    if stage == reached[-1] and "changed" in entry.dates:
        return max(created, entry.dates["changed"])
    context.warn(
        "stage_without_day",
        _(
            "The list says which stage people have reached and not when: they are counted on the "
            "day of the lead."
        ),
    )
    return created


def _sale(entry: Entry, day: date) -> Iterator[Event]:
    if "amount" in entry.numbers:
        yield Event("revenue", day, entry.numbers["amount"])


def cycle(created: date, won: date) -> Decimal:
    """Days from the first to the last day of a sale, never below zero."""
    return Decimal(max((won - created).days, 0))
