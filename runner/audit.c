/* SPDX-License-Identifier: GPL-2.0-only */
/* "key=value" lines, appended under a lock; syslog without libc's syslog(3). */
#include "runner/audit.h"
#include "runner/sys.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"
#include "bundle/line.h"
#include "bundle/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Facility authpriv, severity notice or warning.  Source: RFC 3164, 4.1.1. */
#define AUDIT_PRI_NOTICE  (10 * 8 + 5)
#define AUDIT_PRI_WARNING (10 * 8 + 4)

#define AUDIT_TAIL 200 /* room for what comes after the parameters */
#define AUDIT_NONE \
	"0000000000000000000000000000000000000000000000000000000000000000"
#define AUDIT_SAFE  "a-zA-Z0-9._/@+-"
#define AUDIT_VALUE ":," AUDIT_SAFE

/* ---- text ---------------------------------------------------------------- */

/* @is_cut: something did not fit and was left out whole */
struct audit_text {
	size_t n, cap;
	bool is_cut;
	char p[AUDIT_LINE_MAX];
};

static void text_add(struct audit_text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void text_add(struct audit_text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->p + t->n, t->cap - t->n, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= t->cap - t->n) {
		t->p[t->n] = '\0';
		t->is_cut = true;
		return;
	}
	t->n += (size_t)n;
}

/* Bytes that are not in @safe as %xx; at most @max of @s. */
static void text_escape(struct audit_text *t, const char *safe, const char *s,
			size_t max)
{
	for (; *s && max--; s++) {
		const char one[2] = { *s, '\0' };

		if (text_only(one, safe, 1))
			text_add(t, "%c", *s);
		else
			text_add(t, "%%%02x", (unsigned char)*s);
	}
}

static void text_put(struct audit_text *t, const char *key, const char *s)
{
	text_add(t, " %s=", key);
	text_escape(t, AUDIT_VALUE, s && *s ? s : "-", 200);
}

static void text_number(struct audit_text *t, const char *key, uint64_t v)
{
	text_add(t, " %s=%llu", key, (unsigned long long)v);
}

/* ---- facts --------------------------------------------------------------- */

/* Field 7 of /proc/self/stat, after the name in brackets: the terminal. */
static void audit_put_tty(struct audit_text *t)
{
	char buf[512];
	const char *p;
	unsigned long dev = 0;
	int i;

	if (sys->read_file("/proc/self/stat", buf, sizeof(buf)) > 0) {
		p = strrchr(buf, ')');
		for (i = 0; p && i < 5; i++)
			p = strchr(p + 1, ' ');
		for (; p && p[1] >= '0' && p[1] <= '9'; p++)
			dev = dev * 10 + (unsigned long)(p[1] - '0');
	}
	if (dev)
		text_add(t, " tty=%lu:%lu", dev >> 8 & 0xfff,
			 (dev & 0xff) | (dev >> 12 & 0xfff00));
	else
		text_add(t, " tty=-");
}

static void audit_put_who(struct audit_text *t, const struct policy_who *w)
{
	char boot[40] = "";

	if (sys->read_file("/proc/sys/kernel/random/boot_id", boot,
			   sizeof(boot)) > 0)
		boot[strcspn(boot, "\n")] = '\0';
	text_number(t, "time", (uint64_t)time(NULL));
	text_put(t, "boot", boot);
	text_number(t, "pid", (uint64_t)getpid());
	text_number(t, "uid", w->uid);
	if (w->login == POLICY_NO_LOGINUID)
		text_add(t, " login=-");
	else
		text_number(t, "login", w->login);
	audit_put_tty(t);
}

static void audit_put_keys(struct audit_text *t, const struct bundle *b)
{
	char hex[17];
	const char *sep = "";
	unsigned int i;

	text_add(t, " keys=");
	for (i = 0; i < b->sigs.n; i++) {
		if (b->sigs.line[i].key < 0)
			continue;
		hex_text(b->sigs.line[i].keyid, 8, hex);
		text_add(t, "%s%s:%s", sep, sig_role_name(b->sigs.line[i].role),
			 hex);
		sep = ",";
	}
}

static void audit_put_bundle(struct audit_text *t, const struct bundle *b)
{
	char hex[65];

	if (!b) {
		text_add(t, " bundle=-");
		return;
	}
	hex_text(b->manifest_sha256, 32, hex);
	text_put(t, "bundle", hex);
	text_put(t, "name", b->man.name);
	text_number(t, "version", b->man.version);
	text_number(t, "epoch", b->man.epoch);
	audit_put_keys(t, b);
}

