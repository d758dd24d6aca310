"""LinkedIn page analytics: the workbook of the updates (content) export, or a sheet of it as CSV.

Above the header stands a paragraph on what is counted. Each figure has columns for organic,
sponsored and all: the one for all is taken, else the organic one. Unique impressions are people:
each day's keep their own day. Reposts are shares. Posts, one by one, are assets.

The exports of followers, visitors and competitors are refused with the reason: the first counts the
new followers of a day and not the community, the second visits to LinkedIn and not to the site, the
third does not say which of its pages is the own one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.encoding import Unreadable
from metrics.imports.folding import fold
from metrics.imports.layout import Column, Layout, declared, dimension, metric, note, when
from metrics.imports.places import read_asset
from metrics.imports.posts import is_post_by_post, say_posts_apart
from metrics.imports.reading import Document
from metrics.imports.signs import Signs, certainty
from metrics.imports.table import Table

REACTIONS = ("reactions", "reaktionen", "reacciones", "reazioni")
COMMENTS = ("comments", "commentaires", "kommentare", "comentarios", "commenti")
SHARES = ("reposts", "shares", "republications", "partages", "repostings", "geteilte beitrage",
          "veces compartido", "compartidos", "condivisioni", "diffusioni")  # fmt: skip
UNIQUE = ("unique impressions", "impressions uniques", "eindeutige impressions",
          "impresiones unicas", "impressioni uniche")  # fmt: skip
ALL_KINDS = ("total", "totale", "totales", "gesamt", "insgesamt")
ORGANIC_KINDS = ("organic", "organique", "organiques", "organisch", "organicas", "organicos",
                 "organico", "organica", "organiche", "organici")  # fmt: skip


PAID_KINDS = ("sponsored", "sponsorise", "sponsorisees", "sponsorises", "gesponsert",
              "patrocinado", "patrocinadas", "sponsorizzate")  # fmt: skip


def _split(key: str, names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of a figure that is given for all, organic and sponsored; or given alone."""

    def of(kinds: Sequence[str]) -> tuple[str, ...]:
        return tuple(f"{name} ({kind})" for name in names for kind in kinds)

    return (
        metric(key, *of(ALL_KINDS)),
        metric(key, *of(ORGANIC_KINDS), rank=1),
        note(*of(PAID_KINDS)),
        metric(key, *names, rank=2),
    )


COLUMNS: tuple[Column, ...] = (
    when(
        "day", "date", "datum", "fecha", "data", "created date", "date de creation",
        "erstellungsdatum", "fecha de creacion",
    ),
    dimension(
        "post", "post link", "update link", "lien du post", "lien vers le post",
        "link zum beitrag", "enlace de la publicacion", "link del post",
        read=read_asset,
    ),
    *_split("social_reactions", (*REACTIONS, "likes", "j'aime")),
    *_split("social_comments", COMMENTS),
    *_split("social_shares", SHARES),
    *_split("social_reach", UNIQUE),
    note(
        "post title", "update title", "post type", "campaign name", "posted by", "created by",
        "audience", "content type",
    ),
)  # fmt: skip

SIGNS = Signs(
    needs=(
        frozenset({"day"}),
        frozenset({"social_reactions", "social_comments"}),
        frozenset({"social_shares", "social_reach"}),
    ),
    headers=(
        r"(impressions|clicks|reactions|comments|reposts|shares|engagement rate|clics|klicks"
        r"|reaktionen|kommentare|commentaires|republications|partages|taux d'engagement"
        r"|impresiones|reacciones|comentarios|reazioni|commenti|impressioni)"
        r" ?\((organic|sponsored|total|organi\w+|sponsoris\w+|gesponsert|gesamt|totale?s?)\)"
        r"|(post|update) (link|title|type)|posted by|click through rate.*|offsite views"
    ),
    lacks=(
        r"spend|cost|amount spent.*|total spent|retweets|unfollows|tweet .*"
        r"|(url|permalink|hashtag) clicks"
    ),
)
FOLLOWERS = frozenset(
    {
        "organic followers", "sponsored followers", "auto-invited followers",
        "abonnes organiques", "abonnes sponsorises", "organische follower",
        "gesponserte follower", "seguidores organicos", "follower organici",
    }
)  # fmt: skip
VISITORS = frozenset(
    {
        "total page views", "overview page views", "total unique visitors",
        "overview unique visitors", "life page views", "jobs page views",
        "nombre total de pages vues", "total des pages vues", "total de pages vues",
        "nombre total de visiteurs uniques",
    }
)  # fmt: skip


COMPETITORS = (
    frozenset({"total followers", "nombre total d'abonnes", "total d'abonnes", "follower insgesamt",
               "gesamtzahl der follower", "total de seguidores", "follower totali"}),
    frozenset({"new followers", "nouveaux abonnes", "neue follower", "nuevos seguidores",
               "seguidores nuevos", "nuovi follower"}),
)  # fmt: skip
"""The list of the page and its competitors: followers and new ones of each."""
DEMOGRAPHICS = re.compile(
    r"location|job function|seniority|industry|company size|lieu|fonction|niveau hierarchique"
    r"|secteur( d'activite)?|taille de l'entreprise"
)
COUNTED_IN_PART = re.compile(r"total (followers|views)|(total des |total d')?(abonnes|vues).*")


def _is_of_competitors(header: Sequence[str]) -> bool:
    names = {fold(cell) for cell in header}
    return all(names & one for one in COMPETITORS)


def _is_aside(document: Document) -> bool:
    """The sheets of who follows or visits the page: parts of people, under no date."""
    return any(
        len(line.cells) == 2
        and bool(DEMOGRAPHICS.fullmatch(fold(line.cells[0])))
        and bool(COUNTED_IN_PART.fullmatch(fold(line.cells[1])))
        for line in document.lines[:5]
    )


def _named(header: Sequence[str], names: frozenset[str]) -> bool:
    found = {fold(cell).split(" (")[0] for cell in header}
    return len(found & names) > 0 and len(header) > 2


def _columns(header: Sequence[str], context: Context) -> list[Column | None]:
    if _named(header, FOLLOWERS):
        raise Unreadable(
            _(
                "This file counts the new followers of each day, not how many follow the page. "
                "Enter the number that the page shows as “Followers” instead."
            ),
            kind="layout",
        )
    if _is_of_competitors(header):
        raise Unreadable(
            _(
                "This file compares pages and does not say which one is yours. Enter the number "
                "that your page shows as “Followers” instead."
            ),
            kind="layout",
        )
    if _named(header, VISITORS):
        raise Unreadable(
            _(
                "This file counts visits to the page on LinkedIn, not to the site. Import the "
                "export of the content (updates) for reactions, comments and shares."
            ),
            kind="layout",
        )
    return declared(COLUMNS, header)


def _recognise(document: Document, context: Context) -> float:
    for line in document.lines[:10]:
        if _named(line.cells, FOLLOWERS) or _named(line.cells, VISITORS):
            return 0.95
        if _is_of_competitors(line.cells):
            return 0.95
    if _is_aside(document):
        return 0.6
    return certainty(document, COLUMNS, SIGNS)


def _notice(table: Table, context: Context) -> None:
    say_posts_apart(table, context)


LAYOUT = Layout(
    key="linkedin_page",
    feed="LinkedIn page",
    recognise=_recognise,
    columns=COLUMNS,
    resolve=_columns,
    is_part=is_post_by_post,
    notice=_notice,
    totals=False,
    together=True,
    is_aside=_is_aside,
)
