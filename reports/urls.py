"""Addresses of the reports app below a workspace.

The table of figures is here because its rows are, until a member chooses, what they owe.
"""

from django.urls import path

from metrics.views.entry_grid import data
from metrics.views.grid_paste import grid_paste
from metrics.views.grid_rows import grid_rows
from reports.owed import owed_keys
from reports.views.campaign import campaign
from reports.views.metric import metric
from reports.views.owed import owed, owed_remove
from reports.views.owed_calendar import owed_calendar
from reports.views.progress import first_steps_hide, progress

urlpatterns = [
    path("", progress, name="progress"),
    path("metrics/<slug:key>/", metric, name="metric"),
    path("campaigns/<str:public_id>/", campaign, name="campaign"),
    path("data/", data, {"owed": owed_keys}, name="data"),
    path("data/paste/", grid_paste, {"owed": owed_keys}, name="grid_paste"),
    path("data/rows/", grid_rows, {"owed": owed_keys}, name="grid_rows"),
    path("first-steps/hide/", first_steps_hide, name="first_steps_hide"),
    path("data/owed/", owed, name="owed"),
    path("data/owed/calendar/", owed_calendar, name="owed_calendar"),
    path("data/owed/<str:public_id>/remove/", owed_remove, name="owed_remove"),
]
