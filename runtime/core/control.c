// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control file: messages in, events out (uapi/wire.h).
 *
 * Whoever has it open runs the session; when it is closed, for whatever reason,
 * every probe is disarmed before close returns.
 */
#include "runtime/core/core.h"

static struct proc_dir_entry *rt_dir;
static bool rt_ctl_open;

/* @p, @n: payload of a SET, "name\0value\0" exactly */
static int rt_ctl_set(const char *p, u32 n)
{
	size_t k;

	if (taprt_state != TAPW_LOADED)
		return -EBUSY;
	if (!n || p[n - 1])
		return -EINVAL;
	k = strlen(p) + 1;
	if (k >= n || k + strlen(p + k) + 1 != n)
		return -EINVAL;
	return rt_global_set(p, p + k);
}

static int rt_ctl_start(const char *p, u32 n)
{
	struct tapw_start s;

	if (n != sizeof(s))
		return -EINVAL;
	memcpy(&s, p, sizeof(s));
	return rt_session_start(s.target);
}

/* Waits for nobody: whoever relays must not stand still for a session's command. */
static int rt_ctl_look(u32 n)
{
	if (n)
		return -EINVAL;
	rt_store_release(&rt_event, 1u);
	rt_wake_now();
	return 0;
}

static int rt_ctl_message(const struct tapw_msg *m, const char *p)
{
	int rc = -EINVAL;

	if (m->type == TAPW_LOOK)
		return rt_ctl_look(m->len);
	mutex_lock(&rt_mutex);
	switch (m->type) {
	case TAPW_SET:
		rc = rt_ctl_set(p, m->len);
		break;
	case TAPW_START:
		rc = rt_ctl_start(p, m->len);
		break;
	case TAPW_STOP:
		if (!m->len) {
			rt_session_stop(true);
			rc = 0;
		}
		break;
	}
	mutex_unlock(&rt_mutex);
	rt_wake_now();
	return rc;
}

/* The end needs no memory: there may be none. */
static ssize_t rt_ctl_write(struct file *f, const char __user *buf, size_t size,
			    loff_t *pos)
{
	struct tapw_msg m;
	char *p = NULL;
	int rc = -EFAULT;

	if (size < sizeof(m) || size > TAPW_MSG_MAX)
		return -EINVAL;
	if (copy_from_user(&m, buf, sizeof(m)))
		return -EFAULT;
	if (m.len != size - sizeof(m))
		return -EINVAL;
	if (m.len) {
		p = rt_try_ptr(kmalloc(m.len, GFP_KERNEL));
		if (!p)
			return -ENOMEM;
	}
	if (!m.len || !copy_from_user(p, buf + sizeof(m), m.len))
		rc = rt_ctl_message(&m, p);
	kfree(p);
	return rc ? rc : (ssize_t)size;
}

static ssize_t rt_ctl_read(struct file *f, char __user *buf, size_t size,
			   loff_t *pos)
{
	struct tapw_event ev;

	if (size < sizeof(ev))
		return -EINVAL;
	if (!rt_xchg(&rt_event, 0u))
		return 0;
	mutex_lock(&rt_mutex);
	rt_event_fill(&ev);
	mutex_unlock(&rt_mutex);
	if (!copy_to_user(buf, &ev, sizeof(ev)))
		return sizeof(ev);
	rt_store_release(&rt_event, 1u); /* it has not been seen */
	return -EFAULT;
}

static kc_poll_t rt_ctl_poll(struct file *f, poll_table *pt)
{
	poll_wait(f, &rt_ctl_wait, pt);
	return rt_read_once(rt_event) ? POLLIN | POLLRDNORM : 0;
}

static int rt_ctl_open_fn(struct inode *inode, struct file *f)
{
	return rt_file_open(&rt_ctl_open);
}

static int rt_ctl_release(struct inode *inode, struct file *f)
{
	mutex_lock(&rt_mutex);
	rt_session_stop(false);
	mutex_unlock(&rt_mutex);
	rt_wake_now();
	rt_file_release(&rt_ctl_open);
	return 0;
}

KC_PROC_OPS(rt_ctl_ops, rt_ctl_open_fn, rt_ctl_release, rt_ctl_read,
	    rt_ctl_write, rt_ctl_poll, NULL);

static void rt_files_exit(void)
{
	if (!rt_dir)
		return;
	remove_proc_entry("ctl", rt_dir);
	remove_proc_entry("data", rt_dir);
	proc_remove(rt_dir);
	rt_dir = NULL;
}

/* Whoever loads the module need not be root, and CAP_SYS_MODULE opens no file. */
static bool rt_file_give(struct proc_dir_entry *d)
{
	if (d)
		proc_set_user(d, current_fsuid(), current_fsgid());
	return d != NULL;
}

static int rt_files_init(void)
{
	char name[80];

	snprintf(name, sizeof(name), TAPW_PROC_PREFIX "%s", THIS_MODULE->name);
	kc_timer_init(&rt_wake, rt_wake_fn);
	rt_dir = rt_try_ptr(proc_mkdir(name, NULL));
	if (!rt_dir)
		return -ENOMEM;
	if (rt_file_give(rt_try_ptr(
		    proc_create("data", 0600, rt_dir, &rt_data_ops))) &&
	    rt_file_give(
		    rt_try_ptr(proc_create("ctl", 0600, rt_dir, &rt_ctl_ops))))
		return 0;
	proc_remove(rt_dir);
	rt_dir = NULL;
	return -ENOMEM;
}
