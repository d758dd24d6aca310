"""Every sample is of one tool, told by its content: no other layout is as sure."""

from pathlib import Path

import pytest

from metrics.imports.context import Context
from metrics.imports.layouts import LAYOUTS
from metrics.imports.parsed import ImportOptions, Limits, ParsedFile
from metrics.imports.reading import read_document
from metrics.imports.recognise import LEAST
from metrics.imports.vocabulary import Vocabulary
from tests.metrics.imports.reading import FILES, PARIS, SAMPLES, read_bytes

EVERY = sorted([*SAMPLES.glob("*.csv"), *FILES.glob("*.csv")], key=lambda path: path.name)
GENERIC = {"deal_list", "own_blocks"}
"""Layouts of no tool's own, whose tests write their tables out."""
MARGIN = 0.04


def layout_named_by(path: Path) -> str:
    """The layout that a sample's name begins with."""
    return max((key for key in LAYOUTS if path.name.startswith(key)), key=len)


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_one_layout_is_surest_whatever_the_file_is_called(path: Path) -> None:
    document = read_document("report.csv", path.read_bytes(), Limits())
    context = Context(ImportOptions(), PARIS, Vocabulary(), ParsedFile())

    sure = {key: layout.recognise(document, context) for key, layout in LAYOUTS.items()}
    best, second = sorted(sure, key=lambda key: -sure[key])[:2]

    assert best == layout_named_by(path)
    assert sure[best] >= LEAST
    own = {"own_wide", "own_long"}
    assert sure[best] - sure[second] > (0 if second in own else MARGIN) or sure[second] < LEAST


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_every_sample_is_read_or_asks_or_says_why_not(path: Path) -> None:
    result = read_bytes(path.read_bytes(), name="report.csv")

    assert result.layout == layout_named_by(path)
    assert result.ready or result.questions or [one.kind for one in result.errors] == ["layout"]


def test_every_tool_has_a_sample() -> None:
    assert {layout_named_by(path) for path in EVERY} >= LAYOUTS.keys() - GENERIC
