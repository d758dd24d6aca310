"""Translations: extract, check and compile, without GNU gettext."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from accounts.command import ProductCommand
from kpitracker.catalogs import Area, CatalogError, areas, compile_catalog, update
from kpitracker.translation_checks import problems

# The language of the message ids, which needs no catalog.
SOURCE_LANGUAGE = "en"


class Command(ProductCommand):
    """Keeps locale/<area>/<language>/LC_MESSAGES/django.po in step with the sources."""

    help = "Extracts, checks or compiles the translations."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """One of --update, --check, --compile."""
        super().add_arguments(parser)
        action = parser.add_mutually_exclusive_group(required=True)
        action.add_argument(
            "--update", action="store_true", help="Merge the sources' messages into the .po files."
        )
        action.add_argument(
            "--check", action="store_true", help="List what is missing or wrong; exit 1 if any is."
        )
        action.add_argument(
            "--compile", action="store_true", help="Write the .mo files that are missing or older."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the action; a file that cannot be read is named."""
        actions = {"update": self._update, "check": self._check, "compile": self._compile}
        chosen: Callable[[list[Area], list[str]], None] = next(
            action for name, action in actions.items() if options[name]
        )
        languages = [code for code, _name in settings.LANGUAGES if code != SOURCE_LANGUAGE]
        try:
            chosen(areas(settings.LOCALE_PATHS), languages)
        except CatalogError as error:
            raise CommandError(str(error), returncode=1) from error

    def _update(self, found_areas: list[Area], languages: list[str]) -> None:
        done = [report for code in languages for report in update(found_areas, code)]
        lines = (
            f"{report.area} ({report.language}): {report.messages} messages, {report.added} added, "
            f"{report.removed} removed, {report.fuzzy} to check, "
            f"{report.untranslated} to translate"
            for report in done
        )
        self.done({"catalogs": [asdict(report) for report in done]}, *lines)

    def _check(self, found_areas: list[Area], languages: list[str]) -> None:
        found = [problem for code in languages for problem in problems(found_areas, code)]
        data = {"problems": [asdict(problem) for problem in found]}
        for problem in found:
            self.progress(
                f"{problem.area} ({problem.language}), {problem.code}: "
                f"“{problem.message}”. {problem.remedy}"
            )
        if found:
            self.refuse(f"{len(found)} translation problem(s).", data)
        self.done(data, "Every message is translated.")

    def _compile(self, found_areas: list[Area], languages: list[str]) -> None:
        paths = [(area.catalog(code), code) for area in found_areas for code in languages]
        done = [path for path, code in paths if compile_catalog(path, code)]
        names = [str(path.with_suffix(".mo")) for path in done]
        self.done({"compiled": names}, *(names or ["Every catalog is compiled."]))
