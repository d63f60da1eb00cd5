/* SPDX-License-Identifier: GPL-2.0-only */
/* Replays a corpus through a fuzz target, or feeds it what AFL++ makes up. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *p;
	size_t n;

	if (!f || stat(path, &st) < 0) {
		perror(path);
		return 1;
	}
	/* Exactly as large as the input, so that ASan sees an over-read. */
	p = malloc((size_t)st.st_size ? (size_t)st.st_size : 1);
	n = fread(p, 1, (size_t)st.st_size, f);
	fclose(f);
	LLVMFuzzerTestOneInput(p, n);
	free(p);
	return 0;
}

static int replay(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	char file[4096];
	int bad = 0;

	if (!d)
		return replay_file(path);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
		bad |= replay_file(file);
	}
	closedir(d);
	return bad;
}

#ifdef __AFL_COMPILER
__AFL_FUZZ_INIT();

/* Many inputs a process; each in a block of its own size. */
static void feed(void)
{
	unsigned char *shared, *p;
	size_t n;

	__AFL_INIT();
	shared = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(100000)) {
		n = (size_t)__AFL_FUZZ_TESTCASE_LEN;
		p = malloc(n ? n : 1);
		memcpy(p, shared, n);
		LLVMFuzzerTestOneInput(p, n);
		free(p);
	}
}
#endif

int main(int argc, char **argv)
{
	int bad = 0;

#ifdef __AFL_COMPILER
	if (argc == 1) {
		feed();
		return 0;
	}
#endif
	for (int i = 1; i < argc; i++)
		bad |= replay(argv[i]);
	printf("replayed\n");
	return bad;
}
