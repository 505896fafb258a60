"""Installs the peers into a folder of their own. What can't be had is a reason, not a failure."""

import os
import pathlib
import shutil
import sys

import measure

HERE = pathlib.Path(__file__).resolve().parent
GENTLY = ["nice", "-n", "19"]
# Peer -> what pip calls its packages; `pictures` makes the pictures.
PACKAGES = {
    "pictures": ["pillow", "numpy"],
    "pdqhash": ["pdqhash"],
    "threatexchange": ["threatexchange"],
    "faiss": ["faiss-cpu"],
}
MODULES = {"pillow": "PIL", "faiss-cpu": "faiss"}
NEEDED_BY_ALL_PYTHON = "pictures"


class Missing(Exception):
    """Why a peer is not here."""


class Place:
    """The folder that holds everything: venv, cargo's root and builds, pictures, lists, logs."""

    def __init__(self, folder):
        self.folder = folder.resolve()
        self.python = self.folder / "venv/bin/python"
        self.any_python = sys.executable
        self.logs = self.folder / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.env = dict(os.environ)
        self.env["CARGO_TERM_COLOR"] = "never"
        self.env["PYTHONDONTWRITEBYTECODE"] = "1"
        # yume-pdq's build dependency keeps a cache of its own; czkawka has one of hashes.
        self.env["GMP_MPFR_SYS_CACHE"] = str(self.folder / "build/gmp")
        self.env["CZKAWKA_CACHE_PATH"] = str(self.folder / "czkawka/cache")
        self.env["CZKAWKA_CONFIG_PATH"] = str(self.folder / "czkawka/config")
        self.env["CRITERION_HOME"] = str(self.folder / "criterion")
        # One thread each, since the table compares CPU time.
        self.env["OMP_NUM_THREADS"] = self.env["OPENBLAS_NUM_THREADS"] = "1"

    def do(self, what, argv, **more):
        """Runs a step of an installation, out of the way of others."""
        return self.measured(what, GENTLY + argv, **more)

    def measured(self, what, argv, **more):
        """Runs something whose log stays in `logs/WHAT`."""
        logs = self.logs / what
        logs.mkdir(parents=True, exist_ok=True)
        try:
            return measure.run(argv, logs, self.env | more)
        except measure.Failed as failed:
            raise Missing(f"{failed} (all of it: {logs}/)") from None


def install(place, peer, allowed):
    """Makes sure that a peer is there. Raises `Missing` with the reason if it is not."""
    if peer in PACKAGES:
        for package in PACKAGES[NEEDED_BY_ALL_PYTHON] + PACKAGES[peer]:
            python_package(place, package, allowed)
    elif peer == "naive":
        naive(place, allowed)
    elif peer == "yume":
        yume(place, allowed)
    elif peer == "czkawka":
        czkawka(place, allowed)


def python_package(place, package, allowed):
    module = MODULES.get(package, package)
    try:
        place.do(f"import-{package}", [place.python, "-c", f"import {module}"])
        return
    except (Missing, OSError):
        if not allowed:
            raise Missing(f"Python package {package} is not installed (--skip-install)") from None
    if not place.python.exists():
        place.do("venv", [sys.executable, "-m", "venv", place.folder / "venv"])
    place.do(f"pip-{package}", [place.python, "-m", "pip", "install", package])
    place.do(f"import-{package}", [place.python, "-c", f"import {module}"])


def cargo_build(place, name, flags, allowed, toolchain=None, rustflags=""):
    """Builds a program of `naive/`; cargo itself sees whether there is anything to do."""
    if not allowed:
        if not built(place, name).exists():
            raise Missing(f"{name} is not built (--skip-install)")
        return
    argv = ["cargo"] + ([toolchain] if toolchain else []) + ["build", "--release", "--locked"]
    argv += ["--manifest-path", HERE / "naive/Cargo.toml", "--bin", name] + flags
    argv += ["--target-dir", place.folder / "build" / name]
    place.do(f"build-{name}", argv, RUSTFLAGS=rustflags)


def built(place, name):
    return place.folder / "build" / name / "release" / name


def naive(place, allowed):
    cargo_build(place, "naive", [], allowed)


def yume(place, allowed):
    """Tries the ways of building that its documentation names, the fastest first."""
    if allowed and not shutil.which("m4"):
        raise Missing("its build needs m4 (for GMP), which is not installed")
    ways = [("yume", "native", None), ("yume-portable-simd", "native", "+nightly")]
    if {"avx512f", "avx512_vpopcntdq"} <= cpu_flags():
        ways.insert(0, ("yume-avx512", "native", None))
    said = place.folder / "build/yume-way"
    reasons = []
    for feature, cpu, toolchain in ways:
        try:
            cargo_build(place, "yume", ["--features", feature], allowed, toolchain, f"-Ctarget-cpu={cpu}")
        except Missing as missing:
            reasons.append(f"{feature}: {missing}")
            continue
        if allowed:
            said.write_text(f"feature {feature}, target-cpu={cpu}, {toolchain or 'stable'}")
        return
    raise Missing("; ".join(reasons))


def czkawka(place, allowed):
    if (place.folder / "cargo/bin/czkawka_cli").exists():
        return
    if not allowed:
        raise Missing("czkawka_cli is not installed (--skip-install)")
    argv = ["cargo", "install", "czkawka_cli", "--locked", "--root", place.folder / "cargo"]
    place.do("build-czkawka", argv + ["--target-dir", place.folder / "build/czkawka"])


def cpu_flags():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return {flag for line in lines if line.startswith("flags") for flag in line.split()}
