n=$(($(grep -c ^processor /proc/cpuinfo) * 1000))
$TAPRUN -c "work each 1000 7779" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out "^hits $n st $n by $n names $n ones $n\$" "^sum $n names $n\$" \
	"^cnt $((3 * n)) plain $n wide $n\$" \
	"^mixed $n tally $n\$" '^torn 0 seen 0 timers ran$'
[ -s /tmp/err ] && fail "messages: $(cat /tmp/err)"
