#!/usr/bin/env python3
"""Writes docs/clients.md from the results of Scenarios/clients: `scripts/clients-table.py RUN/results.json`.

Words, not counts: counts depend on which records shared a batch. Some cells still depend on timing, for example whether a
batch behind a lost request had been written already.
"""

import json
import sys

HEAD = """# What each client does

Made by `make clients-table` from the scenarios in `Scenarios/clients/`; every cell is a run with captures at both ends
of the link. Client versions: librdkafka 2.0.2 (Debian 12) and 2.16.0, kafka-clients 4.3.0, kafka-python 3.0.12, aiokafka
0.14.0. Brokers: the embedded one with the rules of an Apache Kafka release, and Tansu 0.6.0 in a container.

- *recognised*: the client sent the batch again and the broker saw that it had it, and answered success.
- *error 46 …*: answers with that error code; see docs/verdicts.md for how each is found on the wire.
- *given up*: the client reported records as failed.

"""

NOTES = """
## What does not come up, and why

- librdkafka 2.0.2 with Tansu 0.6.0: Tansu's answer to its ApiVersions request cannot be read ("Read underflow").
- aiokafka 0.14.0 with idempotence and Tansu 0.6.0: InitProducerId is answered with error -1.
- kafka-python 3.0.12 with a broker before 2.5 that answers 59: it drops its producer id and never asks for a new one;
  `flush()` waits for ever and `delivery_timeout_ms` does not end it.
"""


def words(cell):
    measures = cell["measures"]
    if cell["outcome"] == "inconclusive":
        return "inconclusive"
    parts = []
    if measures["lost"]:
        parts.append("**acknowledged records lost**")
    if measures["duplicates"]:
        parts.append("duplicates")
    if measures["reordered"]:
        parts.append("order broken")
    if measures["sequence_errors"]:
        codes = [code for code in measures["error_codes"] if code in ("45", "46", "47", "59")]
        parts.append("error " + " and ".join(sorted(codes)))
    if measures["failed"]:
        parts.append("records given up")
    if not parts:
        parts.append("survives" if cell["survived"] else "slow to recover")
        if measures["deduplicated_batches"]:
            parts.append("retries recognised")
        elif measures["retried_batches"]:
            parts.append("retries")
    return ", ".join(parts)


def table(name, cells):
    brokers, faults, producers = [], [], []
    results = {}
    for cell in cells:
        parameters = cell["parameters"]
        broker = parameters.get("broker") or "kafka-" + parameters.get("broker.release", "")
        fault = parameters.get("faults.0", name)
        producer = parameters["producer"]
        for value, known in ((broker, brokers), (fault, faults), (producer, producers)):
            if value not in known:
                known.append(value)
        results[broker, producer, fault] = words(cell)
    lines = ["", "## " + name, "", cells[0]["claim"], ""]
    if len(faults) > 1:
        lines.append("| broker | client | " + " | ".join(fault.replace("-", " ") for fault in faults) + " |")
        lines.append("|---" * (2 + len(faults)) + "|")
        for broker in brokers:
            for producer in producers:
                row = [results.get((broker, producer, fault)) for fault in faults]
                if any(row):
                    lines.append("| %s | %s | %s |" % (broker, producer, " | ".join(text or "–" for text in row)))
    else:
        lines.append("| client | " + " | ".join(brokers) + " |")
        lines.append("|---" * (1 + len(brokers)) + "|")
        for producer in producers:
            row = [results.get((broker, producer, faults[0])) or "see below" for broker in brokers]
            lines.append("| %s | %s |" % (producer, " | ".join(row)))
    return lines


def main():
    cells = json.load(open(sys.argv[1]))["cells"]
    titles = {
        "clients": "Idempotent producers",
        "clients-without-idempotence": "Without idempotence: lost acks",
        "clients-sequence-errors": "The broker forgets its producers",
    }
    lines = []
    for scenario, title in titles.items():
        chosen = [cell for cell in cells if cell["id"].split(",")[0] == scenario]
        if chosen:
            lines += table(title, chosen)
    sys.stdout.write(HEAD.rstrip("\n") + "\n" + "\n".join(lines) + "\n" + NOTES)


main()
