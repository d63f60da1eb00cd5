#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 20,000 lines of one shape each: what is done to each line must not look at all the others.
# The limit, in processor time, is some fifteen times what they take; passes that were
# quadratic took more.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

limited() { # SECONDS COMMAND...
	local limit=$1
	shift
	(ulimit -t "$limit" && exec "$@")
}

shape() { # TEXT AWK-PROGRAM, which has n
	awk -v n=20000 "BEGIN { $2 }" >shape.stp
	expect 0 "$1" -- limited 20 "$builder" -w -p3 shape.stp
}

shape "dead assignments, each read by the next, in a branch" '
	print "probe begin { a0 = 1 if (tid()) {"
	for (i = 0; i < n; i++) print "a" i + 1 " = a" i
	print "} println(1) }"'
shape "each in a branch of its own" '
	print "probe begin { a0 = 1"
	for (i = 0; i < n; i++) print "if (tid()) a" i + 1 " = a" i
	print "println(1) }"'
shape "functions that call the next one" '
	for (i = 0; i < n; i++)
		print "function f" i "(x) { " (i % 900 == 899 ? "println(x) return x" : "return f" i + 1 "(x)") " }"
	print "function f" n "(x) { println(x) return x }\nprobe begin {"
	for (i = 0; i < n; i += 900) print "println(f" i "(1))"
	print "}"'
shape "overloads that try the next one" '
	for (i = 0; i < n; i++) print "function f(x) { if (x == " i ") next; return " i " }"
	print "probe begin { println(f(1)) }"'
shape "a function and a global each" '
	for (i = 0; i < n / 2; i++) print "global g" i "\nfunction f" i "(x) { g" i " += x }"
	print "probe begin {"
	for (i = 0; i < n / 2; i++) print "f" i "(1)"
	print "}"'
shape "an array, a feed and a loop each" '
	for (i = 0; i < n / 3; i++)
		print "global g" i "\nprobe timer.s(" i + 1 ") { g" i "[" i "] <<< 1 }\nprobe end { foreach (k in g" i ") println(@count(g" i "[k])) }"'
shape "conditions, each switched by another" '
	for (i = 0; i < n; i++)
		print "global c" i " probe timer.s(1) if (c" i ") { c" (i + 1) % n " = 1 println(1) }"'
shape "a long function that each line calls" '
	print "function f(x) { y = 1"
	for (i = 0; i < 2 * n; i++) print "y += " i
	print "return x }\nprobe begin {"
	for (i = 0; i < n; i++) print "println(f(" i "))"
	print "}"'
