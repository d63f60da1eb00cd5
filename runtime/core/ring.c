// SPDX-License-Identifier: GPL-2.0-only
/*
 * The write side of a CPU's ring (uapi/wire.h): records built in place.
 *
 * Memory: none of its own.  Every function runs with the CPU's context held.
 *
 * A record's time is the clock when the handler printed first, i.e. while it
 * holds its global locks, so the merged order is the order of the locks.
 */
#include "runtime/core/cpu.h"

#define RING_HDR      sizeof(struct tapw_rec)
#define RING_CAP      16384 /* payload bytes of one record */
#define RING_MIN_ROOM 64    /* below this much a record is not begun */
#define RING_RESERVE \
	4096 /* for a few messages when output has filled the ring */
#define RING_ALIGN(n) (((n) + 7) & ~(u64)7)

static void rt_ring_init(struct rt_ring *g, struct tapw_cpu *page, u32 size,
			 u32 cpu)
{
	g->page = page;
	g->data = (char *)page + TAPW_PAGE;
	g->size = size;
	g->cpu = cpu;
	g->seq = 0;
	g->head = 0;
	g->time_ns = 0;
	g->dropping = false;
	g->last_ns = 0;
	g->reserve = RING_RESERVE;
	page->cpu = cpu;
}

/* Bytes that may be written at head; the reader's tail is not trusted. */
static u64 rt_ring_room(const struct rt_ring *g)
{
	u64 used = g->head - (rt_load_acquire(&g->page->tail) & ~(u64)7);
	u32 size = g->size - g->reserve;

	return used > size ? 0 : size - used;
}

static void rt_ring_pad(struct rt_ring *g, u64 bytes)
{
	struct tapw_rec *r;

	r = (struct tapw_rec *)(g->data + (g->head & (g->size - 1)));
	r->len = bytes;
	r->type = TAPW_REC_PAD;
	r->flags = 0;
	g->head += bytes;
}

static void rt_ring_close(struct taprt_sink *s)
{
	s->p = s->end = s->start = NULL;
}

/* Give @s the bytes from @head on, of which @n of payload are already used. */
static void rt_ring_window(struct rt_ring *g, struct taprt_sink *s, u64 room,
			   u64 n)
{
	u64 off = g->head & (g->size - 1), lim = g->size - off;

	if (lim > room)
		lim = room;
	if (lim > RING_HDR + RING_CAP)
		lim = RING_HDR + RING_CAP;
	s->start = g->data + off + RING_HDR;
	s->p = s->start + n;
	s->end = g->data + off + lim;
}

static void rt_ring_lose(struct rt_ring *g, struct taprt_sink *s, u64 bytes)
{
	g->dropping = true;
	g->dropped = bytes;
	s->start = s->p = g->junk;
	s->end = g->junk + sizeof(g->junk);
}

/* Count what was thrown away as one record; its number stays unused. */
static void rt_ring_lost(struct rt_ring *g)
{
	g->dropping = false;
	g->seq++;
	g->lost++;
	g->lost_bytes += g->dropped;
	rt_write_once(g->page->lost, g->lost);
	rt_write_once(g->page->lost_bytes, g->lost_bytes);
}

static void rt_ring_open(struct rt_ring *g, struct taprt_sink *s)
{
	u64 room, contig;

	if (!g->time_ns) {
		/* The reader's promise needs this store before the clock. */
		rt_write_once(g->page->committing, 1u);
		rt_mb();
		g->time_ns = rt_clock_ns();
		if (g->time_ns < g->last_ns)
			g->time_ns = g->last_ns;
		g->last_ns = g->time_ns;
	}
	room = rt_ring_room(g);
	contig = g->size - (g->head & (g->size - 1));
	if (contig < RING_HDR + RING_MIN_ROOM && contig <= room) {
		rt_ring_pad(g, contig);
		room -= contig;
	}
	if (room < RING_HDR + RING_MIN_ROOM)
		rt_ring_lose(g, s, 0);
	else
		rt_ring_window(g, s, room, 0);
}

