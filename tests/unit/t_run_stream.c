/* SPDX-License-Identifier: GPL-2.0-only */
/* Ring merge: order, loss and damage, with writers stepped at random. */
#include "runner/stream.c"
#include "runner/stream_read.c"
#include "runner/sys.c"
#include "tests/tap.h"

#include <stdlib.h>
#include <unistd.h>

#define RINGS_MAX  8
#define RING_BYTES 4096u
#define RECS_MAX   400000

static uint64_t fake_now;
static uint32_t rng_state;

static uint64_t fake_clock(void)
{
	return fake_now;
}

static uint32_t rng(uint32_t n)
{
	rng_state = rng_state * 1664525u + 1013904223u;
	return (rng_state >> 8) % n;
}

/* A writer as wire.h describes it, one step at a time. */
struct writer {
	struct tapw_cpu *ctl;
	uint8_t *data;
	uint64_t head, time;
	uint32_t seq, cpu;
	int step;
	uint32_t npublished,
		left; /* records still to be written by a handler */
	bool is_drop;
};

static uint8_t *area;
static struct writer writer[RINGS_MAX];
static uint32_t nrings;

static struct {
	uint64_t time;
	uint32_t cpu, seq;
} got[RECS_MAX];
static size_t ngot, nbad;

static void area_make(uint32_t n)
{
	struct tapw_header h = {
		.magic = TAPW_MAGIC,
		.version = TAPW_VERSION,
		.nrings = n,
		.ring_bytes = RING_BYTES,
		.ring_stride = TAPW_PAGE + RING_BYTES,
		.ring_off = TAPW_PAGE,
	};
	uint32_t i;

	h.map_bytes = TAPW_PAGE + (uint64_t)n * h.ring_stride;
	free(area);
	area = aligned_alloc(4096, (size_t)h.map_bytes);
	memset(area, 0, (size_t)h.map_bytes);
	memcpy(area, &h, sizeof(h));
	nrings = n;
	memset(writer, 0, sizeof(writer));
	for (i = 0; i < n; i++) {
		uint8_t *base = area + h.ring_off + i * h.ring_stride;

		writer[i].ctl = (struct tapw_cpu *)(void *)base;
		writer[i].data = base + TAPW_PAGE;
		writer[i].cpu = i;
	}
	ngot = 0;
	nbad = 0;
}

static size_t area_len(void)
{
	return TAPW_PAGE + (size_t)nrings * (TAPW_PAGE + RING_BYTES);
}

/* Payload: u32 cpu, u32 seq, u64 time, then the low byte of seq. */
static void writer_put(struct writer *w, uint32_t extra, uint32_t type)
{
	uint32_t len = (uint32_t)sizeof(struct tapw_rec) + 16 + extra;
	uint32_t step = (len + 7) & ~7u;
	uint32_t off = (uint32_t)(w->head & (RING_BYTES - 1));
	uint64_t used = w->head - w->ctl->tail;
	struct tapw_rec r = { .len = len,
			      .type = (uint16_t)type,
			      .time_ns = w->time,
			      .seq = w->seq,
			      .cpu = w->cpu };
	uint8_t *p;

	if (off + step > RING_BYTES) {
		uint32_t pad = RING_BYTES - off;
		struct tapw_rec z = { .len = pad, .type = TAPW_REC_PAD };

		if (used + pad + step > RING_BYTES)
			goto lost;
		memcpy(w->data + off, &z, 8);
		w->head += pad;
		off = 0;
	} else if (used + step > RING_BYTES) {
		goto lost;
	}
	p = w->data + off;
	memcpy(p, &r, sizeof(r));
	memcpy(p + 24, &w->cpu, 4);
	memcpy(p + 28, &w->seq, 4);
	memcpy(p + 32, &w->time, 8);
	memset(p + 40, (int)(w->seq & 0xff), extra);
	w->head += step;
	w->npublished++;
	w->seq++;
	w->ctl->head = w->head;
	return;
lost:
	w->seq++;
	w->ctl->lost++;
	w->ctl->lost_bytes += 16 + extra;
}

static void writer_step(struct writer *w)
{
	switch (w->step++) {
	case 0:
		w->ctl->committing = 1;
		break;
	case 1:
		w->time = fake_now;
		w->left = 1 + rng(3);
		break;
	case 2:
		writer_put(w, rng(200), TAPW_REC_DATA);
		if (--w->left)
			w->step = 2;
		break;
	default:
		w->ctl->committing = 0;
		w->step = 0;
		break;
	}
}

