/* SPDX-License-Identifier: GPL-2.0-only */
/* Requirements of other kernels' modules, compared with this kernel. */
#include "runner/fallback.h"
#include "runner/sys.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/target.h"

#include <stdio.h>
#include <string.h>

#define FALLBACK_BTF  "/sys/kernel/btf/vmlinux"
#define FALLBACK_SYMS "/proc/kallsyms"

/* 5 MB of types, 10 MB of symbols on Debian 6.1 to 7.3 */
#define FALLBACK_READ_MAX (64u << 20)

/* ---- flags of the build -------------------------------------------------- */

bool fallback_flags(const char *vermagic, const char *version, char *why)
{
	static const struct {
		const char *flag, *said;
	} flags[] = {
		{ "SMP", "SMP" },
		{ "preempt_rt", "PREEMPT_RT" },
	};

	if (!manifest_has_word(vermagic, "modversions")) {
		snprintf(why, RELY_TEXT_MAX,
			 "its kernel compares no CRCs of symbols");
		return false;
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		bool is_there = manifest_has_word(version, flags[i].said);

		if (manifest_has_word(vermagic, flags[i].flag) == is_there)
			continue;
		snprintf(why, RELY_TEXT_MAX, "its kernel is %s%s, this is%s",
			 is_there ? "not " : "", flags[i].said,
			 is_there ? "" : " not");
		return false;
	}
	return true;
}

/* ---- functions ----------------------------------------------------------- */

/**
 * struct symbols - how often this kernel has each function that is asked for
 * @r: @n of RELY_FUNCTION, sorted by name
 */
struct symbols {
	const struct rely *r;
	uint32_t n;
	uint16_t texts[BUNDLE_TARGET_RELIES_MAX];
	uint16_t all[BUNDLE_TARGET_RELIES_MAX];
};

static void symbols_count(struct symbols *s, const char *name, size_t len,
			  char type)
{
	uint32_t lo = 0, hi = s->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = strncmp(name, s->r[mid].name, len);

		if (!c && s->r[mid].name[len])
			c = -1;
		if (!c) {
			if (s->all[mid] < UINT16_MAX)
				s->all[mid]++;
			if (strchr("tTwW", type) && s->texts[mid] < UINT16_MAX)
				s->texts[mid]++;
			return;
		}
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
}

/* "ADDRESS TYPE NAME", and "[MODULE]" after a tab: the kernel's own are looked up first. */
static void symbols_read(struct symbols *s, const char *text)
{
	while (*text) {
		size_t line = strcspn(text, "\n"), n = strcspn(text, " ");
		const char *name = text + n + 3;

		if (n + 3 < line && text[n + 2] == ' ' &&
		    !memchr(name, '\t', line - n - 3))
			symbols_count(s, name, line - n - 3, text[n + 1]);
		text += line + (text[line] == '\n');
	}
}

static bool symbols_fit(const struct rely *r, uint32_t n, const char *text,
			char *why)
{
	static struct symbols s;

	memset(&s, 0, sizeof(s));
	s.r = r;
	s.n = n;
	if (!text) {
		snprintf(why, RELY_TEXT_MAX,
			 FALLBACK_SYMS " cannot be read, or is too long");
		return false;
	}
	symbols_read(&s, text);
	for (uint32_t i = 0; i < n; i++) {
		if (s.all[i] == 1 && s.texts[i] == 1)
			continue;
		if (s.all[i] > 1)
			snprintf(why, RELY_TEXT_MAX,
				 "%u symbols are called '%s' here", s.all[i],
				 r[i].name);
		else
			snprintf(why, RELY_TEXT_MAX,
				 "there is no function '%s' here", r[i].name);
		return false;
	}
	return true;
}

/* ---- types --------------------------------------------------------------- */

static bool types_fit(const struct rely *r, uint32_t n, const void *btf,
		      size_t len, uint32_t *index, char *why)
{
	static struct rely_found found[BUNDLE_TARGET_RELIES_MAX];
	struct err e;

	if (!btf) {
		snprintf(why, RELY_TEXT_MAX,
			 FALLBACK_BTF " cannot be read, or is too long");
		return false;
	}
	if (rely_measure(btf, len, index, r, n, found, &e) < 0) {
		snprintf(why, RELY_TEXT_MAX, FALLBACK_BTF ": %s", e.text);
		return false;
	}
	for (uint32_t i = 0; i < n; i++)
		if (!found[i].same) {
			rely_differs(&r[i], &found[i], why);
			return false;
		}
	return true;
}

