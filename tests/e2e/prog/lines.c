// SPDX-License-Identifier: GPL-2.0-only
/*
 * lines TEXT [US]: how many lines of the standard input are TEXT, then all others,
 * at most 20 of them; sleeps US microseconds for each 64 KB that it reads.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char in[65536], line[4096], other[20][sizeof(line)];
	unsigned long same = 0, n = 0;
	unsigned int us = argc > 2 ? (unsigned int)atoi(argv[2]) : 0;
	size_t len = 0;
	ssize_t got;

	if (argc < 2)
		return 2;
	while ((got = read(STDIN_FILENO, in, sizeof(in))) > 0) {
		for (ssize_t i = 0; i < got; i++) {
			if (in[i] != '\n') {
				if (len < sizeof(line) - 1)
					line[len++] = in[i];
				continue;
			}
			line[len] = '\0';
			len = 0;
			if (!strcmp(line, argv[1]))
				same++;
			else if (n < 20)
				memcpy(other[n++], line, sizeof(line));
		}
		if (us)
			usleep(us);
	}
	printf("%lu\n", same);
	for (unsigned long i = 0; i < n; i++)
		puts(other[i]);
	if (len)
		puts("and part of a line");
	return 0;
}
