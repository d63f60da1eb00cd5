/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the data beside the program lies. */
#include "build/base/home.h"
#include "build/base/arena.h"
#include "build/base/fs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *home_dir(struct arena *a, const char *kind)
{
	const char *home = getenv("TAP_HOME");
	char exe[4096], *dir;
	ssize_t n;

	if (home && *home)
		return arena_printf(a, "%s/%s", home, kind);
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	for (int up = 0; n > 0 && up < 2; up++) {
		exe[n] = '\0';
		dir = strrchr(exe, '/');
		n = dir ? dir - exe : 0;
	}
	if (n > 0) {
		exe[n] = '\0';
		dir = arena_printf(a, "%s/%s", exe, kind);
		if (fs_exists(dir))
			return dir;
	}
	return arena_printf(a, "/usr/share/tap/%s", kind);
}

char *home_config(struct arena *a, const char *name)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (xdg && *xdg)
		return arena_printf(a, "%s/tap/%s", xdg, name);
	return arena_printf(a, "%s/.config/tap/%s",
			    home && *home ? home : "/root", name);
}
