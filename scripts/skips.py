#!/usr/bin/env python3
"""Compares the tests that skipped with a committed list: `scripts/skips.py LOG... LIST`.

A line of the list is the name of a test or a suite, without parentheses, then `#` and when it may skip. Exit code 1 for a
skip that is not in the list, and for a log in which no test ran at all, which would prove nothing.
"""

import pathlib
import re
import sys

SKIPPED = re.compile(r"(?:Test|Suite) (.+?) skipped(?:: \"(.*)\")?\.?\s*$")


def main():
    *logs, listed = map(pathlib.Path, sys.argv[1:])
    text = "".join(path.read_text(errors="replace") for path in logs)
    allowed = {line.split("#")[0].strip() for line in listed.read_text().splitlines()} - {""}
    skipped = {}
    for line in text.splitlines():
        found = SKIPPED.search(line)
        if found:
            skipped[found[1].split("(")[0]] = found[2] or "no reason given"
    if not re.search(r"Test run with [1-9]\d* tests", text):
        sys.exit("skips: no test ran")
    new = sorted(set(skipped) - allowed)
    print(f"skips: {len(skipped)} skipped, {len(new)} of them not in {listed}")
    for name in new:
        print(f"skips: {name}: {skipped[name]}")
    if new:
        sys.exit(f"A test that skips tests nothing. Give it what it needs, or add it to {listed} with when it may skip.")


if __name__ == "__main__":
    main()
