/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * read(2) instead of mmap(2): records are copied by the kernel, then sorted.
 *
 * Memory: STREAM_READ_BYTES of records and 16 bytes for each of at most
 * STREAM_READ_RECORDS, one mapping.
 */
#include "runner/stream_read.h"
#include "runner/sys.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"
#include "runtime/uapi/wire.h"

#include <errno.h>
#include <unistd.h>

#define STREAM_READ_BYTES   (256u << 10)
#define STREAM_READ_RECORDS (STREAM_READ_BYTES / 24)

struct read_item {
	uint64_t time_ns;
	uint32_t off, payload;
};

struct read_buf {
	uint8_t bytes[STREAM_READ_BYTES];
	struct read_item item[STREAM_READ_RECORDS], tmp[STREAM_READ_RECORDS];
};

int stream_read_open(struct stream *s, struct err *e)
{
	s->rbuf = sys_map(sizeof(struct read_buf));
	if (!s->rbuf)
		return err_sys(e, "no memory to read the data file");
	s->rlen = sizeof(struct read_buf);
	return 0;
}

void stream_read_close(struct stream *s)
{
	sys_unmap(s->rbuf, s->rlen);
	s->rbuf = NULL;
}

/* Stable: records of one ring keep their order where times are equal. */
static void read_sort(struct read_item *a, struct read_item *tmp, size_t n)
{
	size_t w, i;

	for (w = 1; w < n; w *= 2) {
		for (i = 0; i < n; i += 2 * w) {
			size_t l = i, m = i + w < n ? i + w : n;
			size_t end = i + 2 * w < n ? i + 2 * w : n;
			size_t r = m, o;

			for (o = i; o < end; o++)
				tmp[o] = l < m && (r == end ||
						   a[l].time_ns <= a[r].time_ns)
						 ? a[l++]
						 : a[r++];
		}
		for (i = 0; i < n; i++)
			a[i] = tmp[i];
	}
}

/* Offsets of the records in @n bytes; the rest is damaged. */
static size_t read_index(struct stream *s, const uint8_t *p, size_t n,
			 struct read_item *item)
{
	struct cur c = cur_init(p, n);
	size_t k = 0;

	while (cur_left(&c) >= 8 && k < STREAM_READ_RECORDS) {
		size_t off = cur_off(&c);
		uint32_t len = cur_le32(&c);
		uint16_t type = cur_le16(&c);
		uint64_t step = ((uint64_t)len + 7) & ~7ull;

		if (len < 8 || step > n - off) {
			s->damaged++;
			return k;
		}
		if (type != TAPW_REC_PAD) {
			if (len < sizeof(struct tapw_rec)) {
				s->damaged++;
				return k;
			}
			cur_le16(&c);
			item[k].time_ns = cur_le64(&c);
			item[k].off = (uint32_t)off;
			item[k].payload =
				len - (uint32_t)sizeof(struct tapw_rec);
			k++;
		}
		cur_seek(&c, off + (size_t)step);
	}
	return k;
}

size_t stream_read_records(struct stream *s, const uint8_t *p, size_t n,
			   stream_emit emit, void *arg)
{
	struct read_buf *b = (struct read_buf *)(void *)s->rbuf;
	size_t k, i;

	k = read_index(s, p, n, b->item);
	read_sort(b->item, b->tmp, k);
	for (i = 0; i < k; i++) {
		const struct read_item *it = &b->item[i];
		struct cur c = cur_init(p + it->off, n - it->off);
		uint16_t type, flags;

		cur_le32(&c);
		type = cur_le16(&c);
		flags = cur_le16(&c);
		cur_le64(&c);
		s->rec.time_ns = it->time_ns;
		s->rec.seq = cur_le32(&c);
		s->rec.cpu = cur_le32(&c);
		s->rec.goes_on = flags & TAPW_REC_F_CONT;
		if (it->time_ns < s->last_ns)
			s->late++;
		else
			s->last_ns = it->time_ns;
		s->records++;
		s->bytes += it->payload;
		emit(arg, type, p + it->off + sizeof(struct tapw_rec),
		     it->payload);
	}
	return k;
}

size_t stream_read_drain(struct stream *s, stream_emit emit, void *arg)
{
	struct read_buf *b = (struct read_buf *)(void *)s->rbuf;
	ssize_t r;

	do {
		r = read(s->fd, b->bytes, sizeof(b->bytes));
	} while (r < 0 && errno == EINTR);
	if (r <= 0)
		return 0;
	return stream_read_records(s, b->bytes, (size_t)r, emit, arg);
}
