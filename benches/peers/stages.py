"""What each stage costs inside kinga: the medians that `cargo bench` prints."""

import pathlib
import re

import install
from report import progress

LINE = re.compile(r"^(.*?)\s*time:\s+\[\S+ \S+ (\S+) (\S+) \S+ \S+\]")
# A row of `benches/search.rs`: entries, list, max distance, mean microseconds a query.
LOOK_UP = re.compile(r"^\s*(\d+)\s+Random\s+31\s+(\S+)")
EXECUTABLE = re.compile(r"Executable .*\((.+)\)")
MICROSECONDS = {"ps": 1e-6, "ns": 1e-3, "us": 1.0, "µs": 1.0, "ms": 1e3, "s": 1e6}


class Benches:
    """Names as criterion prints them (`group/what`) -> microseconds."""

    def __init__(self):
        self.medians = {}

    def run(self, place, root, quick, report):
        for name in ("stages", "search"):
            if not (root / f"benches/{name}.rs").exists():
                report.say(f"`benches/{name}.rs` does not exist; its figures are left out.")
                continue
            progress(f"cargo bench --bench {name}")
            argv = ["cargo", "bench", "--locked", "--no-run", "--bench", name]
            argv += ["--manifest-path", root / "Cargo.toml", "--target-dir", root / "target"]
            try:
                # Compiled at the lowest priority, but not measured at it.
                compiled = place.do(f"compile-{name}", argv).errors.read_text(encoding="utf-8")
                program = root / EXECUTABLE.search(compiled)[1]
                options = ["--bench"] + (["--quick"] if quick else [])
                run = place.measured(f"bench-{name}", [program] + options)
            except install.Missing as missing:
                report.loud(f"SKIPPED: cargo bench --bench {name}: {missing}")
                continue
            self.medians |= medians(run.output.read_text(encoding="utf-8"))

    def look_up(self, entries):
        """The look-up in a list of so many entries, if a bench has it."""
        for name, median in self.medians.items():
            if "lookup" in name.replace("-", "").lower() and name.endswith(f"/{entries}"):
                return median
        return None

    def table(self, report):
        if self.medians:
            report.heading("Stages inside kinga: medians of `cargo bench`, one thread")
            report.table("stages", ["stage", "us"], [list(row) for row in self.medians.items()])


def medians(text):
    """Reads criterion's lines, of which a long name stands alone before its time, and `search`'s."""
    found, before = {}, ""
    for line in text.splitlines():
        if match := LINE.match(line):
            name = match[1].strip() or before
            found[name] = float(match[2]) * MICROSECONDS[match[3]]
        elif match := LOOK_UP.match(line):
            found[f"lookup/{match[1]}"] = float(match[2])
        before = line.strip()
    return found


def root_of(here):
    """The repository that this folder belongs to."""
    return pathlib.Path(here).resolve().parents[1]
