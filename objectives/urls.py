"""Addresses of the objectives app below a workspace."""

from django.urls import path

from objectives.views.alerts import alert_act, alerts
from objectives.views.calibration import chances
from objectives.views.detail import objective, objective_csv
from objectives.views.editing import objective_edit, objective_new
from objectives.views.life import (
    objective_check_in,
    objective_comment,
    objective_duplicate,
    objective_review,
)
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
    path("objectives/<str:public_id>/check-in/", objective_check_in, name="objective_check_in"),
    path("objectives/<str:public_id>/comment/", objective_comment, name="objective_comment"),
    path("objectives/<str:public_id>/review/", objective_review, name="objective_review"),
    path("objectives/<str:public_id>/again/", objective_duplicate, name="objective_duplicate"),
    path("objectives/<str:public_id>/chart.csv", objective_csv, name="objective_csv"),
    path("alerts/", alerts, name="alerts"),
    path("alerts/<str:public_id>/", alert_act, name="alert_act"),
]
