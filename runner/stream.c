/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reader of the per-CPU rings.  Everything in them is untrusted: a position, a
 * length or a time that makes no sense costs that ring its content, no more.
 *
 * Memory: nrings * (sizeof(struct stream_ring) + 4), one mapping.
 */
#include "runner/stream.h"
#include "runner/stream_read.h"
#include "runner/sys.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"
#include "runtime/uapi/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define STREAM_RING_MIN	   4096u
#define STREAM_RING_MAX	   (256u << 20)
#define STREAM_BUSY_SPINS  200
#define STREAM_APART_NS	   1000000000ull /* a clock this far ahead is another */
#define STREAM_REC_MIN	   8u /* a PAD record may be only this long */
#define STREAM_PUBLISH_PER 8u /* tell the writer after 1/8 of the ring */

_Static_assert(sizeof(struct tapw_header) == 40, "wire.h: header");
_Static_assert(sizeof(struct tapw_rec) == 24, "wire.h: record");
_Static_assert(sizeof(struct tapw_cpu) == 256, "wire.h: ring control");

/* ---- geometry ------------------------------------------------------------ */

static int stream_check(const struct tapw_header *h, uint64_t len,
			struct err *e)
{
	uint64_t end;

	if (h->magic != TAPW_MAGIC)
		return err_set(e, -BERR_RELAY, "data file has no ring header");
	if (h->version != TAPW_VERSION)
		return err_set(
			e, -BERR_RELAY,
			"the module speaks wire version %u, this taprun %u",
			h->version, TAPW_VERSION);
	if (h->nrings == 0 || h->nrings > STREAM_RINGS_MAX)
		return err_set(e, -BERR_RELAY, "%u rings, limit %u", h->nrings,
			       STREAM_RINGS_MAX);
	if (h->ring_bytes < STREAM_RING_MIN ||
	    h->ring_bytes > STREAM_RING_MAX ||
	    (h->ring_bytes & (h->ring_bytes - 1)))
		return err_set(e, -BERR_RELAY, "rings of %u bytes",
			       h->ring_bytes);
	if (h->ring_stride != TAPW_PAGE + h->ring_bytes ||
	    h->ring_off < TAPW_PAGE || h->ring_off % TAPW_PAGE)
		return err_set(e, -BERR_RELAY, "ring layout %u + n * %u",
			       h->ring_off, h->ring_stride);
	end = h->ring_off + (uint64_t)h->nrings * h->ring_stride;
	if (h->map_bytes < end || h->map_bytes > SIZE_MAX / 2 ||
	    h->map_bytes > len)
		return err_set(e, -BERR_RELAY,
			       "rings end at byte %llu, mapping at %llu",
			       (unsigned long long)end,
			       (unsigned long long)h->map_bytes);
	return 0;
}

/* @h was checked against the length of s->map. */
static int stream_setup(struct stream *s, const struct tapw_header *h,
			struct err *e)
{
	uint32_t i;

	s->nrings = h->nrings;
	s->ring_bytes = h->ring_bytes;
	if (!s->clock)
		s->clock = sys_now_ns;
	s->state_len = h->nrings * (sizeof(*s->ring) + sizeof(*s->heap));
	s->ring = sys_map(s->state_len);
	if (!s->ring)
		return err_sys(e, "no memory for %u rings", h->nrings);
	s->heap = (uint32_t *)(s->ring + h->nrings);
	for (i = 0; i < h->nrings; i++) {
		struct stream_ring *r = &s->ring[i];
		uint8_t *base =
			s->map + h->ring_off + (size_t)i * h->ring_stride;

		r->ctl = (volatile struct tapw_cpu *)(void *)base;
		r->data = base + TAPW_PAGE;
		/* an earlier reader may have taken some already */
		r->tail = r->ctl->tail & ~7ull;
		r->told = r->tail;
	}
	return 0;
}

int stream_attach(struct stream *s, void *map, size_t len, struct err *e)
{
	struct tapw_header h;
	int r;

	if (len < TAPW_PAGE)
		return err_set(e, -BERR_RELAY, "mapping of %zu bytes", len);
	memcpy(&h, map, sizeof(h));
	r = stream_check(&h, len, e);
	if (r < 0)
		return r;
	s->fd = -1;
	s->map = map;
	s->map_len = 0; /* not ours to unmap */
	return stream_setup(s, &h, e);
}

