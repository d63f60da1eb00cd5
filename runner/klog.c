/* SPDX-License-Identifier: GPL-2.0-only */
/* Read the kernel log for the one line that explains a refused module. */
#include "runner/klog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int klog_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && lseek(fd, 0, SEEK_END) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Refusals that do not name the module (kernel/module, security/). */
static const char *const klog_phrases[] = {
	"Lockdown:",
	"module signature",
	"Loading of ",
	"LoadPin:",
	"disagrees about version of symbol",
	"Unknown symbol",
	"Invalid module",
	"impossible to appraise",
};

/* What the kernel says of every module of ours that it goes on to load. */
static const char *const klog_usual[] = {
	"tainting kernel",
	"taints kernel",
};

static bool klog_contains(const char *text, const char *const *word, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strstr(text, word[i]))
			return true;
	return false;
}

const char *klog_match(char *rec, const char *name)
{
	char *text = strchr(rec, ';');

	if (!text)
		return NULL;
	text++;
	text[strcspn(text, "\n")] = '\0';
	if (klog_contains(text, klog_usual,
			  sizeof(klog_usual) / sizeof(klog_usual[0])))
		return NULL;
	if (strstr(text, name) ||
	    klog_contains(text, klog_phrases,
			  sizeof(klog_phrases) / sizeof(klog_phrases[0])))
		return text;
	return NULL;
}

void klog_read(int fd, const char *name, char *out, size_t cap)
{
	char rec[2048];
	int i;

	out[0] = '\0';
	if (fd < 0)
		return;
	for (i = 0; i < 1000; i++) {
		ssize_t r = read(fd, rec, sizeof(rec) - 1);
		const char *text;

		if (r < 0 && (errno == EPIPE || errno == EINTR))
			continue; /* EPIPE: older records were overwritten */
		if (r <= 0)
			break;
		rec[r] = '\0';
		text = klog_match(rec, name);
		if (text)
			snprintf(out, cap, "%s", text);
	}
	close(fd);
}
