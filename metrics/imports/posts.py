"""What the exports of social networks have in common: acts on posts, by day or post by post."""

from __future__ import annotations

from django.utils.translation import gettext as _

from metrics.imports.advertising import targets_of
from metrics.imports.context import Context
from metrics.imports.table import Table


def is_post_by_post(table: Table, context: Context) -> bool:
    """Whether the rows are posts: what they gathered since their day, and only those listed."""
    return "post" in targets_of(table.columns)


def say_posts_apart(table: Table, context: Context) -> None:
    """Warn that a list of posts is a part of what happens on a page, by another day."""
    if is_post_by_post(table, context):
        context.warn(
            "posts_apart",
            _(
                "Each post's reactions are counted on the day it was published and only for the "
                "posts listed: they are imported post by post and never taken for the total."
            ),
        )
