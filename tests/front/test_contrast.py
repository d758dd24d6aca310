"""The colours keep WCAG 2.2 AA contrast in both themes."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "static/css/tokens.css").read_text(encoding="utf-8")
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS
    )
}
GROUNDS = ("paper", "paper-2", "ground")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent", "danger") for ground in GROUNDS),
    ("ink-2", "hover"),
    ("accent", "accent-soft"),
    ("ink", "accent-soft"),
    ("ink-2", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-danger", "danger-fill"),
    *((tone, f"{tone}-bg") for tone in ("on", "risk", "off", "done", "quiet")),
    *(("ink", f"{tone}-bg") for tone in ("on", "risk", "off")),
    *((tone, "paper") for tone in ("on", "off")),
    *((ink, "paper") for ink in ("c-target", "c-plan", "c-past", "c-forecast-ink")),
    ("ink-3", "c-band"),
]
SHAPES = [
    ("field-line", "paper"),
    ("accent", "ground"),
    *((f"{tone}-fill", "paper") for tone in ("on", "risk", "off", "done", "quiet")),
    *((f"{tone}-fill", "zone-2") for tone in ("on", "risk", "off", "done", "quiet")),
    ("ink", "zone-2"),
    *(
        (line, "paper")
        for line in ("c-actual", "c-plan", "c-past", "c-target", "c-forecast", "c-2", "c-3", "c-4")
    ),
]


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_is_readable(ink: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_stand_out(shape: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[shape][theme], TOKENS[ground][theme]) >= 3
