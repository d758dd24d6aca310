"""Addresses of the metrics app below a workspace."""

from django.urls import path

from metrics.views import imports as import_views
from metrics.views import metrics as metric_views

urlpatterns = [
    path("metrics/", metric_views.metric_list, name="metrics"),
    path("metrics/<slug:key>/", metric_views.metric_detail, name="metric"),
    path("metrics/<slug:key>/export/", metric_views.metric_csv, name="metric_csv"),
    path("imports/", import_views.import_list, name="imports"),
    path("imports/new/", import_views.import_new, name="import_new"),
    path("imports/template/<slug:layout>/", import_views.import_template, name="import_template"),
    path("imports/<str:public_id>/", import_views.import_detail, name="import_detail"),
    path("imports/<str:public_id>/answer/", import_views.import_answer, name="import_answer"),
    path("imports/<str:public_id>/commit/", import_views.import_commit, name="import_commit"),
    path("imports/<str:public_id>/undo/", import_views.import_undo, name="import_undo"),
    path("imports/<str:public_id>/cancel/", import_views.import_cancel, name="import_cancel"),
]