static void take(void *arg, unsigned int type, const void *p, size_t n)
{
	const uint8_t *b = p;
	size_t i;

	(void)arg;
	if (type != TAPW_REC_DATA || n < 16 || ngot == RECS_MAX) {
		nbad++;
		return;
	}
	memcpy(&got[ngot].cpu, b, 4);
	memcpy(&got[ngot].seq, b + 4, 4);
	memcpy(&got[ngot].time, b + 8, 8);
	for (i = 16; i < n; i++)
		if (b[i] != (got[ngot].seq & 0xff))
			nbad++;
	ngot++;
}

static bool check_order(void)
{
	uint32_t next[RINGS_MAX] = { 0 };
	size_t i;

	for (i = 0; i < ngot; i++) {
		if (i && got[i].time < got[i - 1].time)
			return false;
		if (got[i].seq < next[got[i].cpu])
			return false;
		next[got[i].cpu] = got[i].seq + 1;
	}
	return true;
}

/* @speed: steps of writers per step of the reader */
static void t_random(uint32_t seed, uint32_t n, uint32_t speed)
{
	struct stream s = { .clock = fake_clock };
	uint64_t published = 0, lost = 0, lrec, lbytes;
	struct err e;
	uint32_t i, k;
	int round;

	rng_state = seed;
	fake_now = 1000;
	area_make(n);
	if (!ok(stream_attach(&s, area, area_len(), &e) == 0, "attach"))
		return;
	for (round = 0; round < 1000; round++) {
		for (k = 0; k < speed; k++) {
			fake_now += rng(3); /* equal times do happen */
			writer_step(&writer[rng(n)]);
		}
		stream_drain(&s, false, take, NULL);
	}
	for (i = 0; i < n; i++) {
		while (writer[i].step)
			writer_step(&writer[i]);
		published += writer[i].npublished;
		lost += writer[i].ctl->lost;
	}
	stream_drain(&s, true, take, NULL);
	stream_lost(&s, &lrec, &lbytes);
	ok(ngot == published && nbad == 0,
	   "seed %u, %u rings, speed %u: all %zu of %llu records, intact", seed,
	   n, speed, ngot, (unsigned long long)published);
	ok(check_order() && s.late == 0 && s.damaged == 0, "one order");
	ok(lrec == lost && s.gaps <= lost, "%llu lost, %llu seen as gaps",
	   (unsigned long long)lost, (unsigned long long)s.gaps);
	ok(!stream_has_pending(&s), "nothing left");
	stream_close(&s);
}

static void t_committing(void)
{
	struct stream s = { .clock = fake_clock };
	struct err e;

	area_make(2);
	fake_now = 100;
	stream_attach(&s, area, area_len(), &e);
	/* ring 0 has read the clock (100) but not published */
	writer_step(&writer[0]);
	writer_step(&writer[0]);
	writer[0].left = 1;
	fake_now = 200;
	writer[1].time = 150;
	writer_put(&writer[1], 0, TAPW_REC_DATA);
	ok(stream_drain(&s, false, take, NULL) == 0,
	   "a later record waits for a ring that is committing");
	ok(stream_has_pending(&s), "and is pending");
	writer_step(&writer[0]);
	writer_step(&writer[0]);
	ok(stream_drain(&s, false, take, NULL) == 2 && got[0].time == 100 &&
		   got[1].time == 150,
	   "then both come, in order");
	stream_close(&s);
}

static void t_cont(void)
{
	struct stream s = { .clock = fake_clock };
	struct err e;

	/* a handler on ring 1 has published the first of two parts */
	area_make(2);
	fake_now = 500;
	stream_attach(&s, area, area_len(), &e);
	writer[1].ctl->committing = 1;
	writer[1].time = 400;
	writer_put(&writer[1], 8, TAPW_REC_DATA);
	writer[0].time = 450;
	writer_put(&writer[0], 8, TAPW_REC_DATA);
	stream_drain(&s, false, take, NULL);
	stream_drain(&s, false, take, NULL);
	ok(ngot <= 1, "nothing passes between the parts of one handler");
	writer_put(&writer[1], 8, TAPW_REC_DATA);
	writer[1].ctl->committing = 0;
	stream_drain(&s, false, take, NULL);
	ok(ngot == 3 && got[0].cpu == 1 && got[1].cpu == 1 && got[2].cpu == 0,
	   "the parts are neighbours");
	stream_close(&s);
}

