"""Addresses of the objectives app below a workspace."""

from django.urls import path

from objectives.views.alerts import alert_act, alerts
from objectives.views.calibration import chances
from objectives.views.detail import objective, objective_csv
from objectives.views.editing import objective_edit, objective_new
from objectives.views.listing import objectives
from objectives.views.proposals import objective_hint
from objectives.views.state import objective_state

urlpatterns = [
    path("objectives/", objectives, name="objectives"),
    path("objectives/new/", objective_new, name="objective_new"),
    path("objectives/new/hint/", objective_hint, name="objective_hint"),
    path("objectives/chances/", chances, name="chances"),
    path("objectives/<str:public_id>/", objective, name="objective"),
    path("objectives/<str:public_id>/edit/", objective_edit, name="objective_edit"),
    path("objectives/<str:public_id>/state/", objective_state, name="objective_state"),
    path("objectives/<str:public_id>/chart.csv", objective_csv, name="objective_csv"),
    path("alerts/", alerts, name="alerts"),
    path("alerts/<str:public_id>/", alert_act, name="alert_act"),
]
