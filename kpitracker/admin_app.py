"""Names the administration site."""

from django.contrib.admin.apps import AdminConfig


class KpitrackerAdminConfig(AdminConfig):
    """Django's administration with our site (kpitracker/admin_site.py)."""

    default_site = "kpitracker.admin_site.KpitrackerAdminSite"
