"""What a series will probably do: a median, an honest range, and whole possible futures.

`forecast` is the way in. Models are a library's (`metrics.forecasting.models` alone knows it, and
imports it when the first series is fitted): workers and commands forecast, web processes read what
is stored.
"""

from metrics.forecasting.cleaning import LEAST_POINTS
from metrics.forecasting.forecast import Forecast, forecast, moved_on

__all__ = ["LEAST_POINTS", "Forecast", "forecast", "moved_on"]
