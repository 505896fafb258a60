"""From files to hashes: kinga and its peers on the same folder, in turn."""

import dataclasses
import os
import typing

import measure
from report import progress

HERE = os.path.dirname(os.path.abspath(__file__))
# Status 3: something was not examined; the comparison of hashes tells.
KINGA_FINE = (0, 3)
BASE = "kinga hash, 1 thread"


@dataclasses.dataclass
class Road:
    name: str
    argv: typing.Callable
    fine: tuple = (0,)
    hashes: bool = True


def kinga_roads(kinga, random_list, cores):
    def hashing(threads):
        argv = [kinga, "hash", "--format", "pdq", "--effort", "upright", "--quiet"]
        return lambda folder: argv + ["--threads", str(threads), folder]

    def scanning(threads):
        argv = [kinga, "scan", "--format", "jsonl", "--quiet", "--list", random_list]
        argv += ["--list-format", "pdq", "--effort", "orientations", "--threads", str(threads)]
        return lambda folder: argv + [folder]

    roads = []
    for threads in sorted({1, cores}):
        text = f"{threads} thread{'s' if threads > 1 else ''}"
        roads.append(Road(f"kinga hash, {text}", hashing(threads), KINGA_FINE))
        roads.append(Road(f"kinga scan, {text}", scanning(threads), KINGA_FINE, hashes=False))
    return roads


def peer_roads(place, peer):
    naive = place.folder / "build/naive/release/naive"
    yume = place.folder / "build/yume/release/yume"
    worker = [place.python, os.path.join(HERE, "workers/hash_folder.py")]
    czkawka = [place.folder / "cargo/bin/czkawka_cli", "image", "-T", "1", "-H", "-W", "-N", "-d"]
    roads = {
        "naive": [
            Road("image + pdqhash crates, thumbnail", lambda folder: [naive, "thumbnail", folder]),
            Road("image + pdqhash crates, full size", lambda folder: [naive, "full", folder]),
        ],
        "yume": [Road("image + fast_image_resize + yume-pdq", lambda folder: [yume, "hash", folder])],
        "pdqhash": [Road("Pillow + C++ PDQ (Python pdqhash)", lambda folder: worker + ["pdqhash", folder])],
        "threatexchange": [
            Road("threatexchange (Python)", lambda folder: worker + ["threatexchange", folder])
        ],
        "czkawka": [Road("czkawka_cli image (another job)", lambda folder: czkawka + [folder], hashes=False)],
    }
    return roads.get(peer, [])


def race(place, roads, folder, rounds, report):
    """Each round runs every road once, so that noise hits all alike. Road -> best run, hashes."""
    runs, hashes = {road.name: [] for road in roads}, {}
    for number in range(rounds):
        for road in roads:
            progress(f"{folder.name}: round {number + 1} of {rounds}: {road.name}")
            try:
                run = measure.run(road.argv(folder), place.logs, place.env, road.fine)
            except (measure.Failed, OSError) as error:
                report.loud(f"SKIPPED: {road.name} on {folder.name}: {error}")
                roads = [other for other in roads if other is not road]
                continue
            runs[road.name].append(run)
            if road.hashes:
                hashes[road.name] = read_hashes(run.output)
    return {name: measure.least(of) for name, of in runs.items() if len(of) == rounds}, hashes


def read_hashes(path):
    """`hash,quality,path` a line -> path: hash as a number."""
    found = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        hash_text, _, name = line.split(",", 2)
        found[name] = int(hash_text, 16)
    return found


def distances(ours, theirs):
    """Mean and largest distance of a road's hashes to kinga's."""
    both = [bin(ours[name] ^ theirs[name]).count("1") for name in ours.keys() & theirs.keys()]
    return f"{sum(both) / len(both):.2f} / {max(both)}" if both else None


def compare(place, roads, folder, rounds, startup, report):
    """The table of one set of pictures."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    report.heading(f"{folder.name}: {len(files)} files, {size / len(files) / 1e3:,.0f} KB on average")
    best, hashes = race(place, roads, folder, rounds, report)
    base, ours, rows = best.get(BASE), hashes.get(BASE, {}), []
    if len(ours) < len(files):
        report.loud(f"kinga hashed {len(ours)} of {len(files)} files of {folder.name}")
    for name, run in best.items():
        row = [name, 1e3 * run.cpu / len(files), 1e3 * run.wall / len(files)]
        row += [run.cpu / base.cpu, run.wall / base.wall] if base else [None, None]
        row += [1e3 * startup[name].cpu / len(files) if name in startup else None]
        theirs = hashes.get(name, {})
        if name in hashes and (missing := ours.keys() - theirs.keys()):
            report.loud(f"MISMATCH: {name} on {folder.name} lacks {len(missing)} that kinga hashed")
        rows.append(row + [distances(ours, theirs)])
    columns = ["road", "CPU ms/picture", "wall ms/picture", "CPU, x kinga", "wall, x kinga"]
    columns += ["of it start-up", "distance to kinga, mean / max"]
    report.table(f"pictures: {folder.name}", columns, rows)
