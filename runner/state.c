/* SPDX-License-Identifier: GPL-2.0-only */
/* One small file per bundle name: no table to outgrow, and rm forgets one. */
#include "runner/state.h"
#include "runner/policy.h"
#include "runner/say.h"
#include "runner/sys.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"
#include "bundle/limits.h"
#include "bundle/line.h"
#include "bundle/manifest.h"
#include "bundle/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STATE_FILE_MAX 512
#define STATE_NAME_MAX (BUNDLE_NAME_MAX + 8)
#define STATE_TMP      ".new"  /* written under the lock only */
#define STATE_LOCK     ".lock" /* not the directory: others may open that */

typedef unsigned long long ull;

static int state_config(struct err *e)
{
	if (e)
		e->code = -BERR_CONFIG;
	return -BERR_CONFIG;
}

/* ---- text ---------------------------------------------------------------- */

/* The next line must be "@key: ..."; its value, or NULL. */
static char *state_value(struct lines *l, const char *key, struct err *e)
{
	int r = lines_next(l, e);

	if (r > 0 && strcmp(l->key, key) == 0)
		return l->value;
	if (r >= 0)
		lines_bad(l, e, "'%s' is missing", key);
	return NULL;
}

/* The first line, which says what the file is. */
static bool state_begins(struct lines *l, const char *key, struct err *e)
{
	char *v = state_value(l, key, e);

	if (v && strcmp(v, "1") != 0)
		lines_bad(l, e, "unknown version");
	return v && strcmp(v, "1") == 0;
}

static bool state_number(struct lines *l, const char *key, uint64_t max,
			 uint64_t *ret, struct err *e)
{
	char *v = state_value(l, key, e);

	if (!v)
		return false;
	if (num_u64(v, max, ret))
		return true;
	lines_bad(l, e, "bad value of '%s'", key);
	return false;
}

static int state_end(struct lines *l, struct err *e)
{
	int r = lines_next(l, e);

	if (r > 0)
		lines_bad(l, e, "more than there should be");
	return r ? state_config(e) : 0;
}

static int state_parse_ran(struct state *s, struct lines *l, const char *name,
			   struct err *e)
{
	uint64_t epoch = 0;
	char *v;

	if (!state_begins(l, "tap-ran", e))
		return state_config(e);
	v = state_value(l, "name", e);
	if (v && strcmp(v, name) != 0) {
		lines_bad(l, e, "this is of '%.48s'", v);
		v = NULL;
	}
	if (!v || !state_number(l, "epoch", UINT32_MAX, &epoch, e) ||
	    !state_number(l, "version", UINT64_MAX, &s->version, e))
		return state_config(e);
	v = state_value(l, "manifest", e);
	if (v && !hex_bytes(v, s->sha256, 32))
		v = NULL, lines_bad(l, e, "bad value of 'manifest'");
	if (!v)
		return state_config(e);
	s->epoch = (uint32_t)epoch;
	return state_end(l, e);
}

static int state_parse_clock(struct state *s, struct lines *l, struct err *e)
{
	if (!state_begins(l, "tap-clock", e) ||
	    !state_number(l, "created", INT64_MAX, &s->newest, e))
		return state_config(e);
	return state_end(l, e);
}

/* ---- reading ------------------------------------------------------------- */

/* @name NULL: the clock.  1 when it was there, 0 when not, < 0. */
static int state_read(struct state *s, const char *name, struct err *e)
{
	char file[STATE_NAME_MAX], path[256], text[STATE_FILE_MAX];
	struct lines l;
	long n;
	int r;

	if (s->fd < 0)
		return 0;
	snprintf(file, sizeof(file), "%s%s", name ? name : "clock",
		 name ? ".ran" : "");
	snprintf(path, sizeof(path), "%.180s/%s", s->path, file);
	n = trust_read_at(s->fd, file, path, text, sizeof(text), e);
	if (n == ERR_NOT_FOUND)
		return 0;
	if (n < 0)
		return (int)n;
	lines_init(&l, path, text, (size_t)n, BUNDLE_LINE_MAX);
	r = name ? state_parse_ran(s, &l, name, e)
		 : state_parse_clock(s, &l, e);
	if (r == 0)
		return 1;
	if (name)
		err_hint(e,
			 "restore it, or give the policy 'min-version: %s "
			 "VERSION' and remove it",
			 name);
	else
		err_hint(e, "restore it, or remove it when the host's clock "
			    "is right");
	return r;
}