static void t_damage(const char *what, uint32_t off, uint64_t value,
		     bool in_ctl)
{
	struct stream s = { .clock = fake_clock };
	struct err e;

	area_make(2);
	fake_now = 1000;
	stream_attach(&s, area, area_len(), &e);
	writer[0].time = 10;
	writer_put(&writer[0], 40, TAPW_REC_DATA);
	writer[1].time = 20;
	writer_put(&writer[1], 40, TAPW_REC_DATA);
	if (in_ctl)
		memcpy((uint8_t *)writer[0].ctl + off, &value, 8);
	else
		memcpy(writer[0].data + off, &value, 4);
	stream_drain(&s, false, take, NULL);
	ok(s.damaged == 1 && ngot == 1 && got[0].cpu == 1,
	   "%s: this ring is skipped, the other is not", what);
	stream_close(&s);
}

static void t_header(void)
{
	struct stream s = { .clock = fake_clock };
	static const struct {
		uint32_t off, size;
		uint64_t value;
		const char *what;
	} rows[] = {
		{ 0, 8, 1, "magic" },
		{ 8, 4, 99, "version" },
		{ 12, 4, 0, "no rings" },
		{ 12, 4, 1000000, "too many rings" },
		{ 12, 4, 3, "more rings than mapping" },
		{ 16, 4, 5000, "not a power of two" },
		{ 16, 4, 1u << 31, "huge rings" },
		{ 20, 4, 8, "stride" },
		{ 24, 4, 0, "ring over the header" },
		{ 24, 4, 0xfffff000u, "ring beyond the end" },
		{ 32, 8, 1ull << 60, "mapping length" },
	};
	struct err e;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		area_make(2);
		memcpy(area + rows[i].off, &rows[i].value, rows[i].size);
		ok(stream_attach(&s, area, area_len(), &e) == -BERR_RELAY,
		   "header refused: %s: %s", rows[i].what, e.text);
	}
	ok(stream_attach(&s, area, 100, &e) == -BERR_RELAY, "short mapping");
}

static void t_clock_apart(void)
{
	struct stream s = { .clock = fake_clock };
	struct err e;

	/* a time namespace: the module's times are an hour ahead */
	area_make(1);
	fake_now = 1000;
	stream_attach(&s, area, area_len(), &e);
	writer[0].time = 3600ull * 1000000000u;
	writer_put(&writer[0], 0, TAPW_REC_DATA);
	stream_drain(&s, false, take, NULL);
	stream_drain(&s, false, take, NULL);
	ok(ngot == 1, "another clock delays output, it does not stop it");
	stream_close(&s);
}

static void t_read(void)
{
	struct stream s = { .clock = fake_clock };
	uint8_t b[4096];
	struct err e;
	size_t n = 0;
	uint32_t i;

	area_make(2);
	for (i = 0; i < 10; i++) {
		struct writer *w = &writer[i < 5 ? 0 : 1];

		w->time = 100 + (i < 5 ? 2 * i : 2 * (i - 5) + 1);
		writer_put(w, 3, TAPW_REC_DATA);
	}
	for (i = 0; i < 2; i++) {
		memcpy(b + n, writer[i].data, (size_t)writer[i].head);
		n += (size_t)writer[i].head;
	}
	ok(stream_read_open(&s, &e) == 0, "read mode");
	ok(stream_read_records(&s, b, n, take, NULL) == 10 && check_order() &&
		   s.damaged == 0,
	   "records of read() are sorted by time");
	ngot = 0;
	stream_read_records(&s, b, n - 5, take, NULL);
	ok(s.damaged == 1 && ngot == 9, "a cut record is damage");
	stream_close(&s);
}

int main(void)
{
	static const uint32_t speeds[] = { 1, 7, 60, 400 };
	uint32_t seed, n;

	for (seed = 1; seed <= 12; seed++)
		for (n = 1; n <= RINGS_MAX; n *= 2)
			t_random(seed, n, speeds[(seed + n) % 4]);
	t_committing();
	t_cont();
	t_damage("length 0", 0, 0, false);
	t_damage("length 4", 0, 4, false);
	t_damage("length above what is there", 0, 4000, false);
	t_damage("length 2^32-1", 0, 0xffffffffu, false);
	t_damage("length below a record header", 0, 16, false);
	t_damage("head far ahead", 0, 1ull << 40, true);
	t_damage("head not aligned", 0, 65, true);
	t_header();
	t_clock_apart();
	t_read();
	free(area);
	return tap_done();
}
