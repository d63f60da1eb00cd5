/* SPDX-License-Identifier: GPL-2.0-only */
/* The audit: its chain, its escapes, and that without it nothing runs. */
#include "runner/audit.c"
#include "runner/policy.c"
#include "runner/sys.c"
#include "tests/tap.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

static char dir[] = "/tmp/t_run_audit.XXXXXX", path[64], sock[64];
static struct policy p;
static struct load l;
static struct bundle b;
static struct manifest_target target = { .release = "6.1.0-56-amd64",
					 .build_id = "1f2e" };
static struct policy_who who = { 0, 1000, 1, { 0 } };
static struct policy_rule rule = { .line = 12 };
static struct audit_facts facts = { "x.tap", &l, &p, &who, &rule, false };
static char text[400000];

static size_t slurp(void)
{
	ssize_t n = sys_host.read_file(path, text, sizeof(text));

	return n < 0 ? 0 : (size_t)n;
}

/* Every line begins with the digest of the one before: their number, or -1. */
static int chain(void)
{
	char want[65], *s = text, *end;
	uint8_t sha[32];
	int n = 0;

	slurp();
	memset(want, '0', 64);
	want[64] = '\0';
	for (; *s; s = end + 1) {
		end = strchr(s, '\n');
		if (!end)
			return -1;
		if (strncmp(s, "prev=", 5) == 0 && strncmp(s + 5, want, 64))
			return -1;
		crypto_hash_sha256(sha, (uint8_t *)s, (size_t)(end - s));
		hex_text(sha, 32, want);
		n++;
	}
	return n;
}

static int tell(enum audit_event ev, int code, struct err *e)
{
	struct audit a;
	int r;

	memset(e, 0, sizeof(*e));
	r = audit_open(&a, &p, sock, e);
	if (r == 0)
		r = audit_write(&a, ev, &facts, code, 1, e);
	audit_close(&a);
	return r;
}

static void put(const char *s)
{
	FILE *f = fopen(path, "w");

	if (!f)
		abort();
	fputs(s, f);
	fclose(f);
}

static bool has(const char *word)
{
	bool is = strstr(text, word) != NULL;

	if (!is)
		printf("# no '%s' in %s\n", word, text);
	return is;
}

static void t_fields(void)
{
	struct stat st;
	struct err e;

	ok(tell(AUDIT_LOADING, 0, &e) == 0, "a line %s", e.text);
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "mode 0600");
	slurp();
	ok(has(" uid=0 login=1000 tty=") && has(" event=loading file=x.tap ") &&
		   has(" bundle=abcd0000") &&
		   has(" name=vfs-latency version=7 epoch=2 keys=release:"
		       "1234000000000000 ") &&
		   has(" kernel=6.1.0-56-amd64 build-id=1f2e module=m_1 ") &&
		   has(" params=t:5,label:a%20b%2cc%0a ") &&
		   has(" policy=12 code=0 reason=OK errno=1\n") &&
		   has(" boot=") && has(" time=") && has(" pid="),
	   "its fields");
	ok(!strstr(text, " system="), "no commands were asked for");
	facts.rule = NULL;
	facts.has_commands = true;
	tell(AUDIT_REFUSED, BERR_ROLLBACK, &e);
	facts.policy = NULL;
	facts.has_commands = false;
	slurp();
	ok(has("%0a system=yes policy=default code=36 ") ||
		   has("%0a system=yes policy=none code=36 "),
	   "commands were asked for");
	ok(has(" event=refused ") && has(" code=36 reason=ROLLBACK "),
	   "a refusal");
	l.bundle = NULL;
	facts.file = "a b\n\x7fprev=1";
	tell(AUDIT_REFUSED, 3, &e);
	slurp();
	ok(has(" file=a%20b%0a%7fprev%3d1 bundle=- policy=") &&
		   has(" code=3 reason=HOST "),
	   "before anything is known");
	l.bundle = &b;
	facts = (struct audit_facts){ "x.tap", &l, &p, &who, &rule, false };
	ok(chain() == 3, "three lines in a chain");
}

/* More parameters than a line holds: as many as fit, and a word about it. */
static void t_many(void)
{
	static char value[241];
	struct load saved = l;
	struct err e;
	unsigned int i;

	memset(value, '%', sizeof(value) - 1);
	for (i = 0; i < 40; i++)
		l.params[i] =
			(struct load_param){ .name = "p", .value = value };
	l.nparams = 40;
	ok(tell(AUDIT_LOADED, 0, &e) == 0 && chain() == 4, "many parameters");
	ok(has(",p:%25%25") && has("%25 params-cut=yes policy=12 code=0 "
				   "reason=OK errno=1\n"),
	   "cut, and the rest is there");
	l = saved;
}

static void t_damaged(void)
{
	char *last;
	struct err e;
	FILE *f;

	f = fopen(path, "a");
	fputs("prev=half a li", f);
	fclose(f);
	ok(tell(AUDIT_LOADED, 0, &e) == 0, "after half a line");
	slurp();
	last = strstr(text, "\nprev=half a li\nprev=");
	ok(last && strlen(last) > 100, "it stays alone on its line");
	memset(text, 'x', 10000);
	text[10000] = '\0';
	put(text);
	ok(tell(AUDIT_LOADED, 0, &e) == -BERR_CONFIG, "%s", e.text);
	put("old words\n");
	ok(tell(AUDIT_LOADED, 0, &e) == 0 && chain() == 2,
	   "goes on after words of others");
	unlink(path);
}

