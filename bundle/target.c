/* SPDX-License-Identifier: GPL-2.0-only */
/* Choice of a module by the identity of the running kernel. */
#include "bundle/target.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/manifest.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NT_GNU_BUILD_ID 3

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

int target_notes_build_id(const void *notes, size_t n, struct target_host *h,
			  struct err *e)
{
	struct cur c = cur_init(notes, n);

	h->build_id_len = 0;
	while (cur_left(&c)) {
		uint32_t namesz = cur_le32(&c), descsz = cur_le32(&c);
		uint32_t type = cur_le32(&c);
		const uint8_t *name, *desc;

		if (!cur_ok(&c) || namesz > n || descsz > n)
			return err_set(e, -BERR_FORMAT,
				       "kernel notes: malformed");
		name = cur_take(&c, align4(namesz));
		desc = cur_take(&c, align4(descsz));
		if (!cur_ok(&c))
			return err_set(e, -BERR_FORMAT,
				       "kernel notes: cut off");
		if (type != NT_GNU_BUILD_ID || namesz != 4 ||
		    memcmp(name, "GNU", 4) != 0)
			continue;
		if (!descsz || descsz > sizeof(h->build_id))
			return err_set(e, -BERR_FORMAT,
				       "kernel notes: build-id of %u bytes",
				       descsz);
		memcpy(h->build_id, desc, descsz);
		h->build_id_len = descsz;
		return 0;
	}
	return 0;
}

/* ---- order --------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Compare two runs of digits as numbers of any length; steps over both. */
static int cmp_number(const char **a, const char **b)
{
	const char *p = *a, *q = *b;
	size_t n = 0, m = 0;
	int c;

	while (*p == '0')
		p++;
	while (*q == '0')
		q++;
	while (is_digit(p[n]))
		n++;
	while (is_digit(q[m]))
		m++;
	*a = p + n;
	*b = q + m;
	if (n != m)
		return n < m ? -1 : 1;
	c = memcmp(p, q, n);
	return c < 0 ? -1 : c > 0;
}

int target_release_cmp(const char *a, const char *b)
{
	const char *p = a, *q = b;

	while (*p && *q) {
		if (is_digit(*p) && is_digit(*q)) {
			int c = cmp_number(&p, &q);

			if (c)
				return c;
		} else if (*p != *q) {
			return (unsigned char)*p < (unsigned char)*q ? -1 : 1;
		} else {
			p++;
			q++;
		}
	}
	if (*p || *q)
		return *p ? 1 : -1;
	/* "1.01" and "1.1": equal as numbers, different as texts */
	return strcmp(a, b);
}

int target_cmp(const struct manifest_target *a, const struct manifest_target *b)
{
	int c = strcmp(a->machine, b->machine);

	if (!c)
		c = strcmp(a->flavour, b->flavour);
	if (!c)
		c = target_release_cmp(a->release, b->release);
	if (!c)
		c = strcmp(a->build_id ? a->build_id : "",
			   b->build_id ? b->build_id : "");
	if (!c)
		c = strcmp(a->version, b->version);
	return c;
}

/* ---- nearest ------------------------------------------------------------- */

#define MAX_NUMBERS 6

/**
 * struct parts - a release taken apart: "6.1.0-56-rt-amd64"
 * @num, @n: its leading numbers: 6 1 0 56
 * @end: where each ends, in bytes from the beginning
 * @rest: the text after them: "-rt-amd64"
 */
struct parts {
	uint64_t num[MAX_NUMBERS];
	int end[MAX_NUMBERS];
	unsigned int n;
	const char *rest;
};

static struct parts take_apart(const char *s)
{
	const char *const begin = s;
	struct parts p = { .rest = s };

	while (p.n < MAX_NUMBERS) {
		const char *d = s;
		uint64_t v = 0;

		if (p.n && *d)
			d++; /* the '.', '-' or '+' between numbers */
		if (!is_digit(*d))
			break;
		for (; is_digit(*d); d++)
			v = v > UINT32_MAX ? v : v * 10 + (uint64_t)(*d - '0');
		p.end[p.n] = (int)(d - begin);
		p.num[p.n++] = v;
		p.rest = s = d;
	}
	return p;
}

