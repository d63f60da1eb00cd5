$TAPRUN -c "work both 1500 7773" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
awk '$1 != "seq" || $2 != NR { print NR ": " $0; bad++ } END { print NR; exit bad > 0 || NR != 3000 }' /tmp/out >/tmp/bad ||
	fail "out of order or lost: $(head -5 /tmp/bad; tail -1 /tmp/bad)"
