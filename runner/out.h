/* SPDX-License-Identifier: GPL-2.0-only */
/* Where script data goes: stdout, a file, or a row of files. */
#ifndef RUNNER_OUT_H
#define RUNNER_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

#define OUT_BUF_BYTES 65536

/**
 * struct out - zero-initialise, then out_open()
 * @fd: current file
 * @path: -o, with the times of outname.h, or NULL for stdout
 * @has_cpu, @cpu: -b: the name has a CPU
 * @seq: number of the current file when rotating
 * @times: when each of the files that are kept was opened; or NULL
 * @is_closed: the reader of the pipe went away: data is dropped quietly
 * @failed: errno of a write that failed: data is dropped
 * @can_block: a pipe, socket or terminal: wait for it before each write
 * @is_writing: out_put() must wait: its caller is @on_wait
 * @chunk: most bytes of one such write
 * @give_up: when it points to non-zero, a blocked write is abandoned
 * @on_wait: called every 50 ms while the output takes nothing; may be NULL
 * @total: bytes written so far
 */
struct out {
	int fd;
	const char *path;
	uint64_t rotate_bytes, file_bytes, total;
	uint64_t *times;
	unsigned int rotate_files, seq, cpu;
	bool has_cpu;
	bool is_closed, can_block, is_writing;
	size_t chunk;
	int failed;
	const volatile int *give_up;
	void (*on_wait)(void *arg);
	void *arg;
	size_t n;
	char buf[OUT_BUF_BYTES];
};

/**
 * out_open() - stdout when @path is NULL; an old file keeps its content until
 *              out_begin()
 * @rotate_bytes: 0 = never start another file
 * @rotate_files: how many to keep, 0 = all
 *
 * Return: 0 or ERR_IO.
 */
int out_open(struct out *o, const char *path, uint64_t rotate_bytes,
	     unsigned int rotate_files, struct err *e);

/**
 * out_open_cpu() - the empty file of @cpu beside that of @like
 * Return: 0, or -1 with errno.
 */
int out_open_cpu(struct out *o, const struct out *like, unsigned int cpu);

/** out_begin() - empty the file: from here on output will come */
void out_begin(struct out *o);

/** out_put() - append; writes when the buffer is full */
void out_put(struct out *o, const void *p, size_t n);

/** out_flush() - write what is buffered */
void out_flush(struct out *o);

/** out_rotate() - start the next file now (only with -S) */
void out_rotate(struct out *o);

/** out_is_dead() - nothing can be written any more */
bool out_is_dead(const struct out *o);

/**
 * out_close() - flush and close
 * Return: 0, or ERR_IO when any byte was not written (not for a closed pipe).
 */
int out_close(struct out *o, struct err *e);

#endif
