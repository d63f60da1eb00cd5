# The kernel optimizes kprobes a while after they are armed, and takes that back a while
# after they are gone: by then the module's memory may be another's, or its own again.
optimized() { grep -q 'taptarget.*\[OPTIMIZED\]' /sys/kernel/debug/kprobes/list; }
target_twice poke '^return 15 7 1 1$' optimized
[ "$(uniq -c /tmp/out | sed 's/^ *//')" = '2 return 15 7 1 1' ] || fail "got: $(cat /tmp/out)"
[ -s /tmp/err ] && fail "said: $(head -3 /tmp/err)"
