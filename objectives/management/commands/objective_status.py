"""Prints the stored result of each objective on a day."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import translation

from accounts.command import ProductCommand, iso_date, today_in
from accounts.models import Workspace
from accounts.scope import workspace_scope
from objectives.models import Objective, State
from objectives.presentation import statuses_json
from objectives.results import recent_results
from objectives.wording import status_name


class Command(ProductCommand):
    """objective_status [ID…] --workspace SLUG [--day DATE]"""

    help = "Prints each objective's latest stored result on or before a day."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which objectives, and the day."""
        super().add_arguments(parser)
        parser.add_argument("ids", nargs="*", metavar="ID", help="All that are listed by default.")
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--day", metavar="DATE", help="Today by default.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints what is stored; says which objectives no night has judged yet."""
        workspace = self.workspace(options["workspace"])
        day = iso_date(options["day"]) if options["day"] else today_in(workspace)
        with translation.override(workspace.language), workspace_scope(workspace.pk):
            objectives = self._objectives(workspace, options["ids"])
            results = recent_results(workspace, day=day)
            found = statuses_json(
                workspace, objectives, results, day=day, language=workspace.language
            )
            missing = [
                one.public_id
                for one in objectives
                if one.state != State.DRAFT and one.pk not in results
            ]
            if missing:
                advice = f"No night has judged {', '.join(missing)} by {day}: run nightly first."
                if not found:
                    self.refuse(advice, [])
                self.progress(advice)
            self.done(found, *(self._line(one) for one in found))

    def _objectives(self, workspace: Workspace, ids: list[str]) -> list[Objective]:
        """The asked ones, in that order, archived or not; else all that are listed."""
        if not ids:
            return list(Objective.objects.listed(workspace))
        known = {
            one.public_id: one
            for one in Objective.objects.filter(
                workspace=workspace, public_id__in=ids
            ).select_related("metric")
        }
        for public_id in ids:
            if public_id not in known:
                self.refuse(f"There is no objective “{public_id}” in {workspace.slug}.")
        return [known[public_id] for public_id in dict.fromkeys(ids)]

    def _line(self, found: dict[str, Any]) -> str:
        return (
            f"{found['id']}  {status_name(found['status'])}  {found['statement']}. {found['rule']}"
        )
