// SPDX-License-Identifier: GPL-2.0-only
/*
 * procfs probes: files in /proc/systemtap/MODULE that the script reads and writes.
 *
 * The files are there from load to the end of the session: the runner opens one
 * before START.  A read handler runs once an open file, at its first read(), into
 * memory of that open file; a write handler runs at each write().  Handlers of one
 * file run one at a time, in the process that reads or writes.
 *
 * What is read from or written to may be memory that keeps its reader waiting for as
 * long as somebody likes.  So the end of a session waits for handlers only, and the
 * module cannot be unloaded while somebody is inside; who only has a file open is no
 * obstacle, since removing it closes it.
 *
 * Memory: 80 bytes a procfs probe at load; an open file that is read: the size its
 * probe allows; a write(): MAXSTRINGLEN while it runs.
 */
#include "runtime/core/enter.h"

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "runtime/compat/kc_mem.h"
#include "runtime/compat/kc_proc.h"
#include "runtime/compat/kc_procdir.h"

#define RT_PROCFS_DIR "systemtap"

/**
 * struct rt_pfile - one file
 * @read: its probe for reading, or NULL
 * @lock: one handler at a time, which looks at the state first; never held while
 *        user memory is touched
 * @writes: so far
 */
struct rt_pfile {
	const char *path;
	const struct taprt_probe *read;
	umode_t mode;
	struct mutex lock;
	s64 writes;
};

/**
 * struct rt_ptext - what "$value" is, from the handler's side
 * @n: bytes so far; @cap: of @p
 * @serial: which of the writes to its file it is
 */
struct rt_ptext {
	char *p;
	s64 serial;
	u32 n, cap;
};

/**
 * struct rt_popen - one open file
 * @text: of the read probe, for ever once @is_made
 */
struct rt_popen {
	struct rt_pfile *f;
	struct rt_ptext text;
	bool is_made;
};

static struct rt_pfile *rt_pfiles;
static u32 rt_npfiles;
static struct proc_dir_entry *rt_pdir;

static const char *rt_procfs_type(const struct taprt_probe *p)
{
	return "procfs";
}

const struct taprt_kind taprt_kind_procfs = { .type = rt_procfs_type };

/* ---- $value ---------------------------------------------------------------------- */

void taprt_fn_procfs_value(struct taprt_ctx *c, char *dst, u32 size)
{
	const struct rt_ptext *t = c->event;

	taprt_strcpy(dst, t->p, size);
}

s64 taprt_fn_procfs_serial(struct taprt_ctx *c)
{
	const struct rt_ptext *t = c->event;

	return t->serial;
}

s64 taprt_fn_procfs_add(struct taprt_ctx *c, const char *s)
{
	struct rt_ptext *t = c->event;
	size_t n = strlen(s);

	if (n > t->cap - t->n) {
		taprt_fail(c, "buffer size exceeded, consider .maxsize(N).");
		return 0;
	}
	memcpy(t->p + t->n, s, n);
	t->n += n;
	return 0;
}

s64 taprt_fn_procfs_set(struct taprt_ctx *c, const char *s)
{
	struct rt_ptext *t = c->event;

	t->n = 0;
	return taprt_fn_procfs_add(c, s);
}

/* ---- running handlers -------------------------------------------------------------- */

/* Before START there is nothing to ask yet, after the end nobody to answer. */
static int rt_procfs_state(void)
{
	s32 s = rt_read_once(taprt_state);

	if (s == TAPW_RUNNING)
		return 0;
	return s == TAPW_LOADED || s == TAPW_STARTING ? -EAGAIN : -EIO;
}

