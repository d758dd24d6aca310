"""Columns that nobody named: guessed by meaning, asked with three of their cells, remembered."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.models import Workspace
from metrics.forms.answers import AnswersForm
from metrics.imports.guessing import meant
from metrics.imports.importing import import_file, preview, read_again
from metrics.imports.instructions import Instructions
from metrics.imports.parsed import ImportOptions
from metrics.imports.vocabulary import Vocabulary
from metrics.models import Batch
from tests.metrics.imports.reading import codes, read_text

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)
TABLE = (
    "Le;Nb de leads générés;Trucs;Où;Dépenses\n"
    "01/09/2026;12;3;SEO;1 200,50\n02/09/2026;13;4;SEA;900,00\n"
)
ANSWERS = {"Le": "date", "Nb de leads générés": "leads", "Trucs": "", "Où": "channel"}


@pytest.mark.parametrize(
    ("header", "metric", "confidence"),
    [
        ("Leads", "leads", 100),
        ("Nombre de leads générés", "leads", 90),
        ("Total visites", "sessions", 90),
        ("Nouveaux clients du mois", "new_customers", 90),
        ("Nombre de clients gagnés", "new_customers", 90),
        ("Bidules", None, 0),
    ],
)
def test_what_a_header_means(header: str, metric: str | None, confidence: int) -> None:
    known, sure = meant(header, Vocabulary())

    assert (known.key if known else None, sure) == (metric, confidence)


def test_unknown_columns_are_asked_with_a_guess_and_three_cells() -> None:
    result = read_text(TABLE)

    asked = {one.column: (one.default, one.samples) for one in result.questions}
    assert asked == {
        "Nb de leads générés": ("leads", ("12", "13")),
        "Trucs": ("-", ("3", "4")),
        "Où": ("channel", ("SEO", "SEA")),
        "Dépenses": ("cost_media", ("1 200,50", "900,00")),
    }
    assert not result.ready
    assert "column_of_days" in codes(result.warnings)


def test_with_the_answers_the_table_is_read() -> None:
    result = read_text(TABLE, mapping={**ANSWERS, "Dépenses": "cost_media"})

    assert (result.questions, result.errors) == ([], [])
    assert result.sums == {"leads": Decimal(25), "cost_media": Decimal("2100.50")}
    assert [(one.header, one.target, one.confidence) for one in result.columns] == [
        ("Le", "day", 100),
        ("Nb de leads générés", "leads", 100),
        ("Trucs", "", 0),
        ("Où", "channel", 100),
        ("Dépenses", "cost_media", 100),
    ]


def test_a_header_in_more_words_needs_no_question() -> None:
    result = read_text("Date;Nombre de leads\n13/09/2026;12\n14/09/2026;13\n")

    assert (result.questions, result.sums) == ([], {"leads": Decimal(25)})
    assert [(one.header, one.confidence) for one in result.columns] == [
        ("Date", 100),
        ("Nombre de leads", 90),
    ]


def _preview(workspace: Workspace, text: str) -> Batch:
    return preview(
        workspace,
        user=None,
        name="t.csv",
        data=text.encode(),
        options=ImportOptions(),
        today=TODAY,
    )


def test_the_pages_answers_become_the_mapping(inside: Workspace) -> None:
    batch = _preview(inside, TABLE)
    asked = {name: target for name, target in ANSWERS.items() if name != "Le"}
    given = {f"mapping:{name}": target or "-" for name, target in asked.items()}
    form = AnswersForm(batch.report["questions"], given | {"mapping:Dépenses": "cost_media"})

    assert form.is_valid()
    options = form.applied_to(Instructions.from_json(batch.options).options)
    batch = read_again(batch, options=options)

    assert options.mapping == {**asked, "Dépenses": "cost_media"}
    assert (batch.report["questions"], batch.report["errors"]) == ([], [])
    assert batch.report["metrics"]["leads"] == "25"


def test_the_next_file_of_the_same_shape_is_mapped_alike(inside: Workspace) -> None:
    import_file(
        inside,
        user=None,
        name="t.csv",
        data=TABLE.encode(),
        options=ImportOptions(mapping={**ANSWERS, "Dépenses": "cost_media"}, date_order="dmy"),
        today=TODAY,
        now=NOW,
    )

    batch = _preview(inside, TABLE.replace("/09/", "/10/").replace(";12;", ";20;"))

    assert batch.report["questions"] == []
    assert batch.report["metrics"]["leads"] == "33"
    assert "mapping_remembered" in codes_of(batch)
    assert batch.options["mapping"] == {**ANSWERS, "Dépenses": "cost_media"}


def codes_of(batch: Batch) -> set[str]:
    return {one["code"] for one in batch.report["warnings"]}


def test_a_table_whose_columns_say_nothing_is_asked_about_all_the_same() -> None:
    result = read_text("Quand;Bidules\n13/09/2026;12\n14/09/2026;14\n")

    assert [one.column for one in result.questions] == ["Bidules"]
    assert (result.errors, len(result.facts)) == ([], 0)
