#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""schema.py SCHEMA FILE: is every line of FILE what the JSON Schema says?

Knows the words of runner/output.schema.json and stops at any other, so that none is
passed over: nothing has to be installed.  Prints how many lines of each type there were.
"""
import base64
import collections
import json
import sys

NOTES = {"$schema", "$defs", "title", "description"}
KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}


def is_kind(v, kind):
    return isinstance(v, KINDS[kind]) and (kind == "boolean" or not isinstance(v, bool))


def members(v, s):
    for k in s.get("required", []):
        if k not in v:
            yield f"no member '{k}'"
    for k in v:
        if k in s.get("properties", {}):
            yield from (f"{k}: {w}" for w in wrong(v[k], s["properties"][k]))
        elif s.get("additionalProperties") is False:
            yield f"unknown member '{k}'"


def wrong(v, s):
    for word in s:
        if word == "$ref":
            yield from wrong(v, root["$defs"][s[word].rsplit("/", 1)[1]])
        elif word == "oneOf":
            tries = [list(wrong(v, x)) for x in s[word]]
            if sum(not t for t in tries) != 1:
                # the type says which one it wanted to be
                yield "; ".join(min(tries, key=lambda t: ("const" in str(t), len(t))) or ["is two of them"])
        elif word == "type":
            kinds = s[word] if isinstance(s[word], list) else [s[word]]
            if not any(is_kind(v, k) for k in kinds):
                yield f"is no {'/'.join(kinds)}"
        elif word == "const":
            if v != s[word]:
                yield f"const is {s[word]!r}"
        elif word == "enum":
            if v not in s[word]:
                yield f"none of {s[word]}"
        elif word == "minimum":
            if isinstance(v, int) and v < s[word]:
                yield f"below {s[word]}"
        elif word == "items":
            for x in v:
                yield from wrong(x, s[word])
        elif word == "properties":
            if isinstance(v, dict):
                yield from members(v, s)
        elif word == "contentEncoding":
            base64.b64decode(v, validate=True)
        elif word not in NOTES | {"required", "additionalProperties"}:
            raise SystemExit(f"schema.py: the word '{word}' is not known here")


def once(pairs):
    if len({k for k, _ in pairs}) != len(pairs):
        raise ValueError("a member twice")
    return dict(pairs)


with open(sys.argv[1], encoding="ascii") as f:
    root = json.load(f)
seen, bad = collections.Counter(), 0
with open(sys.argv[2], "rb") as f:
    for i, raw in enumerate(f, 1):
        try:
            if not raw.endswith(b"\n"):
                raise ValueError("no newline")
            v = json.loads(raw.decode("utf-8"), object_pairs_hook=once)
            why = list(wrong(v, root))
        except ValueError as e:
            v, why = None, [str(e)]
        if why:
            bad += 1
            print(f"line {i}: {'; '.join(why)}: {raw[:200]!r}")
        else:
            seen[v["type"]] += 1
print(" ".join(f"{k}={seen[k]}" for k in sorted(seen)))
sys.exit(bad > 0)
