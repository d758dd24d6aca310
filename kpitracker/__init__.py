"""kpitracker: marketing objectives and the numbers behind them."""

from kpitracker.celery import app as celery_app

__all__ = ["celery_app"]
__version__ = "0.1.0"
