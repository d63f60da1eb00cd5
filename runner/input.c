/* SPDX-License-Identifier: GPL-2.0-only */
/* Standard input to the script's input.* probes, a character a write(). */
#include "runner/input.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"
#include "runner/say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Characters before the relay looks at anything else. */
#define INPUT_PART 64

void input_init(struct input *in)
{
	in->fd = -1;
	in->is_terminal = tcgetattr(STDIN_FILENO, &in->before) == 0;
}

int input_open(struct input *in, const char *module, struct err *e)
{
	char path[sizeof("/proc/systemtap//__stdin") + BUNDLE_MODULE_MAX];
	struct termios now = in->before;

	snprintf(path, sizeof(path), "/proc/systemtap/%s/__stdin", module);
	in->fd = open(path, O_WRONLY | O_CLOEXEC);
	if (in->fd < 0) {
		err_sys(e, "-i: cannot open '%s'", path);
		if (e) {
			e->code = -BERR_RELAY;
			if (e->sys_errno == ENOENT)
				err_hint(e, "the script has no probe input.*");
		}
		return -BERR_RELAY;
	}
	now.c_lflag &= ~(tcflag_t)ICANON;
	now.c_cc[VMIN] = 1;
	now.c_cc[VTIME] = 0;
	if (in->is_terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &now);
	return 0;
}

void input_relay(struct input *in)
{
	char text[INPUT_PART];
	ssize_t n = read(STDIN_FILENO, text, sizeof(text)), i, r;

	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		in->is_over = true;
	for (i = 0; i < n; i++) {
		do {
			r = write(in->fd, &text[i], 1);
		} while (r < 0 && errno == EINTR);
		if (r < 0 && errno != EIO && errno != EAGAIN)
			say_warningf(
				"a character of the standard input is lost: %s",
				strerror(errno));
	}
}

void input_restore(const struct input *in)
{
	if (in->is_terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &in->before);
}

void input_close(struct input *in)
{
	if (in->fd > 0)
		close(in->fd);
	in->fd = -1;
}
