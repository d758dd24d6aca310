"""Addresses of the metrics app below a workspace."""

from django.urls import path

from metrics.views import metrics as metric_views

urlpatterns = [
    path("metrics/", metric_views.metric_list, name="metrics"),
    path("metrics/<slug:key>/", metric_views.metric_detail, name="metric"),
    path("metrics/<slug:key>/export/", metric_views.metric_csv, name="metric_csv"),
]
