/* SPDX-License-Identifier: GPL-2.0-only */
/* Landlock by its three system calls; musl and older headers lack them. */
#include "runner/fence.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Source: linux/landlock.h, its first version. */
#define FENCE_BENEATH  1
#define FENCE_ALL      0x1fffu /* all rights of that version, execute to make_sym */
#define FENCE_WRITE    (1u << 1)
#define FENCE_REMOVE   (1u << 5)
#define FENCE_MAKE     (1u << 8)
#define FENCE_PATH_MAX 4096

/* The directory of @path as far as it is known, in @dir. */
static void fence_dir(char *dir, const char *path)
{
	size_t n = strcspn(path, "%");

	while (n && path[n - 1] != '/')
		n--;
	if (!n || n >= FENCE_PATH_MAX) {
		path = ".";
		n = 1;
	}
	memcpy(dir, path, n);
	dir[n] = '\0';
}

static void fence_add(int rules, const char *path)
{
	struct {
		uint64_t allowed;
		int32_t parent;
	} __attribute__((packed))
	rule = { FENCE_WRITE | FENCE_REMOVE | FENCE_MAKE, -1 };
	char dir[FENCE_PATH_MAX];

	fence_dir(dir, path);
	rule.parent = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (rule.parent < 0)
		return; /* nor can it be written then */
	syscall(FENCE_ADD, rules, FENCE_BENEATH, &rule, 0);
	close(rule.parent);
}

bool fence(const char *const *paths, size_t n)
{
	const uint64_t handled = FENCE_ALL;
	int rules = (int)syscall(FENCE_CREATE, &handled, sizeof(handled), 0);
	bool is_up;
	size_t i;

	if (rules < 0)
		return false;
	for (i = 0; i < n; i++)
		if (paths[i])
			fence_add(rules, paths[i]);
	is_up = syscall(FENCE_RESTRICT, rules, 0) == 0;
	close(rules);
	return is_up;
}
