$TAPRUN "$TAP" >/tmp/out 2>/tmp/err
expect /tmp/out '^begun$'
not grep -q never /tmp/out || fail "it fired"
for p in 'kernel.statement\(0x1000\)' 'kprobe.statement\(0xffffffffffff0000\)'; do
	expect /tmp/err "^WARNING: probe $p\.absolute registration error \[man warning::pass5\] \(rc -[0-9]+\)"
done
