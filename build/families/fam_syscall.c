// SPDX-License-Identifier: GPL-2.0-only
/*
 * System calls by name, on sys_enter and sys_exit: kernel.syscall("NAME").
 *
 * What the tapset's syscall.NAME is made of.  The text may be several names with '|'
 * between them, each with "native:" or "compat:" (32-bit programs) before it, and
 * wildcards.  kernel.syscall("*") is every known one; kernel.syscall_any sees also
 * the numbers that nobody knows.
 */
#include "build/families/family.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/base/glob.h"
#include "build/sema/ctx.h"
#include "build/sema/intrinsic.h"
#include "build/sema/tree.h"

#include <stdlib.h>
#include <string.h>

#define NARGS 6

enum {
	FORM_RETURN = 1,
	FORM_ANY = 2,
};

static const struct fam_form forms[] = {
	{ "kernel.syscall(S)", 0 },
	{ "kernel.syscall(S).as(S)", 0 },
	{ "kernel.syscall(S).return", FORM_RETURN },
	{ "kernel.syscall(S).return.maxactive(N)", FORM_RETURN },
	{ "kernel.syscall(S).as(S).return", FORM_RETURN },
	{ "kernel.syscall(S).as(S).return.maxactive(N)", FORM_RETURN },
	{ "kernel.syscall_any", FORM_ANY },
	{ "kernel.syscall_any.return", FORM_ANY | FORM_RETURN },
};

/* ---- the table ------------------------------------------------------------ */

struct syscall {
	const char *name;
	int nr, nr32;
	const char *args; /* "K:name K:name" */
};

static const struct syscall table[] = {
#define SYSCALL(name, nr, nr32, args) { #name, nr, nr32, args },
#include "runtime/uapi/syscalls.def"
#undef SYSCALL
};

#define NTABLE (sizeof(table) / sizeof(table[0]))

/* Argument @i: its kind; *@name, of *@len bytes.  0: there is no such. */
static char syscall_arg(const struct syscall *s, unsigned int i,
			const char **name, size_t *len)
{
	const char *p = s->args;

	while (i-- && *p) {
		p += strcspn(p, " ");
		p += *p == ' ';
	}
	if (!*p)
		return 0;
	*name = p + 2;
	*len = strcspn(p + 2, " ");
	return *p;
}

static uint64_t arg_kind(char k, bool compat)
{
	switch (k) {
	case 'i':
		return TAPRT_ARG_S32;
	case 'u':
		return TAPRT_ARG_U32;
	case 'h':
		return TAPRT_ARG_U16;
	case 'l':
		return compat ? TAPRT_ARG_S32 : TAPRT_ARG_WORD;
	default:
		return compat ? TAPRT_ARG_U32 : TAPRT_ARG_WORD;
	}
}

static uint64_t point_addr(const struct syscall *s, bool compat)
{
	uint64_t a = (uint64_t)(compat ? s->nr32 : s->nr);
	unsigned int i;
	const char *name;
	size_t len;

	if (compat)
		a |= TAPRT_SYS_COMPAT;
	for (i = 0; i < NARGS; i++) {
		char k = syscall_arg(s, i, &name, &len);

		a |= arg_kind(k ? k : 'p', compat) << (TAPRT_SYS_KIND + 4 * i);
	}
	return a;
}

/* ---- places --------------------------------------------------------------- */

/**
 * struct wanted - what a point asks for
 * @as: the name that handlers are told, NULL = the call's own
 * @tail: what follows in the point's text
 */
struct wanted {
	struct sema *sm;
	const char *as, *tail;
	struct fam_probe *ret;
};

static void add_place(const struct wanted *w, const struct syscall *s,
		      bool compat)
{
	struct arena *a = w->sm->a;
	struct fam_point p = { 0 };

	p.dp.addr = point_addr(s, compat);
	p.dp.mech = TAPRT_MECH_SYSCALL;
	p.dp.func = w->as ? w->as : s->name;
	p.dp.pp = arena_printf(a, "kernel.syscall(\"%s%s\")%s",
			       compat ? "compat:" : "", s->name, w->tail);
	p.btf = (uint32_t)(s - table) + 1; /* see place_syscall() */
	vec_apush(a, &w->ret->points, p);
}

static void find_name(const struct wanted *w, const char *name)
{
	bool native = true, compat = true;
	size_t i;

	if (!strncmp(name, "native:", 7)) {
		compat = false;
		name += 7;
	} else if (!strncmp(name, "compat:", 7)) {
		native = false;
		name += 7;
	}
	for (i = 0; i < NTABLE; i++) {
		if (!glob_match(name, table[i].name))
			continue;
		if (native && table[i].nr >= 0)
			add_place(w, &table[i], false);
		if (compat && table[i].nr32 >= 0)
			add_place(w, &table[i], true);
	}
}

static void find_names(const struct wanted *w, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "|");

		find_name(w, arena_strndup(w->sm->a, text, n));
		text += n + (text[n] == '|');
	}
}

