// SPDX-License-Identifier: GPL-2.0-only
/* runtime/core/ring.c: a model reader checks every byte and every loss. */
#include "tests/unit/rt_user.h"

#include "tests/tap.h"

#include <stdio.h>

#define SIZE (1u << 16)

struct reader {
	struct tapw_cpu *page;
	char *data;
	u64 tail;
	u32 seq;
	u64 missing; /* records, by their numbers */
	bool broken;
};

static struct rt_cpu *setup(struct reader *rd)
{
	struct rt_cpu *r = rt_test_context(1);
	char *area = kc_zalloc(TAPW_PAGE + SIZE, 0);

	rt_ring_init(&r->ring, (struct tapw_cpu *)area, SIZE, 1);
	memset(rd, 0, sizeof(*rd));
	rd->page = (struct tapw_cpu *)area;
	rd->data = area + TAPW_PAGE;
	return r;
}

static void teardown(struct rt_cpu *r)
{
	taprt_free(r->ring.page);
	taprt_free(r);
}

/* The next record's payload, or NULL. */
static const char *next(struct reader *rd, struct tapw_rec *rec)
{
	while (rd->tail < rd->page->head) {
		const char *p = rd->data + (rd->tail & (SIZE - 1));
		u64 contig = SIZE - (rd->tail & (SIZE - 1));

		memset(rec, 0, sizeof(*rec));
		memcpy(rec, p, contig < sizeof(*rec) ? 8 : sizeof(*rec));
		if (rec->len > contig || rec->len < 8) {
			rd->broken = true;
			return NULL;
		}
		rd->tail += (rec->len + 7) & ~7u;
		if (rec->type == TAPW_REC_PAD)
			continue;
		rd->missing += rec->seq - rd->seq;
		rd->seq = rec->seq + 1;
		return p + sizeof(*rec);
	}
	return NULL;
}

static void consume(struct reader *rd)
{
	rd->page->tail = rd->tail;
}

static void print_n(struct rt_cpu *r, u32 id, u32 n)
{
	char b[16];
	u32 i;

	snprintf(b, sizeof(b), "%08x", id);
	for (i = 0; i < n; i++)
		taprt_put_lit(&r->c.out, b, 8);
}

static void test_simple(void)
{
	struct reader rd;
	struct rt_cpu *r = setup(&rd);
	struct tapw_rec rec;
	const char *p;

	taprt_ring_end(&r->ring, &r->c.out);
	ok(!rd.page->head && !rd.page->committing, "silence publishes nothing");
	taprt_put_lit(&r->c.out, "hello ", 6);
	ok(rd.page->committing == 1 && !rd.page->head, "open, not published");
	taprt_put_dec(&r->c.out, 42);
	taprt_ring_text(&r->ring, &r->c.out, TAPW_REC_WARN, "careful", "here");
	taprt_put_lit(&r->c.out, "after", 5);
	taprt_ring_end(&r->ring, &r->c.out);
	ok(!rd.page->committing, "closed");
	p = next(&rd, &rec);
	ok(p && rec.type == TAPW_REC_DATA && rec.len == 24 + 8 &&
		   !memcmp(p, "hello 42", 8) && rec.cpu == 1 && rec.seq == 0,
	   "data record");
	p = next(&rd, &rec);
	ok(p && rec.type == TAPW_REC_WARN && !memcmp(p, "careful here", 12),
	   "text record");
	p = next(&rd, &rec);
	ok(p && rec.type == TAPW_REC_DATA && !memcmp(p, "after", 5) &&
		   rec.seq == 2,
	   "data goes on");
	ok(!next(&rd, &rec), "no more");
	teardown(r);
}

/* Random records through many turns of the ring; nothing is lost or torn. */
static void test_turns(void)
{
	struct reader rd;
	struct rt_cpu *r = setup(&rd);
	struct tapw_rec rec;
	u32 id, n, i, bad = 0, got = 0, cont = 0, seed = 1;
	u64 last = 0;
	const char *p;
	char b[16];

	for (id = 0; id < 20000; id++) {
		u32 seen = 0;

		seed = seed * 1103515245u + 12345u;
		n = (seed >> 16) % (id % 97 ? 40 : 3000);
		print_n(r, id, n);
		taprt_ring_end(&r->ring, &r->c.out);
		snprintf(b, sizeof(b), "%08x", id);
		while ((p = next(&rd, &rec))) {
			u32 len = rec.len - sizeof(rec);

			cont += rec.flags & TAPW_REC_F_CONT;
			bad += len % 8 != 0 || rec.time_ns < last;
			last = rec.time_ns;
			for (i = 0; i < len; i += 8)
				bad += memcmp(p + i, b, 8) != 0;
			seen += len / 8;
		}
		bad += seen != n;
		got++;
		consume(&rd);
	}
	ok(!bad && !rd.broken && !rd.missing && got == 20000,
	   "20000 records, none torn (%u bad)", bad);
	ok(cont > 30, "%u continuations of long ones", cont);
	ok(!r->ring.lost, "none lost");
	teardown(r);
}

