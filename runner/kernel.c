/* SPDX-License-Identifier: GPL-2.0-only */
/* The identity of the running kernel. */
#include "runner/kernel.h"
#include "runner/sys.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <string.h>

int kernel_read(struct kernel *k, struct err *e)
{
	char notes[8192]; /* 0.5 KB on Debian 5.10 to 7.3 */
	ssize_t n;

	memset(k, 0, sizeof(*k));
	if (uname(&k->uts) < 0)
		return err_sys(e, "cannot ask the kernel for its name");
	k->host.machine = k->uts.machine;
	k->host.release = k->uts.release;
	k->host.version = k->uts.version;
	n = sys->read_file("/sys/kernel/notes", notes, sizeof(notes));
	if (n < 0 && errno == ENOENT)
		return 0;
	if (n < 0)
		return err_sys(e, "cannot read '/sys/kernel/notes'");
	if (target_notes_build_id(notes, (size_t)n, &k->host, e) < 0)
		return err_prefix(e, "/sys/kernel/notes");
	return 0;
}
