"""The objectives app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ObjectivesConfig(AppConfig):
    """Objectives."""

    name = "objectives"
    verbose_name = _("Objectives")