int state_open(struct state *s, const char *path, struct err *e)
{
	int r;

	memset(s, 0, sizeof(*s));
	s->path = path;
	s->lock = -1;
	s->fd = trust_open_dir(path, e);
	/* who may not look cannot load either, unless state_prepare() agrees */
	if (s->fd == ERR_NOT_FOUND ||
	    (s->fd == ERR_IO && e && e->sys_errno == EACCES)) {
		s->fd = -1;
		return 0;
	}
	if (s->fd < 0) {
		r = s->fd;
		s->fd = -1;
		return r;
	}
	r = state_read(s, NULL, e);
	if (r >= 0)
		return 0;
	state_close(s);
	return r;
}

void state_close(struct state *s)
{
	if (s->lock >= 0)
		close(s->lock); /* unlocks */
	if (s->fd >= 0)
		close(s->fd);
	s->fd = s->lock = -1;
}

/* ---- decisions ----------------------------------------------------------- */

/* Does the policy say itself how old a bundle of this name may be? */
static bool state_has_floor(const struct policy *p, const struct manifest *m)
{
	return p->allow_downgrade || policy_floor(p, m->name);
}

/* Below 0, 0 or above 0: @m against what ran. */
static int state_compare(const struct state *s, const struct manifest *m)
{
	if (m->epoch != s->epoch)
		return m->epoch < s->epoch ? -1 : 1;
	if (m->version != s->version)
		return m->version < s->version ? -1 : 1;
	return 0;
}

static int state_refuse(const struct state *s, const struct manifest *m,
			struct err *e)
{
	if (state_compare(s, m) == 0) {
		err_set(e, -BERR_ROLLBACK,
			"version %llu of '%s' has other content than the "
			"version %llu this host has run",
			(ull)m->version, m->name, (ull)s->version);
		return err_hint(e, "give each release its own number: tapbuild "
				   "--bundle-version=N");
	}
	if (m->epoch == s->epoch)
		err_set(e, -BERR_ROLLBACK,
			"version %llu of '%s', this host has run %llu (policy "
			"downgrade=no)",
			(ull)m->version, m->name, (ull)s->version);
	else
		err_set(e, -BERR_ROLLBACK,
			"version %llu of epoch %u of '%s', this host has run "
			"%llu of epoch %u (policy downgrade=no)",
			(ull)m->version, m->epoch, m->name, (ull)s->version,
			s->epoch);
	if (s->version == UINT64_MAX)
		return err_hint(e,
				"no version is higher: begin anew with "
				"tapbuild --bundle-epoch=%llu",
				(ull)s->epoch + 1);
	return err_hint(e, "install the newer bundle, or allow it: 'downgrade: "
			   "yes' in " POLICY_FILE);
}

int state_check(struct state *s, const struct policy *p,
		const struct manifest *m, const uint8_t sha256[32],
		struct err *e)
{
	int c, r = state_read(s, m->name, e);

	s->has_ran = r > 0;
	if (r == -BERR_CONFIG && state_has_floor(p, m)) {
		say_warningf("%s; the policy decides alone", e->text);
		return 0;
	}
	if (r <= 0)
		return r;
	c = state_compare(s, m);
	if (c > 0 ||
	    (c == 0 && (m->version == 0 || memcmp(sha256, s->sha256, 32) == 0)))
		return 0;
	s->is_old = true;
	return p->allow_downgrade ? 0 : state_refuse(s, m, e);
}

/* ---- writing ------------------------------------------------------------- */

static bool state_is_known(const struct state *s, const struct manifest *m,
			   const uint8_t sha256[32])
{
	return s->has_ran &&
	       (state_compare(s, m) < 0 ||
		(state_compare(s, m) == 0 &&
		 (s->is_old || memcmp(sha256, s->sha256, 32) == 0)));
}

/* Where there is no such directory yet.  /var/lib is there on any host; the
 * first process of a small guest may have nothing. */
static int state_make_dir(struct state *s, struct err *e)
{
	static const char *const above[] = { "/var", "/var/lib" };
	size_t i;

	for (i = 0; i < 2 && strncmp(s->path, "/var/lib/", 9) == 0; i++)
		mkdir(above[i], 0755);
	if (mkdir(s->path, 0700) == 0 || errno == EEXIST)
		return 0;
	return err_sys(e, "cannot make '%s'", s->path);
}

