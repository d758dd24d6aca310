"""What one reading of a file gathers as it goes: problems, warnings, questions."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from metrics.imports.parsed import (
    ImportOptions,
    ParsedFile,
    Question,
    RowProblem,
    Warning,
    WorkspaceHints,
)
from metrics.imports.vocabulary import Vocabulary

MOST_PROBLEMS = 1_000


@dataclass(slots=True)
class Context:
    """One reading: what is known beforehand, and what is found on the way."""

    options: ImportOptions
    workspace: WorkspaceHints
    vocabulary: Vocabulary
    result: ParsedFile
    name: str = ""
    order: str = "ymd"
    _said: set[tuple[str, str]] = field(default_factory=set)

    def warn(self, code: str, message: str) -> None:
        """Add a warning once."""
        if (code, message) not in self._said:
            self._said.add((code, message))
            self.result.warnings.append(Warning(code, message))

    def problem(self, row: int, column: str, found: str, expected: str, kind: str) -> None:
        """Add a problem of one row; after a thousand the file is wrong as a whole."""
        errors = self.result.errors
        if len(errors) < MOST_PROBLEMS:
            errors.append(RowProblem(row, column, found[:200], expected, kind))
        elif len(errors) == MOST_PROBLEMS:
            more = _(
                "More than 1,000 rows need repair. Check that the columns and formats are read "
                "right."
            )
            errors.append(RowProblem(row, "", "", more, "file"))

    def ask(self, question: Question) -> None:
        """Add a question once for each option and column."""
        asked = {(other.option, other.column) for other in self.result.questions}
        if (question.option, question.column) not in asked:
            self.result.questions.append(question)
