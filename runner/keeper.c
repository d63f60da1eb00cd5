/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The unloading half of the runner.  A child and not a parent, so that killing
 * the process the user knows (kill -9 PID) still unloads the module.
 */
#include "runner/keeper.h"
#include "runner/background.h"
#include "runner/confine.h"
#include "runner/input.h"
#include "runner/modload.h"
#include "runner/priv.h"
#include "runner/say.h"
#include "runner/signals.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"
#include "bundle/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEPER_NAME_BYTES (BUNDLE_MODULE_MAX + 1)
#define KEEPER_TRY_MS	  10000

/* The last whole message before end of file is what counts. */
static int keeper_run(int fd, const struct input *in)
{
	char name[KEEPER_NAME_BYTES] = "", msg[KEEPER_NAME_BYTES];
	struct err e;

	while (io_read_full(fd, msg, sizeof(msg), NULL) == 0)
		memcpy(name, msg, sizeof(name));
	if (in)
		input_restore(in);
	name[sizeof(name) - 1] = '\0';
	if (!name[0])
		return 0;
	if (modload_remove(name, KEEPER_TRY_MS, &e) < 0) {
		say_err(&e);
		return 1;
	}
	return 0;
}

int keeper_start(struct keeper *k, const struct input *in, struct err *e)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) < 0)
		return err_sys(e, "cannot make a pipe");
	k->pid = fork();
	if (k->pid < 0) {
		err_sys(e, "cannot fork");
		close(p[0]);
		close(p[1]);
		return ERR_IO;
	}
	if (k->pid > 0) {
		close(p[0]);
		k->fd = p[1];
		return 0;
	}
	close(p[1]);
	if (!in)
		close(STDIN_FILENO);
	/* its pipe, its stderr, with -i its terminal, and nothing else */
	dup2(p[0], STDOUT_FILENO);
	background_detach((int)getpid());
	background_close_others();
	signals_ignore();
	prctl(PR_SET_NAME, "taprun-keeper", 0, 0, 0);
	/* without the capability the load fails too: nothing to keep then */
	priv_begin();
	priv_drop(PRIV_MODULE, PRIV_MODULE, NULL);
	confine(CONFINE_KEEP, 0);
	_exit(keeper_run(STDOUT_FILENO, in));
}

int keeper_arm(struct keeper *k, const char *name, struct err *e)
{
	char msg[KEEPER_NAME_BYTES] = "";

	if (strlen(name) >= sizeof(msg))
		return err_set(e, ERR_INVALID, "module name '%s' is too long",
			       name);
	memcpy(msg, name, strlen(name));
	if (io_write_full(k->fd, msg, sizeof(msg), e) < 0)
		return err_prefix(e, "unloading process");
	return 0;
}

int keeper_end(struct keeper *k, struct err *e)
{
	int st;

	if (k->pid <= 0)
		return 0;
	close(k->fd);
	while (waitpid(k->pid, &st, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "unloading process");
	k->pid = 0;
	if (!WIFEXITED(st))
		return err_set(e, ERR_IO, "the unloading process was killed");
	if (WEXITSTATUS(st))
		return err_set(e, ERR_IO, "the module is still loaded");
	return 0;
}