/* A text that is not whole is no answer: -EIO after an error in the handler. */
static int rt_procfs_run(const struct taprt_probe *p, struct rt_ptext *t)
{
	unsigned long flags;
	struct rt_cpu *r;
	int rc = rt_procfs_state();

	if (rc)
		return rc;
	r = rt_enter(&flags);
	if (!r)
		return -EAGAIN;
	rt_ctx_reset(r, p);
	r->c.point = p - taprt_program.probes;
	r->c.func = "";
	r->c.pp = p->name;
	r->c.event = t;
	if (!rt_run(r, p))
		rc = -EAGAIN;
	else if (r->c.error)
		rc = -EIO;
	rt_leave(r, flags);
	return rc;
}

static int rt_procfs_make(struct rt_popen *o)
{
	const struct taprt_probe *p = o->f->read;
	int rc;

	if (!o->text.p)
		o->text.p = rt_try_ptr(kc_zalloc(p->num[1], rt_cpu_id()));
	if (!o->text.p)
		return -ENOMEM;
	o->text.cap = p->num[1];
	o->text.n = 0;
	rc = rt_procfs_run(p, &o->text);
	if (!rc)
		rt_store_release(&o->is_made, true);
	return rc;
}

static ssize_t rt_procfs_get(struct rt_popen *o, char __user *buf, size_t size,
			     loff_t *pos)
{
	int rc = 0;

	if (!o->f->read)
		return -EINVAL;
	if (!rt_load_acquire(&o->is_made)) {
		if (mutex_lock_interruptible(&o->f->lock))
			return -ERESTARTSYS;
		if (!o->is_made)
			rc = rt_procfs_make(o);
		mutex_unlock(&o->f->lock);
	}
	if (rc)
		return rc;
	return simple_read_from_buffer(buf, size, pos, o->text.p, o->text.n);
}

static ssize_t rt_procfs_read(struct file *file, char __user *buf, size_t size,
			      loff_t *pos)
{
	ssize_t rc;

	if (!try_module_get(THIS_MODULE))
		return -EIO;
	rc = rt_procfs_get(file->private_data, buf, size, pos);
	module_put(THIS_MODULE);
	return rc;
}

static int rt_procfs_written(struct rt_pfile *f, struct rt_ptext *t)
{
	const struct taprt_probe *p = taprt_program.probes;
	u32 i;
	int rc = 0;

	t->serial = ++f->writes;
	for (i = 0; i < taprt_program.nprobes && !rc; i++, p++)
		if (p->kind == &taprt_kind_procfs && !p->num[1] &&
		    !strcmp(p->text, f->path))
			rc = rt_procfs_run(p, t);
	return rc;
}

/* Takes what fits a string; who writes more writes the rest again. */
static ssize_t rt_procfs_put(struct rt_popen *o, const char __user *buf,
			     size_t size)
{
	struct rt_ptext t = { .cap = taprt_program.strsize };
	ssize_t rc = -EFAULT;

	if (size > t.cap - 1)
		size = t.cap - 1;
	t.p = rt_try_ptr(kc_zalloc(t.cap, rt_cpu_id()));
	if (!t.p)
		return -ENOMEM;
	if (!copy_from_user(t.p, buf, size))
		rc = mutex_lock_interruptible(&o->f->lock) ? -ERESTARTSYS : 0;
	if (!rc) {
		rc = rt_procfs_written(o->f, &t);
		mutex_unlock(&o->f->lock);
	}
	kc_free(t.p);
	return rc ? rc : (ssize_t)size;
}

static ssize_t rt_procfs_write(struct file *file, const char __user *buf,
			       size_t size, loff_t *pos)
{
	ssize_t rc;

	if (!try_module_get(THIS_MODULE))
		return -EIO;
	rc = rt_procfs_put(file->private_data, buf, size);
	module_put(THIS_MODULE);
	return rc;
}

/* ---- files -------------------------------------------------------------------------- */

static int rt_procfs_open(struct inode *inode, struct file *file)
{
	struct rt_popen *o;

	if (rt_procfs_state() == -EIO)
		return -EIO;
	o = rt_try_ptr(kzalloc(sizeof(*o), GFP_KERNEL));
	if (!o)
		return -ENOMEM;
	o->f = kc_pde_data(inode);
	file->private_data = o;
	return 0;
}

