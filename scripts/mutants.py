#!/usr/bin/env python3
"""Changes one line at a time and runs the tests that should notice: the check on the checks.

    scripts/mutants.py [--part NAME] [--only ID]... [--list]

Tests/Mutants/mutants.json holds the mutants: the file, the text to find in it (exactly once), the text in its place, the test
target that is built (`part`), and the tests of it that should notice. Tests/Mutants/survivors.json names those that live,
each with the reason why it changes nothing. A text that is not found, or found twice, ends the run before anything is built.

Work is done in a copy of the checkout, .build-mutants, where each part is built alone (CROSSWIND_PARTS in Package.swift), so
that a changed line costs seconds. Exit code 0: at least 95 % were killed, and every other one is a listed survivor.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
WORK = CHECKOUT / ".build-mutants"
TREE = WORK / "tree"
LEAST = 0.95
TIMEOUT_S = 240


def say(text):
    print(text, flush=True)


def load():
    folder = CHECKOUT / "Tests/Mutants"
    mutants = json.loads((folder / "mutants.json").read_text())
    survivors = json.loads((folder / "survivors.json").read_text())
    problems = []
    ids = [mutant["id"] for mutant in mutants]
    problems += [f"{name}: there are two of this name" for name in sorted(set(ids)) if ids.count(name) > 1]
    problems += [f"{name}: survivors.json names it, mutants.json does not" for name in survivors if name not in ids]
    for mutant in mutants:
        path = CHECKOUT / mutant["file"]
        count = path.read_text().count(mutant["find"]) if path.exists() else -1
        if count < 0:
            problems.append(f"{mutant['id']}: {mutant['file']} does not exist")
        elif count != 1:
            problems.append(f"{mutant['id']}: stands {count} times in {mutant['file']}: {mutant['find']}")
        if mutant["find"] == mutant["replace"]:
            problems.append(f"{mutant['id']}: changes nothing")
    if problems:
        sys.exit("mutants that fit the code no more; give them its text of today:\n  " + "\n  ".join(problems))
    return mutants, survivors


def copy_tree():
    """Brings the copy up to date; files that did not change keep their time, so that nothing is built again for them."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=CHECKOUT, check=True, capture_output=True,
        text=True).stdout.splitlines()
    wanted = {name for name in names if (CHECKOUT / name).is_file()}
    for name in wanted:
        source, target = CHECKOUT / name, TREE / name
        content = source.read_bytes()
        if name == "Package.swift":
            # A value that a mutant uses no more is only a warning.
            content = content.replace(b"    .treatAllWarnings(as: .error),\n", b"")
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            shutil.copymode(source, target)
    for path in TREE.rglob("*"):
        if path.is_file() and str(path.relative_to(TREE)) not in wanted and path.name != "Package.resolved":
            path.unlink()


class Part:
    """One test target, built alone."""

    def __init__(self, name):
        self.name = name
        self.scratch = WORK / name
        self.environment = dict(os.environ, CROSSWIND_PARTS=name)

    def build(self):
        command = ["swift", "build", "--build-tests", "--scratch-path", str(self.scratch)]
        run = subprocess.run(command, cwd=TREE, env=self.environment, capture_output=True, text=True)
        return run.returncode == 0, run.stdout + run.stderr

    def test(self, tests):
        """True when all pass; a run that does not end has not passed."""
        bundle = next((self.scratch / "debug").glob("*.xctest"))
        command = [str(bundle), "--testing-library", "swift-testing", "--filter", tests]
        try:
            run = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return False, "it did not end"
        return run.returncode == 0, run.stdout + run.stderr


def first_failure(output):
    lines = [line for line in output.splitlines() if " recorded an issue " in line or "Fatal error" in line]
    return lines[0].strip()[:150] if lines else "ended by a signal or without an end"


def kill(part, mutant):
    """Builds and tests one mutant; answers killed, alive or broken, and a word on it."""
    path = TREE / mutant["file"]
    original = path.read_text()
    path.write_text(original.replace(mutant["find"], mutant["replace"]))
    try:
        built, output = part.build()
        if not built:
            errors = [line for line in output.splitlines() if "error:" in line]
            return "broken", errors[0][:200] if errors else output[-200:]
        passed, output = part.test(mutant["tests"])
        return ("alive", "") if passed else ("killed", first_failure(output))
    finally:
        path.write_text(original)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--part", action="append", help="only mutants of this test target")
    parser.add_argument("--only", action="append", help="only this mutant")
    parser.add_argument("--list", action="store_true", help="check that every mutant fits the code, and end")
    arguments = parser.parse_args()
    mutants, survivors = load()
    say(f"mutants: {len(mutants)} fit the code, {len(survivors)} of them listed as survivors")
    if arguments.list:
        return 0
    chosen = [
        mutant for mutant in mutants
        if (not arguments.part or mutant["part"] in arguments.part)
        and (not arguments.only or mutant["id"] in arguments.only)
    ]
    copy_tree()
    began, results = time.monotonic(), {}
    for name in dict.fromkeys(mutant["part"] for mutant in chosen):
        part = Part(name)
        built, output = part.build()
        passed, output = part.test(name) if built else (False, output)
        if not passed:
            sys.exit(f"{name} does not pass without a mutant:\n{output[-3000:]}")
        for mutant in (mutant for mutant in chosen if mutant["part"] == name):
            start = time.monotonic()
            results[mutant["id"]] = kill(part, mutant)
            fate, word = results[mutant["id"]]
            say(f"{fate:7} {mutant['id']} ({time.monotonic() - start:.0f} s) {word}")
        part.build()
    killed = [name for name, (fate, _) in results.items() if fate == "killed"]
    broken = [name for name, (fate, _) in results.items() if fate == "broken"]
    alive = [name for name, (fate, _) in results.items() if fate == "alive"]
    unlisted = [name for name in alive if name not in survivors]
    dead = [name for name in killed if name in survivors]
    share = len(killed) / max(len(results), 1)
    say(f"{len(killed)} of {len(results)} killed ({share:.1%}) in {time.monotonic() - began:.0f} s")
    for name in alive:
        say(f"lives: {name}: {survivors.get(name, 'NOT LISTED: write a test that notices, or say why it changes nothing')}")
    for name in dead:
        say(f"killed, though listed as a survivor: {name}: take it out of survivors.json")
    for name in broken:
        say(f"does not compile: {name}")
    return 0 if share >= LEAST and not unlisted and not broken and not dead else 1


if __name__ == "__main__":
    sys.exit(main())
