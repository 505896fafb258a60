"""Says on what, when, with what and how the figures were taken."""

import datetime
import os
import pathlib
import platform
import re
import subprocess
import sys

PEER_PACKAGES = ["Pillow", "numpy", "pdqhash", "threatexchange", "faiss-cpu"]
NAIVE_CRATES = ["image", "pdqhash", "fast_image_resize", "yume-pdq"]


def describe(place, kinga, peers):
    """Pairs of what and which."""
    lines = [
        ("date", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")),
        ("machine", f"{cpu_model()}, {os.cpu_count()} cores, {memory()}, {platform.system()} {platform.release()}"),
        ("load before", "{:.1f} {:.1f} {:.1f}".format(*os.getloadavg())),
        ("command", " ".join(pathlib.Path(sys.argv[0]).name if i == 0 else word for i, word in enumerate(sys.argv))),
        ("kinga", said_by([kinga, "--version"])),
        ("rustc", said_by(["rustc", "--version"])),
        ("Python", platform.python_version()),
    ]
    lines += [("crates of `naive/`", ", ".join(crates(pathlib.Path(__file__).parent)))]
    if place.python.exists():
        lines += [("Python packages", said_by([place.python, "-c", PACKAGE_VERSIONS] + PEER_PACKAGES))]
    if "yume" in peers and (place.folder / "build/yume-way").exists():
        lines += [("yume-pdq built with", (place.folder / "build/yume-way").read_text())]
    if "czkawka" in peers:
        lines += [("czkawka", said_by([place.folder / "cargo/bin/czkawka_cli", "--version"]))]
    return lines


PACKAGE_VERSIONS = """
import importlib.metadata as metadata, sys
def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
said = [f"{name} {version(name)}" for name in sys.argv[1:]]
try:
    from PIL import features
    said.append("libjpeg-turbo " + str(features.version_feature("libjpeg_turbo")))
except Exception as error:
    said.append(f"libjpeg-turbo unknown ({error})")
print(", ".join(said))
"""


def said_by(argv):
    try:
        done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, check=False)
    except OSError as error:
        return f"unknown ({error})"
    return (done.stdout or done.stderr).strip().splitlines()[0] if done.stdout or done.stderr else "unknown"


def crates(here):
    """The versions that the lock file pins of the crates that do the work."""
    text = (here / "naive/Cargo.lock").read_text(encoding="utf-8")
    found = re.findall(r'name = "([^"]+)"\nversion = "([^"]+)"', text)
    return [f"{name} {version}" for name, version in found if name in NAIVE_CRATES]


def cpu_model():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    family = re.search(r"^cpu family\s*:\s*(.+)$", text, re.MULTILINE)
    name = model[1] if model else platform.machine()
    wide = "AVX-512" if "avx512f" in text else "AVX2" if "avx2" in text else "no AVX2"
    return f"{name} (family {family[1] if family else '?'}, {wide})"


def memory():
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
