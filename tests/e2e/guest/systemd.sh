# SPDX-License-Identifier: GPL-2.0-only
# In the guest of systemd.sh: runner/systemd as an operator has it.  A line a check.
result() { # TEXT COMMAND...
	text=$1
	shift
	if "$@" >/tmp/said 2>&1; then
		echo "ok $text"
	else
		echo "not ok $text"
		sed 's/^/# /' /tmp/said
	fi
}
await() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		[ $((tries += 1)) -lt 3000 ] || return 1
		sleep 0.1
	done
}
value() { # UNIT PROPERTY
	systemctl show "$1" -p "$2" --value
}
is() {
	[ "$1" = "$2" ] || { echo "'$1', not '$2'"; return 1; }
}
owner() { # FILE USER MODE
	is "$(stat -c '%U %a' "$1")" "$2 $3"
}
none=0000000000000000

result "taprun@demo starts: it says so when the probes are in place" systemctl start taprun@demo
pid=$(value taprun@demo MainPID)
result "nobody of its user looks into it" is "$(stat -c %U "/proc/$pid/mem")" root
result "its uid" grep -q '^Uid:.990.990.990.990$' "/proc/$pid/status"
result "no capability" grep -q "^CapPrm:.$none\$" "/proc/$pid/status"
result "no new privileges" grep -q '^NoNewPrivs:.1$' "/proc/$pid/status"
result "its output, named by the day" await grep -q '^tick' "/var/log/tap/user/demo-$(date -u +%Y)"*
result "its metrics" await grep -q '^taprun_up{.*} 1$' /var/lib/tap/user/demo.prom
result "its audit" await grep -q 'uid=990 .* event=loaded ' /var/log/tap/user/audit
result "/var/log/tap stays root's" owner /var/log/tap root 755
result "/var/lib/tap stays root's" owner /var/lib/tap root 755
result "/etc/tap stays root's" owner /etc/tap root 755
result "it ends with systemctl stop" systemctl stop taprun@demo
result "with its end probes" grep -q '^ended$' "/var/log/tap/user/demo-$(date -u +%Y)"*
result "and exit code 0" is "$(value taprun@demo Result) $(value taprun@demo ExecMainStatus)" "success 0"
result "its module is gone" await sh -c '! ls -d /proc/tap-*'

systemctl start taprun@other >/dev/null 2>&1
result "a bundle without this kernel" is "$(value taprun@other ExecMainStatus)" 40
result "is not tried again" is "$(value taprun@other NRestarts) $(value taprun@other ActiveState)" "0 failed"

# what the unit is for, as its user would see it
result "the kernel's log, where its reasons are" systemctl start look@kmsg
result "no other device" sh -c '! systemctl start look@mem'

result "the broker listens" systemctl start tap-serve.socket
result "in a directory of root's" owner /run/tap root 755
result "for a group" owner /run/tap/serve root 660
cp /etc/tap/bundles/demo.tap /tmp/demo.tap
chmod 644 /tmp/demo.tap
result "a user of that group" sh -c 'busybox timeout 600 work as 1000 taprun --via /run/tap/serve -T 1 /tmp/demo.tap >/tmp/out && grep -q ^ended$ /tmp/out'
result "the audit has that user" await grep -q 'uid=1000 .* event=loaded ' /var/log/tap/user/audit
result "/run/tap stays root's" owner /run/tap root 755
result "nothing is loaded" await sh -c '! ls -d /proc/tap-*'
echo finished
