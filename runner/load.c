/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The steps of bundle.md 3.6 that need a host: keys, kernel, parameters.
 *
 * Memory: sizeof(struct bundle) and the module's size, one mapping each, both
 * given back before the relay starts; a static keyring of about 50 KB.
 */
#include "runner/load.h"
#include "runner/instances.h"
#include "runner/koid.h"
#include "runner/modload.h"
#include "runner/policy.h"
#include "runner/say.h"
#include "runner/session.h"
#include "runner/sys.h"
#include "bundle/base/err.h"
#include "bundle/target.h"
#include "runtime/uapi/wire.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/*
 * A host's clock is never believed below this: 2026-01-01.  Raised by hand with a release
 * of a new year: the same tree gives the same bytes wherever and whenever it is built, so
 * neither the day of the build can say it nor git, which an archive does not have.  What it
 * is late by, the memory of what ran makes up for (state.c).
 */
#define LOAD_TIME_FLOOR 1767225600u
/* A builder's clock may be ahead by so many seconds. */
#define LOAD_TIME_SLACK 86400u

/* A module of the same name that leaves: its keeper's turn, then the kernel's. */
#define LOAD_IDLE_MS  300
#define LOAD_GOING_MS 10000

static int load_keys(struct keyring *k, const char *dir, struct err *e)
{
	int r = keyring_load_dir(k, dir, e);

	if (r == ERR_NOT_FOUND)
		err_set(e, -BERR_NO_SIGNATURE,
			"no key is trusted: there is no "
			"directory '%s'",
			dir);
	else if (r < 0)
		return r;
	else if (k->nkeys == 0)
		err_set(e, -BERR_NO_SIGNATURE,
			"no key is trusted: '%s' has none", dir);
	else
		return 0;
	err_hint(e, "copy the builder's .pub file there, or name another "
		    "directory with --keys DIR");
	return -BERR_NO_SIGNATURE;
}

/*
 * What runs says how late it is at least (state.c), and so all that has an end would be
 * past it after one bundle of the far future, whatever its signer may sign.  Where the
 * clock is one at all, that is not believed.
 */
static int load_check_created(const struct bundle *b, uint64_t now,
			      struct err *e)
{
	const uint64_t created = b->man.created;
	char at[32], clock[32];

	if (time(NULL) < (time_t)LOAD_TIME_FLOOR || created <= now ||
	    created - now <= LOAD_TIME_SLACK)
		return 0;
	bundle_date(created, at);
	bundle_date(now, clock);
	err_set(e, -BERR_NOT_YET, "%s: made %s (host clock %s)", b->name, at,
		clock);
	return err_hint(e, "set the clock of this host, or build it again with "
			   "another SOURCE_DATE_EPOCH");
}

/* Past its end, where the policy says so, it is only told. */
static int load_check_host(struct load *l, const struct bundle_opts *bo,
			   const struct policy *p, struct err *e)
{
	int r = load_check_created(l->bundle, bo->now, e);

	if (r < 0)
		return r;
	r = bundle_check_host(l->bundle, bo, e);
	if (r != -BERR_EXPIRED || !p->expiry_warn)
		return r;
	say_warningf("%s (policy expiry=warn)", e->text);
	return 0;
}

static void load_limits(struct load *l)
{
	const struct manifest *m = &l->bundle->man;

	l->run_ns = m->limit_runtime_s * 1000000000u;
	if (m->limit_runtime_s > UINT64_MAX / 1000000000u)
		l->run_ns = 0; /* 584 years are no limit */
	l->out_bytes = m->limit_output_bytes;
}

static uint64_t load_clock(void)
{
	time_t now = time(NULL);

	return now > (time_t)LOAD_TIME_FLOOR ? (uint64_t)now : LOAD_TIME_FLOOR;
}

static int load_trust(struct keyring *k, const struct opts *o,
		      const struct policy *p, struct err *e)
{
	const char *dir = policy_keys(p, o->keys, e);
	int r = dir ? load_keys(k, dir, e) : -BERR_POLICY;

	if (r < 0)
		return r;
	r = keyring_load_revoked(k, KEYRING_REVOKED_DIR, e);
	return r == ERR_NOT_FOUND ? 0 : r;
}

int load_open(struct load *l, const struct opts *o, const struct policy *p,
	      uint64_t newest, struct err *e)
{
	static struct keyring keys;
	struct bundle_opts bo = {
		.keys = &keys,
		.now = load_clock(),
		.fleet = p->fleet,
		.need_release = p->need_release,
		.need_build = p->need_build,
	};
	struct bundle *b;
	int r;

	if (newest > bo.now) {
		bo.clock = bo.now;
		bo.now = newest;
	}
	r = load_trust(&keys, o, p, e);
	if (r < 0)
		return r;
	b = sys_map(sizeof(*b));
	if (!b)
		return err_sys(e, "no memory to read '%s'", o->bundle);
	if (o->bundle_fd < 0)
		r = bundle_open_signed(b, o->bundle, &bo, e);
	else
		r = bundle_open_signed_fd(b, o->bundle_fd, o->bundle, &bo, e);
	if (r < 0) {
		sys_unmap(b, sizeof(*b));
		return r;
	}
	l->bundle = b;
	l->load_dir = p->load_dir;
	load_limits(l);
	return load_check_host(l, &bo, p, e);
}

