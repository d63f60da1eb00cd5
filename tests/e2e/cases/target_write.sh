cat >/tmp/written <<'EOF'
dd if=/dev/zero bs=777 count=1 2>/dev/null | wc -c
cat /no/such 2>&1
umask 022
umask
umask 0111
umask
umask 0333
umask
umask 0155
EOF
$TAPRUN -c "sh /tmp/written" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
expect /tmp/out '^3$' 'Permission denied$' '^0077$' '^0123$' '^0321$' '^sh Xj 105$' '^0 3 1 0$' '^1 1 88$' \
	'^write fault .* at 0x[0-9a-f]*$'
