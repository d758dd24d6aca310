"""``verify``: whether the installation holds what it promises."""

from typing import Any

from django.utils import timezone

from accounts.command import ProductCommand
from kpitracker.backups.verifying import Check, verify


class Command(ProductCommand):
    """Checks the whole installation and changes nothing. Exit code 1 when a check fails."""

    help = "Checks tables, rights, keys, facts, stored figures, jobs and mails; changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Verifies."""
        found: list[Check] = []
        for check in verify(now=timezone.now()):
            found.append(check)
            self.progress(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.found}")
        failed = [check for check in found if not check.ok]
        data = {"ok": not failed, "checks": [check._asdict() for check in found]}
        if failed:
            names = ", ".join(check.name for check in failed)
            self.refuse(f"{len(failed)} of {len(found)} checks failed: {names}.", data)
        self.done(data, f"All {len(found)} checks hold.")
