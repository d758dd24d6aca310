"""A replay as the API and the command print it."""

from typing import Any

from objectives.replay import Replay


def replay_json(found: Replay) -> dict[str, Any]:
    """What a year would have brought: days, causes and numbers."""
    return {
        "nights": found.nights,
        "a_year": found.a_year,
        "opened": [
            {
                "day": one.day.isoformat(),
                "closed": one.closed.isoformat() if one.closed else None,
                "about": one.about,
                "value": None if one.value is None else str(one.value),
                "compared": None if one.compared is None else str(one.compared),
            }
            for one in found.opened
        ],
    }
