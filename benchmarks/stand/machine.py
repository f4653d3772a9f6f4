"""What the kernel says of processes: CPU time, memory, and who else works on this machine."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def tree(roots: Iterable[int]) -> set[int]:
    """Return the processes with all their descendants, as they are now."""
    parents: dict[int, int] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parents[int(entry.name)] = int(_stat(entry)[1])
    found = set(roots)
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found and pid not in found}
        found |= more
        grown = bool(more)
    return found


def _stat(process: Path) -> list[str]:
    """Return /proc/<pid>/stat from the third field on: a name may hold spaces."""
    return (process / "stat").read_text().rpartition(")")[2].split()


def cpu_of(pids: Iterable[int]) -> float:
    """Return seconds on a processor: to the nanosecond where the kernel keeps them, else ticks."""
    return sum(_cpu(PROC / str(pid)) for pid in pids)


def _cpu(process: Path) -> float:
    try:
        tasks = (process / "task").glob("*/schedstat")
        spent = sum(int(task.read_text().split()[0]) for task in tasks)
        if spent:
            return spent / 1e9
        fields = _stat(process)
        return (int(fields[11]) + int(fields[12])) / TICK
    except OSError:
        return 0.0


def kernel_of(pids: Iterable[int]) -> float:
    """Return the seconds of these processes in the kernel, in whole ticks: sockets, mostly."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            total += int(_stat(PROC / str(pid))[12])
    return total / TICK


def memory_of(pids: Iterable[int]) -> int:
    """Return kB of proportional set size: what is shared counts once."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            text = (PROC / str(pid) / "smaps_rollup").read_text()
            total += sum(int(line.split()[1]) for line in text.splitlines() if line[:4] == "Pss:")
    return total


@dataclass(frozen=True)
class Whole:
    """The machine's processors since it started, in seconds."""

    busy: float
    waiting: float


def whole() -> Whole:
    """Return how long all processors were busy, and how long they waited for disks."""
    user, nice, system, _idle, waiting, irq, soft, *_ = (
        int(word) / TICK for word in (PROC / "stat").read_text().split("\n")[0].split()[1:]
    )
    return Whole(user + nice + system + irq + soft, waiting)


def describe(folder: Path, dsn: str) -> dict[str, object]:
    """Return what a reader needs to judge the figures: processors, disk, database settings."""
    names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method")
    with psycopg.connect(dsn) as connection:
        settings = {
            name: connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            for name in (*names, "shared_buffers", "max_wal_size")
        }
    model = [
        line.partition(":")[2].strip()
        for line in (PROC / "cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "processors": len(os.sched_getaffinity(0)),
        "model": model[0] if model else platform.machine(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "filesystem": _filesystem(folder),
        "free_gb": round(shutil.disk_usage(folder).free / 2**30, 1),
        "postgresql": {name: found[0] for name, found in settings.items() if found},
    }


def _filesystem(folder: Path) -> str:
    """Return the kind of the file system; a tmpfs would make each commit free."""
    best = ("", "")
    for line in (PROC / "mounts").read_text().splitlines():
        _device, place, kind, *_ = line.split()
        if folder.is_relative_to(place) and len(place) >= len(best[0]):
            best = (place, kind)
    return best[1]
