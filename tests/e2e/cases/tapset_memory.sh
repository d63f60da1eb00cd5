$TAPRUN -c "echo hello there" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
cat >/tmp/want <<'W'
1tap"taprun""tapr"116"taprun"
111
kernel long copy fault at 0x0 [man error::fault]
kernel int copy fault at 0xfffffffffffffff8 [man error::fault]
kernel short copy fault at 0x8000000000000000 [man error::fault]
kernel char copy fault at 0x1000 [man error::fault]
kernel string copy fault at 0xffff800000000000 [man error::fault]
0kernel's0x4
user string copy fault -14 at 0
other
OTHER0
AAAAAAA
BB
taprun0
write fault [man error::fault] at 0x0
write fault [man error::fault] at 0x1000
write fault [man error::fault] at 0xffff800000000000
write fault [man error::fault] at 0
"hello""hell"104259601819043176hel10111
kernel string copy fault
write fault [man error::fault] at 0x0
W
grep -v '^HEELL there' /tmp/out >/tmp/got
cmp -s /tmp/want /tmp/got || fail "stdout differs: $(diff /tmp/want /tmp/got)"
expect /tmp/out '^HEELL there$'
