"""How the tests of imports read a file: one of tests/data/imports/, or a text written out."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from metrics.imports.parsed import ImportOptions, Limits, ParsedFile, Span, WorkspaceHints
from metrics.imports.parsing import parse_file

FILES = Path(__file__).parents[2] / "data" / "imports"
SAMPLES = Path(__file__).parent / "samples"
TODAY = date(2026, 11, 23)
SEPTEMBER = Span(date(2026, 9, 1), date(2026, 9, 30))
PARIS = WorkspaceHints(today=TODAY, currency="EUR", language="en")


def read(
    name: str, *, workspace: WorkspaceHints = PARIS, limits: Limits | None = None, **options: Any
) -> ParsedFile:
    """A file of tests/data/imports/, read."""
    return read_bytes(
        (FILES / name).read_bytes(), name=name, workspace=workspace, limits=limits, **options
    )


def sample(name: str, **given: Any) -> ParsedFile:
    """A file of samples/, read: the export of a tool, with invented values."""
    return read_bytes((SAMPLES / name).read_bytes(), name=name, **given)


def read_text(text: str, **given: Any) -> ParsedFile:
    """A text in UTF-8, read as a file."""
    return read_bytes(text.encode(), **given)


def read_bytes(
    data: bytes,
    *,
    name: str = "figures.csv",
    workspace: WorkspaceHints = PARIS,
    limits: Limits | None = None,
    **options: Any,
) -> ParsedFile:
    """Bytes, read as a file."""
    return parse_file(
        name,
        data,
        options=ImportOptions(**options),
        workspace=workspace,
        limits=limits or Limits(),
    )


def values(result: ParsedFile, metric: str, *names: str) -> dict[tuple[Any, ...], Decimal]:
    """Values of a metric by the given attributes of its facts."""
    return {
        tuple(getattr(fact, name) for name in names): fact.value
        for fact in result.facts
        if fact.metric == metric
    }


def codes(found: Iterable[Any]) -> list[str]:
    """The codes of warnings or questions."""
    return [one.code for one in found]
