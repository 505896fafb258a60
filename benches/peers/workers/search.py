"""Looks hashes up in an index, one at a time; run by the venv's Python.

    search.py threatexchange|faiss-flat|faiss-multi LIST QUERIES

LIST and QUERIES have one hash a line. Prints the CPU time of loading the list and of all
look-ups, and the number of hits within distance 31, as JSON.
"""

import json
import sys
import time

RADIUS = 31
BITS = 256
# 16 tables of 16 bits; radius 1 in each makes the search exact up to 16 * 2 - 1 = 31.
TABLES, FLIPS = 16, 1


def threatexchange(lines):
    from threatexchange.signal_type.pdq.pdq_index import PDQIndex

    index = PDQIndex((line, number) for number, line in enumerate(lines))
    return lambda line: len(index.query(line))


def vectors(lines):
    import numpy

    return numpy.frombuffer(bytes.fromhex("".join(lines)), numpy.uint8).reshape(-1, BITS // 8)


def faiss_index(index, lines):
    index.add(vectors(lines))

    def look_up(line):
        # Its radius is exclusive.
        limits, _, _ = index.range_search(vectors([line]), RADIUS + 1)
        return int(limits[1])

    return look_up


def faiss_flat(lines):
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss_index(faiss.IndexBinaryFlat(BITS), lines)


def faiss_multi(lines):
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryMultiHash(BITS, TABLES, BITS // TABLES)
    index.nflip = FLIPS
    return faiss_index(index, lines)


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read().split()


def main(name, list_path, queries_path):
    builders = {"threatexchange": threatexchange, "faiss-flat": faiss_flat, "faiss-multi": faiss_multi}
    start = time.process_time()
    look_up = builders[name](read(list_path))
    load = time.process_time() - start
    queries = read(queries_path)
    start = time.process_time()
    hits = sum(look_up(query) for query in queries)
    lookups = time.process_time() - start
    print(json.dumps({"load": load, "lookups": lookups, "hits": hits}))


main(*sys.argv[1:])
