"""Writes a list of random hashes, and queries of which each second one has a planted neighbour.

    lists.py FOLDER ENTRIES QUERIES

writes ENTRIES.txt and ENTRIES.queries.txt, and prints how many queries have a neighbour within
distance 31. The planted distances go round 0 to 40, so that both sides of the bound are asked.
A process of its own, since the memory of whoever starts the programs counts into their peaks.
"""

import pathlib
import random
import sys

BITS = 256
RADIUS = 31
FARTHEST = 40


def main(folder, entries, queries):
    entries, queries = int(entries), int(queries)
    source = random.Random(entries)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{entries}.txt"
    chosen = {source.randrange(entries): None for _ in range(queries)}
    with open(path, "w", encoding="ascii") as file:
        for number in range(entries):
            hash_text = source.randbytes(BITS // 8).hex()
            file.write(hash_text + "\n")
            if number in chosen:
                chosen[number] = int(hash_text, 16)
    listed = list(chosen.values())
    within = 0
    with open(folder / f"{entries}.queries.txt", "w", encoding="ascii") as file:
        for number in range(queries):
            value = source.getrandbits(BITS)
            if number % 2 == 0:
                distance = number // 2 % (FARTHEST + 1)
                within += distance <= RADIUS
                value = listed[number % len(listed)]
                for bit in source.sample(range(BITS), distance):
                    value ^= 1 << bit
            file.write(f"{value:064x}\n")
    print(within)


main(*sys.argv[1:])
