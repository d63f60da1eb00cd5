#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A script of about LINES lines of one kind: gen_script.sh KIND LINES
#
# Kinds: probes, functions (each calls the one before), body (one long handler),
# globals (each read and written), elseif (chains of 500), arrays, strings, mixed;
# reverse (types known from the last line on), unset (calls with what has no value),
# own (each probe has a global of its own).
set -u
kind=$1 lines=$2
awk -v kind="$kind" -v lines="$lines" '
function probes(n,   i) {
	print "global total"
	for (i = 0; i < n; i++)
		printf "probe timer.ms(%d) {\n\tx%d = %d + total\n\tif (x%d > 3) total++\n\telse total += x%d\n}\n", i % 1000 + 1, i, i, i, i
	print "probe end { println(total) }"
}
function functions(n,   i) {
	print "function f0(x) { return x }"
	for (i = 1; i < n; i++)
		printf "function f%d(x) {\n\tif (x > %d) return f%d(x - 1)\n\treturn x * %d\n}\n", i, i, i - (i % 20 != 0), i
	printf "probe begin {\n"
	for (i = 0; i < n; i += 19) printf "\tprintln(f%d(%d))\n", i, i
	print "}"
}
function body(n,   i) {
	print "global a, t"
	print "probe begin {"
	for (i = 0; i < n; i += 4)
		printf "\tx = t + %d\n\tif (x > %d) t++\n\ta[x] = t * %d\n\tprintf(\"%%d %%s\\n\", x, \"line %d\")\n", i, i, i, i
	print "\tforeach (k in a) println(k, a[k])\n}"
}
function globals(n,   i) {
	for (i = 0; i < n; i += 2)
		printf "global g%d\n", i
	print "probe begin {"
	for (i = 0; i < n; i += 2)
		printf "\tg%d += g%d + 1\n", i, i
	print "}"
}
function elseif(n,   i) {
	print "global t\nprobe timer.ms(1) {\n\tx = t\n\tif (x == 0) t = 1"
	# Half of how deep a statement may be.
	for (i = 1; i < n; i++)
		printf "\t%sif (x == %d) t = %d\n", i % 500 ? "else " : "", i, i + 1
	print "\tprintln(t)\n}"
}
function arrays(n,   i) {
	for (i = 0; i < n; i += 8) printf "global a%d, s%d\n", i, i
	for (i = 0; i < n; i += 8)
		printf "probe timer.s(%d) {\n\ta%d[pid(), execname()]++\n\ts%d[execname()] <<< pid()\n\tif ([pid(), execname()] in a%d) delete a%d\n\tforeach (k in s%d-) println(k, @count(s%d[k]))\n}\n", i % 100 + 1, i, i, i, i, i, i
}
function strings(n,   i) {
	print "global s\nprobe begin {"
	for (i = 0; i < n; i += 2)
		printf "\ts = sprintf(\"%%s%%d\", s . \"x\", %d)\n\tif (s == \"y%d\") println(s . \"!\")\n", i, i
	print "}"
}
function reverse(n,   i) {
	print "probe begin {"
	for (i = 0; i < n; i++) printf "\tx%d = x%d\n", i, i + 1
	print "\tprintln(x0)\n}"
}
function unset(n,   i) {
	print "function f(x) { return x }\nprobe begin {"
	for (i = 0; i < n; i++) printf "\tx%d = f(x%d)\n", i + 1, i
	printf "\tprintln(x%d)\n}\n", n
}
function own(n,   i) {
	for (i = 0; i < n; i += 2)
		printf "global g%d\nprobe timer.ms(%d) { g%d++; println(g%d) }\n", i, i % 1000 + 1, i, i
}
BEGIN {
	if (kind == "probes") probes(lines / 5)
	else if (kind == "functions") functions(lines / 4)
	else if (kind == "body") body(lines)
	else if (kind == "globals") globals(lines)
	else if (kind == "elseif") elseif(lines)
	else if (kind == "arrays") arrays(lines)
	else if (kind == "strings") strings(lines)
	else if (kind == "reverse") reverse(lines)
	else if (kind == "unset") unset(lines)
	else if (kind == "own") own(lines)
	else if (kind == "mixed") {
		probes(lines / 20); functions(lines / 16); arrays(lines / 4)
		for (i = 0; i < lines / 80; i++) printf "probe timer.us(%d) { println(\"%d\") }\n", 1000 + i, i
	} else { print "gen_script: no kind " kind > "/dev/stderr"; exit 2 }
}'
