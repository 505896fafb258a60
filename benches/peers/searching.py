"""Look-ups in lists of growing size: loading, time of one, memory, and whether all agree."""

import dataclasses
import json
import os

import measure
import roads
from report import megabytes, progress

HERE = os.path.dirname(os.path.abspath(__file__))
RADIUS = "31"
# How many times over `kinga match` gets the queries.
REPEATS = 20


@dataclasses.dataclass
class Figures:
    """Seconds of loading and of one look-up, hits of all, bytes at the peak."""

    load: float
    one: float
    hits: float
    peak: int | None


def peers_of(place, peer):
    worker = [place.python, os.path.join(HERE, "workers/search.py")]
    return {
        "threatexchange": {"threatexchange PDQIndex": worker + ["threatexchange"]},
        "faiss": {
            "faiss IndexBinaryFlat": worker + ["faiss-flat"],
            "faiss IndexBinaryMultiHash": worker + ["faiss-multi"],
        },
        "yume": {"yume-pdq CpuMatcher (8 queries a pass)": [place.folder / "build/yume/release/yume", "search"]},
    }.get(peer, {})


def make_lists(place, entries, queries):
    """The list, the queries, and how many of these have a neighbour within the radius."""
    folder = place.folder / "lists" / str(queries)
    counted = folder / f"{entries}.within"
    if not counted.exists():
        argv = [place.any_python, os.path.join(HERE, "workers/lists.py"), folder, entries, queries]
        run = measure.run(argv, place.logs)
        counted.write_text(run.output.read_text())
    return folder / f"{entries}.txt", folder / f"{entries}.queries.txt", int(counted.read_text())


def make_records(place, kinga, sample, queries, path):
    """Records for `kinga match`: those that kinga makes of one picture, with the queries' hashes."""
    argv = [kinga, "hash", "--format", "jsonl", "--effort", "upright", "--quiet", sample]
    lines = measure.run(argv, place.logs).output.read_text(encoding="utf-8").splitlines()
    first, record, last = (json.loads(line) for line in lines)
    last["seen"] = last["hashed"] = len(queries)
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(first) + "\n")
        for number, query in enumerate(queries):
            record["number"], record["path"] = number, f"{number}.jpg"
            record["hashes"][0]["hash"], record["hashes"][0]["quality"] = query, 100
            file.write(json.dumps(record) + "\n")
        file.write(json.dumps(last) + "\n")
    return path


def with_kinga(place, kinga, sample, list_path, queries_path):
    """`kinga match` with one record, which is loading, and with all: CPU time, since it has one
    thread. All queries come many times over, so that they stand out against loading."""
    queries = queries_path.read_text(encoding="ascii").split()
    runs = []
    for some in (queries[:1], queries * REPEATS):
        records = make_records(place, kinga, sample, some, place.folder / "records.jsonl")
        argv = [kinga, "match", records, "--list", list_path, "--list-format", "pdq", "--quiet"]
        argv += ["--effort", "upright", "--max-distance", RADIUS, "--threads", "1", "--format", "jsonl"]
        runs.append(measure.run(argv, place.logs, place.env, roads.KINGA_FINE, memory=True))
    with open(runs[1].output, encoding="utf-8") as lines:
        hits = sum(json.loads(line).get("matches_found", 0) for line in lines)
    peak = max((run.peak for run in runs if run.peak), default=None)
    rest = max(0.0, runs[1].cpu - runs[0].cpu) / (len(queries) * REPEATS - 1)
    return Figures(runs[0].cpu, rest, hits / REPEATS, peak)


def with_peer(place, argv, list_path, queries_path, count):
    run = measure.run(argv + [list_path, queries_path], place.logs, place.env, memory=True)
    said = json.loads(run.output.read_text())
    return Figures(said["load"], said["lookups"] / count, said["hits"], run.peak)


def race(place, kinga, sample, programs, lists, count, rounds, report):
    """Every index on the same list, in turn; name -> the best figures."""
    list_path, queries_path, within = lists
    best = {}
    for number in range(rounds):
        for name, argv in list(programs.items()):
            progress(f"search: {list_path.stem} entries: round {number + 1} of {rounds}: {name}")
            try:
                if argv is None:
                    new = with_kinga(place, kinga, sample, list_path, queries_path)
                else:
                    new = with_peer(place, argv, list_path, queries_path, count)
            except (measure.Failed, OSError, ValueError) as error:
                report.loud(f"SKIPPED: {name} at {list_path.stem} entries: {error}")
                del programs[name]
                best.pop(name, None)
                continue
            if new.hits != within:
                report.loud(f"MISMATCH: {name} at {list_path.stem} entries: {new.hits} hits, planted {within}")
            old = best.get(name, new)
            best[name] = Figures(min(old.load, new.load), min(old.one, new.one), new.hits, new.peak)
    return best


def search(place, kinga, sample, peers, sizes, count, rounds, benches, report):
    report.heading(f"Search: {count} look-ups at distance 31, one thread")
    report.say(
        f"Best of {rounds}, in turn. Random lists; every second query has a planted neighbour at distance 0 "
        "to 40. `kinga match` counts reading and writing a record with each look-up, and starting the "
        "program with loading; `cargo bench` times the look-up alone."
    )
    rows = []
    for entries in sizes:
        programs = {"kinga match": None}
        for peer in peers:
            programs |= peers_of(place, peer)
        lists = make_lists(place, entries, count)
        for name, best in race(place, kinga, sample, programs, lists, count, rounds, report).items():
            rows.append([entries, name, best.load, 1e6 * best.one, int(best.hits), megabytes(best.peak)])
        if (measured := benches.look_up(entries)) is not None:
            rows.append([entries, "kinga, look-up alone (cargo bench)", None, measured, None, None])
    columns = ["entries", "index", "load s", "look-up us", "hits", "peak MB"]
    report.table("search", columns, rows)
