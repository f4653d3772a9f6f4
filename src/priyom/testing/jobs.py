"""Jobs that a test's acts deferred: look at them, or run them in the test's own transaction."""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def deferred(task: str = "") -> list[ProcrastinateJob]:
    """Return the jobs that wait, oldest first; `task` ends the name of the wanted ones."""
    waiting = ProcrastinateJob.objects.filter(status="todo").order_by("id")
    return [job for job in waiting if job.task_name.endswith(task)]


def run_deferred(task: str = "") -> int:
    """Call the waiting jobs' functions here and now, also those they defer; return how many.

    The rows stay `todo`: only a worker may finish them. Each is run once.
    """
    done: set[int] = set()
    while todo := [job for job in deferred(task) if job.id not in done]:
        for job in todo:
            done.add(job.id)
            app.tasks[job.task_name].func(**job.args)
    return len(done)
