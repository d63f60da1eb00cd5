rm -f /tmp/ask /tmp/f.*
cat >/tmp/asker <<'EOF'
cd /tmp/dir
trap : USR2
trap "" HUP
ulimit -n 1000
ulimit -c 12
renice -n 5 -p $$ >/dev/null
exec 7<&0 6</proc/self/mounts
set -- /proc/$$/fd/*
echo $# >/tmp/f.fds
readlink /proc/$$/fd/7 >/tmp/f.pipe
readlink /proc/$$/exe >/tmp/f.exe
cat /proc/loadavg >/tmp/f.load
cat /proc/$$/status >/tmp/f.status
# nothing is forked between reading and asking: these are the numbers
read -r statm </proc/$$/statm
read -r stat </proc/$$/stat
echo asked >/tmp/ask
echo "$statm" >/tmp/f.statm
echo "$stat" >/tmp/f.stat
EOF
mkdir -p /tmp/dir
$TAPRUN -c "sh -c 'true | sh /tmp/asker'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
[ -s /tmp/err ] && fail "stderr: $(cat /tmp/err)"
read -r size rss shr text _ data _ </tmp/f.statm
pid=$(cut -d' ' -f1 /tmp/f.stat)
chain=$(sed -n 's/^chain:\(.*\)/\1/p' /tmp/out)
expect /tmp/out '^Uid: 0 0$' '^Gid: 0 0$' '^ns: 1 1 1 1 1 1$' '^prio: 25 nice: 5 cpu: 1$' \
	"^FDSize: $(sed -n 's/^FDSize:[^0-9]*//p' /tmp/f.status) open: $(cat /tmp/f.fds)\$" \
	'^fd 1: 1 fd 99999: 0 fd -1: 0$' '^cwd: /tmp/dir$' "^exe: $(cat /tmp/f.exe)\$" \
	'^file: ask ask /tmp/ask ask$' "^proc: /proc/$pid/mounts\$" \
	'^limits: 1 1000 -1 6144 -1$' "^statm: $size $text $data 1\$" \
	'^none: 0 0 size:     0, rss:     0, shr:     0, txt:     0, data:     0$' \
	"^start: $(cut -d' ' -f22 /tmp/f.stat) 0\$" '^times: [0-9]+ 1 0$' \
	'^text: usr: [0-9]+m[0-9]+\.[0-9]{3}s, sys: [0-9]+m[0-9]+\.[0-9]{3}s; size: [0-9.]{4}M, rss: ' \
	'^blocked: 0 0$' '^USR2: 1 1 1$' '^HUP: ignored$' '^pid: 1 init \[\] 0 0$' '^rcu: 1$' \
	'^ancestry: swapper/0=>init=>.*=>taprun=>sh=>sh$' \
	'^times of: swapper/0\(0m0.000s\)=>init\([0-9m.]+s\)=>.*=>sh\([0-9m.]+s\)$' \
	"^chain: sh\\($pid\\) sh\\([0-9]+\\) taprun\\([0-9]+\\) " '^node: 0$' \
	'^load: [0-9]+\.[0-9]{2} [0-9]+\.[0-9]{2} [0-9]+\.[0-9]{2}$' '^width: 8 8 4096$'
grep -Fxq "pipe: $(cat /tmp/f.pipe)" /tmp/out || fail "not $(cat /tmp/f.pipe)"
case $chain in *"(1)"*) fail "init in the chain" ;; esac
# a page or two may have come between the shell's reading and its writing, and with them
# what a CPU or a task had counted for itself, 64 at most (32 of each CPU from 6.2 on)
near() { # NAME VALUE WANTED
	[ "$2" -ge "$3" ] && [ "$2" -le $(($3 + 80)) ] || fail "$1 is $2, not $3"
}
near rss "$(sed -n 's/^rss: \([0-9]*\) .*/\1/p' /tmp/out)" "$rss"
near shr "$(sed -n 's/^rss: .* shr: \([0-9]*\)$/\1/p' /tmp/out)" "$shr"
