# four small pings, two large ones; each packet is seen going out and coming in, there and
# back: 16 of 128 and 142 bytes, 8 of more than 512.  (-A sends the next one when the answer
# is there, and another one when -i is over.)
$TAPRUN -c "sh -c 'ping -c 4 -A -i 600 -s 100 127.0.0.1; ping -c 2 -A -i 600 -s 600 127.0.0.1'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^capturing$' '^value \|-+ count$' '^ +128 \|@+ +16$' '^ +512 \|@+ +8$' '^ +64 \| +0$' '^ +256 \| +0$' '^ +1024 \| +0$'