bool fallback_check(const struct manifest *m, const struct manifest_target *t,
		    const void *btf, size_t btf_len, uint32_t *index,
		    const char *syms, char *why)
{
	const struct rely *r = m->relies + t->rely_first;
	uint32_t nf = 0;

	while (nf < t->nrelies && r[nf].kind == RELY_FUNCTION)
		nf++;
	if (nf && !symbols_fit(r, nf, syms, why))
		return false;
	return types_fit(r + nf, t->nrelies - nf, btf, btf_len, index, why);
}

/* ---- choice -------------------------------------------------------------- */

/**
 * struct host - what this kernel says of itself
 * @btf: NULL: it cannot be read; @syms as well
 */
struct host {
	char *btf, *syms;
	size_t btf_len;
	uint32_t *index;
	size_t index_len;
};

static char *host_read(const char *path, size_t *len)
{
	char *p = sys_map(FALLBACK_READ_MAX);
	ssize_t n = p ? sys->read_file(path, p, FALLBACK_READ_MAX) : -1;

	if (n > 0 && (size_t)n < FALLBACK_READ_MAX - 1) {
		*len = (size_t)n;
		return p;
	}
	if (p)
		sys_unmap(p, FALLBACK_READ_MAX);
	return NULL;
}

static void host_open(struct host *h)
{
	size_t n;

	h->syms = host_read(FALLBACK_SYMS, &n);
	h->btf = host_read(FALLBACK_BTF, &h->btf_len);
	if (!h->btf)
		return;
	h->index_len = rely_index_entries(h->btf_len) * sizeof(h->index[0]);
	h->index = sys_map(h->index_len);
	if (h->index)
		return;
	sys_unmap(h->btf, FALLBACK_READ_MAX);
	h->btf = NULL;
}

static void host_close(struct host *h)
{
	if (h->syms)
		sys_unmap(h->syms, FALLBACK_READ_MAX);
	if (h->index)
		sys_unmap(h->index, h->index_len);
	if (h->btf)
		sys_unmap(h->btf, FALLBACK_READ_MAX);
}

static bool host_fits(const struct host *h, const struct manifest *m,
		      const struct manifest_target *t, const char *version,
		      char *why)
{
	if (t->bound) {
		snprintf(why, RELY_TEXT_MAX, "it is bound to it: %s", t->bound);
		return false;
	}
	/* a member that moved says more than a flag */
	return fallback_check(m, t, h->btf, h->btf_len, h->index, h->syms,
			      why) &&
	       fallback_flags(t->vermagic, version, why);
}

/* Its own build under another name: something here is not what it seems. */
static bool is_listed(const struct manifest *m, const struct target_host *h)
{
	char id[2 * BUNDLE_BUILD_ID_MAX + 1];

	hex_text(h->build_id, h->build_id_len, id);
	for (uint32_t i = 0; i < m->ntargets && h->build_id_len; i++)
		if (m->targets[i].build_id &&
		    !strcmp(m->targets[i].build_id, id))
			return true;
	return false;
}

static int no_fit(const struct manifest_target *t, const char *why,
		  struct err *e)
{
	size_t n;

	if (!e)
		return -BERR_NO_KERNEL;
	n = strlen(e->text);
	snprintf(e->text + n, sizeof(e->text) - n,
		 "; the module of %.64s cannot run here: %s", t->release, why);
	return e->code;
}

int fallback_pick(const struct manifest *m, const struct target_host *h,
		  const struct manifest_target *const *without, unsigned int n,
		  const struct manifest_target **ret, struct err *e)
{
	const struct manifest_target *tried[FALLBACK_TRIES], *t;
	char why[RELY_TEXT_MAX] = "", first[RELY_TEXT_MAX] = "";
	const unsigned int skip = n;
	struct host host = { 0 };
	bool fits = false;

	if (!m->has_fallback || n >= FALLBACK_TRIES || is_listed(m, h))
		return e->code;
	if (n)
		memcpy(tried, without, n * sizeof(tried[0]));
	t = target_near(m, h->machine, h->release, tried, n);
	if (!t)
		return e->code;
	host_open(&host);
	while (t && !fits && n < FALLBACK_TRIES) {
		fits = host_fits(&host, m, t, h->version,
				 n == skip ? first : why);
		*ret = t;
		tried[n++] = t;
		t = target_near(m, h->machine, h->release, tried, n);
	}
	host_close(&host);
	return fits ? 0 : no_fit(tried[skip], first, e);
}
