#!/usr/bin/env python3
"""Compares `crosswind inspect` with `tshark -Y kafka -T fields` on the same capture, on one core, in one run, and
measures the peak memory of inspect on a capture of 1 GB.

    bench_inspect.py [--build-dir .build/release] [--packets 66000] [--gigabyte]

Exits 1 when inspect is less than 25 times as fast, or takes 200 MB or more. Speed is compared by processor time of the
whole process, start-up included, the best of several turns each: the machine may be busy.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

FACTOR = 25
MEMORY_MB = 200


def measure(command, output):
    """Runs a command on one core; returns processor seconds, wall seconds and its peak memory in MB."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, preexec_fn=one_core)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"failed with status {status}: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1024


def one_core():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def best(command, turns):
    with open(os.devnull, "wb") as output:
        return min((measure(command, output) for _ in range(turns)), key=lambda result: result[0])


def compare(arguments, folder):
    capture = os.path.join(folder, "bench.pcapng")
    generator = os.path.join(arguments.build_dir, "capture-generator")
    subprocess.run([generator, capture, str(arguments.packets), "16000"], check=True, stdout=subprocess.DEVNULL)
    # Read once, so that both find the file in memory.
    with open(capture, "rb") as file:
        size = len(file.read())
    inspect = os.path.join(arguments.build_dir, "crosswind")
    fields = ["-T", "fields", "-e", "frame.number", "-e", "kafka.correlation_id", "-e", "kafka.error"]
    ours = best([inspect, "inspect", capture], 5)
    as_json = best([inspect, "inspect", capture, "--json"], 5)
    theirs = best(["tshark", "-r", capture, "-Y", "kafka", *fields], 3)
    print(f"capture: {arguments.packets:,} packets, {size / 1e6:.1f} MB; one core; processor time of the whole process")
    for name, result in (("tshark -Y kafka -T fields", theirs), ("crosswind inspect", ours),
                         ("crosswind inspect --json", as_json)):
        print(f"  {name:28} {result[0] * 1000:8.0f} ms  {arguments.packets / result[0]:12,.0f} packets/s"
              f"  {theirs[0] / result[0]:6.1f}x  {result[2]:6.1f} MB")
    return theirs[0] / ours[0] >= FACTOR


def gigabyte(arguments, folder):
    inspect = os.path.join(arguments.build_dir, "crosswind")
    passed = True
    for packets, batch_bytes in ((760_000, 16_000), (1_500_000, 1_350)):
        capture = os.path.join(folder, "large.pcapng")
        generator = os.path.join(arguments.build_dir, "capture-generator")
        subprocess.run(
            [generator, capture, str(packets), str(batch_bytes)], check=True, stdout=subprocess.DEVNULL)
        size = os.path.getsize(capture)
        with open(os.devnull, "wb") as output:
            result = measure([inspect, "inspect", capture], output)
        os.unlink(capture)
        print(f"  {size / 1e9:.2f} GB, batches of {batch_bytes:,} bytes: peak memory {result[2]:.0f} MB, {result[0]:.1f} s")
        passed = passed and result[2] < MEMORY_MB
    return passed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build-dir", default=".build/release")
    parser.add_argument("--packets", type=int, default=66_000)
    parser.add_argument("--gigabyte", action="store_true", help="also measure memory on captures of 1 GB")
    arguments = parser.parse_args()
    if shutil.which("tshark") is None:
        sys.exit("tshark is missing; install it with: apt-get install tshark")
    with tempfile.TemporaryDirectory() as folder:
        passed = compare(arguments, folder)
        if arguments.gigabyte:
            passed = gigabyte(arguments, folder) and passed
    if not passed:
        sys.exit(f"below the bound: {FACTOR}x and {MEMORY_MB} MB")


if __name__ == "__main__":
    main()
