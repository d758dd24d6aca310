"""The cache: a broken Redis makes pages slower, never wrong or unavailable."""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache; while Redis is away it forgets instead of failing."""

    def _forgive(self, error: Exception, instead: Any) -> Any:
        logger.warning("The cache does not answer: %s", error)
        return instead

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The cached value, or ``default``."""
        try:
            return super().get(key, default, version)
        except (RedisError, OSError) as error:
            return self._forgive(error, default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Keeps a value."""
        try:
            super().set(*args, **kwargs)
        except (RedisError, OSError) as error:
            self._forgive(error, None)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Keeps a value unless there is one."""
        try:
            return bool(super().add(*args, **kwargs))
        except (RedisError, OSError) as error:
            return bool(self._forgive(error, True))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Drops a value."""
        try:
            return bool(super().delete(*args, **kwargs))
        except (RedisError, OSError) as error:
            return bool(self._forgive(error, False))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Counts up; 1 while Redis is away."""
        try:
            return int(super().incr(key, delta, version))
        except (RedisError, OSError) as error:
            return int(self._forgive(error, delta))