int stream_open(struct stream *s, int fd, struct err *e)
{
	struct tapw_header h;
	void *p = mmap(NULL, TAPW_PAGE, PROT_READ, MAP_SHARED, fd, 0);
	int r;

	s->fd = fd;
	if (p == MAP_FAILED)
		return stream_read_open(s, e);
	memcpy(&h, p, sizeof(h));
	munmap(p, TAPW_PAGE);
	r = stream_check(&h, UINT64_MAX, e);
	if (r < 0)
		return r;
	p = mmap(NULL, (size_t)h.map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
		 fd, 0);
	if (p == MAP_FAILED)
		return stream_read_open(s, e);
	/* a forked command must not keep the module's pages */
	madvise(p, (size_t)h.map_bytes, MADV_DONTFORK);
	s->map = p;
	s->map_len = (size_t)h.map_bytes;
	return stream_setup(s, &h, e);
}

void stream_close(struct stream *s)
{
	sys_unmap(s->ring, s->state_len);
	if (s->map_len)
		munmap(s->map, s->map_len);
	stream_read_close(s);
	s->ring = NULL;
	s->map = NULL;
	s->nrings = 0;
}

/* ---- one ring ------------------------------------------------------------ */

/* Skip all that is there: the next record will be found at head. */
static void stream_damage(struct stream *s, struct stream_ring *r)
{
	s->damaged++;
	r->tail = r->head;
	r->has_seq = false;
	r->has_rec = false;
}

static void stream_count_gap(struct stream *s, struct stream_ring *r,
			     uint32_t seq)
{
	uint32_t gap = seq - r->next_seq;

	if (r->has_seq && gap) {
		if (gap < 0x80000000u)
			s->gaps += gap;
		else
			s->damaged++; /* numbers went back */
	}
	r->next_seq = seq + 1;
	r->has_seq = true;
}

/* Make the record at tail current; false when the ring has none. */
static bool stream_load(struct stream *s, struct stream_ring *r)
{
	r->has_rec = false;
	while (r->tail < r->head) {
		size_t off = (size_t)(r->tail & (s->ring_bytes - 1));
		uint64_t avail = r->head - r->tail;
		uint64_t room = s->ring_bytes - off;
		struct tapw_rec rec = { 0 };
		uint64_t step;

		/* head, tail and off are multiples of 8: 8 bytes are there */
		memcpy(&rec, r->data + off, STREAM_REC_MIN);
		step = ((uint64_t)rec.len + 7) & ~7ull;
		if (rec.len < STREAM_REC_MIN || step > avail || step > room) {
			stream_damage(s, r);
			return false;
		}
		if (rec.type == TAPW_REC_PAD) {
			r->tail += step;
			continue;
		}
		if (rec.len < sizeof(rec)) {
			stream_damage(s, r);
			return false;
		}
		memcpy((uint8_t *)&rec + STREAM_REC_MIN,
		       r->data + off + STREAM_REC_MIN,
		       sizeof(rec) - STREAM_REC_MIN);
		stream_count_gap(s, r, rec.seq);
		r->type = rec.type;
		r->flags = rec.flags;
		r->cpu = rec.cpu;
		r->seq = rec.seq;
		r->payload = rec.len - (uint32_t)sizeof(rec);
		r->step = (uint32_t)step;
		r->time_ns =
			rec.time_ns < r->last_ns ? r->last_ns : rec.time_ns;
		r->has_rec = true;
		return true;
	}
	return false;
}

static void stream_publish(struct stream_ring *r)
{
	if (r->told == r->tail)
		return;
	/* release: the writer may reuse the bytes once it sees this */
	__atomic_store_n(&r->ctl->tail, r->tail, __ATOMIC_RELEASE);
	r->told = r->tail;
}

/* ---- merge --------------------------------------------------------------- */

static bool stream_before(const struct stream *s, uint32_t a, uint32_t b)
{
	uint64_t ta = s->ring[a].time_ns, tb = s->ring[b].time_ns;

	return ta != tb ? ta < tb : a < b;
}

static void stream_sift_down(struct stream *s, uint32_t i)
{
	uint32_t v = s->heap[i];

	for (;;) {
		uint32_t k = 2 * i + 1;

		if (k >= s->nheap)
			break;
		if (k + 1 < s->nheap &&
		    stream_before(s, s->heap[k + 1], s->heap[k]))
			k++;
		if (!stream_before(s, s->heap[k], v))
			break;
		s->heap[i] = s->heap[k];
		i = k;
	}
	s->heap[i] = v;
}

