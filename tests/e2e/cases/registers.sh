sh -c 'i=0; while :; do i=$((i + 1)); cat /proc/self/maps >/dev/null; done' &
busy=$!
timeout 60 $TAPRUN -c "sh -c 'work read 1 1; (true); exec work read 1 1'" "$TAP" >/tmp/out 2>/tmp/err ||
	fail "exit $?: $(cat /tmp/err)"
kill $busy
wait $busy 2>/dev/null
at() { awk -v f="$1" '$3 == f && tolower($2) == "t" { print $1; exit }' /proc/kallsyms; }
expect /tmp/out '^begin 0 [01] 0 0 0$' "^entry $(at vfs_read) 1 1 0$" '^inside 1$' '^program 1$' \
	"^put $(at __put_user_4) 1 1$" '^return 1 1$' '^timers 11$' \
	"^RIP: $(at vfs_read) RSP: ff[0-9a-f]{14} EFL: [0-9a-f]{16}$"
file=$(sed -n 's/^file \([0-9a-f]*\) .*/\1/p' /tmp/out)
count=$(sed -n 's/^file .* count //p' /tmp/out)
expect /tmp/out "^RDX: $count RSI: [0-9a-f]{16} RDI: $file$"
[ "$(grep -c '^R[A-Z0-9]*: ' /tmp/out)" = 6 ] || fail "print_regs: $(cat /tmp/out)"
