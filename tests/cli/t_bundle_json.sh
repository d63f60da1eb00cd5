#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# info --json and verify --json against the manifest's text and bundle/FORMAT.md section 10.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
old=$(kit_of '5.10*')
new=$(kit_of '6.1.0*')
keys=(--keys "$work/keys")
cat >a.stp <<'X'
global n = 4, who = "a \"b\""
probe begin { printf("%d %s", n, who) }
probe kernel.function("folio_add_lru").call { n++ }
X
SOURCE_DATE_EPOCH=1700000000 "$builder" -q -r "$old" -r "$new" --audience='lab-1 web' --description='for "tests"' -o a.tap a.stp 2>/dev/null ||
	{ result 1 "a bundle to begin with"; exit 1; }
tar xOf a.tap tap-1/manifest >a.man
"$builder" keygen -o other --role build >/dev/null
"$builder" sign "${keys[@]}" --key other.key -o two.tap a.tap >/dev/null

# Every line of the manifest is in the JSON and nothing else is.
cat >same.py <<'X'
import json, sys
j = json.load(open(sys.argv[1])); verify = sys.argv[3:] == ["verify"]
assert j["schema"] == ("tap-verify-1" if verify else "tap-info-1")
out = ["tap-manifest: %d" % j["format"], "features: " + " ".join(j["features"])]
def line(key, v):
    if v is not None: out.append("%s: %s" % (key, v))
def text(s):
    return "".join(c if c.isalnum() or c in "._/:,+@-" else "%%%02x" % ord(c) for c in s)
line("name", j["name"]); line("version", j["version"]); line("epoch", j["epoch"])
line("created", j["created"] or 0); line("not-before", j["not_before"]); line("not-after", j["not_after"])
line("audience", j["audience"]); line("bundle-id", j["bundle_id"]); line("builder", j["builder"])
line("description", j["description"]); line("contact", j["contact"])
for s in j["scripts"]: line("script", "%(name)s %(size)d %(sha256)s" % s)
line("privilege", j["privilege"]); line("guru", "yes" if j["guru"] else "no")
for p in j["probes"]: line("probe-summary", "%(kind)s %(count)d" % p)
line("writes", j["writes"])
for p in j["params"]:
    if p["type"] == "int64": line("param", "%(name)s int64 %(default)d %(min)d %(max)d" % p)
    else: line("param", "%s string[%d] =%s" % (p["name"], p["len"], text(p["default"])))
if j["limit_runtime_s"]: line("limit", "runtime %d" % j["limit_runtime_s"])
for n in j["needs"]: line("needs", n)
for m in j["members"]: line("member", "%(name)s %(size)d %(sha256)s" % m)
for i, p in enumerate(j["packs"]): line("pack", "%d %d %s" % (i, p["raw_size"], p["raw_sha256"]))
for t in j["targets"]:
    out.append("")
    line("target", t["index"])
    for k in ("machine", "release", "version"): line(k, t[k])
    line("build-id", t["build_id"] or "unknown"); line("distro", t["distro"]); line("flavour", t["flavour"])
    if t["status"] != "ok":
        line("status", "unsupported %(code)s %(reason)s" % t); continue
    line("status", "ok"); line("module", t["module"])
    line("ko", "%(pack)d %(offset)d %(size)d %(sha256)s" % t); line("vermagic", t["vermagic"])
    line("layout-crc", t["layout_crc"] or "none"); line("wire", t["wire"])
    assert t["kernel_signatures"] == []
want = open(sys.argv[2]).read()
got = "\n".join(out) + "\n"
if got != want:
    import difflib
    print("\n".join(difflib.unified_diff(want.split("\n"), got.split("\n"), lineterm="")))
    sys.exit(1)
X
"$builder" info --json "${keys[@]}" a.tap >info.json
check "info --json says all the manifest says" python3 same.py info.json a.man
check "info --json: the unsupported kernel is there" grep -q '"status":"unsupported","code":"E-SCRIPT"' info.json
"$builder" verify --json "${keys[@]}" a.tap >verify.json
check "verify --json too" python3 same.py verify.json a.man verify
"$builder" verify --json "${keys[@]}" two.tap >two.json
jq() { # FILE PYTHON: is it true of the object j?
	check "$3" python3 -c "import json; j = json.load(open('$1')); assert $2, j"
}
jq two.json 'j["file"] == "two.tap" and j["good"] is True' "verify --json: what and how"
jq two.json '[(s["role"], s["verified"]) for s in j["signatures"]] == [("release", True), ("build", False)]' "a key that is not trusted here: not verified"
id=$(sed -n 's/^.*key id *//p' <("$builder" keygen -o third --role build))
cp third.pub "$work/keys/"
"$builder" sign "${keys[@]}" --key third.key -o three.tap two.tap >/dev/null
"$builder" verify --json "${keys[@]}" three.tap >three.json
jq three.json "[s['key'] for s in j['signatures'] if s['verified']][1] == '$id'" "the key's id is that of keygen"

# Refusals: one object as well, and the exit code as without --json.
head -c 3000 a.tap >cut.tap
expect 1 "a cut bundle" '"good":false,"code":23,"reason":"TRUNCATED"' -- "$builder" verify --json "${keys[@]}" cut.tap
check "is JSON" python3 -m json.tool "$work/out"
mkdir none
cp third.pub none/
expect 4 "nobody trusted signed it" '"code":30,"reason":"NO-SIGNATURE"' '"verified":false' '!"verified":true' -- "$builder" verify --json --keys none a.tap
check "is JSON too" python3 -m json.tool "$work/out"
expect 3 "no file" '"good":false,"code":null,"reason":null,"text":"cannot open' '"signatures":\[\]' -- "$builder" verify --json "${keys[@]}" no.tap
expect 1 "a good one and a bad one" '"file":"a\.tap","good":true' '"file":"cut\.tap","good":false' -- "$builder" verify --json "${keys[@]}" a.tap cut.tap
check "one line each" test "$(wc -l <"$work/out")" = 2
