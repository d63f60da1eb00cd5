# The program goes on until the timer has been in it, or another, and in the kernel.
timeout 600 $TAPRUN -c "sh -c 'work read 1 1; (true); read x </proc/uptime; until grep -q ^seen /tmp/out; do :; done'" \
	"$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
at() { awk -v f="$1" '$3 == f && tolower($2) == "t" { print $1; exit }' /proc/kallsyms; }
expect /tmp/out '^begin 0 [01] 0 0 0$' "^entry $(at vfs_read) 1 1 0$" '^inside 1$' '^program 1$' \
	"^put $(at __put_user_4) 1 1$" '^return 1 1$' '^timers 11$' \
	"^RIP: $(at vfs_read) RSP: ff[0-9a-f]{14} EFL: [0-9a-f]{16}$"
file=$(sed -n 's/^file \([0-9a-f]*\) .*/\1/p' /tmp/out)
count=$(sed -n 's/^file .* count //p' /tmp/out)
expect /tmp/out "^RDX: $count RSI: [0-9a-f]{16} RDI: $file$"
[ "$(grep -c '^R[A-Z0-9]*: ' /tmp/out)" = 6 ] || fail "print_regs: $(cat /tmp/out)"
