#!/usr/bin/env python3
"""Writes crosswind(1) and a page for each command, from what the command line says of itself.

    scripts/man-pages.py EXECUTABLE DIRECTORY
"""
import json
import os
import subprocess
import sys

EXIT_STATUS = [
    ("0", "Every expectation holds on sound evidence."),
    ("1", "An expectation does not hold."),
    ("2", "Inconclusive: nothing failed, and some evidence proves nothing."),
    ("3", "The harness itself failed."),
    ("64", "Wrong usage or a bad scenario file; nothing was started."),
    ("69", "This machine lacks something; crosswind doctor says what."),
]


def escape(text):
    """Text as roff: no line of it is a request, hyphens can be copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def spelled(argument):
    dashes = {"long": "--", "short": "-", "longWithSingleDash": "-"}
    return [dashes[name["kind"]] + name["name"] for name in argument.get("names", [])]


def synopsis(command):
    parts = []
    for argument in command.get("arguments", []):
        if not argument["shouldDisplay"]:
            continue
        value = f"\\fI{escape(argument.get('valueName', 'value'))}\\fR"
        if argument["kind"] == "positional":
            text = value
        else:
            text = f"\\fB{escape(spelled(argument)[-1])}\\fR"
            if argument["kind"] == "option":
                text += " " + value
        if argument["isRepeating"]:
            text += " ..."
        parts.append(f"[{text}]" if argument["isOptional"] else text)
    return " ".join(parts)


def options(command):
    lines = []
    for argument in command.get("arguments", []):
        if not argument["shouldDisplay"]:
            continue
        value = f"\\fI{escape(argument.get('valueName', 'value'))}\\fR"
        if argument["kind"] == "positional":
            tag = value
        else:
            tag = ", ".join(f"\\fB{escape(name)}\\fR" for name in spelled(argument))
            if argument["kind"] == "option":
                tag += " " + value
        text = argument.get("abstract", "")
        if argument.get("discussion"):
            text += "\n" + argument["discussion"]
        if argument.get("defaultValue") and argument["kind"] != "flag":
            text += f" Default: {argument['defaultValue']}."
        lines += [".TP", tag, escape(text) or "\\&"]
    return lines


def page(command, name, version, others):
    lines = [f'.TH "{name.upper()}" 1 "" "crosswind {version}" "Crosswind"', ".SH NAME"]
    lines.append(f"{escape(name)} \\- {escape(command.get('abstract', ''))}")
    words = name.replace("crosswind-", "crosswind ", 1)
    lines += [".SH SYNOPSIS", f"\\fB{escape(words)}\\fR {synopsis(command)}".rstrip()]
    if command.get("discussion"):
        lines += [".SH DESCRIPTION", escape(command["discussion"])]
    commands = [sub for sub in command.get("subcommands", []) if sub["commandName"] != "help"]
    if commands:
        lines += [".SH COMMANDS"]
        for sub in commands:
            lines += [".TP", f"\\fB{escape(sub['commandName'])}\\fR", escape(sub.get("abstract", ""))]
    described = options(command)
    if described:
        lines += [".SH OPTIONS"] + described
    lines.append(".SH EXIT STATUS")
    for code, text in EXIT_STATUS:
        lines += [".TP", f"\\fB{code}\\fR", escape(text)]
    lines += [".SH SEE ALSO", ", ".join(f"\\fB{escape(other)}\\fR(1)" for other in others if other != name)]
    return "\n".join(lines) + "\n"


def main():
    executable, directory = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    dump = subprocess.run([executable, "--experimental-dump-help"], check=True, capture_output=True).stdout
    root = json.loads(dump)["command"]
    version = subprocess.run([executable, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
    commands = [sub for sub in root["subcommands"] if sub["commandName"] != "help"]
    names = ["crosswind"] + [f"crosswind-{sub['commandName']}" for sub in commands]
    for command, name in zip([root] + commands, names):
        with open(os.path.join(directory, name + ".1"), "w", encoding="utf-8") as file:
            file.write(page(command, name, version, names if name == "crosswind" else ["crosswind"]))


if __name__ == "__main__":
    main()