/* All of them, or as many as fit and the word that says so. */
static void audit_put_params(struct audit_text *t, const struct load *l)
{
	unsigned int i;

	text_add(t, " params=%s", l->nparams ? "" : "-");
	t->cap -= AUDIT_TAIL;
	for (i = 0; i < l->nparams && !t->is_cut; i++) {
		size_t n = t->n;

		text_add(t, "%s", i ? "," : "");
		text_escape(t, AUDIT_SAFE, l->params[i].name, SIZE_MAX);
		text_add(t, ":");
		text_escape(t, AUDIT_SAFE, l->params[i].value, SIZE_MAX);
		if (t->is_cut)
			t->n = n;
	}
	t->cap += AUDIT_TAIL;
	if (i < l->nparams || t->is_cut)
		text_add(t, " params-cut=yes");
}

static void audit_put_policy(struct audit_text *t, const struct audit_facts *f)
{
	if (f->rule)
		text_number(t, "policy", f->rule->line);
	else
		text_put(t, "policy",
			 !f->policy		? "unreadable"
			 : !f->policy->is_there ? "none"
						: "default");
}

static void audit_compose(struct audit_text *t, enum audit_event ev,
			  const struct audit_facts *f, int code, int sys_errno)
{
	static const char *const events[] = { "refused", "loading", "loaded",
					      "failed" };
	const struct load *l = f->load;
	const char *reason = bundle_reason_name(code);

	audit_put_who(t, f->who);
	text_put(t, "event", events[ev]);
	text_put(t, "file", f->file);
	audit_put_bundle(t, l->bundle);
	if (l->bundle && l->target) {
		text_put(t, "kernel", l->target->release);
		text_put(t, "build-id", l->target->build_id);
		text_put(t, "module", l->name);
		if (l->is_fallback)
			text_put(t, "fallback", l->kernel.uts.release);
	}
	if (l->bundle)
		audit_put_params(t, l);
	if (f->has_commands)
		text_put(t, "system", "yes");
	audit_put_policy(t, f);
	text_number(t, "code", (uint64_t)code);
	text_put(t, "reason", code ? (*reason ? reason : "HOST") : "OK");
	text_number(t, "errno", (uint64_t)sys_errno);
}

/* ---- opening ------------------------------------------------------------- */

static int audit_config(const struct audit *a, struct err *e)
{
	if (!e)
		return -BERR_CONFIG;
	if (!e->hint[0])
		err_hint(e, "make it writable, or change 'audit:' in %s",
			 POLICY_FILE);
	if (a->path)
		err_prefix(e, "no audit, no run");
	e->code = -BERR_CONFIG;
	return -BERR_CONFIG;
}

static int audit_open_file(struct audit *a, struct err *e)
{
	const char *slash = strrchr(a->path, '/');
	char dir[POLICY_PATH_MAX + 1];
	struct stat st;
	int fd;

	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - a->path), a->path);
	fd = trust_open_dir(dir[0] ? dir : "/", e);
	if (fd == ERR_NOT_FOUND)
		err_hint(e, "install -d -m 0700 %s", dir);
	if (fd < 0)
		return audit_config(a, e);
	a->file = openat(fd, slash + 1,
			 O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
				 O_NOCTTY | O_NONBLOCK,
			 0600);
	close(fd);
	if (a->file < 0 || fstat(a->file, &st) < 0) {
		err_sys(e, "cannot open '%s'", a->path);
		return audit_config(a, e);
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(e, -BERR_CONFIG, "%s: not a regular file", a->path);
		return audit_config(a, e);
	}
	return trust_owner(&st, a->path, e) < 0 ? audit_config(a, e) : 0;
}

static int audit_open_log(struct audit *a, const char *log, struct err *e)
{
	struct timeval wait = { 2, 0 };

	a->sock = sys_connect(log, SOCK_DGRAM);
	if (a->sock >= 0) {
		setsockopt(a->sock, SOL_SOCKET, SO_SNDTIMEO, &wait,
			   sizeof(wait));
		return 0;
	}
	err_sys(e, "cannot reach syslog at '%s'", log);
	if (!a->must_log)
		return 0;
	err_hint(e, "start a syslog, or change 'audit:' in %s", POLICY_FILE);
	return audit_config(a, e);
}

int audit_open(struct audit *a, const struct policy *p, const char *log,
	       struct err *e)
{
	int r = 0;

	a->file = a->sock = -1;
	a->path = p ? p->audit_file : NULL;
	a->must_log = p && p->audit_syslog;
	if (a->path)
		r = audit_open_file(a, e);
	if (r == 0 && (a->must_log || !a->path))
		r = audit_open_log(a, log, e);
	if (r < 0)
		audit_close(a);
	return r;
}