static void rt_ring_publish(struct rt_ring *g, struct taprt_sink *s, u32 type)
{
	struct tapw_rec *r = (struct tapw_rec *)(s->start - RING_HDR);
	u32 n = s->p - s->start;

	r->len = RING_HDR + n;
	r->type = type;
	r->flags = g->flags;
	r->time_ns = g->time_ns;
	r->seq = g->seq++;
	r->cpu = g->cpu;
	g->head += RING_ALIGN(RING_HDR + n);
	rt_store_release(&g->pub, g->head);
	rt_store_release(&g->page->head, g->head);
	rt_ring_close(s);
}

/* The record reached the end of the ring: continue it at the beginning. */
static bool rt_ring_wrap(struct rt_ring *g, struct taprt_sink *s)
{
	u64 n = s->p - s->start, room = rt_ring_room(g);
	u64 contig = g->size - (g->head & (g->size - 1));
	char *from = s->start;

	if (room < contig + RING_HDR + n + RING_MIN_ROOM)
		return false;
	rt_ring_pad(g, contig); /* overwrites the header, not the payload … */
	rt_ring_window(g, s, room - contig, n);
	memmove(s->start, from, n); /* … and ring start and end never overlap */
	return true;
}

static bool rt_ring_grow(struct rt_ring *g, struct taprt_sink *s)
{
	u64 n = s->p - s->start;
	char *end = s->end;

	if (n >= RING_CAP) {
		rt_ring_publish(g, s, TAPW_REC_DATA);
		g->flags |= TAPW_REC_F_CONT;
		rt_ring_open(g, s);
		return true;
	}
	rt_ring_window(g, s, rt_ring_room(g), n); /* the reader moved on? */
	if (s->end > end)
		return true;
	s->end = end;
	if (end == g->data + g->size && rt_ring_wrap(g, s))
		return true;
	rt_ring_lose(g, s, n);
	return true;
}

/**
 * taprt_sink_more() - make room for at least one more byte
 * Return: false when a string buffer is full; a ring always takes bytes, if only
 * to count them as lost.
 */
bool taprt_sink_more(struct taprt_sink *s)
{
	struct rt_ring *g = s->ring;

	if (!g)
		return false;
	if (!s->start) {
		rt_ring_open(g, s);
		return true;
	}
	if (!g->dropping)
		return rt_ring_grow(g, s);
	g->dropped += s->p - s->start;
	s->p = s->start;
	if (g->dropped >= RING_CAP) {
		rt_ring_lost(g);
		rt_ring_open(g, s);
	}
	return true;
}

/* End the record under construction, if any. */
static void rt_ring_flush(struct rt_ring *g, struct taprt_sink *s, u32 type)
{
	if (!s->start)
		return;
	if (g->dropping) {
		g->dropped += s->p - s->start;
		rt_ring_lost(g);
		rt_ring_close(s);
	} else if (s->p > s->start) {
		rt_ring_publish(g, s, type);
	} else {
		rt_ring_close(s);
	}
}

/* The handler is over. */
void taprt_ring_end(struct rt_ring *g, struct taprt_sink *s)
{
	rt_ring_flush(g, s, TAPW_REC_DATA);
	g->flags = 0;
	if (g->time_ns) {
		g->time_ns = 0;
		rt_store_release(&g->page->committing, 0u);
	}
}

/* One record of another type: what is put between begin and end. */
static void rt_ring_text_begin(struct rt_ring *g, struct taprt_sink *s)
{
	rt_ring_flush(g, s, TAPW_REC_DATA);
	g->held_flags = g->flags;
	g->flags = 0;
	g->reserve = 0;
}

static void rt_ring_text_end(struct rt_ring *g, struct taprt_sink *s, u32 type)
{
	rt_ring_flush(g, s, type);
	g->reserve = RING_RESERVE;
	g->flags = g->held_flags;
}

/* The same of @a, and " " @b when @b is set. */
void taprt_ring_text(struct rt_ring *g, struct taprt_sink *s, u32 type,
		     const char *a, const char *b)
{
	rt_ring_text_begin(g, s);
	taprt_put_lit(s, a, rt_strnlen(a, RT_ERRBUF_BYTES));
	if (b && *b) {
		taprt_put_lit(s, " ", 1);
		taprt_put_lit(s, b, rt_strnlen(b, RT_ERRBUF_BYTES));
	}
	rt_ring_text_end(g, s, type);
}
