"""What one reading of a file gathers as it goes: problems, warnings, questions."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from metrics.imports.dimensions import channel_of
from metrics.imports.folding import fold
from metrics.imports.parsed import (
    ImportOptions,
    ParsedFile,
    Question,
    RowProblem,
    Warning,
    WorkspaceHints,
)
from metrics.imports.vocabulary import Known, Vocabulary

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
    names: dict[str, str] = field(default_factory=dict)
    """What words in cells stand for in this reading, as far as they had to be settled."""
    _said: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        own = self.workspace.channels
        for word, target in self.options.mapping.items():
            if not target or self.vocabulary.find(target):
                self.names[f"metric:{fold(word)}"] = target
            elif channel_of(target, own):
                self.names[f"channel:{fold(word)}"] = target
        self.names.update(self.options.names)

    def warn(self, code: str, message: str) -> None:
        """Add a warning once."""
        if (code, message) not in self._said:
            self._said.add((code, message))
            self.result.warnings.append(Warning(code, message))

    def said(self, kind: str, word: str) -> str | None:
        """What a word of this kind stands for where that had to be settled, "" for nothing."""
        return self.names.get(f"{kind}:{fold(word)}") if self.names else None

    def say(self, kind: str, word: str, target: str) -> None:
        """Settle what a word stands for, for this reading."""
        self.names[f"{kind}:{fold(word)}"] = target

    def metric_named(self, word: str) -> Known | None:
        """The metric that a cell names: as it was settled, or by its key or its name."""
        said = self.said("metric", word)
        return self.vocabulary.find(word if said is None else said)

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
        """Add a question once for each option: one answer is for the whole file."""
        _add_once(self.result.questions, question)

    def settle(self, question: Question) -> None:
        """Keep what was settled without asking, so that it can be changed."""
        _add_once(self.result.settled, question)


def _add_once(listed: list[Question], question: Question) -> None:
    there = {other.option for other in listed}
    if question.option not in there:
        listed.append(question)
