"""Markdown on stdout, the same figures as JSON, and what must not be overlooked on both."""

import json
import sys


class Report:
    def __init__(self):
        self.data = {"tables": {}, "loud": []}

    def heading(self, text):
        print(f"\n### {text}\n", flush=True)

    def say(self, text):
        print(f"{text}\n", flush=True)

    def loud(self, text):
        """What went wrong or missing: into the report, and to stderr."""
        self.data["loud"].append(text)
        print(f"\n**{text}**\n", flush=True)
        print(f"*** {text}", file=sys.stderr, flush=True)

    def table(self, name, columns, rows):
        print("| " + " | ".join(columns) + " |")
        print("| --- |" + " ---: |" * (len(columns) - 1))
        for row in rows:
            print("| " + " | ".join(cell(value) for value in row) + " |")
        print(flush=True)
        self.data["tables"][name] = [dict(zip(columns, row)) for row in rows]

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.data, file, indent=2, ensure_ascii=False)
            file.write("\n")


def cell(value):
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def progress(text):
    print(text, file=sys.stderr, flush=True)


def megabytes(count):
    return None if count is None else count / 1e6