/* Is @a nearer to @host than @b?  More equal leading numbers, then the smaller
 * step in the first that differs, then the same flavour. */
static bool is_nearer(const char *host, const char *a, const char *b)
{
	struct parts h = take_apart(host), p = take_apart(a), q = take_apart(b);

	for (unsigned int i = 0; i < h.n; i++) {
		uint64_t da, db;

		if (i >= p.n || i >= q.n) {
			if (p.n != q.n)
				return p.n > q.n;
			break;
		}
		da = p.num[i] > h.num[i] ? p.num[i] - h.num[i]
					 : h.num[i] - p.num[i];
		db = q.num[i] > h.num[i] ? q.num[i] - h.num[i]
					 : h.num[i] - q.num[i];
		if (da != db)
			return da < db;
		if (da)
			break;
	}
	return !strcmp(h.rest, p.rest) && strcmp(h.rest, q.rest) != 0;
}

static bool is_one_of(const struct manifest_target *t,
		      const struct manifest_target *const *v, unsigned int n)
{
	while (n)
		if (v[--n] == t)
			return true;
	return false;
}

const struct manifest_target *
target_near(const struct manifest *m, const char *machine, const char *release,
	    const struct manifest_target *const *without, unsigned int n)
{
	const struct manifest_target *best = NULL;

	for (uint32_t i = 0; i < m->ntargets; i++) {
		const struct manifest_target *t = &m->targets[i];

		if (!t->is_ok || strcmp(t->machine, machine) != 0 ||
		    is_one_of(t, without, n))
			continue;
		if (!best || is_nearer(release, t->release, best->release))
			best = t;
	}
	return best;
}

const struct manifest_target *target_nearest(const struct manifest *m,
					     const char *machine,
					     const char *release)
{
	return target_near(m, machine, release, NULL, 0);
}

/* ---- choice -------------------------------------------------------------- */

static uint32_t count_modules(const struct manifest *m)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->ntargets; i++)
		n += m->targets[i].is_ok;
	return n;
}

/* What adds a kernel; the file is called as tapbuild calls it. */
static int hint_add(const struct manifest *m, const char *packages,
		    const char *release, struct err *e)
{
	return err_hint(e,
			"on the builder: tapbuild kit add %s, then tapbuild "
			"add -r %.64s %s.tap",
			packages, release, m->name);
}

/* Why the module for @near does not fit @host: the first part that differs. */
static void say_why(const char *host, const char *near, char *to, size_t n)
{
	static const char *const what[] = { "version", "version", "update" };
	struct parts h = take_apart(host), p = take_apart(near);
	unsigned int i = 0;

	while (i < h.n && i < p.n && h.num[i] == p.num[i])
		i++;
	if (i < h.n && i < p.n)
		snprintf(to, n, "another %s (%.*s, here %.*s)",
			 i < sizeof(what) / sizeof(what[0]) ? what[i] : "build",
			 p.end[i], near, h.end[i], host);
	else
		snprintf(to, n, "another flavour ('%.48s', here '%.48s')",
			 near + (i ? p.end[i - 1] : 0),
			 host + (i ? h.end[i - 1] : 0));
}

static int no_kernel(const struct manifest *m, const struct target_host *h,
		     struct err *e)
{
	const struct manifest_target *near =
		target_nearest(m, h->machine, h->release);
	const uint32_t n = count_modules(m);
	const char *s = n == 1 ? "" : "s";
	char why[200];

	if (near) {
		say_why(h->release, near->release, why, sizeof(why));
		err_set(e, -BERR_NO_KERNEL,
			"no module for %.64s %.32s; bundle '%s' has %u "
			"kernel%s, nearest %s, which is %s",
			h->release, h->machine, m->name, n, s, near->release,
			why);
	} else {
		err_set(e, -BERR_NO_KERNEL,
			"no module for %.64s %.32s; bundle '%s' has %u "
			"kernel%s, none for this machine",
			h->release, h->machine, m->name, n, s);
	}
	return hint_add(m, "its packages", h->release, e);
}