/* No reader: what is lost is counted, what is kept is whole. */
static void test_full(void)
{
	struct reader rd;
	struct rt_cpu *r = setup(&rd);
	struct tapw_rec rec;
	u32 id, kept = 0, bad = 0, i, round;
	u64 bytes = 0, sent = 0;
	const char *p;

	for (round = 0; round < 50; round++) {
		for (id = 0; id < 2000; id++) {
			print_n(r, id, 1 + id % 30);
			sent += 8 * (1 + id % 30);
			taprt_ring_end(&r->ring, &r->c.out);
		}
		while ((p = next(&rd, &rec))) {
			kept++;
			bytes += rec.len - sizeof(rec);
			for (i = 8; i < rec.len - sizeof(rec); i += 8)
				bad += memcmp(p, p + i, 8) != 0;
		}
		consume(&rd);
	}
	print_n(r, 1, 1);
	taprt_ring_end(&r->ring, &r->c.out);
	next(&rd, &rec);
	ok(!bad && !rd.broken, "what is kept is whole");
	ok(kept + rd.page->lost == 100000 && rd.missing == rd.page->lost,
	   "%u kept + %llu lost = all, and the numbers show it", kept,
	   (unsigned long long)rd.page->lost);
	ok(bytes + rd.page->lost_bytes == sent, "every byte is accounted for");
	teardown(r);
}

/* A ring full of output still takes the message that says what went wrong. */
static void test_reserve(void)
{
	struct reader rd;
	struct rt_cpu *r = setup(&rd);
	struct tapw_rec rec = { 0 };
	const char *p, *last = NULL;
	u32 id, type = 0;

	for (id = 0; id < 5000; id++) {
		print_n(r, id, 10);
		taprt_ring_end(&r->ring, &r->c.out);
	}
	ok(r->ring.lost > 0, "full");
	print_n(r, 0, 10);
	taprt_ring_text(&r->ring, &r->c.out, TAPW_REC_ERROR, "broken", NULL);
	taprt_ring_end(&r->ring, &r->c.out);
	while ((p = next(&rd, &rec))) {
		last = p;
		type = rec.type;
	}
	ok(last && type == TAPW_REC_ERROR && !memcmp(last, "broken", 6),
	   "an error is not lost to output");
	ok(!rd.broken && rd.missing == r->ring.lost, "the rest is counted");
	teardown(r);
}

/* A reader that writes nonsense loses its own data and nothing else. */
static void test_bad_tail(void)
{
	static const u64 tail[] = { ~0ull, 1ull << 40, 3, SIZE * 2ull + 1 };
	struct reader rd;
	struct rt_cpu *r = setup(&rd);
	size_t i;
	u32 n;

	for (i = 0; i < sizeof(tail) / sizeof(*tail); i++) {
		rd.page->tail = tail[i];
		for (n = 0; n < 3000; n++) {
			print_n(r, n, 20);
			taprt_ring_end(&r->ring, &r->c.out);
		}
	}
	memset(rd.page, 0xff, sizeof(*rd.page));
	for (n = 0; n < 3000; n++) {
		print_n(r, n, 20);
		taprt_ring_end(&r->ring, &r->c.out);
	}
	ok(r->ring.lost > 0, "nonsense in the page is survived");
	teardown(r);
}

/* The same while a record is being written: nothing lands outside the ring. */
static void test_moving_tail(void)
{
	struct reader rd;
	struct rt_cpu *r = setup(&rd);
	u64 x = 88172645463325252ull;
	char b[64];
	u32 n, i, outside = 0;

	memset(b, 'x', sizeof(b));
	for (n = 0; n < 20000; n++) {
		for (i = 1 + (x >> 33 & 1023); i; i--) {
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			taprt_put_lit(&r->c.out, b, x & 63);
			if (!(x >> 6 & 7))
				rd.page->tail = r->ring.head + SIZE / 4 -
						(x >> 40) % (2 * SIZE);
			outside += r->c.out.end < r->c.out.p ||
				   (!r->ring.dropping && r->c.out.start &&
				    (r->c.out.start < rd.data ||
				     r->c.out.end > rd.data + SIZE));
		}
		if (!(n & 7))
			taprt_ring_text(&r->ring, &r->c.out, TAPW_REC_WARN, "a",
					"b");
		taprt_ring_end(&r->ring, &r->c.out);
	}
	ok(!outside && r->ring.lost > 0 && r->ring.pub > 100 * SIZE,
	   "a tail that moves while it is looked at");
	teardown(r);
}

int main(void)
{
	test_simple();
	test_turns();
	test_full();
	test_reserve();
	test_bad_tail();
	test_moving_tail();
	return tap_done();
}