/* EROFS is seen here even by root, a full disk only when writing. */
static int state_writable(struct state *s, struct err *e)
{
	if (s->fd < 0) {
		int r = state_make_dir(s, e);

		if (r == 0)
			r = trust_open_dir(s->path, e);
		if (r < 0)
			return r;
		s->fd = r;
	}
	if (syscall(SYS_faccessat, s->fd, ".", W_OK) < 0)
		return err_sys(e, "'%s'", s->path);
	return 0;
}

int state_prepare(struct state *s, const struct policy *p,
		  const struct manifest *m, const uint8_t sha256[32],
		  struct err *e)
{
	struct err why = { 0 };

	if (state_is_known(s, m, sha256) && m->created <= s->newest)
		return 0;
	if (state_writable(s, &why) == 0)
		return 0;
	if (state_has_floor(p, m)) {
		say_warningf("cannot remember what runs here: %s", why.text);
		s->is_off = true;
		return 0;
	}
	err_set(e, -BERR_CONFIG, "cannot remember what runs here: %s",
		why.text);
	return err_hint(e,
			"make %s writable, or give the policy 'min-version: "
			"%s %llu'",
			s->path, m->name, (ull)m->version);
}

int state_lock(struct state *s, struct err *e)
{
	uint64_t end = sys_now_ns() + STATE_LOCK_MS * UINT64_C(1000000);

	if (s->lock >= 0)
		return 0;
	s->lock = openat(s->fd, STATE_LOCK,
			 O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->lock < 0) {
		err_sys(e, "cannot write '%s/" STATE_LOCK "'", s->path);
		return state_config(e);
	}
	while (flock(s->lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EINTR)
			continue;
		if (errno == EWOULDBLOCK && sys_now_ns() < end) {
			sys_sleep_ns(5000000);
			continue;
		}
		err_sys(e, "cannot lock '%s/" STATE_LOCK "'", s->path);
		err_hint(e, "who has it: fuser %s/" STATE_LOCK, s->path);
		close(s->lock);
		s->lock = -1;
		return state_config(e);
	}
	return 0;
}

/* Never half a file: a new one, on disk, takes the old one's place. */
static int state_replace(struct state *s, const char *file, const char *text,
			 struct err *e)
{
	int fd, r = 0;

	unlinkat(s->fd, STATE_TMP, 0);
	fd = openat(s->fd, STATE_TMP,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		err_sys(e, "cannot write '%s/%s'", s->path, file);
		return state_config(e);
	}
	if (io_write_full(fd, text, strlen(text), e) < 0)
		r = -1;
	else if (fsync(fd) < 0 || renameat(s->fd, STATE_TMP, s->fd, file) < 0 ||
		 fsync(s->fd) < 0)
		r = err_sys(e, "cannot write");
	close(fd);
	if (!r)
		return 0;
	unlinkat(s->fd, STATE_TMP, 0);
	err_prefix(e, "'%s/%s'", s->path, file);
	return state_config(e);
}

static int state_write_ran(struct state *s, const struct manifest *m,
			   const uint8_t sha256[32], struct err *e)
{
	char file[STATE_NAME_MAX], text[STATE_FILE_MAX], hex[65];

	hex_text(sha256, 32, hex);
	snprintf(file, sizeof(file), "%s.ran", m->name);
	snprintf(text, sizeof(text),
		 "tap-ran: 1\nname: %s\nepoch: %u\nversion: %llu\n"
		 "manifest: %s\n",
		 m->name, m->epoch, (ull)m->version, hex);
	return state_replace(s, file, text, e);
}

int state_record(struct state *s, const struct manifest *m,
		 const uint8_t sha256[32], struct err *e)
{
	char text[64];
	int r;

	if (s->is_off ||
	    (state_is_known(s, m, sha256) && m->created <= s->newest))
		return 0;
	r = state_lock(s, e);
	if (r < 0)
		return r;
	/* what another taprun recorded meanwhile; a malformed file was judged
	 * by state_check() and is replaced */
	s->has_ran = state_read(s, m->name, NULL) > 0;
	if (!state_is_known(s, m, sha256))
		r = state_write_ran(s, m, sha256, e);
	if (r == 0 && state_read(s, NULL, e) >= 0 && m->created > s->newest) {
		snprintf(text, sizeof(text), "tap-clock: 1\ncreated: %llu\n",
			 (ull)m->created);
		r = state_replace(s, "clock", text, e);
	}
	return r;
}
