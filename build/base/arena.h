/* SPDX-License-Identifier: GPL-2.0-only */
/* Bump allocation; the arena parameter says who owns the result. */
#ifndef BUILD_BASE_ARENA_H
#define BUILD_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

/**
 * struct arena - a set of chunks freed together
 *
 * Zero-initialise or arena_init().  Under ASan every object is its own chunk,
 * so overflows inside an arena are seen.
 */
struct arena {
	struct arena_chunk *chunks;
	char *pos, *end;
	size_t size; /* bytes of all chunks */
};

void arena_init(struct arena *a);
void arena_deinit(struct arena *a);

/** arena_alloc() - zeroed, 16-byte aligned, never NULL (ends the program with 3) */
void *arena_alloc(struct arena *a, size_t n);
void *arena_memdup(struct arena *a, const void *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);
/** arena_strndup() - @n bytes of @s plus NUL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) \
	((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))

/* malloc family that never returns NULL; for growable things outside arenas */
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);

#endif
