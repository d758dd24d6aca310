"""Log records: the request's id in each, secrets out, one JSON line each in production."""

import json
import logging
import re
from datetime import UTC, datetime

from kpitracker.middleware import request_id

_SECRETS = re.compile(
    r"(/(?:s|u|invite)/|Bearer\s+|kpi_[A-Za-z0-9]{8}_|password/reset/key/)[A-Za-z0-9_:.\-]+"
)


class ContextFilter(logging.Filter):
    """Adds ``request_id``; replaces tokens in the message; keeps a record on one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: records are changed, none is dropped."""
        record.request_id = request_id.get()
        message = record.getMessage()
        record.msg = _SECRETS.sub(r"\1…", message).replace("\r", "\\r").replace("\n", "\\n")
        record.args = ()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object per line, times in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