int load_params(struct load *l, const struct opts *o, struct err *e)
{
	unsigned int i, k;

	for (i = 0; i < o->nparams; i++) {
		const struct opts_param *p = &o->params[i];
		struct load_param *q = &l->params[i];
		const struct manifest_param *decl;
		uint8_t msg[TAPW_MSG_MAX];
		int64_t num;
		int r;

		for (k = 0; k < i; k++)
			if (strcmp(o->params[k].name, p->name) == 0)
				return err_set(e, -BERR_PARAM,
					       "'%s' is given twice", p->name);
		r = manifest_check_param(&l->bundle->man, p->name, p->value,
					 &decl, &num, e);
		if (r < 0)
			return r;
		q->name = p->name;
		q->value = p->value;
		if (decl->type == PARAM_INT64) {
			snprintf(q->num, sizeof(q->num), "%lld",
				 (long long)num);
			q->value = q->num;
		}
		r = session_format_set(msg, sizeof(msg), q->name, q->value, e);
		if (r < 0)
			return r;
	}
	l->nparams = o->nparams;
	return 0;
}

/* No target is for this kernel, and @e says so. */
static int load_fallback(struct load *l, const struct opts *o,
			 const struct policy *p, struct err *e)
{
	const struct manifest_target *t;
	size_t n = strlen(e->text);
	int r = fallback_pick(&l->bundle->man, &l->kernel.host, NULL, 0, &t, e);

	if (r < 0)
		return r;
	if (p->fallback == FALLBACK_NEVER && o->fallback) {
		err_set(e, -BERR_POLICY,
			"the policy never takes a module of another kernel "
			"(fallback: never); that of %.64s fits this one",
			t->release);
		return err_hint(e, "ask who keeps /etc/tap/policy");
	}
	if (p->fallback != FALLBACK_ALWAYS && !o->fallback) {
		snprintf(e->text + n, sizeof(e->text) - n,
			 "; the module of %.64s fits in all it relies on",
			 t->release);
		if (p->fallback != FALLBACK_NEVER)
			err_hint(e, "taprun --fallback runs it; or build for "
				    "this kernel");
		return e->code;
	}
	say_warningf("no module for %s: runs that of %s, in all it relies on "
		     "this kernel is the same",
		     l->kernel.uts.release, t->release);
	l->target = t;
	l->is_fallback = true;
	return 0;
}

int load_pick(struct load *l, const struct opts *o, const struct policy *p,
	      struct err *e)
{
	int r = kernel_read(&l->kernel, e);

	if (r < 0)
		return r;
	r = target_pick(&l->bundle->man, &l->kernel.host, &l->target, e);
	if (r == -BERR_NO_KERNEL || r == -BERR_BUILD_ID)
		r = load_fallback(l, o, p, e);
	if (r < 0)
		return r;
	if (l->target->wire != TAPW_VERSION)
		return err_set(e, -BERR_FEATURE,
			       "module '%s' speaks wire version %u, this "
			       "taprun %s speaks %u",
			       l->target->module, l->target->wire, TAP_VERSION,
			       TAPW_VERSION);
	snprintf(l->name, sizeof(l->name), "%s", l->target->module);
	return 0;
}

int load_next(struct load *l, struct err *e)
{
	const struct manifest_target *t;
	int r;

	if (l->nrefused == FALLBACK_TRIES)
		return -BERR_NO_KERNEL;
	l->refused[l->nrefused++] = l->target;
	err_set(e, -BERR_NO_KERNEL, "no other");
	r = fallback_pick(&l->bundle->man, &l->kernel.host, l->refused,
			  l->nrefused, &t, e);
	if (r < 0)
		return r;
	if (t->wire != TAPW_VERSION)
		return -BERR_NO_KERNEL;
	say_warningf("the kernel refuses that of %s, it has other CRCs: runs "
		     "that of %s",
		     l->target->release, t->release);
	sys_unmap(l->image, l->image_cap);
	l->image = NULL;
	l->target = t;
	l->nknown = 0;
	l->skids[0] = '\0';
	snprintf(l->name, sizeof(l->name), "%s", t->module);
	return load_unpack(l, e);
}

