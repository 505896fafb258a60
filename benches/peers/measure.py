"""Runs programs and measures them from outside: wall time, CPU time, peak memory."""

import dataclasses
import os
import pathlib
import re
import time

OPEN = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
LOOK_EVERY = 0.001


@dataclasses.dataclass
class Run:
    wall: float
    cpu: float
    peak: int | None
    status: int
    output: pathlib.Path
    errors: pathlib.Path


class Failed(Exception):
    """A program ended with a status that says its figures mean nothing."""


def run(argv, logs, env=None, fine=(0,), memory=False):
    """Runs a program to its end; its stdout and stderr go to files in the folder `logs`.

    CPU time is user plus system time of the process and its children, nothing subtracted.
    """
    output, errors = logs / "stdout", logs / "stderr"
    actions = [
        (os.POSIX_SPAWN_OPEN, 1, str(output), OPEN, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, str(errors), OPEN, 0o644),
    ]
    start = time.perf_counter()
    argv = [str(argument) for argument in argv]
    pid = os.posix_spawnp(argv[0], argv, env or dict(os.environ), file_actions=actions)
    status, usage, peak = wait(pid, memory)
    wall = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    if code not in fine:
        raise Failed(f"`{' '.join(argv[:4])} ...` ended with status {code}: {last_line(errors)}")
    return Run(wall, usage.ru_utime + usage.ru_stime, peak, code, output, errors)


def wait(pid, memory):
    """Waits for a process; with `memory`, looks at its peak on the way.

    The kernel's own `ru_maxrss` would not do: it begins with the memory of whoever started the
    process. What grows in the last millisecond before the end is not seen.
    """
    if not memory:
        _, status, usage = os.wait4(pid, 0)
        return status, usage, None
    peak = 0
    while True:
        peak = max(peak, high_water(pid))
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return status, usage, peak or None
        time.sleep(LOOK_EVERY)


def high_water(pid):
    """The largest memory of a process so far, in bytes; 0 where Linux's /proc is missing."""
    try:
        text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    return int(found[1]) * 1024 if found else 0


def last_line(path):
    """What a log says went wrong: its first line that begins with `error`, or its last."""
    lines = [line.strip() for line in path.read_text(errors="replace").splitlines() if line.strip()]
    named = [line for line in lines if line.lower().startswith("error")]
    return (named or lines or ["it said nothing"])[0 if named else -1]


def least(runs):
    """The best of several runs: wall and CPU each by itself."""
    first = runs[-1]
    return dataclasses.replace(
        first,
        wall=min(run.wall for run in runs),
        cpu=min(run.cpu for run in runs),
        peak=max((run.peak for run in runs if run.peak), default=None),
    )