static void t_unsafe(void)
{
	struct err e;

	put("");
	chmod(path, 0622);
	ok(tell(AUDIT_LOADING, 0, &e) == -BERR_CONFIG &&
		   strstr(e.text, "no audit, no run"),
	   "%s; %s", e.text, e.hint);
	unlink(path);
	if (symlink("elsewhere", path) < 0)
		abort();
	ok(tell(AUDIT_LOADING, 0, &e) == -BERR_CONFIG, "%s", e.text);
	unlink(path);
	if (mkfifo(path, 0600) < 0)
		abort();
	ok(tell(AUDIT_LOADING, 0, &e) == -BERR_CONFIG, "%s", e.text);
	unlink(path);
	chmod(dir, 0777);
	ok(tell(AUDIT_LOADING, 0, &e) == -BERR_CONFIG, "%s", e.text);
	chmod(dir, 0700);
	p.audit_file = "/nonexistent/audit";
	ok(tell(AUDIT_LOADING, 0, &e) == -BERR_CONFIG &&
		   strstr(e.hint, "install -d -m 0700 /nonexistent"),
	   "%s; %s", e.text, e.hint);
	p.audit_file = path;
}

/* As on a full disk: what was begun is taken back. */
static void t_full(void)
{
	struct rlimit small = { 0, RLIM_INFINITY };
	struct stat st, now;
	struct err e;
	int st2, r;

	tell(AUDIT_LOADED, 0, &e);
	if (stat(path, &st) < 0)
		abort();
	if (fork() == 0) {
		signal(SIGXFSZ, SIG_IGN);
		small.rlim_cur = (rlim_t)st.st_size + 100;
		setrlimit(RLIMIT_FSIZE, &small);
		r = tell(AUDIT_LOADING, 0, &e);
		_exit(r == -BERR_CONFIG && strstr(e.text, "cannot write") ? 0
									  : 1);
	}
	wait(&st2);
	ok(st2 == 0, "a full disk is a refusal");
	ok(stat(path, &now) == 0 && now.st_size == st.st_size && chain() == 1,
	   "and no half line is left");
}

static void t_together(void)
{
	struct err e;
	int i, k, st, bad = 0;

	unlink(path);
	for (i = 0; i < 8; i++) {
		if (fork())
			continue;
		for (k = 0; k < 20; k++)
			if (tell(AUDIT_LOADED, 0, &e) < 0)
				_exit(1);
		_exit(0);
	}
	while (wait(&st) > 0)
		bad |= st;
	ok(!bad && chain() == 160, "eight at once: 160 lines in one chain");
}

static void t_syslog(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char got[AUDIT_LINE_MAX + 100];
	struct err e;
	ssize_t n;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	p.audit_syslog = true;
	ok(tell(AUDIT_LOADING, 0, &e) == -BERR_CONFIG &&
		   strstr(e.text, "syslog"),
	   "%s; %s", e.text, e.hint);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", sock);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		abort();
	ok(tell(AUDIT_LOADED, 0, &e) == 0, "to syslog %s", e.text);
	n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);
	got[n < 0 ? 0 : n] = '\0';
	ok(strncmp(got, "<85>taprun[", 11) == 0 &&
		   strstr(got, "]: audit time=") &&
		   strstr(got, " event=loaded ") && chain() == 161,
	   "%.40s, and to the file", got);
	p.audit_file = NULL;
	tell(AUDIT_REFUSED, BERR_POLICY, &e);
	n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);
	got[n < 0 ? 0 : n] = '\0';
	ok(strncmp(got, "<84>taprun[", 11) == 0 && chain() == 161,
	   "a refusal, without a file");
	p.audit_syslog = false;
	close(fd);
	ok(tell(AUDIT_LOADED, 0, &e) == 0, "by default nobody has to listen");
	unlink(sock);
	ok(tell(AUDIT_LOADED, 0, &e) == 0, "or be there");
	p.audit_file = path;
}

int main(void)
{
	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/audit", dir);
	snprintf(sock, sizeof(sock), "%s/log", dir);
	p.is_there = true;
	p.audit_file = path;
	b.manifest_sha256[0] = 0xab;
	b.manifest_sha256[1] = 0xcd;
	b.man.name = "vfs-latency";
	b.man.version = 7;
	b.man.epoch = 2;
	b.sigs.n = 2;
	b.sigs.line[0].key = -1;
	b.sigs.line[1].role = SIG_RELEASE;
	b.sigs.line[1].keyid[0] = 0x12;
	b.sigs.line[1].keyid[1] = 0x34;
	l.bundle = &b;
	l.target = &target;
	snprintf(l.name, sizeof(l.name), "m_1");
	l.params[0] = (struct load_param){ .name = "t", .value = "5" };
	l.params[1] =
		(struct load_param){ .name = "label", .value = "a b,c\n" };
	l.nparams = 2;
	t_fields();
	t_many();
	t_damaged();
	t_unsafe();
	t_full();
	t_together();
	t_syslog();
	unlink(path);
	rmdir(dir);
	return tap_done();
}
