"""The root app: the ledger of due work, the night, the supervisor, system checks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kpitracker.celery import app as celery_app

__all__ = ["KpitrackerConfig", "celery_app"]  # the app must exist before a shared task is called


class KpitrackerConfig(AppConfig):
    """The root: everything that sequences the apps below it."""

    name = "kpitracker"
    verbose_name = _("Operations")

    def ready(self) -> None:
        """Registers the installation's system checks."""
        from kpitracker import checks  # noqa: F401, PLC0415
