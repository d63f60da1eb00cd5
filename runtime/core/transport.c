// SPDX-License-Identifier: GPL-2.0-only
/*
 * The data file: rings mapped into the reader, or read() in global order.
 *
 * Memory: one area of 4 KiB + possible CPUs * (4 KiB + ring bytes), at load.  A
 * machine with many possible CPUs gets smaller rings rather than a larger area.
 *
 * Nobody is woken from a probe: a 5 ms timer does it, while a file is open.
 */
#include "runtime/core/core.h"

#define RT_RING_DEFAULT (1u << 20)
#define RT_RING_MIN	(1u << 16)
#define RT_RING_MAX	(1u << 28)
#define RT_AREA_MAX	(1ULL << 27) /* rings of the default size shrink above */
#define RT_WAKE_MS	5

static char *rt_area;
static size_t rt_area_bytes;
static u32 rt_nrings;
static struct rt_ring **rt_rings; /* by slot */
static struct timer_list rt_wake;
static u32 rt_open_files; /* under rt_mutex */
static bool rt_data_open;
static DEFINE_MUTEX(rt_read_mutex);
static DECLARE_WAIT_QUEUE_HEAD(rt_data_wait);
static DECLARE_WAIT_QUEUE_HEAD(rt_ctl_wait);

static u32 rt_ring_bytes(void)
{
	u32 b = taprt_program.ring_bytes;

	if (!b) {
		b = RT_RING_DEFAULT;
		while (b > RT_RING_MIN && (u64)b * rt_nrings > RT_AREA_MAX)
			b /= 2;
	}
	if (b < RT_RING_MIN)
		b = RT_RING_MIN;
	if (b > RT_RING_MAX)
		b = RT_RING_MAX;
	return rounddown_pow_of_two(b);
}

static void rt_area_exit(void)
{
	vfree(rt_area);
	taprt_free(rt_rings);
}

static int rt_area_init(void)
{
	struct tapw_header *h;
	u32 bytes, i, slot = 0;
	char *p;

	rt_nrings = num_possible_cpus();
	bytes = rt_ring_bytes();
	rt_area_bytes = TAPW_PAGE + (size_t)rt_nrings * (TAPW_PAGE + bytes);
	rt_rings = taprt_alloc(rt_nrings * sizeof(*rt_rings));
	if (taprt_memory_allowed(rt_area_bytes) && kc_mem_fits(rt_area_bytes))
		rt_area = rt_try_ptr(vmalloc_user(rt_area_bytes));
	if (!rt_area || !rt_rings)
		return -ENOMEM;
	taprt_memory += rt_area_bytes;
	h = (struct tapw_header *)rt_area;
	h->version = TAPW_VERSION;
	h->nrings = rt_nrings;
	h->ring_bytes = bytes;
	h->ring_stride = TAPW_PAGE + bytes;
	h->ring_off = TAPW_PAGE;
	h->map_bytes = rt_area_bytes;
	for (i = 0; i < taprt_ncpus && slot < rt_nrings; i++) {
		if (!taprt_cpus[i])
			continue;
		p = rt_area + TAPW_PAGE + (size_t)slot * h->ring_stride;
		rt_rings[slot++] = &taprt_cpus[i]->ring;
		rt_ring_init(&taprt_cpus[i]->ring, (struct tapw_cpu *)p, bytes,
			     i);
	}
	h->magic = TAPW_MAGIC;
	return 0;
}

/* ---- waking ---------------------------------------------------------------------- */

static bool rt_rings_pending(void)
{
	u32 i;

	for (i = 0; i < rt_nrings; i++)
		if (rt_read_once(rt_rings[i]->pub) !=
		    rt_read_once(rt_rings[i]->page->tail))
			return true;
	return false;
}

static void rt_wake_now(void)
{
	if (waitqueue_active(&rt_data_wait) &&
	    (rt_rings_pending() || rt_read_once(taprt_state) == TAPW_STOPPED))
		wake_up_interruptible(&rt_data_wait);
	if (rt_read_once(rt_event) && waitqueue_active(&rt_ctl_wait))
		wake_up_interruptible(&rt_ctl_wait);
}

KC_TIMER_FN(rt_wake_fn)
{
	rt_wake_now();
	if (rt_read_once(rt_open_files))
		mod_timer(&rt_wake,
			  jiffies + 1 + msecs_to_jiffies(RT_WAKE_MS) / 2);
}

/* An open file keeps the module: its poll() may sleep on our wait queue. */
static int rt_file_open(bool *one)
{
	int rc = -EBUSY;

	mutex_lock(&rt_mutex);
	if (!*one && try_module_get(THIS_MODULE)) {
		*one = true;
		if (!rt_open_files++)
			mod_timer(&rt_wake, jiffies + 1);
		rc = 0;
	}
	mutex_unlock(&rt_mutex);
	return rc;
}