void audit_close(struct audit *a)
{
	if (a->file >= 0)
		close(a->file);
	if (a->sock >= 0)
		close(a->sock);
	a->file = a->sock = -1;
}

/* ---- writing ------------------------------------------------------------- */

static int audit_lock(struct audit *a, struct err *e)
{
	uint64_t end = sys_now_ns() + AUDIT_LOCK_MS * UINT64_C(1000000);

	while (flock(a->file, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK || sys_now_ns() > end) {
			err_sys(e, "cannot lock '%s'", a->path);
			return audit_config(a, e);
		}
		sys_sleep_ns(2000000);
	}
	return 0;
}

/*
 * The digest of the last line, in hex; @is_open: it has no newline, as when a
 * disk was full.
 */
static int audit_last(struct audit *a, char hex[65], bool *is_open,
		      struct err *e)
{
	static char tail[AUDIT_LINE_MAX + 1];
	uint8_t sha[32];
	struct stat st;
	size_t end, from;
	off_t at;
	ssize_t n;

	*is_open = false;
	snprintf(hex, 65, "%s", AUDIT_NONE);
	if (fstat(a->file, &st) < 0)
		return err_sys(e, "cannot stat '%s'", a->path);
	if (st.st_size == 0)
		return 0;
	at = st.st_size > (off_t)sizeof(tail) ? st.st_size - (off_t)sizeof(tail)
					      : 0;
	n = pread(a->file, tail, sizeof(tail), at);
	if (n <= 0)
		return err_sys(e, "cannot read '%s'", a->path);
	end = (size_t)n;
	*is_open = tail[end - 1] != '\n';
	end -= !*is_open;
	for (from = end; from > 0 && tail[from - 1] != '\n';)
		from--;
	if (from == 0 && at > 0)
		return err_set(e, -BERR_CONFIG, "'%s' is no audit of taprun",
			       a->path);
	crypto_hash_sha256(sha, (const uint8_t *)tail + from, end - from);
	hex_text(sha, 32, hex);
	return 0;
}

static int audit_append(struct audit *a, const struct audit_text *t,
			struct err *e)
{
	char line[AUDIT_LINE_MAX + 80], hex[65];
	struct stat st;
	bool is_open;
	ssize_t n;
	int len, r;

	r = audit_last(a, hex, &is_open, e);
	if (r < 0)
		return audit_config(a, e);
	len = snprintf(line, sizeof(line), "%sprev=%s%s\n", is_open ? "\n" : "",
		       hex, t->p);
	if (len >= (int)sizeof(line) || fstat(a->file, &st) < 0) {
		err_sys(e, "cannot write '%s'", a->path);
		return audit_config(a, e);
	}
	n = write(a->file, line, (size_t)len);
	if (n == (ssize_t)len)
		return 0;
	if (n >= 0)
		errno = ENOSPC;
	err_sys(e, "cannot write '%s'", a->path);
	/* half a line is worse than none; where only appending is allowed the
	 * next line begins with the newline that this one lacks */
	if (n > 0 && ftruncate(a->file, st.st_size) < 0)
		return audit_config(a, e);
	return audit_config(a, e);
}

static int audit_log(struct audit *a, const struct audit_text *t, int code,
		     struct err *e)
{
	char line[AUDIT_LINE_MAX + 80];
	int n = snprintf(line, sizeof(line), "<%d>taprun[%d]: audit%s",
			 code ? AUDIT_PRI_WARNING : AUDIT_PRI_NOTICE,
			 (int)getpid(), t->p);

	if (n >= (int)sizeof(line))
		n = (int)sizeof(line) - 1;
	if (send(a->sock, line, (size_t)n, MSG_NOSIGNAL) == n || !a->must_log)
		return 0;
	err_sys(e, "syslog does not take a line");
	return audit_config(a, e);
}

int audit_write(struct audit *a, enum audit_event ev,
		const struct audit_facts *f, int code, int sys_errno,
		struct err *e)
{
	static struct audit_text t;
	int r = 0;

	t.n = 0;
	t.cap = AUDIT_LINE_MAX - 80; /* prev=HEX and the newlines */
	t.is_cut = false;
	if (a->file < 0 && a->sock < 0)
		return 0;
	audit_compose(&t, ev, f, code, sys_errno);
	if (a->file >= 0) {
		r = audit_lock(a, e);
		if (r < 0)
			return r;
		r = audit_append(a, &t, e);
		flock(a->file, LOCK_UN);
	}
	if (r == 0 && a->sock >= 0)
		r = audit_log(a, &t, code, e);
	return r;
}
