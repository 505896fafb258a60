"""Hashes the files of a folder as a Python program does; run by the venv's Python.

    hash_folder.py pdqhash|threatexchange FOLDER

prints `hash,quality,path` for each.
"""

import pathlib
import sys


def with_pdqhash():
    """PDQ's C++ core, behind Pillow's libjpeg-turbo."""
    import numpy
    import pdqhash
    from PIL import Image

    def hash_file(path):
        with Image.open(path) as picture:
            bits, quality = pdqhash.compute(numpy.asarray(picture.convert("RGB")))
        return numpy.packbits(bits).tobytes().hex(), quality

    return hash_file


def with_threatexchange():
    from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_file

    return pdq_from_file


def main(road, folder):
    hash_file = {"pdqhash": with_pdqhash, "threatexchange": with_threatexchange}[road]()
    folder = pathlib.Path(folder)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            hash_text, quality = hash_file(path)
            print(f"{hash_text},{quality},{path.relative_to(folder)}")
        except Exception as error:
            print(f"{path}: {error}", file=sys.stderr)


main(*sys.argv[1:])
