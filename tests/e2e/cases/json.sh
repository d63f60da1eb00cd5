timeout 600 $TAPRUN --json "$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 1 ] || fail "exit $rc"
expect /tmp/err '^WARNING: look out$' '^ERROR: .*at the end'
expect /tmp/out '^\{"type":"attached","bundle":"json","version":0,"module":"json_[0-9a-f]+","kernel":"'"$(uname -r | tr + .)"'","taprun":"[^"]+","pid":[0-9]+,"armed":[1-9][0-9]*,"failed":0,"memory_bytes":[0-9]+,"realtime_ns":[0-9]+,"monotonic_ns":[0-9]+\}$' \
	'(no newline|:"no newline)"\}$' '"source":"script",.*"text":"look out"\}$' '"cont":true,"text":" comes here\\nbyte .* and café\\n","base64":"' \
	'^\{"type":"error","source":"script",.*at the end' '"text":"end\\n"\}$'
tail -1 /tmp/out >/tmp/last
expect /tmp/last '^\{"type":"summary","exit_code":1,("reason":"[^"]*",)?"ms":[1-9][0-9]*,"hits":[1-9]' '"lost":\{"records":0,"bytes":0,"damaged":0\}'
grep -Ev '^\{"type":"[a-z]+",.*\}$' /tmp/out >/tmp/bad && fail "no records: $(head -3 /tmp/bad)"
# every line is in one record, in order: the texts are what comes without --json
sed -n 's/^{"type":"data",.*"text":"\([^"]*\)".*$/\1/p' /tmp/out | tr -d '\n' | sed 's/\\n/\
/g' | grep '^line' >/tmp/lines
timeout 600 $TAPRUN "$TAP" 2>/dev/null | grep '^line' | cmp -s - /tmp/lines || fail "the lines differ"
[ "$(grep -c '' /tmp/lines)" = 300 ] || fail "$(grep -c '' /tmp/lines) lines"
grep '"text":"line' /tmp/out | grep -v '\\n"}$' >/tmp/bad
[ "$(grep -c '' /tmp/bad)" -le 1 ] || fail "records end inside lines: $(cut -c1-300 /tmp/bad)"
# a bundle that is refused
timeout 600 taprun --keys /nokeys --json "$TAP" >/tmp/refused 2>/tmp/err
rc=$?
[ $rc = 30 ] || fail "no keys: exit $rc"
expect /tmp/refused '^\{"type":"error","source":"taprun","code":30,"name":"NO-SIGNATURE","text":"no key' '^\{"type":"summary","exit_code":30,"ms":0,'
# a file that was there keeps what is in it
echo kept >/tmp/kept
timeout 600 $TAPRUN --json -o /tmp/kept "$TAP" nosuch=1 2>/tmp/err
[ "$(cat /tmp/kept)" = kept ] || fail "-o of a refused run: $(cat /tmp/kept)"
$TAPRUN --json -o /tmp/kept -T 1 "$TAP" 2>/tmp/err
expect /tmp/kept '^\{"type":"summary",'
rm -f /tmp/kept
