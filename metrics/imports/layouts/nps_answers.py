"""Answers to "How likely are you to recommend us?", one a row: a day and a score from 0 to 10.

9 and 10 are promoters, 7 and 8 passives, 0 to 6 detractors. Rows without a score are people who
did not answer. Comments and addresses do not stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.event_list import Event, EventList, Group, Listing
from metrics.imports.layout import Layout, text, when
from metrics.imports.numbers import is_nothing
from metrics.imports.reading import Document

HIGHEST = 10
SEARCHED_LINES = 2_000
SCORE = re.compile(r"(10|\d)(?:[.,]0+)?(?!\d)(?![.,]\d)")
QUESTION = r"\brecommend|recommand|weiterempfehl|recomend|consigli(a|e)"


def _events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    entry = rows[-1]
    answer = entry.words.get("score", "")
    score = _score(answer)
    if score is None:
        return
    if not 0 <= score <= HIGHEST:
        expected = _("A score is a whole number from 0 to 10. Correct it, or remove the row.")
        context.problem(entry.row, "", answer[:20], expected, "number")
    elif score >= 9:
        yield Event("nps_promoters", entry.dates["created"])
    elif score >= 7:
        yield Event("nps_passives", entry.dates["created"])
    else:
        yield Event("nps_detractors", entry.dates["created"])


EVENTS = EventList(
    columns=(
        text(
            "id", "response id", "answer id", "review id", "id", "respondent id",
            "id de reponse", "token",
        ),
        text("email", "email", "e-mail", "adresse e-mail", "email address", "customer email"),
        when(
            "created", "date received", "data received", "received at", "received on",
            "date", "day", "jour", "datum", "fecha", "data", "created", "created at",
            "timestamp", "horodateur", "submitted at", "submit date", "submission date",
            "review date", "survey date", "surveyed at",
            "end date", "date submitted", "response date", "responded at", "answered at",
            "date de reponse", "date de creation", "date de soumission", "completed at",
            like=r"^submit date|^date (de|of) (the )?(reponse|response|answer)",
        ),
        when("created", "start date", "started at", "date de debut", rank=1),
        text(
            "score", "score", "nps", "nps score", "score nps", "note", "note nps", "rating",
            "answer", "reponse", "puntuacion", "punteggio", "bewertung", "nps rating",
            "net promoter score", "note sur 10",
            like=QUESTION,
        ),
    ),
    needs=frozenset({"created", "score"}),
    entry_day="created",
    identity=("id", "email+created"),
    scope="nps answer",
    events=_events,
    speaks_for=("nps_promoters", "nps_passives", "nps_detractors"),
)  # fmt: skip


def _recognise(document: Document, context: Context) -> float:
    """A day and one whole number from 0 to 10 on every row, the only figure of the table."""
    header = EVENTS.header_in(document)
    if header is None:
        return 0.0
    columns = EVENTS.columns_of(header.cells)
    index = next(i for i, column in enumerate(columns) if column and column.target == "score")
    first = document.lines[:SEARCHED_LINES]
    below = [line.cells for line in first if line.number > header.number]
    scores = [_score(cells[index]) for cells in below if index < len(cells)]
    given = [score for score in scores[1:] if score is not None]
    given += [score for score in scores[:1] if score not in {None, -1}]
    if not given or sum(0 <= score <= HIGHEST for score in given) < 0.9 * len(given):
        return 0.0
    return 0.88 if len(header.cells) > 2 or max(given) > HIGHEST / 2 else 0.0


def _score(cell: str) -> int | None:
    """The whole number that a cell begins with ("10 - Extremely likely"); −1 for anything else."""
    if is_nothing(cell):
        return None
    found = SCORE.match(cell)
    return int(found[1]) if found else -1


LAYOUT = Layout(
    key="nps_answers",
    feed="NPS",
    recognise=_recognise,
    columns=EVENTS.columns,
    events=EVENTS,
)
