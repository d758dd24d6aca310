"""Which advertising platform a table of no tool's own is from: each platform has its own feed.

Two platforms may have a campaign of one name on one day. In one feed the second file would
replace the first one's figures; in two feeds they add up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from metrics.imports.folding import fold

BRANDS = (
    ("Facebook Ads", r"facebook|\bfb\b"),
    ("Instagram Ads", r"instagram|\big\b"),
    ("Meta Ads", r"\bmeta\b"),
    ("LinkedIn Ads", r"linked ?in"),
    ("TikTok Ads", r"tik ?tok"),
    ("X Ads", r"twitter|\bx ads\b|^x$"),
    ("Snapchat Ads", r"snap ?chat|\bsnap\b"),
    ("Pinterest Ads", r"pinterest"),
    ("Reddit Ads", r"reddit"),
    ("YouTube Ads", r"you ?tube"),
    ("Google Ads", r"google|adwords|gads\b"),
    ("Microsoft Ads", r"microsoft|\bbing\b|\bmsads\b"),
    ("Amazon Ads", r"amazon"),
    ("Criteo", r"criteo"),
    ("Taboola", r"taboola"),
    ("Outbrain", r"outbrain"),
    ("DV360", r"\bdv ?360\b"),
    ("Quora Ads", r"quora"),
    ("Yandex Ads", r"yandex"),
    ("Baidu Ads", r"baidu"),
    ("Yahoo Ads", r"yahoo"),
)
"""The feed of each platform, and how tables write its name."""
HOUSES = (
    ("Meta Ads", frozenset({"Meta Ads", "Facebook Ads", "Instagram Ads"})),
    ("Google Ads", frozenset({"Google Ads", "YouTube Ads"})),
)
"""Platforms that are bought in one place: a table that has several of them is from there."""
SEVERAL = ""


def platform_of(text: str) -> str | None:
    """The feed of the platform that a cell, a title or a name of a file speaks of, if of one."""
    folded = re.sub(r"[_\-.]+", " ", fold(text))
    found = {feed for feed, shape in BRANDS if re.search(shape, folded)}
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
