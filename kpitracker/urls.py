"""Every address: accounts, then what lives below a workspace, then operations."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from kpitracker.dev_mail import dev_mail, dev_mail_detail, dev_mail_html
from kpitracker.gallery import gallery
from kpitracker.health import healthz, readyz
from kpitracker.night_page import calculations
from kpitracker.views import create_workspace, csp_report, home

urlpatterns = [
    path("", home, name="home"),
    path("workspaces/new/", create_workspace, name="create_workspace"),
    path("csp-report/", csp_report, name="csp_report"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("api/", include("kpitracker.api")),
    path("", include("accounts.urls")),
    path("w/<slug:slug>/", include("objectives.urls")),
    path("w/<slug:slug>/", include("metrics.urls")),
    # Last of the three: a metric's page takes every key that no page of metrics has as its name.
    path("w/<slug:slug>/", include("reports.urls")),
    path("w/<slug:slug>/settings/calculations/", calculations, name="calculations"),
    path("w/<slug:slug>/settings/", include("accounts.workspace_urls")),
]

if settings.DEBUG:
    urlpatterns += [
        path("dev/look/", gallery, name="dev_look"),
        path("dev/mail/", dev_mail, name="dev_mail"),
        path("dev/mail/<str:key>/", dev_mail_detail, name="dev_mail_detail"),
        path("dev/mail/<str:key>/html/", dev_mail_html, name="dev_mail_html"),
    ]

handler400 = "kpitracker.views.bad_request"
handler403 = "kpitracker.views.permission_denied"
handler404 = "kpitracker.views.page_not_found"
handler500 = "kpitracker.views.server_error"