static int rt_procfs_release(struct inode *inode, struct file *file)
{
	struct rt_popen *o = file->private_data;

	kc_free(o->text.p);
	kfree(o);
	return 0;
}

KC_PROC_OPS(rt_procfs_ops, rt_procfs_open, rt_procfs_release, rt_procfs_read,
	    rt_procfs_write, NULL, NULL);

static struct rt_pfile *rt_pfile_get(const char *path)
{
	struct rt_pfile *f;

	for (f = rt_pfiles; f < rt_pfiles + rt_npfiles; f++)
		if (!strcmp(f->path, path))
			return f;
	rt_npfiles++;
	f->path = path;
	mutex_init(&f->lock);
	return f;
}

/* Did an earlier file need the directory of the first @n bytes? */
static bool rt_pdir_is_made(const struct rt_pfile *f, size_t n)
{
	const struct rt_pfile *e;

	for (e = rt_pfiles; e < f; e++)
		if (!strncmp(e->path, f->path, n + 1))
			return true;
	return false;
}

static int rt_pfile_make(struct rt_pfile *f)
{
	const char *slash = f->path;
	char dir[256];
	size_t n;

	while ((slash = strchr(slash, '/'))) {
		n = slash++ - f->path;
		if (rt_pdir_is_made(f, n))
			continue;
		snprintf(dir, sizeof(dir), "%.*s", (int)n, f->path);
		if (!rt_try_ptr(proc_mkdir(dir, rt_pdir)))
			return -ENOMEM;
	}
	if (!rt_try_ptr(proc_create_data(f->path, f->mode, rt_pdir,
					 &rt_procfs_ops, f)))
		return -ENOMEM;
	return 0;
}

static int rt_procfs_init(void)
{
	const struct taprt_probe *p = taprt_program.probes;
	u32 i, n = 0;
	int rc = 0;

	for (i = 0; i < taprt_program.nprobes; i++)
		n += p[i].kind == &taprt_kind_procfs;
	rt_pfiles = taprt_alloc((n + 1) * sizeof(*rt_pfiles));
	if (!rt_pfiles)
		return -ENOMEM;
	for (i = 0; i < taprt_program.nprobes; i++) {
		struct rt_pfile *f;

		if (p[i].kind != &taprt_kind_procfs)
			continue;
		f = rt_pfile_get(p[i].text);
		f->mode |= p[i].num[0];
		if (p[i].num[1])
			f->read = &p[i];
	}
	rt_pdir = rt_try_ptr(kc_procdir_make(RT_PROCFS_DIR, THIS_MODULE->name));
	if (!rt_pdir)
		return -ENOMEM;
	for (i = 0; i < rt_npfiles && !rc; i++)
		rc = rt_pfile_make(&rt_pfiles[i]);
	return rc;
}

/* The session is not RUNNING any more: who comes to hold a lock sees that. */
static void rt_procfs_disarm(void)
{
	u32 i;

	for (i = 0; i < rt_npfiles; i++) {
		mutex_lock(&rt_pfiles[i].lock);
		mutex_unlock(&rt_pfiles[i].lock);
	}
}

/*
 * In delete_module() or a load that failed, while disarm may be in any exit(): looking
 * a path up takes a process that has a root.  Nobody is inside but on his way out.
 */
static void rt_procfs_exit(void)
{
	if (rt_pdir)
		proc_remove(rt_pdir);
	rt_pdir = NULL;
	if (rt_pfiles)
		kc_procdir_tidy(RT_PROCFS_DIR);
	taprt_free(rt_pfiles);
}

const struct taprt_part taprt_part_procfs = {
	.init = rt_procfs_init,
	.exit = rt_procfs_exit,
	.disarm = rt_procfs_disarm,
};
