/* SPDX-License-Identifier: GPL-2.0-only */
/* Bump allocation. */
#include "build/base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ARENA_CHUNK ((size_t)64 * 1024)
#define ARENA_BIG   ((size_t)1024 * 1024) /* what is more comes in large pages */
#define ARENA_PAGE  ((size_t)2 * 1024 * 1024)

struct arena_chunk {
	struct arena_chunk *next;
	size_t size; /* keeps data[] 16-byte aligned */
	char data[];
};

static _Noreturn void out_of_memory(size_t n)
{
	fprintf(stderr, "tapbuild: out of memory (%zu bytes wanted)\n", n);
	exit(3);
}

void *xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		out_of_memory(n);
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		out_of_memory(n * size);
	return p;
}

void *xrealloc(void *p, size_t n)
{
	void *q = realloc(p, n ? n : 1);

	if (!q)
		out_of_memory(n);
	return q;
}

char *xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xmalloc(n), s, n);
}

void arena_init(struct arena *a)
{
	memset(a, 0, sizeof(*a));
}

void arena_deinit(struct arena *a)
{
	struct arena_chunk *c = a->chunks, *next;

	for (; c; c = next) {
		next = c->next;
		free(c);
	}
	arena_init(a);
}

/* A list of a whole kernel is 200 MB: 50,000 page faults took two thirds of its time. */
static void *large_new(size_t n)
{
	void *p;

	if (posix_memalign(&p, ARENA_PAGE, n))
		out_of_memory(n);
	madvise(p, n, MADV_HUGEPAGE); /* without, it is only slower */
	return p;
}

static struct arena_chunk *chunk_new(struct arena *a, size_t n)
{
	size_t size = sizeof(struct arena_chunk) + n;
	struct arena_chunk *c =
		size < ARENA_PAGE ? xmalloc(size) : large_new(size);

	c->next = a->chunks;
	c->size = n;
	a->chunks = c;
	a->size += n;
	return c;
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t need = (n + 15) & ~(size_t)15;
	void *p;

	if (need < n)
		out_of_memory(n);
#ifdef __SANITIZE_ADDRESS__
	/* One chunk per object: the redzones stand between objects. */
	return memset(chunk_new(a, n)->data, 0, n);
#endif
	if (need > ARENA_CHUNK / 4)
		return memset(chunk_new(a, need)->data, 0, need);
	if ((size_t)(a->end - a->pos) < need) {
		struct arena_chunk *c = chunk_new(
			a, a->size < ARENA_BIG ? ARENA_CHUNK
					       : ARENA_PAGE - sizeof(*c));

		a->pos = c->data;
		a->end = c->data + c->size;
	}
	p = a->pos;
	a->pos += need;
	return memset(p, 0, need);
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *q = arena_alloc(a, n);

	return n ? memcpy(q, p, n) : q;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	if (n)
		memcpy(p, s, n);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *p;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	p = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return p;
}
