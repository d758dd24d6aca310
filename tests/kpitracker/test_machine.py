"""What the embedded server makes of the machine's memory."""

from pathlib import Path

import pytest

from kpitracker.machine import memory_bytes
from kpitracker.postgresql import shared_megabytes

GIGABYTE = 2**30


@pytest.mark.parametrize(
    ("memory", "megabytes"),
    [(GIGABYTE // 2, 128), (2 * GIGABYTE, 256), (4 * GIGABYTE, 512), (64 * GIGABYTE, 1024)],
)
def test_the_server_keeps_pages_in_an_eighth_of_the_memory(memory: int, megabytes: int) -> None:
    assert shared_megabytes(memory) == megabytes


def test_a_container_has_what_its_limit_says(tmp_path: Path) -> None:
    whole = memory_bytes(limits=())
    limit, unlimited, missing = (tmp_path / name for name in ("limit", "unlimited", "missing"))
    limit.write_text(f"{whole // 2}\n")
    unlimited.write_text("max\n")
    assert memory_bytes(limits=(missing, unlimited)) == whole
    assert memory_bytes(limits=(unlimited, limit)) == whole // 2


def test_a_limit_above_what_there_is_is_none(tmp_path: Path) -> None:
    limit = tmp_path / "limit"
    limit.write_text(str(2**63))
    assert memory_bytes(limits=(limit,)) == memory_bytes(limits=())
