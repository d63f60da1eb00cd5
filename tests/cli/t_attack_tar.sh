#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The members of a good bundle, packed by other tars in all their dialects: refused,
# for there is one right encoding.  Class 4 of tests/attack/README.md.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
cp "$top"/tests/data/keys/*.pub "$work/keys/"
chmod 755 "$work/keys"
chmod 644 "$work/keys"/*
cp "$top/tests/data/bundles/all.tap" good.tap
tar xf good.tap
tar tf good.tap >names
T=1700000000

# dialect CODE TEXT COMMAND...: the command writes x.tap
dialect() {
	local code=$1 text=$2
	shift 2
	rm -f x.tap
	"$@" >log 2>&1 || { sed 's/^/# /' log; result 1 "$text: it could not be made"; return; }
	cmp -s x.tap good.tap && { result 1 "$text: it is the bundle itself"; return; }
	case $code in
	21) set -- '(not one of ours|not a version-1 bundle).*\[FORMAT\]$' ;;
	23) set -- '[0-9]+ of [0-9]+ bytes.*\[TRUNCATED\]$' ;;
	24) set -- 'bytes, limit [0-9]+ \[LIMIT\]$' ;;
	*) set -- '\[CONTAINER\]$' ;;
	esac
	expect "$code" "$text" "$1" -- "$runner" --keys "$work/keys" --info x.tap
}

# ---- GNU tar --------------------------------------------------------------------------
flat=(--owner=:0 --group=:0 --numeric-owner --mode=644 "--mtime=@$T" -b1 --no-recursion -T names)
gtar() { tar --create --file x.tap "$@"; }
gtar --format=ustar "${flat[@]}"
check "GNU tar can write the one right encoding" cmp x.tap good.tap
dialect 21 "a04: GNU tar, gnu" gtar --format=gnu "${flat[@]}"
dialect 21 "a04: GNU tar, oldgnu" gtar --format=oldgnu "${flat[@]}"
dialect 21 "a04: GNU tar, v7" gtar --format=v7 "${flat[@]}"
dialect 21 "a04: GNU tar, pax with times" gtar --format=pax "--mtime=@$T.5" --owner=:0 --group=:0 --numeric-owner --mode=644 -b1 -T names
dialect 21 "a04: GNU tar, pax with a comment" gtar --format=pax --pax-option=comment=x "${flat[@]}"
dialect 21 "a04: GNU tar, pax with a global header" gtar --format=pax --pax-option=globexthdr.name=g,comment=x "${flat[@]}"
dialect 21 "a04: GNU tar, pax that overrides the size" gtar --format=pax --pax-option=size:=1 "${flat[@]}"
dialect 21 "a04: GNU tar, pax that overrides the path" gtar --format=pax --pax-option=path:=/etc/passwd "${flat[@]}"
dialect 25 "a04: GNU tar, records of 10240" gtar --format=ustar "${flat[@]/-b1/-b20}"
dialect 25 "a04: GNU tar, another time" gtar --format=ustar --owner=:0 --group=:0 --numeric-owner --mode=644 --mtime=@1 -b1 -T names
dialect 21 "a04: GNU tar, owner by name" gtar --format=ustar --owner=root:0 --group=root:0 --mode=644 "--mtime=@$T" -b1 -T names
dialect 21 "a04: GNU tar, owner 1000" gtar --format=ustar --owner=:1000 --group=:0 --numeric-owner --mode=644 "--mtime=@$T" -b1 -T names
dialect 21 "a04: GNU tar, mode 755" gtar --format=ustar --owner=:0 --group=:0 --numeric-owner --mode=755 "--mtime=@$T" -b1 -T names
dialect 21 "a04: GNU tar, a directory first" gtar --format=ustar --owner=:0 --group=:0 --numeric-owner --mode=644 "--mtime=@$T" -b1 --no-recursion tap-1 -T names
dialect 21 "a04: GNU tar, absolute names" gtar --format=ustar -P --transform='s,^,/,' "${flat[@]}"
dialect 21 "a04: GNU tar, names with ./" gtar --format=ustar --transform='s,^,./,' "${flat[@]}"
dialect 21 "a04: GNU tar, names with .." gtar --format=ustar -P --transform='s,^,../,' "${flat[@]}"
dialect 21 "a04: GNU tar, long names" gtar --format=gnu --transform="s,^,$(printf 'd%.0s' {1..120})/," "${flat[@]}"
dialect 21 "a04: GNU tar, a label" gtar --format=gnu --label=tap-1/manifest "${flat[@]}"
dialect 21 "a04: GNU tar, names in reverse order" sh -c "tac names >r && tar --create --file x.tap --format=ustar --owner=:0 --group=:0 --numeric-owner --mode=644 --mtime=@$T -b1 -T r"
dialect 25 "a04: GNU tar, all twice" sh -c "cat names names >r && tar --create --file x.tap --hard-dereference --format=ustar --owner=:0 --group=:0 --numeric-owner --mode=644 --mtime=@$T -b1 -T r"
dialect 21 "a04: GNU tar, sparse" sh -c "mkdir -p s/tap-1 && truncate -s 100k s/tap-1/manifest && dd if=tap-1/manifest of=s/tap-1/manifest conv=notrunc && tar -C s --create --file x.tap --format=gnu --sparse tap-1/manifest"
dialect 21 "a04: GNU tar, a symbolic link" sh -c "mkdir -p l/tap-1 && ln -s /etc/passwd l/tap-1/manifest && tar -C l --create --file x.tap --format=ustar tap-1/manifest"
dialect 21 "a04: GNU tar, a FIFO" sh -c "mkdir -p f/tap-1 && mkfifo f/tap-1/manifest && tar -C f --create --file x.tap --format=ustar tap-1/manifest"
dialect 25 "a04: GNU tar, a file added" sh -c "cp good.tap x.tap && echo x >tap-1/zz && tar --append --file x.tap --format=ustar tap-1/zz"
dialect 25 "a04: GNU tar, two archives joined" sh -c "cp good.tap x.tap && tar --concatenate --file x.tap good.tap"
dialect 25 "a04: GNU tar, the pack replaced at the end" sh -c "cp good.tap x.tap && tar --append --file x.tap --format=ustar tap-1/pack-0000"
dialect 2[135] "a04: GNU tar, the signatures deleted" sh -c "cp good.tap x.tap && tar --delete --file x.tap tap-1/signatures"

# ---- others ---------------------------------------------------------------------------
dialect 21 "a04: gzip around it" sh -c "gzip -c good.tap >x.tap"
dialect 21 "a04: xz around it" sh -c "xz -c good.tap >x.tap"
dialect 21 "a04: zstd around it" sh -c "zstd -q -c good.tap >x.tap"
dialect 21 "a04: bsdtar, pax" bsdtar --format=pax -cf x.tap -T names
dialect 21 "a04: bsdtar, ustar" bsdtar --format=ustar -cf x.tap -T names
dialect 21 "a04: bsdtar, gnutar" bsdtar --format=gnutar -cf x.tap -T names
dialect 21 "a04: bsdtar, cpio" bsdtar --format=newc -cf x.tap -T names
dialect 21 "a04: bsdtar, zip" bsdtar --format=zip -cf x.tap -T names
dialect 21 "a04: bsdtar, mtree" bsdtar --format=mtree -cf x.tap -T names
dialect 21 "a04: busybox tar" busybox tar cf x.tap tap-1
cat >make.py <<'PY'
import io, sys, tarfile
how = sys.argv[1]
deep = ('aregular', 'hardlink', 'symlink', 'link-extra', 'longname', 'prefix', 'mode', 'time', 'shadow')
fmt = {'gnu': tarfile.GNU_FORMAT, 'pax': tarfile.PAX_FORMAT}.get(how, tarfile.USTAR_FORMAT)
out = tarfile.open('x.tap', 'w', format=fmt, bufsize=512)
out.RECORDSIZE = 512
tarfile.RECORDSIZE = 512
if how == 'pax-global':
    out = tarfile.open('x.tap', 'w', format=tarfile.PAX_FORMAT, pax_headers={'comment': 'x'})
for i, m in enumerate(tarfile.open('good.tap')):
    data = open(m.name, 'rb').read()
    first, last = i == 0, m.name.endswith('pack-0000')
    # Python's ustar differs in each header: before the pack, the right bytes
    if how in deep and not last:
        continue
    start = m.offset
    m.uname = m.gname = ''
    if how == 'pax':
        m.pax_headers = {'comment': 'x'}
    if how == 'float' and first:
        m.mtime += 0.5
        out.format = tarfile.PAX_FORMAT
    if how == 'uid256' and first:
        m.uid = 1 << 40
        out.format = tarfile.GNU_FORMAT
    if how == 'mtime-negative' and first:
        m.mtime = -1
        out.format = tarfile.GNU_FORMAT
    if how == 'contiguous' and first:
        m.type = tarfile.CONTTYPE
    if how == 'aregular' and last:
        m.type = tarfile.AREGTYPE
    if how == 'chardev' and first:
        m.type = tarfile.CHRTYPE
    if how == 'hardlink' and last:
        m.type, m.linkname, m.size, data = tarfile.LNKTYPE, 'tap-1/source', 0, b''
    if how == 'symlink' and last:
        m.type, m.linkname, m.size, data = tarfile.SYMTYPE, '/etc/passwd', 0, b''
    if how == 'link-extra' and last:
        l = tarfile.TarInfo('tap-1/x')
        l.type, l.linkname = tarfile.SYMTYPE, '/etc'
        out.addfile(l)
    if how == 'longname' and last:
        m.name = 'tap-1/' + 'x' * 200
        out.format = tarfile.GNU_FORMAT
    if how == 'prefix' and last:
        m.name = 'd' * 100 + '/tap-1/pack-0000'
    if how == 'mode' and last:
        m.mode = 0o4755
    if how == 'time' and last:
        m.mtime += 1
    if how == 'empty-first' and first:
        out.addfile(tarfile.TarInfo(''))
    out.addfile(m, io.BytesIO(data))
    if how == 'shadow' and last:
        m.size = 4
        out.addfile(m, io.BytesIO(b'evil'))
out.close()
if how in deep:
    tail = open('x.tap', 'rb').read()
    open('x.tap', 'wb').write(open('good.tap', 'rb').read()[:start] + tail)
PY
py() { python3 make.py "$1"; }
dialect 21 "a04: Python, gnu" py gnu
dialect 21 "a04: Python, pax" py pax
dialect 21 "a04: Python, a global pax header" py pax-global
dialect 21 "a04: Python, a time with a fraction" py float
dialect 21 "a04: Python, a base-256 owner" py uid256
dialect 21 "a04: Python, a time before 1970" py mtime-negative
dialect 21 "a04: Python, contiguous" py contiguous
dialect 21 "a04: Python, a device" py chardev
dialect 21 "a04: Python, an entry without a name" py empty-first
dialect 25 "a04: Python, the pack of type NUL" py aregular
dialect 23 "a04: Python, the pack a hard link" py hardlink
dialect 23 "a04: Python, the pack a symbolic link" py symlink
dialect 25 "a04: Python, a symbolic link before the pack" py link-extra
dialect 25 "a04: Python, a GNU long name for the pack" py longname
dialect 25 "a04: Python, a prefix for the pack" py prefix
dialect 25 "a04: Python, the pack set-user-id" py mode
dialect 25 "a04: Python, another time of the pack" py time
dialect 25 "a04: Python, the pack a second time, evil" py shadow
