#!/usr/bin/env python3
"""Runs kinga and its peers on the same pictures and lists, and prints how they compare.

README.md beside this file says what is compared, and what is not. Needs Python 3.10 or newer on
Linux or another Unix, cargo, and for the peers the network once.
"""

import argparse
import os
import pathlib
import sys

# Nothing is written outside of --folder, not even compiled modules.
sys.dont_write_bytecode = True

import growth
import install
import machine
import measure
import roads
import searching
import stages
from report import Report, progress

PEERS = ["naive", "yume", "pdqhash", "threatexchange", "czkawka", "faiss"]
PARTS = ["stages", "pictures", "growth", "search"]
# Loading lists of millions takes Python its time.
SEARCH_ROUNDS = 3
ROOT = stages.root_of(pathlib.Path(__file__).parent)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinga", type=pathlib.Path, metavar="PATH", help="the program to measure [target/release/kinga, built if missing]")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "target/peers", help="where everything is kept [target/peers]")
    parser.add_argument("--pictures", type=pathlib.Path, metavar="FOLDER", help="photographs to use instead of made ones")
    parser.add_argument("--only", type=names(PEERS), default=PEERS, metavar="NAME,...", help=f"which peers: {', '.join(PEERS)}; `none` for none")
    parser.add_argument("--parts", type=names(PARTS), default=PARTS, metavar="NAME,...", help=f"which parts: {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=5, help="the best of so many runs counts [5]")
    parser.add_argument("--skip-install", action="store_true", help="use what is installed, install nothing")
    parser.add_argument("--install-only", action="store_true", help="install, and measure nothing")
    parser.add_argument("--quick", action="store_true", help="few pictures, one round, small lists: does it work at all?")
    parser.add_argument("--huge", action="store_true", help="also a list of 10^7 entries")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures as JSON, too")
    return parser.parse_args()


def names(known):
    def read(text):
        chosen = [] if text == "none" else text.split(",")
        if unknown := set(chosen) - set(known):
            raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: none of {', '.join(known)}")
        return chosen

    return read


def sizes(args):
    """How many small and large pictures, files, entries and queries."""
    if args.quick:
        return 8, 2, [100, 1_000], [1_000, 10_000], 100
    entries = [10**3, 10**4, 10**5, 10**6] + ([10**7] if args.huge else [])
    return 200, 12, [10**2, 10**3, 10**4, 10**5], entries, 1_000


def find_kinga(args, place):
    if args.kinga:
        return args.kinga.resolve()
    kinga = ROOT / "target/release/kinga"
    if not kinga.exists():
        progress("building kinga")
        argv = ["cargo", "build", "--release", "--locked", "--manifest-path", ROOT / "Cargo.toml"]
        place.do("build-kinga", argv + ["--target-dir", ROOT / "target"])
    return kinga


def install_peers(args, place, report):
    """The peers that are there; the others are named with the reason."""
    there = []
    for peer in args.only:
        progress(f"installing: {peer}")
        try:
            install.install(place, peer, not args.skip_install)
            there.append(peer)
        except (install.Missing, OSError) as missing:
            report.loud(f"SKIPPED: peer {peer}: {missing}")
    return there


def make_pictures(args, place, small, large, report):
    """The folders of pictures to hash. The first holds the small ones."""
    made = place.folder / "pictures" / ("quick" if args.quick else "full")
    argv = [place.python, pathlib.Path(__file__).parent / "workers/pictures.py"]
    if args.pictures:
        made = made.with_name("-".join([made.name, "from", *args.pictures.resolve().parts[1:]]))
    try:
        install.install(place, "pictures", not args.skip_install)
        progress("making pictures")
        more = [args.pictures.resolve()] if args.pictures else []
        place.do("pictures", argv + [made, small, large] + more)
    except (install.Missing, OSError) as missing:
        report.loud(f"SKIPPED: making pictures: {missing}")
    sets = [args.pictures.resolve()] if args.pictures else [made / "small"]
    sets += [made / name for name in ("12mp", "12mp-noisy", "12mp-progressive")]
    sets = [folder for folder in sets if folder.is_dir()]
    if not sets:
        sys.exit("no pictures to hash: give --pictures FOLDER")
    return sets


def race_pictures(place, kinga, peers, random_list, sets, rounds, report):
    runners = roads.kinga_roads(kinga, random_list, os.cpu_count())
    for peer in peers:
        runners += roads.peer_roads(place, peer)
    empty = place.folder / "empty"
    empty.mkdir(exist_ok=True)
    report.say(
        f"Best of {rounds}, in turn. CPU is user and system time of the process, start-up included: what "
        "it takes on an empty folder is in the last column but one. The scan compares eight orientations "
        "with a list of 10^4 hashes; all others make one hash a picture."
    )
    startup, _ = roads.race(place, runners, empty, rounds, report)
    for folder in sets:
        roads.compare(place, runners, folder, rounds, startup, report)


def main():
    args = arguments()
    report, place = Report(), install.Place(args.folder)
    small, large, files, entries, queries = sizes(args)
    rounds = 1 if args.quick else args.rounds
    kinga = find_kinga(args, place)
    peers = install_peers(args, place, report)
    if args.install_only:
        return
    sets = make_pictures(args, place, small, large, report)
    report.heading("kinga and its peers")
    report.data["machine"] = dict(machine.describe(place, kinga, peers))
    print("".join(f"* {what}: {which}\n" for what, which in report.data["machine"].items()))

    random_list, _, _ = searching.make_lists(place, 10_000, queries)
    benches = stages.Benches()
    if "stages" in args.parts:
        benches.run(place, ROOT, args.quick, report)
    if "pictures" in args.parts:
        race_pictures(place, kinga, peers, random_list, sets, rounds, report)
    if "growth" in args.parts:
        growth.grow(place, kinga, random_list, sets[0], files, os.cpu_count(), report)
    if "search" in args.parts:
        sample = next(path for path in sorted(sets[0].rglob("*")) if path.is_file())
        searching.search(place, kinga, sample, peers, entries, queries, min(rounds, SEARCH_ROUNDS), benches, report)
    benches.table(report)
    if args.json:
        report.save(args.json)


try:
    main()
except (install.Missing, measure.Failed) as failed:
    sys.exit(f"error: {failed}")
