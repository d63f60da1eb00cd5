/* SPDX-License-Identifier: GPL-2.0-only */
/* Files beneath the directories of the output, and nowhere else. */
#include "runner/fence.c"
#include "tests/tap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char top[64], in[96], out[96];

static const char *at(const char *dir, const char *name)
{
	static char path[4][160];
	static int i;

	i = (i + 1) % 4;
	snprintf(path[i], sizeof(path[i]), "%s/%s", dir, name);
	return path[i];
}

static bool makes(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

enum {
	MAKES = 1,
	WRITES_OLD = 2,
	RENAMES = 4,
	REMOVES = 8,
	OTHER_MAKES = 16,
	OTHER_REMOVES = 32,
	READS = 64,
	NO_FENCE = 128,
};

/* Everything a relay may try, as bits. */
static int try_all(const char *path, const char *second)
{
	const char *const paths[] = { path, NULL, second };
	int r = 0, fd;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!fence(paths, 3))
		return NO_FENCE;
	r |= makes(at(in, "new")) ? MAKES : 0;
	r |= makes(at(in, "old")) ? WRITES_OLD : 0;
	r |= rename(at(in, "new"), at(in, "newer")) ? 0 : RENAMES;
	r |= unlink(at(in, "newer")) ? 0 : REMOVES;
	r |= makes(at(out, "new")) || makes(at(out, "old")) ? OTHER_MAKES : 0;
	r |= unlink(at(out, "old")) ? 0 : OTHER_REMOVES;
	fd = open("/etc/passwd", O_RDONLY);
	r |= fd >= 0 || open(at(in, "old"), O_RDONLY) >= 0 ? READS : 0;
	return r;
}

static int in_child(const char *path, const char *second)
{
	pid_t pid = fork();
	int st;

	if (pid == 0)
		syscall(SYS_exit_group, try_all(path, second));
	while (waitpid(pid, &st, 0) < 0)
		;
	return WIFEXITED(st) ? WEXITSTATUS(st) : -1;
}

static void t_dir(const char *path, const char *want)
{
	char dir[FENCE_PATH_MAX];

	fence_dir(dir, path);
	ok(!strcmp(dir, want), "'%s' lies in '%s' (%s)", path, want, dir);
}

int main(void)
{
	int good = MAKES | WRITES_OLD | RENAMES | REMOVES, r;

	t_dir("x", ".");
	t_dir("/x", "/");
	t_dir("/a/b/x", "/a/b/");
	t_dir("a/x-%F", "a/");
	t_dir("/a/%F/x", "/a/");
	t_dir("%F/x", ".");
	snprintf(top, sizeof(top), "/tmp/t_run_fence.XXXXXX");
	if (!mkdtemp(top))
		return 1;
	snprintf(in, sizeof(in), "%s/in", top);
	snprintf(out, sizeof(out), "%s/out", top);
	mkdir(in, 0700);
	mkdir(out, 0700);
	makes(at(in, "old"));
	makes(at(out, "old"));
	r = in_child(at(in, "x.%F"), NULL);
	if (r == NO_FENCE) {
		ok(true, "skip: this kernel has no Landlock");
	} else {
		ok(r == good, "only its own directory (%d)", r); /* attack 24 */
		r = in_child(at(out, "x"), at(in, "m.prom"));
		ok((r & ~OTHER_REMOVES) == (good | OTHER_MAKES),
		   "two of them (%d)", r);
		r = in_child("/nosuch/x", NULL);
		ok(r == 0, "none that is there (%d)", r); /* attack 24 */
	}
	unlink(at(in, "old"));
	unlink(at(out, "old"));
	unlink(at(out, "new"));
	rmdir(in);
	rmdir(out);
	rmdir(top);
	return tap_done();
}
