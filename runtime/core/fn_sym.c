// SPDX-License-Identifier: GPL-2.0-only
/* Addresses and stacks as text (tapset/linux/stack.stp). */
#include "runtime/core/stack.h"

/* ---- one address --------------------------------------------------------------- */

/**
 * struct rt_sym - the pieces of taprt_symbol()'s text
 * @name: 0 bytes: no symbol is known
 * @plus, @plus_len: "+0xOFFSET"; @size_len: with "/0xSIZE"
 */
struct rt_sym {
	const char *name, *plus, *module;
	u32 name_len, plus_len, size_len, module_len;
};

static u32 rt_span(const char *s, char end)
{
	u32 n = 0;

	while (s[n] && s[n] != end)
		n++;
	return n;
}

static struct rt_sym rt_sym(struct taprt_ctx *c, u64 addr)
{
	struct rt_sym s = { .module = "kernel", .module_len = 6 };
	const char *m;

	s.name = taprt_symbol(c, addr);
	s.name_len = rt_span(s.name, '+');
	s.plus = s.name + s.name_len;
	if (!*s.plus) {
		s.name_len = s.module_len = 0;
		return s;
	}
	s.plus_len = rt_span(s.plus, '/');
	s.size_len = rt_span(s.plus, ' ');
	m = s.plus + s.size_len;
	if (m[0] == ' ' && m[1] == '[') {
		s.module = m + 2;
		s.module_len = rt_span(m + 2, ']');
		/* a build id may follow the name */
		if (rt_span(m + 2, ' ') < s.module_len)
			s.module_len = rt_span(m + 2, ' ');
	}
	return s;
}

static void rt_put_addr(struct taprt_sink *out, u64 v)
{
	taprt_put_lit(out, "0x", 2);
	taprt_put_num(out, v, 'x', 0, 0, -1);
}

/* "name+0x1 [module]", with @size "name+0x1/0x2 [module]"; unknown: "0x…" */
static void rt_put_sym(struct taprt_sink *out, const struct rt_sym *s, u64 addr,
		       bool size)
{
	if (!s->name_len) {
		rt_put_addr(out, addr);
		return;
	}
	taprt_put_lit(out, s->name, s->name_len);
	taprt_put_lit(out, s->plus, size ? s->size_len : s->plus_len);
	taprt_put_lit(out, " [", 2);
	taprt_put_lit(out, s->module, s->module_len);
	taprt_put_lit(out, "]", 1);
}

void taprt_fn_symname(struct taprt_ctx *c, char *dst, u32 size, s64 addr)
{
	struct rt_sym s = rt_sym(c, addr);
	struct taprt_sink out;

	taprt_sink_buf(&out, dst, size);
	if (s.name_len)
		taprt_put_lit(&out, s.name, s.name_len);
	else
		rt_put_addr(&out, addr);
	taprt_sink_end(&out);
}

void taprt_fn_symdata(struct taprt_ctx *c, char *dst, u32 size, s64 addr)
{
	struct rt_sym s = rt_sym(c, addr);
	struct taprt_sink out;

	taprt_sink_buf(&out, dst, size);
	rt_put_sym(&out, &s, addr, true);
	taprt_sink_end(&out);
}

void taprt_fn_modname(struct taprt_ctx *c, char *dst, u32 size, s64 addr)
{
	struct rt_sym s = rt_sym(c, addr);
	struct taprt_sink out;

	if (!s.name_len)
		taprt_fail_addr(c, "no kernel module at address ", addr, "");
	taprt_sink_buf(&out, dst, size);
	taprt_put_lit(&out, s.module, s.module_len);
	taprt_sink_end(&out);
}

void taprt_fn_probemod(struct taprt_ctx *c, char *dst, u32 size)
{
	const char *m = "<unknown>";

	if (c->probe->flags & TAPRT_P_POINTS) {
		m = taprt_strings + taprt_points[c->point].module;
		if (!*m)
			m = "kernel";
	}
	taprt_strcpy(dst, m, size);
}

/* ---- a list of them -------------------------------------------------------------- */

static s32 rt_hex_digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch |= 0x20;
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* The addresses of "0x1 0x2 …"; what is no number ends the list. */
static struct rt_frames rt_frames_parse(struct taprt_ctx *c, const char *s)
{
	struct rt_frames f = taprt_frames_none(c);
	const char *start;
	u64 v;

