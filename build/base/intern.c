/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of names: open addressing, memory for one pointer per slot. */
#include "build/base/intern.h"
#include "build/base/arena.h"
#include "build/base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct slot {
	const char *text;
	uint32_t hash, len;
};

static struct {
	struct arena arena;
	struct slot *slot;
	size_t nslot, used; /* nslot is a power of two */
} table;

static void grow(void)
{
	size_t n = table.nslot ? table.nslot * 2 : 4096;
	struct slot *s = xcalloc(n, sizeof(*s));

	for (size_t i = 0; i < table.nslot; i++) {
		size_t at = table.slot[i].hash & (n - 1);

		if (!table.slot[i].text)
			continue;
		while (s[at].text)
			at = (at + 1) & (n - 1);
		s[at] = table.slot[i];
	}
	free(table.slot);
	table.slot = s;
	table.nslot = n;
}

const char *intern_n(const char *p, size_t n)
{
	uint32_t hash = (uint32_t)hash_bytes(p, n);
	struct slot *s;

	if (table.used * 2 >= table.nslot)
		grow();
	for (size_t at = hash & (table.nslot - 1);;
	     at = (at + 1) & (table.nslot - 1)) {
		s = &table.slot[at];
		if (!s->text)
			break;
		if (s->hash == hash && s->len == n && !memcmp(s->text, p, n))
			return s->text;
	}
	s->text = arena_strndup(&table.arena, p, n);
	s->hash = hash;
	s->len = (uint32_t)n;
	table.used++;
	return s->text;
}

const char *intern(const char *s)
{
	return intern_n(s, strlen(s));
}
