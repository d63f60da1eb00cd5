/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of versions: rollback, fast-forward, epochs, hostile files. */
#include "runner/policy.c"
#include "runner/say.c"
#include "runner/state.c"
#include "runner/sys.c"
#include "tests/tap.h"

#include <stdlib.h>
#include <sys/wait.h>

static char dir[64];
static struct policy p;
static const uint8_t sha_a[32] = { 0xaa }, sha_b[32] = { 0xbb };

static struct manifest *man(const char *name, uint64_t version, uint32_t epoch)
{
	static struct manifest m;

	m.name = name;
	m.version = version;
	m.epoch = epoch;
	m.created = 0;
	return &m;
}

/* What a run does with the state; its code. */
static int run(const struct manifest *m, const uint8_t *sha, struct err *e)
{
	struct state s;
	int r;

	memset(e, 0, sizeof(*e));
	r = state_open(&s, dir, e);
	if (r < 0)
		return r;
	r = state_check(&s, &p, m, sha, e);
	if (r == 0)
		r = state_prepare(&s, &p, m, sha, e);
	if (r == 0)
		r = state_record(&s, m, sha, e);
	state_close(&s);
	return r;
}

static void row(const char *what, const struct manifest *m, const uint8_t *sha,
		int code)
{
	struct err e;
	int r = run(m, sha, &e);

	ok(r == -code && (!r || e.code == r), "%s: %s", what,
	   r ? e.text : "runs");
}

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f)
		abort();
	fputs(text, f);
	fclose(f);
	chmod(path, 0600);
}

