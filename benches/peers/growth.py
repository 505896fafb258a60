"""How kinga behaves as folders grow: time per file and peak memory."""

import os
import shutil

import measure
import roads
from report import megabytes, progress

SOURCES = 200


def copies(pictures, folder):
    """Copies of some pictures beside the links to be, which can't point to another file system."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number, picture in enumerate(pictures[:SOURCES]):
        copy = folder / f"{number:03}{picture.suffix}"
        if not copy.exists():
            shutil.copyfile(picture, copy)
        made.append(copy)
    return made


def fill(folder, pictures, count):
    """A folder of `count` hard links to the pictures, in sub-folders of a thousand."""
    done = folder / ".filled"
    if done.exists():
        return
    for number in range(count):
        source = pictures[number % len(pictures)]
        below = folder / "files" / f"{number // 1000:03}"
        below.mkdir(parents=True, exist_ok=True)
        link = below / f"{number % 1000:03}{source.suffix}"
        if not link.exists():
            os.link(source, link)
    done.touch()


def grow(place, kinga, random_list, small, counts, cores, report):
    report.heading("Growth: `kinga scan`, eight orientations, a list of 10^4 hashes")
    home = place.folder / "growth" / "-".join(small.parts[1:])
    found = sorted(path for path in small.rglob("*") if path.is_file())
    pictures = copies(found, home / "pictures")
    rows = []
    for count in counts:
        folder = home / str(count)
        fill(folder, pictures, count)
        for threads in sorted({1, cores}):
            progress(f"growth: {count} files, {threads} threads")
            argv = [kinga, "scan", "--list", random_list, "--list-format", "pdq", "--format", "jsonl"]
            argv += ["--effort", "orientations"]
            argv += ["--quiet", "--threads", threads, folder / "files"]
            run = measure.run(argv, place.logs, place.env, roads.KINGA_FINE, memory=True)
            with open(run.output, "rb") as lines:
                records = sum(b'"type":"file"' in line for line in lines)
            if records != count:
                report.loud(f"MISMATCH: {count} files, but {records} records")
            row = [count, threads, run.wall, 1e3 * run.wall / count, 1e3 * run.cpu / count]
            rows.append(row + [megabytes(run.peak)])
    columns = ["files", "threads", "wall s", "wall ms/file", "CPU ms/file", "peak MB"]
    report.table("growth", columns, rows)