static void report_no_match(struct sema *sm, const struct ast_comp *c)
{
	struct similar sim;
	size_t i;

	similar_init(&sim, c->str);
	for (i = 0; i < NTABLE; i++)
		similar_add(&sim, table[i].name);
	diag_error(sm->d, &c->at, DIAG_NO_MATCH,
		   "no match for system call '%s'%s", c->str,
		   similar_text(sm->a, &sim, "similar system calls"));
}

static void add_any(const struct wanted *w)
{
	struct fam_point p = { 0 };

	p.dp.addr = TAPRT_SYS_ANY;
	p.dp.mech = TAPRT_MECH_SYSCALL;
	p.dp.func = "";
	p.dp.pp = arena_printf(w->sm->a, "kernel.syscall_any%s", w->tail);
	vec_apush(w->sm->a, &w->ret->points, p);
}

static enum fam_result syscall_expand(struct sema *sm,
				      const struct ast_point *pt,
				      unsigned int form, struct fam_probe *ret)
{
	const struct ast_comp *c = &pt->comp[1], *as = family_comp(pt, "as");
	const struct ast_comp *m = family_comp(pt, "maxactive");
	struct wanted w = { sm, as ? as->str : NULL,
			    form & FORM_RETURN ? ".return" : "", ret };

	if (m && (m->num < 0 || m->num > 65535)) {
		diag_error(sm->d, &m->at, DIAG_INTERVAL,
			   "maxactive value out of range [0, 65535]");
		return FAM_REFUSED;
	}
	ret->p->kind = &kind_syscall;
	ret->p->flags = form & FORM_RETURN ? TAPRT_P_RETURN : 0;
	ret->p->maxactive = m ? (uint32_t)m->num : 0;
	if (form & FORM_ANY)
		add_any(&w);
	else
		find_names(&w, c->str);
	if (!ret->points.n) {
		report_no_match(sm, c);
		return FAM_REFUSED;
	}
	ret->p->name = ret->points.v[0].dp.pp;
	return FAM_OK;
}

/* ---- variables -------------------------------------------------------------- */

/* The call at a place; NULL for any. */
static const struct syscall *place_syscall(const struct fam_point *fp)
{
	return fp && fp->btf && fp->btf <= NTABLE ? &table[fp->btf - 1] : NULL;
}

static struct ast_expr *word(struct sema *sm, enum ex kind, struct span at)
{
	struct ast_expr *e = tree_expr(sm->a, kind, at);

	e->type = TY_LONG;
	e->access.bytes = 8;
	return e;
}

/* Number of "$arg3" or of the argument declared by that name, or -1. */
static int arg_number(const struct syscall *s, const char *name)
{
	const char *arg;
	unsigned int i;
	size_t len;

	if (!strncmp(name, "$arg", 4) && name[4] >= '1' &&
	    name[4] <= '0' + NARGS && !name[5])
		return name[4] - '1';
	for (i = 0; s && syscall_arg(s, i, &arg, &len); i++)
		if (strlen(name + 1) == len && !memcmp(name + 1, arg, len))
			return (int)i;
	return -1;
}

static enum fam_result syscall_var(struct sema *sm, const struct dprobe *p,
				   const struct fam_point *fp, struct span at,
				   const char *name, struct fam_value *ret)
{
	int arg = arg_number(place_syscall(fp), name);

	if (arg >= 0) {
		ret->e = word(sm, EX_ARG, at);
		ret->e->num = arg;
		ret->at_entry = true;
		return FAM_OK;
	}
	if (!strcmp(name, "$return") && (p->flags & TAPRT_P_RETURN)) {
		ret->e = word(sm, EX_RETVAL, at);
		return FAM_OK;
	}
	if (!strcmp(name, "$nr"))
		ret->e = intrinsic_call(sm->a, at, "__syscall_nr", 0);
	else if (!strcmp(name, "$compat"))
		ret->e = intrinsic_call(sm->a, at, "__syscall_compat", 0);
	return ret->e ? FAM_OK : FAM_NOT_MINE;
}

static void syscall_names(struct sema *sm, const struct dprobe *p,
			  const struct fam_point *fp,
			  void (*add)(void *arg, const char *name), void *arg)
{
	const struct syscall *s = place_syscall(fp);
	const char *name;
	unsigned int i;
	size_t len;

	for (i = 0; s && syscall_arg(s, i, &name, &len); i++)
		add(arg, arena_printf(sm->a, "$%.*s", (int)len, name));
	for (i = 1; !s && i <= NARGS; i++)
		add(arg, arena_printf(sm->a, "$arg%u", i));
	if (p->flags & TAPRT_P_RETURN)
		add(arg, "$return");
}

/* Known when it runs: one handler serves all the calls of a wildcard. */
static struct ast_expr *syscall_text(struct sema *sm, struct span at,
				     const char *name)
{
	return strcmp(name, "$$name")
		       ? NULL
		       : intrinsic_call(sm->a, at, "__point_name", 0);
}

extern const struct family fam_syscall;
const struct family fam_syscall = {
	.name = "syscall",
	.forms = forms,
	.nforms = sizeof(forms) / sizeof(forms[0]),
	.expand = syscall_expand,
	.var = syscall_var,
	.names = syscall_names,
	.text = syscall_text,
	.writes_back = true,
};
