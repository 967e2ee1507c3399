#!/usr/bin/env python3
"""Runs the sweeps whose answers are known and holds what they find against it:

    Benchmarks/capacity/check.py [--output DIR] [NAME...]       NAME: link in-flight broker pipelining sixty

Exit code 0 when everything holds. CROSSWIND names the program; default .build/release/crosswind.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
CROSSWIND = os.environ.get("CROSSWIND", str(HERE.parent.parent / ".build/release/crosswind"))

# What the bottleneck carries, in records/s. A record of 1000 B has 1010 B in its batch (lengths, attributes, deltas); full
# segments carry 1448 B in 1500 B: 20 Mbit/s / 8 / (1010 * 1500 / 1448). The others are batch / time.
TRUTH = {"link": 20e6 / 8 / (1010 * 1500 / 1448), "in-flight": 100 / 0.1, "broker": 40 / 0.02}


def sweep(name, output):
    path = pathlib.Path(output) / name
    begin = time.monotonic()
    status = subprocess.run([CROSSWIND, "sweep", str(HERE / (name + ".yaml")), "--output", str(path)]).returncode
    seconds = time.monotonic() - begin
    if status > 2:
        sys.exit("%s: exit code %d" % (name, status))
    return json.load(open(path / "sweep.json")), seconds


def bottleneck(name, output):
    results, _ = sweep("bottleneck-" + name, output)
    truth = TRUTH[name]
    good = 0
    for bracket in results["brackets"]:
        low, high = bracket.get("last_met_value"), bracket.get("first_not_met_value")
        limit = (bracket.get("limit") or {}).get("limit")
        holds = low is not None and high is not None and low <= truth * 1.1 and high >= truth * 0.9
        near = holds and abs(low / truth - 1) <= 0.1 and abs(high / truth - 1) <= 0.1
        good += near and limit == name
        print("%s: [%s, %s], true value %.0f, limit %s%s"
              % (name, low, high, truth, limit, "" if near and limit == name else "   <-- wrong"))
    print("%s: %d of 10 right" % (name, good))
    return good == 10


def pipelining(output):
    results, _ = sweep("pipelining", output)
    rates = {}
    for point in results["points"]:
        window = point["parameters"]["producer.config.max.in.flight.requests.per.connection"]
        rates.setdefault(window, []).append(point["observation"]["throughput_records_per_s"])
    one, five = (sorted(rates[k])[len(rates[k]) // 2] for k in ("1", "5"))
    ratio = five / one
    print("pipelining: %.0f and %.0f records/s, ratio %.2f of 5: %.1f %% off" % (one, five, ratio, (ratio / 5 - 1) * 100))
    return abs(ratio / 5 - 1) <= 0.15


def sixty(output):
    results, seconds = sweep("sixty", output)
    known = sum(point["outcome"] != "inconclusive" for point in results["points"])
    again = sum(point["runs"] > 1 for point in results["points"])
    print("sixty: %d points, %d conclusive, %d run twice, %.0f s" % (len(results["points"]), known, again, seconds))
    return len(results["points"]) == 60 and seconds <= 240


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", default=["link", "in-flight", "broker", "pipelining", "sixty"])
    parser.add_argument("--output", default="runs/bench-capacity-%d" % time.time())
    arguments = parser.parse_args()
    checks = {"pipelining": pipelining, "sixty": sixty}
    wrong = []
    for name in arguments.names:
        check = checks.get(name) or (lambda output, name=name: bottleneck(name, output))
        if not check(arguments.output):
            wrong.append(name)
    print("wrong: " + ", ".join(wrong) if wrong else "all right")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
