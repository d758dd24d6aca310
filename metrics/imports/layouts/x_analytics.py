"""X (formerly Twitter) analytics: the account by day, or its posts one by one.

Likes are reactions, replies comments, reposts (retweets) shares. X counts impressions, not people:
they are no reach. New follows of a day are not the number of followers, which the files do not
hold. Posts are assets: what a post gathered since it was published stands on that day.
"""

from __future__ import annotations

from metrics.imports.context import Context
from metrics.imports.layout import Column, Layout, dimension, metric, note, when
from metrics.imports.places import read_asset
from metrics.imports.posts import is_post_by_post, say_posts_apart
from metrics.imports.reading import Document
from metrics.imports.signs import Signs, certainty
from metrics.imports.table import Table

COLUMNS: tuple[Column, ...] = (
    when("day", "date", "time", "jour", "heure", "fecha", "datum", "data"),
    dimension(
        "post", "post link", "tweet permalink", "permalien du tweet", "lien du post",
        "enlace permanente del tweet",
        read=read_asset,
    ),
    note(
        "post id", "tweet id", "post text", "tweet text", "texte du tweet", "identifiant du tweet"
    ),
    metric(
        "social_reactions", "likes", "favorites", "favoris", "j'aime", "gefallt mir", "me gusta",
        "mi piace",
    ),
    metric("social_comments", "replies", "reponses", "antworten", "respuestas", "risposte"),
    metric("social_shares", "reposts", "retweets", "republications"),
    note(
        "impressions", "engagements", "engagement rate", "bookmarks", "shares", "new follows",
        "unfollows", "follows", "profile visits", "user profile clicks", "url clicks",
        "detail expands", "media views", "video views", "create post",
    ),
)  # fmt: skip

SIGNS = Signs(
    needs=(frozenset({"day"}), frozenset({"social_reactions", "social_shares"})),
    headers=(
        r"(new follows|unfollows|profile visits|create post|reposts|retweets|bookmarks)"
        r"|tweets? (id|permalink|text|published)|post (id|link|text)|user profile clicks"
        r"|(hashtag|permalink|url) clicks|detail expands|media (views|engagements)|email tweet"
        r"|promoted .*|tweets publies|clics sur (l'url|le profil.*|l'hashtag|le hashtag)"
    ),
    lacks=r"spend|cost|reactions.*|.*\((organic|total|sponsored)\)|campaign.*|amount spent.*"
    r"|(new )?followers|reach",
)


def _recognise(document: Document, context: Context) -> float:
    return certainty(document, COLUMNS, SIGNS)


def _notice(table: Table, context: Context) -> None:
    say_posts_apart(table, context)


LAYOUT = Layout(
    key="x_analytics",
    feed="X",
    recognise=_recognise,
    columns=COLUMNS,
    is_part=is_post_by_post,
    notice=_notice,
    totals=False,
)
