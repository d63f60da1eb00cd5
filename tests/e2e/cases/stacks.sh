# The program goes on until every probe has been there.
timeout 600 $TAPRUN -c "sh -c 'work read 1 1; (true); read x </proc/uptime; until grep -q ^all /tmp/out; do read x </proc/uptime; echo >/dev/null; done'" \
	"$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
hex='0x[0-9a-f]+'
expect /tmp/out '^begin .*vfs_write ksys_write ([a-z0-9_]*sys_[a-z]* )*do_syscall_64 entry_SYSCALL_64' \
	'^begin: cannot access CPU registers in this context$' \
	'^entry vfs_read (ksys_read )?(__x64_sys_read )?(x64_sys_call )?do_syscall_64 entry_SYSCALL_64' \
	"^caller (ksys_read|__x64_sys_read) $hex 1 kernel vfs_read\\+0x0/$hex \\[kernel\\]kernel\$" \
	'^args 1111$' '^regs 1111111$' '^regs: unknown register: nonsense$' '^regs: there is no register 17$' \
	'^args: there is no argument 0$' '^user 1 1$' \
	"^ 0xf[0-9a-f]{15} : vfs_read\\+0x0/$hex \\[kernel\\]\$" '^vfs_read\+0x0 \[kernel\]$' \
	"^ 0xf[0-9a-f]{15} : do_syscall_64\\+$hex/$hex \\[kernel\\]\$" \
	'^put __put_user_4 [a-z_]' \
	'^return vfs_write (ksys_write|__x64_sys_write) .*do_syscall_64 entry_SYSCALL_64' \
	"^return: a function's arguments are gone when it returns\$" '^kept 1 vfs_write$' \
	"^Returning from:  0xf[0-9a-f]{15} : vfs_write\\+0x0/$hex \\[kernel\\]\$" \
	"^Returning to  :  0xf[0-9a-f]{15} : (ksys_write|__x64_sys_write)\\+$hex/$hex \\[kernel\\]\$" \
	'^trace [a-z].*do_syscall_64 entry_SYSCALL_64' '^syscall [a-z].*do_syscall_64 entry_SYSCALL_64' \
	'^timer in the kernel$' '^all$'
grep -qE '^(begin|trace|syscall|put|entry) .*(tap|rt_|taprt_|__traceiter)' /tmp/out && fail "own frames: $(grep -E '^(begin|trace|syscall)' /tmp/out)"
if grep -q '^init: ' /tmp/out; then
	expect /tmp/out '^init: this kernel shows no stacks of other tasks$'
else
	expect /tmp/out '^init [a-z].* do_syscall_64 '
fi