static void stream_push(struct stream *s, uint32_t ring)
{
	uint32_t i = s->nheap++;

	while (i && stream_before(s, ring, s->heap[(i - 1) / 2])) {
		s->heap[i] = s->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	s->heap[i] = ring;
}

static void stream_cap_horizon(struct stream *s, const struct stream_ring *r)
{
	uint64_t t = r->safe_ns > r->last_ns ? r->safe_ns : r->last_ns;

	if (t < s->horizon_ns)
		s->horizon_ns = t;
}

/*
 * The clock was read before the loads that follow it here, not after: rdtsc is
 * no memory access, so on x86 only lfence keeps that order.
 */
static void stream_clock_fence(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__asm__ volatile("lfence" ::: "memory");
#endif
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* wire.h, struct tapw_cpu: what @now_ns promises about this ring */
static void stream_look(struct stream *s, struct stream_ring *r,
			uint64_t now_ns, bool is_final)
{
	uint64_t head;
	int spin;

	r->is_busy = false;
	for (spin = 0; !is_final && spin < STREAM_BUSY_SPINS; spin++) {
		r->is_busy = __atomic_load_n(&r->ctl->committing,
					     __ATOMIC_ACQUIRE) != 0;
		if (!r->is_busy)
			break;
	}
	head = __atomic_load_n(&r->ctl->head, __ATOMIC_ACQUIRE);
	if (!r->is_busy)
		r->safe_ns = now_ns;
	if (head < r->tail || head - r->tail > s->ring_bytes || head & 7) {
		r->head = head & ~7ull;
		stream_damage(s, r);
		return;
	}
	r->head = head;
}

static void stream_begin(struct stream *s, bool is_final)
{
	uint64_t now = s->clock();
	uint32_t i;

	stream_clock_fence();
	s->horizon_ns = is_final || s->is_clock_apart ? UINT64_MAX : now;
	s->nheap = 0;
	for (i = 0; i < s->nrings; i++) {
		struct stream_ring *r = &s->ring[i];

		stream_look(s, r, now, is_final);
		if (r->has_rec || stream_load(s, r)) {
			stream_push(s, i);
			if (r->time_ns > now &&
			    r->time_ns - now > STREAM_APART_NS)
				s->is_clock_apart = true;
		} else if (r->is_busy) {
			stream_cap_horizon(s, r);
		}
	}
}

static void stream_take(struct stream *s, struct stream_ring *r,
			stream_emit emit, void *arg)
{
	size_t off = (size_t)(r->tail & (s->ring_bytes - 1));

	if (r->time_ns < s->last_ns)
		s->late++;
	else
		s->last_ns = r->time_ns;
	r->last_ns = r->time_ns;
	s->records++;
	s->bytes += r->payload;
	s->rec = (struct stream_rec){ r->time_ns, r->cpu, r->seq,
				      r->flags & TAPW_REC_F_CONT };
	emit(arg, r->type, r->data + off + sizeof(struct tapw_rec), r->payload);
	r->tail += r->step;
	r->has_rec = false;
	if (r->tail - r->told >= s->ring_bytes / STREAM_PUBLISH_PER)
		stream_publish(r);
}

size_t stream_drain(struct stream *s, bool is_final, stream_emit emit,
		    void *arg)
{
	size_t n = 0;
	uint32_t i;

	if (s->rbuf)
		return stream_read_drain(s, emit, arg);
	stream_begin(s, is_final);
	while (s->nheap) {
		struct stream_ring *r = &s->ring[s->heap[0]];

		if (r->time_ns >= s->horizon_ns)
			break;
		stream_take(s, r, emit, arg);
		n++;
		if (!stream_load(s, r)) {
			/* a busy writer's next record may be earlier than
			 * those that other rings already show */
			if (r->is_busy)
				stream_cap_horizon(s, r);
			s->heap[0] = s->heap[--s->nheap];
		}
		if (s->nheap)
			stream_sift_down(s, 0);
	}
	for (i = 0; i < s->nrings; i++)
		stream_publish(&s->ring[i]);
	return n;
}

bool stream_has_pending(const struct stream *s)
{
	uint32_t i;

	for (i = 0; i < s->nrings; i++)
		if (s->ring[i].tail !=
		    __atomic_load_n(&s->ring[i].ctl->head, __ATOMIC_ACQUIRE))
			return true;
	return false;
}

void stream_lost(const struct stream *s, uint64_t *records, uint64_t *bytes)
{
	uint32_t i;

	*records = 0;
	*bytes = 0;
	for (i = 0; i < s->nrings; i++) {
		*records += s->ring[i].ctl->lost;
		*bytes += s->ring[i].ctl->lost_bytes;
	}
	/* the writers' count also has what was lost after the last record */
	if (*records < s->gaps)
		*records = s->gaps;
}