static void drop(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

static void t_versions(void)
{
	struct stat st;
	struct err e;

	row("first use", man("a", 5, 0), sha_a, 0);
	ok(stat(dir, &st) == 0 && (st.st_mode & 07777) == 0700,
	   "the directory is root's alone");
	row("the same", man("a", 5, 0), sha_a, 0);
	row("lower", man("a", 4, 0), sha_a, BERR_ROLLBACK);
	row("not numbered after numbered", man("a", 0, 0), sha_b,
	    BERR_ROLLBACK);
	row("same version, other content", man("a", 5, 0), sha_b,
	    BERR_ROLLBACK);
	row("higher", man("a", 6, 0), sha_b, 0);
	row("another name", man("b", 1, 0), sha_a, 0);
	row("a name that begins like it", man("a-b", 1, 0), sha_a, 0);
	run(man("a", 5, 0), sha_a, &e);
	ok(strcmp(e.text, "version 5 of 'a', this host has run 6 (policy "
			  "downgrade=no)") == 0 &&
		   strstr(e.hint, "downgrade: yes"),
	   "the sentence");
	/* fast-forward, and the way out */
	row("the highest there is", man("a", UINT64_MAX, 0), sha_a, 0);
	row("back to normal", man("a", 7, 0), sha_a, BERR_ROLLBACK);
	run(man("a", 7, 0), sha_a, &e);
	ok(strstr(e.hint, "--bundle-epoch=1") != NULL, "hint: %s", e.hint);
	row("another epoch", man("a", 7, 1), sha_a, 0);
	row("back to the first", man("a", UINT64_MAX, 0), sha_a, BERR_ROLLBACK);
	run(man("a", 8, 0), sha_a, &e);
	ok(strstr(e.text, "version 8 of epoch 0") != NULL, "%s", e.text);
	/* version 0: not numbered */
	row("not numbered", man("try", 0, 0), sha_a, 0);
	row("not numbered, changed", man("try", 0, 0), sha_b, 0);
	row("numbered at last", man("try", 1, 0), sha_b, 0);
	row("not numbered again", man("try", 0, 0), sha_b, BERR_ROLLBACK);
}

static void t_downgrade(void)
{
	p.allow_downgrade = true;
	row("lower, as the policy allows", man("a", 1, 0), sha_a, 0);
	row("other content, as the policy allows", man("a", 7, 1), sha_b, 0);
	p.allow_downgrade = false;
	row("the highest is still known", man("a", 6, 1), sha_a, BERR_ROLLBACK);
	row("and its content", man("a", 7, 1), sha_b, BERR_ROLLBACK);
}

static void t_corrupt(void)
{
	static const char good[] =
		"tap-ran: 1\nname: c\nepoch: 0\nversion: 3\nmanifest: "
		"aa00000000000000000000000000000000000000000000000000000000000000"
		"\n";
	static const char *const bad[] = {
		"",
		"\n",
		"rubbish\n",
		"tap-ran: 0\n",
		"tap-ran: 2\n",
		"tap-ran: 1\n",
		"tap-ran: 1\nname: d\nepoch: 0\nversion: 3\n",
		"tap-ran: 1\nname: c\nepoch: 0\nversion: 3\n",
		"tap-ran: 1\nname: c\nepoch: -1\nversion: 3\nmanifest: aa\n",
		"tap-ran: 1\nname: c\nepoch: 0\nversion: "
		"18446744073709551616\n",
		"tap-ran: 1\nname: c\nepoch: 0\nversion: 3\nmanifest: aa\n",
	};
	struct err e;
	char text[400];
	size_t i;

	put("c.ran", good);
	row("a file made by hand", man("c", 3, 0), sha_a, 0);
	row("is believed", man("c", 2, 0), sha_a, BERR_ROLLBACK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put("c.ran", bad[i]);
		row("malformed", man("c", 9, 0), sha_a, BERR_CONFIG);
	}
	snprintf(text, sizeof(text), "%smore: x\n", good);
	put("c.ran", text);
	row("too much", man("c", 9, 0), sha_a, BERR_CONFIG);
	for (i = 1; i < sizeof(good) - 1; i++) {
		memcpy(text, good, i);
		text[i] = '\0';
		put("c.ran", text);
		if (run(man("c", 9, 0), sha_a, &e) != -BERR_CONFIG)
			ok(false, "cut at %zu: %s", i, e.text);
	}
	ok(true, "cut anywhere it is refused");
	ok(strstr(e.text, "c.ran line") && strstr(e.hint, "min-version"),
	   "%s; %s", e.text, e.hint);
	row("other names are not concerned", man("a", 8, 1), sha_a, 0);
	p.nfloors = 1;
	p.floors[0] = (struct policy_floor){ .name = "c", .version = 1 };
	row("a floor makes up for it", man("c", 9, 0), sha_a, 0);
	p.nfloors = 0;
	row("and it is whole again", man("c", 8, 0), sha_a, BERR_ROLLBACK);
	put("clock", "tap-clock: 1\ncreated: -1\n");
	row("a clock that is malformed", man("c", 9, 0), sha_a, BERR_CONFIG);
	drop("clock");
}

static void t_unsafe(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/c.ran", dir);
	chmod(path, 0666);
	row("a file all may write", man("c", 9, 0), sha_a, BERR_CONFIG);
	chmod(path, 0600);
	if (!geteuid() && !chown(path, 65534, (gid_t)-1)) {
		row("of another user", man("c", 9, 0), sha_a, BERR_CONFIG);
		if (chown(path, 0, (gid_t)-1) < 0)
			abort();
	}
	unlink(path);
	if (symlink("a.ran", path) < 0)
		abort();
	row("a symbolic link", man("c", 9, 0), sha_a, BERR_CONFIG);
	unlink(path);
	mkdir(path, 0700);
	row("a directory", man("c", 9, 0), sha_a, BERR_CONFIG);
	rmdir(path);
	chmod(dir, 0777);
	row("a directory all may write", man("c", 9, 0), sha_a, BERR_CONFIG);
	chmod(dir, 0700);
	row("safe again", man("c", 9, 0), sha_a, 0);
}

static void t_clock(void)
{
	struct manifest *m = man("new", 1, 0);
	struct state s;
	struct err e;

	m->created = 2000000000;
	row("a bundle from the future", m, sha_a, 0);
	state_open(&s, dir, &e);
	ok(s.newest == 2000000000, "is remembered");
	state_close(&s);
	m->created = 1900000000;
	m->version = 2;
	row("an earlier one", m, sha_a, 0);
	state_open(&s, dir, &e);
	ok(s.newest == 2000000000, "does not turn it back");
	state_close(&s);
}

/* Where nothing can be written: no memory, no run, unless there is a floor. */
static void t_read_only(void)
{
	struct err e;

	snprintf(dir, sizeof(dir), "/proc/tap-no-such");
	row("a place where nothing can be made", man("r", 1, 0), sha_a,
	    BERR_CONFIG);
	run(man("r", 1, 0), sha_a, &e);
	ok(strstr(e.hint, "min-version: r 1") != NULL, "hint: %s", e.hint);
	p.nfloors = 1;
	p.floors[0] = (struct policy_floor){ .name = "r", .version = 1 };
	row("a floor makes up for it", man("r", 1, 0), sha_a, 0);
	p.nfloors = 0;
}

/* Of many at once none is lost and the highest stays. */
static void t_together(void)
{
	struct state s;
	struct err e;
	int i, st, bad = 0;

	for (i = 1; i <= 16; i++) {
		if (fork())
			continue;
		state_open(&s, dir, &e);
		_exit(state_record(&s, man("many", (uint64_t)i, 0), sha_a, &e) <
		      0);
	}
	while (wait(&st) > 0)
		bad |= st;
	ok(!bad, "sixteen at once");
	row("the highest stays", man("many", 15, 0), sha_a, BERR_ROLLBACK);
	row("and nothing above it", man("many", 16, 0), sha_a, 0);
}

/* Nothing but what is documented is in the directory. */
static void t_left(void)
{
	struct sys_dir d;

	sys_dir_open(&d, dir);
	while (sys_dir_next(&d)) {
		size_t n = strlen(d.name);

		if (strcmp(d.name, ".") && strcmp(d.name, "..") &&
		    strcmp(d.name, ".lock") && strcmp(d.name, "clock") &&
		    (n < 5 || strcmp(d.name + n - 4, ".ran") != 0))
			ok(false, "left behind: %s", d.name);
	}
	sys_dir_close(&d);
	ok(true, "nothing was left behind");
}

int main(void)
{
	char top[] = "/tmp/t_run_state.XXXXXX", cmd[64];

	say_conf.is_quiet = 1;
	if (!mkdtemp(top))
		abort();
	snprintf(dir, sizeof(dir), "%s/tap", top);
	t_versions();
	t_downgrade();
	t_corrupt();
	t_unsafe();
	t_clock();
	t_together();
	t_left();
	t_read_only();
	snprintf(cmd, sizeof(cmd), "rm -rf %s", top);
	if (system(cmd))
		abort();
	return tap_done();
}