static void rt_file_release(bool *one)
{
	mutex_lock(&rt_mutex);
	*one = false;
	if (!--rt_open_files)
		kc_timer_stop(&rt_wake);
	mutex_unlock(&rt_mutex);
	module_put(THIS_MODULE);
}

/* ---- read(): whole records, merged by time -------------------------------------------- */

static void rt_rings_snap(void)
{
	struct rt_ring *g;
	u32 i;

	for (i = 0; i < rt_nrings; i++) {
		g = rt_rings[i];
		g->snap_busy = rt_load_acquire(&g->page->committing);
		g->snap = rt_load_acquire(&g->pub);
	}
}

/*
 * The next record of a ring, copied, and where it lies: the area is the
 * reader's to write at any moment, so nothing in it is read twice.  False when
 * there is none.
 */
static bool rt_ring_peek(struct rt_ring *g, struct tapw_rec *rec, u64 *at)
{
	u64 tail = rt_read_once(g->page->tail), used, contig;

	for (;;) {
		*at = tail;
		used = g->snap - tail;
		contig = g->size - (tail & (g->size - 1));
		if (!used || used > g->size || tail & 7)
			return false;
		memcpy(rec, g->data + (tail & (g->size - 1)),
		       contig < sizeof(*rec) ? 8 : sizeof(*rec));
		if (rec->len > contig || rec->len > used || rec->len < 8)
			return false;
		if (rec->type != TAPW_REC_PAD)
			return rec->len >= sizeof(*rec);
		tail += (rec->len + 7) & ~7u;
		rt_store_release(&g->page->tail, tail);
	}
}

/* The ring whose record is next in time; NULL = nothing certain yet. */
static struct rt_ring *rt_rings_next(u64 before, struct tapw_rec *rec, u64 *at)
{
	struct rt_ring *best = NULL;
	struct tapw_rec r;
	u64 tail;
	u32 i;

	for (i = 0; i < rt_nrings; i++) {
		if (!rt_ring_peek(rt_rings[i], &r, &tail)) {
			if (rt_rings[i]->snap_busy)
				return NULL;
			continue;
		}
		if (r.time_ns < before && (!best || r.time_ns < rec->time_ns)) {
			best = rt_rings[i];
			*rec = r;
			*at = tail;
		}
	}
	return best;
}

static ssize_t rt_data_copy(char __user *buf, size_t size)
{
	u64 now = kc_mono_ns(), tail;
	struct rt_ring *g;
	struct tapw_rec rec;
	size_t done = 0, n;

	rt_rings_snap();
	while ((g = rt_rings_next(now, &rec, &tail))) {
		n = ((size_t)rec.len + 7) & ~(size_t)7;
		if (n > size - done)
			return done ? (ssize_t)done : -EINVAL;
		if (copy_to_user(buf + done, g->data + (tail & (g->size - 1)),
				 n))
			return done ? (ssize_t)done : -EFAULT;
		rt_store_release(&g->page->tail, tail + n);
		done += n;
		cond_resched();
	}
	return done;
}

static ssize_t rt_data_read(struct file *f, char __user *buf, size_t size,
			    loff_t *pos)
{
	ssize_t n;
	bool over;

	for (;;) {
		over = rt_read_once(taprt_state) == TAPW_STOPPED;
		mutex_lock(&rt_read_mutex);
		n = rt_data_copy(buf, size);
		mutex_unlock(&rt_read_mutex);
		if (n || over)
			return n;
		if (f->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(
			    rt_data_wait,
			    rt_rings_pending() ||
				    rt_read_once(taprt_state) == TAPW_STOPPED))
			return -ERESTARTSYS;
		/* what is pending may not be certain for another moment */
		if (schedule_timeout_interruptible(1) < 0 ||
		    signal_pending(current))
			return -ERESTARTSYS;
	}
}

/* ---- the other file operations ------------------------------------------------------- */

static int rt_data_open_fn(struct inode *inode, struct file *f)
{
	return rt_file_open(&rt_data_open);
}

static int rt_data_release(struct inode *inode, struct file *f)
{
	rt_file_release(&rt_data_open);
	return 0;
}

static kc_poll_t rt_data_poll(struct file *f, poll_table *pt)
{
	kc_poll_t m = 0;

	poll_wait(f, &rt_data_wait, pt);
	if (rt_rings_pending())
		m |= POLLIN | POLLRDNORM;
	if (rt_read_once(taprt_state) == TAPW_STOPPED)
		m |= POLLHUP;
	return m;
}

static int rt_data_mmap(struct file *f, struct vm_area_struct *vma)
{
	if (vma->vm_pgoff || vma->vm_end - vma->vm_start > rt_area_bytes)
		return -EINVAL;
	return remap_vmalloc_range(vma, rt_area, 0);
}

KC_PROC_OPS(rt_data_ops, rt_data_open_fn, rt_data_release, rt_data_read, NULL,
	    rt_data_poll, rt_data_mmap);