static int other_build(const struct manifest *m,
		       const struct manifest_target *t,
		       const struct target_host *h, const char *host_id,
		       struct err *e)
{
	const uint32_t n = count_modules(m);
	const char *s = n == 1 ? "" : "s";

	if (!h->build_id_len && t->build_id) {
		err_set(e, -BERR_BUILD_ID,
			"kernel %s has no build-id to compare with %.16s..; "
			"bundle '%s' has %u kernel%s",
			t->release, t->build_id, m->name, n, s);
		return err_hint(e, "/sys/kernel/notes tells it: is /sys "
				   "mounted?");
	}
	if (t->build_id)
		err_set(e, -BERR_BUILD_ID,
			"same release %s, other build: bundle %.16s.., "
			"running %.16s..; bundle '%s' has %u kernel%s, none of "
			"this build",
			t->release, t->build_id, host_id, m->name, n, s);
	else
		err_set(e, -BERR_BUILD_ID,
			"same release %s, other build: bundle '%.100s', "
			"running '%.100s'; bundle '%s' has %u kernel%s, none "
			"of this build",
			t->release, t->version, h->version, m->name, n, s);
	return hint_add(m, "the packages of the running build", h->release, e);
}

static int unsupported(const struct manifest *m,
		       const struct manifest_target *t, struct err *e)
{
	err_set(e, -BERR_KERNEL_UNSUPPORTED,
		"kernel %s is not supported by this bundle: %s %s", t->release,
		t->status_code, t->status_text);
	return err_hint(e,
			"on the builder: tapbuild check -r %.64s %.100s tells "
			"where in the script",
			t->release, m->scripts[0].name);
}

static int false_name(const struct manifest_target *t,
		      const struct target_host *h, struct err *e)
{
	err_set(e, -BERR_BUILD_ID,
		"this kernel is %s %s by its build-id but calls itself %.64s "
		"%.32s",
		t->release, t->machine, h->release, h->machine);
	return err_hint(e, "something gives taprun another uname(2): run it "
			   "without setarch");
}

/* 1 this one, 0 not, -1 same release but another build */
static int match(const struct manifest_target *t, const struct target_host *h,
		 const char *host_id)
{
	bool is_name = !strcmp(t->release, h->release) &&
		       !strcmp(t->machine, h->machine);

	if (t->build_id && h->build_id_len && !strcmp(t->build_id, host_id))
		return is_name ? 1 : -1;
	if (!is_name)
		return 0;
	if (!t->build_id && !strcmp(t->version, h->version))
		return 1;
	return -1;
}

int target_pick(const struct manifest *m, const struct target_host *h,
		const struct manifest_target **ret, struct err *e)
{
	const struct manifest_target *found = NULL, *near = NULL;
	char id[2 * BUNDLE_BUILD_ID_MAX + 1];

	hex_text(h->build_id, h->build_id_len, id);
	for (uint32_t i = 0; i < m->ntargets; i++) {
		const struct manifest_target *t = &m->targets[i];
		int r = match(t, h, id);

		/* A build-id that is equal beats release and version. */
		if (r > 0 && found && !found->build_id == !t->build_id)
			return err_set(e, -BERR_FORMAT,
				       "targets %u and %u are both this kernel",
				       found->index, t->index);
		if (r > 0 && (!found || t->build_id))
			found = t;
		if (r < 0)
			near = t;
	}
	if (!found && near &&
	    (strcmp(near->release, h->release) != 0 ||
	     strcmp(near->machine, h->machine) != 0))
		return false_name(near, h, e);
	if (!found)
		return near ? other_build(m, near, h, id, e)
			    : no_kernel(m, h, e);
	if (!found->is_ok)
		return unsupported(m, found, e);
	*ret = found;
	return 0;
}
