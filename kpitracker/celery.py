"""The Celery application. Due work is rows in the database (kpitracker/jobs.py); Celery carries
it to workers, and its beat rings the bell once a minute, in UTC."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpitracker.settings")
app = Celery("kpitracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
