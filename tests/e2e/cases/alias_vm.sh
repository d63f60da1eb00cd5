$TAPRUN -c "acts vm" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
at=$(sed -n 's/^at //p' /tmp/out)
page=$(printf '%x' $((0x$at + 4096)))
expect /tmp/out '^mmap length 20480$' "^munmap $at length 20480\$" '^brk length 12288 1$' "^pagefault $page\$" '^pagefault minor$' \
	"^write_shared $page\$" '^kmalloc 1$' '^kmem_cache_alloc 1$' '^kfree 1$' '^kmem_cache_free 1$'
grep -q '^kmem_cache_alloc_node 0' /tmp/out && fail "a cache's object without size"
true
