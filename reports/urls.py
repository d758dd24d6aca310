"""Addresses of the reports app below a workspace."""

from django.urls import path

from reports.views.metric import metric
from reports.views.owed import owed, owed_remove
from reports.views.progress import progress

urlpatterns = [
    path("", progress, name="progress"),
    path("metrics/<slug:key>/", metric, name="metric"),
    path("data/owed/", owed, name="owed"),
    path("data/owed/<str:public_id>/remove/", owed_remove, name="owed_remove"),
]