/*
 * Which signature the kernel takes it alone knows: /proc/keys shows only keys that this
 * process may see, and some that are not for modules.  Those of signers listed there
 * come first.
 */
static void load_order_ksigs(struct load *l)
{
	static char keys[65536];
	const struct manifest_target *t = l->target;
	const struct manifest_ksig *s = l->bundle->man.ksigs + t->ksig_first;
	uint32_t i, n = 0, pass;
	size_t o = 0;

	if (sys->read_file("/proc/keys", keys, sizeof(keys)) < 0)
		keys[0] = '\0';
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < t->nksigs; i++)
			if ((pass == 0) == preflight_has_key(keys, s[i].skid))
				l->ksig[n++] = i;
		if (pass == 0)
			l->nknown = n;
	}
	for (i = 0; i < t->nksigs && o < sizeof(l->skids); i++)
		o += (size_t)snprintf(l->skids + o, sizeof(l->skids) - o,
				      "%s%.40s", i ? " " : "", s[i].skid);
}

static int load_attach(struct load *l, uint32_t i, struct err *e)
{
	const struct manifest_target *t = l->target;
	uint64_t n = l->bundle->man.ksigs[t->ksig_first + i].size;
	long len;
	int r;

	r = bundle_read_ksig(l->bundle, t, i, l->image + t->ko_size, (size_t)n,
			     e);
	if (r < 0)
		return r;
	len = modload_attach_ksig(l->image, (size_t)t->ko_size, (size_t)n,
				  l->image_cap, e);
	if (len < 0)
		return (int)len;
	l->image_len = (size_t)len;
	return 0;
}

int load_unpack(struct load *l, struct err *e)
{
	const struct manifest_target *t = l->target;
	uint64_t sig = 0;
	uint32_t i;
	int r;

	for (i = 0; i < t->nksigs; i++) {
		uint64_t n = l->bundle->man.ksigs[t->ksig_first + i].size;

		if (n > sig)
			sig = n;
	}
	l->image_cap = (size_t)(t->ko_size + sig + MODLOAD_TRAILER_BYTES);
	l->image = sys_map(l->image_cap);
	if (!l->image)
		return err_sys(e, "no memory for module '%s'", l->name);
	r = bundle_read_module(l->bundle, t, l->image, (size_t)t->ko_size, e);
	if (r < 0)
		return r;
	l->image_len = (size_t)t->ko_size;
	r = koid_check(l->image, l->image_len, l->name, t->vermagic, e);
	if (r < 0)
		return r;
	if (t->nksigs) {
		load_order_ksigs(l);
		r = load_attach(l, l->ksig[0], e);
		if (r < 0)
			return r;
	}
	return bundle_check_rest(l->bundle, e);
}

int load_check_free(const struct load *l, struct err *e)
{
	pid_t pid;

	if (!modload_is_there(l->name))
		return 0;
	pid = instances_reader(l->name);
	if (pid) {
		err_set(e, -BERR_LOADED,
			"module '%s' is already loaded by "
			"pid %d",
			l->name, (int)pid);
		return err_hint(e, "end that one first: kill -INT %d",
				(int)pid);
	}
	if (modload_await_gone(l->name, LOAD_IDLE_MS, LOAD_GOING_MS))
		return 0;
	err_set(e, -BERR_LOADED,
		"module '%s' is already loaded and nobody reads it", l->name);
	return err_hint(e, "taprun --reap");
}

static int load_try(const struct load *l, struct err *e)
{
	struct modload m = {
		.name = l->name,
		.image = l->image,
		.len = l->image_len,
		.nksigs = l->target->nksigs,
		.nknown = l->nknown,
		.skids = l->skids,
		.dir = l->load_dir,
	};

	return modload_insert(&m, &l->preflight, e);
}

/* Was it the signature that the kernel did not like? */
static bool load_is_about_ksig(int r)
{
	return r == -BERR_LOCKDOWN || r == -BERR_KEY_REJECTED ||
	       r == -BERR_BAD_KSIG;
}

int load_insert(struct load *l, struct err *e)
{
	struct err other = { 0 };
	uint32_t n = l->only_known ? l->nknown : l->target->nksigs, i;
	int first = load_try(l, e), r = first;

	for (i = 1; i < n && load_is_about_ksig(r); i++) {
		r = load_attach(l, l->ksig[i], &other);
		if (r == 0)
			r = load_try(l, &other);
	}
	if (r == first || load_is_about_ksig(r))
		return first;
	*e = r < 0 ? other : (struct err){ 0 };
	return r;
}

void load_release(struct load *l)
{
	sys_unmap(l->image, l->image_cap);
	l->image = NULL;
	if (l->bundle) {
		bundle_close(l->bundle);
		sys_unmap(l->bundle, sizeof(*l->bundle));
	}
	l->bundle = NULL;
	l->target = NULL;
}
