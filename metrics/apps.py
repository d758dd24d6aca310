"""The metrics app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MetricsConfig(AppConfig):
    """Numbers."""

    name = "metrics"
    verbose_name = _("Numbers")

    def ready(self) -> None:
        """Registers the catalogue's system checks."""
        from metrics import checks  # noqa: F401, PLC0415
