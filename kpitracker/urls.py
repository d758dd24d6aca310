"""Every address: accounts, then what lives below a workspace, then operations."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("admin/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    path("", include("accounts.urls")),
    path("", include("allauth.account.urls")),
    path("w/<slug:slug>/", include("reports.urls")),
    path("w/<slug:slug>/", include("objectives.urls")),
    path("w/<slug:slug>/", include("metrics.urls")),
    path("w/<slug:slug>/settings/", include("accounts.workspace_urls")),
]
