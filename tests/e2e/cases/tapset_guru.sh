rm -f /tmp/ask
cat >/tmp/asker <<'EOF'
trap 'echo came' USR2
echo asked >/tmp/ask
echo after
EOF
$TAPRUN -c "sh /tmp/asker" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
expect /tmp/out '^busy 1$' '^delay of 20000000 us is not 0 to 10 seconds$' \
	'^there is no signal 0$' '^there is no signal 65$' '^came$' '^after$'