	for (; f.n < f.max; f.ip[f.n++] = v) {
		while (*s == ' ' || *s == '\n' || *s == '\t')
			s++;
		if (s[0] == '0' && (s[1] | 0x20) == 'x')
			s += 2;
		for (v = 0, start = s; rt_hex_digit(*s) >= 0; s++)
			v = v << 4 | (u64)rt_hex_digit(*s);
		if (s == start)
			break;
	}
	return f;
}

/* The first @n as "0x1 0x2"; a negative @n: all. */
static void rt_put_list(char *dst, u32 size, const struct rt_frames *f, s64 n)
{
	struct taprt_sink out;
	u32 i;

	taprt_sink_buf(&out, dst, size);
	for (i = 0; i < f->n && (n < 0 || i < n); i++) {
		if (i)
			taprt_put_lit(&out, " ", 1);
		rt_put_addr(&out, f->ip[i]);
	}
	taprt_sink_end(&out);
}

/* A line each: "name+0x1 [module]". */
static void rt_put_brief(struct taprt_ctx *c, char *dst, u32 size,
			 const struct rt_frames *f)
{
	struct taprt_sink out;
	struct rt_sym s;
	u32 i;

	taprt_sink_buf(&out, dst, size);
	for (i = 0; i < f->n; i++) {
		s = rt_sym(c, f->ip[i]);
		rt_put_sym(&out, &s, f->ip[i], false);
		taprt_put_lit(&out, "\n", 1);
	}
	taprt_sink_end(&out);
}

/* A line each: " 0x… : name+0x1/0x2 [module]". */
static s64 rt_put_full(struct taprt_ctx *c, const struct rt_frames *f)
{
	struct taprt_sink *out = &c->out;
	struct rt_sym s;
	u32 i;

	for (i = 0; i < f->n; i++) {
		if (f->from && i < 2)
			taprt_put_lit(out,
				      i ? "Returning to  : "
					: "Returning from: ",
				      16);
		s = rt_sym(c, f->ip[i]);
		taprt_put_lit(out, " ", 1);
		rt_put_addr(out, f->ip[i]);
		if (s.name_len) {
			taprt_put_lit(out, " : ", 3);
			rt_put_sym(out, &s, f->ip[i], true);
		}
		taprt_put_lit(out, "\n", 1);
	}
	return 0;
}

/* ---- the kernel's stack ------------------------------------------------------------ */

void taprt_fn_callers(struct taprt_ctx *c, char *dst, u32 size, s64 n)
{
	struct rt_frames f = taprt_frames(c);

	rt_put_list(dst, size, &f, n);
}

void taprt_fn_backtrace(struct taprt_ctx *c, char *dst, u32 size)
{
	taprt_fn_callers(c, dst, size, -1);
}

void taprt_fn_task_backtrace(struct taprt_ctx *c, char *dst, u32 size, s64 task)
{
	struct rt_frames f = taprt_frames_task(c, task);

	rt_put_list(dst, size, &f, -1);
}

s64 taprt_fn_stack(struct taprt_ctx *c, s64 n)
{
	struct rt_frames f = taprt_frames(c);

	return n >= 0 && n < f.n ? (s64)f.ip[n] : 0;
}

void taprt_fn_sprint_backtrace(struct taprt_ctx *c, char *dst, u32 size)
{
	struct rt_frames f = taprt_frames(c);

	rt_put_brief(c, dst, size, &f);
}

s64 taprt_fn_print_backtrace(struct taprt_ctx *c)
{
	struct rt_frames f = taprt_frames(c);

	return rt_put_full(c, &f);
}

void taprt_fn_sprint_syms(struct taprt_ctx *c, char *dst, u32 size,
			  const char *list)
{
	struct rt_frames f = rt_frames_parse(c, list);

	rt_put_brief(c, dst, size, &f);
}

s64 taprt_fn_print_syms(struct taprt_ctx *c, const char *list)
{
	struct rt_frames f = rt_frames_parse(c, list);

	return rt_put_full(c, &f);
}

/* ---- the program's ------------------------------------------------------------------ */

void taprt_fn_ucallers(struct taprt_ctx *c, char *dst, u32 size, s64 n)
{
	struct rt_frames f = taprt_frames_user(c);

	rt_put_list(dst, size, &f, n);
}

void taprt_fn_ucallers_at(struct taprt_ctx *c, char *dst, u32 size, s64 ip,
			  s64 fp)
{
	struct rt_frames f = taprt_frames_user_at(c, ip, fp);

	rt_put_list(dst, size, &f, -1);
}

s64 taprt_fn_ustack(struct taprt_ctx *c, s64 n)
{
	struct rt_frames f = taprt_frames_user(c);

	return n >= 0 && n < f.n ? (s64)f.ip[n] : 0;
}
