"""The advertising platforms: how tables write them, the channel they are bought on, their feeds.

Which platform a table of no tool's own is from matters: each platform has its own feed.
Two platforms may have a campaign of one name on one day. In one feed the second file would
replace the first one's figures; in two feeds they add up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from metrics.imports.folding import fold


class Brand(NamedTuple):
    """A platform: its feed, its channel ("" for more than one), how tables write its name."""

    feed: str
    channel: str
    shape: str


BRANDS = (
    Brand("YouTube Ads", "display", r"you ?tube"),
    Brand("DV360", "display", r"\bdv ?360\b"),
    Brand("Criteo", "display", r"criteo"),
    Brand("Taboola", "display", r"taboola"),
    Brand("Outbrain", "display", r"outbrain"),
    Brand("Facebook Ads", "paid_social", r"facebook|\bfb\b"),
    Brand("Instagram Ads", "paid_social", r"instagram|\big\b"),
    Brand("Meta Ads", "paid_social", r"\bmeta\b"),
    Brand("LinkedIn Ads", "paid_social", r"linked ?in"),
    Brand("TikTok Ads", "paid_social", r"tik ?tok"),
    Brand("X Ads", "paid_social", r"twitter|\bx ads\b|^x$"),
    Brand("Snapchat Ads", "paid_social", r"snap ?chat|\bsnap\b"),
    Brand("Pinterest Ads", "paid_social", r"pinterest"),
    Brand("Reddit Ads", "paid_social", r"reddit"),
    Brand("Spotify Ads", "display", r"spotify"),
    Brand("Quora Ads", "paid_social", r"quora"),
    Brand("Google Ads", "paid_search", r"google|adwords|gads\b"),
    Brand("Microsoft Ads", "paid_search", r"microsoft|\bbing\b|\bmsads\b"),
    Brand("Yandex Ads", "paid_search", r"yandex"),
    Brand("Baidu Ads", "paid_search", r"baidu"),
    Brand("Yahoo Ads", "paid_search", r"yahoo"),
    Brand("Amazon Ads", "", r"amazon"),
)
"""The platforms; of several in one text, the first tells the channel."""
HOUSES = (
    ("Meta Ads", frozenset({"Meta Ads", "Facebook Ads", "Instagram Ads"})),
    ("Google Ads", frozenset({"Google Ads", "YouTube Ads"})),
)
"""Platforms that are bought in one place: a table that has several of them is from there."""
SEVERAL = ""


def brands_of(text: str) -> list[Brand]:
    """The platforms that a cell, a title or a name of a file speaks of."""
    folded = re.sub(r"[_\-.]+", " ", fold(text))
    return [brand for brand in BRANDS if re.search(brand.shape, folded)]


def platform_of(text: str) -> str | None:
    """The feed of the platform that a text speaks of, if of one."""
    found = {brand.feed for brand in brands_of(text)}
    if len(found) == 1:
        return found.pop()
    return next((house for house, brands in HOUSES if found and found <= brands), None)


def one_platform(cells: Iterable[str]) -> str | None:
    """The feed of the one platform that all cells name.

    `SEVERAL` where they name more than one thing, None where they name no platform at all.
    """
    found = {platform_of(cell) for cell in cells if cell.strip()}
    if found <= {None}:
        return None
    if len(found) == 1:
        return found.pop()
    return next((house for house, brands in HOUSES if found <= brands), SEVERAL)
