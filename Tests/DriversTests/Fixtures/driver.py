"""A driver without a client that keeps the protocol, except for the rule that BREAK names: shows that DriverCheck fails."""

import json
import os
import sys
import threading
import time

broken = os.environ.get("BREAK", "")
lock = threading.Lock()
started, stopped = threading.Event(), threading.Event()


def say(**fields):
    with lock:
        sys.stdout.write(json.dumps(fields) + "\n")
        sys.stdout.flush()


def now():
    return time.time_ns() // {"milliseconds": 1000000, "nanoseconds": 1}.get(broken, 1000)


def row_now():
    return time.time_ns() if broken == "row-nanoseconds" else now()


def listen():
    for line in sys.stdin:
        kind = json.loads(line)["type"]
        if kind == "start":
            started.set()
        if kind == "stop" and broken != "stop":
            stopped.set()
    if broken != "eof":
        os._exit(0)


def fail(name, message):
    say(type="error", time_us=now(), name=name, message=message, fatal=broken != "fatal")
    sys.exit(0 if broken == "exit" else 1)


if broken == "hello":
    say(type="ready", time_us=now())
say(type="hello", protocol=2 if broken == "version" else 1, driver="fixture", client="none", version="1")
line = sys.stdin.readline()
if not line:
    sys.exit(0)
configure = json.loads(line)
if "topics" not in configure:
    fail("BAD_CONFIGURE", "no topics")
unknown = [name for name in configure["config"] if name == "crosswind.no.such.property"]
if unknown and broken != "property":
    fail("UNKNOWN_PROPERTY", "something is wrong" if broken == "words" else "unknown property " + unknown[0])
threading.Thread(target=listen, daemon=True).start()
say(type="ready", time_us=now())
if broken != "early":
    started.wait()
topics, rate = configure["topics"], configure["rate_records_per_s"]
begin, counts = time.monotonic(), {"sent": 0, "acknowledged": 0, "failed": 0}
for id in range(configure["records"]):
    if rate and broken != "pace":
        time.sleep(max(0, begin + id / rate - time.monotonic()))
    if stopped.is_set():
        break
    topic = id % len(topics)
    partition = (id // len(topics)) % topics[topic]["partitions"] if broken != "partition" else 0
    if broken == "order":
        say(type="acknowledged", topic=topic, rows=[[id, partition, id, now() + 1000]])
    say(type="sent", topic=topic, rows=[[id, partition, row_now()]])
    counts["sent"] += 1
    if broken == "lost" and id == 7:
        continue
    if broken != "order":
        say(type="acknowledged", topic=topic, rows=[[id, partition, id, row_now()]])
    if broken == "twice" and id == 7:
        say(type="acknowledged", topic=topic, rows=[[id, partition, id, row_now()]])
    counts["acknowledged"] += 1
if broken == "totals":
    counts["sent"] += 1
say(type="done", time_us=now(), **counts)
if broken == "linger":
    time.sleep(60)
