"""Names the administration site, and takes what other packages put there out of it."""

from typing import Final

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig

UNUSED: Final = ("auth.Group", "account.EmailAddress", "usersessions.UserSession")
"""Rights are roles; addresses and sessions are on each person's own page."""


class KpitrackerAdminConfig(AdminConfig):
    """Django's administration with our site (kpitracker/admin_site.py)."""

    default_site = "kpitracker.admin_site.KpitrackerAdminSite"

    def ready(self) -> None:
        """Finds every app's pages, then takes away those that are not used here."""
        super().ready()
        for label in UNUSED:
            model = apps.get_model(label)
            if admin.site.is_registered(model):
                admin.site.unregister(model)
