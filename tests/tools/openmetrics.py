#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""openmetrics.py FILE: is it OpenMetrics 1.0 text?

The ABNF of the specification for gauges and counters, and its rules beyond the grammar:
families are not interleaved, TYPE and HELP come first and once, a counter's sample ends
in _total and is not negative, no label set comes twice, the end is "# EOF".  And what
the older Prometheus text parser of node_exporter's textfile collector wants: types that
it knows too.  Prints the number of families and samples.
"""
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?Inf|NaN"
META = re.compile(rf"# (TYPE|HELP|UNIT) ({NAME}) (.*)")
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{LABEL})(?:,{LABEL})*)?\}})? ({NUMBER})(?: {NUMBER})?")


def stop(why):
    sys.exit(f"openmetrics: line {i}: {why}: {line!r}")


i, line = 0, ""
with open(sys.argv[1], "rb") as f:
    text = f.read().decode("utf-8")
if not text.endswith("# EOF\n"):
    stop("does not end with '# EOF'")
families, meta, samples, now = {}, set(), set(), None
for i, line in enumerate(text[: -len("# EOF\n")].split("\n")[:-1], 1):
    m = META.fullmatch(line)
    if m:
        word, name, rest = m.groups()
        if name != now:
            if name in families:
                stop("a family in two places")
            families[name], now = None, name
        elif any(s[0].startswith(name) for s in samples):
            stop(f"{word} after a sample")
        if (word, name) in meta:
            stop(f"{word} twice")
        meta.add((word, name))
        if word == "TYPE":
            families[name] = rest
            if rest not in ("gauge", "counter"):
                stop("a type that not every reader knows")
        if word == "HELP" and re.search(r"\\(?![\\n\"])", rest):
            stop("an escape that is none")
        continue
    m = SAMPLE.fullmatch(line)
    if not m:
        stop("neither metadata nor a sample")
    name, labels, value = m.groups()
    keys = re.findall(r'([a-zA-Z_][a-zA-Z0-9_]*)="', re.sub(r"\\.", "", labels or ""))
    if len(set(keys)) != len(keys):
        stop("a label twice")
    if now is None or families[now] is None:
        stop("a sample without TYPE")
    if name != now + ("_total" if families[now] == "counter" else ""):
        stop(f"is no sample of {now}")
    if families[now] == "counter" and value.startswith("-"):
        stop("a counter below 0")
    if (name, labels) in samples:
        stop("a sample twice")
    samples.add((name, labels))
for name in families:
    if ("HELP", name) not in meta:
        stop(f"no HELP for {name}")
print(f"{len(families)} families, {len(samples)} samples")
