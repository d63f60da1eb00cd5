# where nobody may see addresses all works: names are enough, and no setting is changed
was=$(cat /proc/sys/kernel/kptr_restrict)
for how in 0 1 2; do
	echo $how >/proc/sys/kernel/kptr_restrict
	timeout 600 $TAPRUN -c 'cat /proc/version' "$TAP" >/tmp/out 2>/tmp/err || fail "kptr_restrict=$how: exit $?: $(cat /tmp/err)"
	expect /tmp/out '^vfs_read$'
	[ "$(cat /proc/sys/kernel/kptr_restrict)" = $how ] || fail "kptr_restrict was changed"
done
echo "$was" >/proc/sys/kernel/kptr_restrict
