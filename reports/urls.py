"""Addresses of the reports app below a workspace."""

from django.urls import path

from reports.views.progress import progress

urlpatterns = [
    path("", progress, name="progress"),
]
