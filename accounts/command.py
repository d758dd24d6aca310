"""What every management command of the product shares: --json, exit codes, workspaces by slug."""

import json
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Workspace
from accounts.scope import system_scope


def iso_date(text: str) -> date:
    """An argument of a command as a date. Raises CommandError with the form that is expected."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f"{text} is not a date. Write it like 2026-03-08.", returncode=2
        ) from error


def today_in(workspace: Workspace) -> date:
    """The workspace's local date now: the clock is read here, at the edge."""
    return timezone.now().astimezone(workspace.zone).date()


class ProductCommand(BaseCommand):
    """Prints one JSON document with ``--json``, sentences without; 0 done, 1 refused, 2 misused."""

    as_json = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds --json; subclasses call this first."""
        parser.add_argument(
            "--json", action="store_true", dest="as_json", help="Print one JSON document."
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Remembers --json before the work starts."""
        self.as_json = bool(options.get("as_json"))
        return super().execute(*args, **options)

    def done(self, data: Any, *lines: str) -> None:
        """The result: ``data`` as JSON, or the sentences ``lines``."""
        if self.as_json:
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str))
        else:
            for line in lines:
                self.stdout.write(line)

    def progress(self, line: str) -> None:
        """A line about what is going on, on stderr."""
        self.stderr.write(line)

    def refuse(self, reason: str, data: Any = None) -> NoReturn:
        """Stops with exit code 1 and the reason; with --json ``data`` is printed as well."""
        if self.as_json and data is not None:
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str))
        raise CommandError(reason, returncode=1)

    def workspace(self, slug: str) -> Workspace:
        """The workspace with this slug; refuses when there is none."""
        with system_scope():
            found = Workspace.objects.filter(slug=slug).first()
        if found is None:
            self.refuse(f"There is no workspace “{slug}”.")
        return found

    def workspaces(self, slug: str | None) -> list[Workspace]:
        """One workspace, or all of them."""
        if slug:
            return [self.workspace(slug)]
        with system_scope():
            return list(Workspace.objects.order_by("pk"))
