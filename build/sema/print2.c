// SPDX-License-Identifier: GPL-2.0-only
/* The -p2 text: globals, functions, probes that survived. */
#include "build/sema/sema.h"

#include "build/base/buf.h"
#include "build/lang/ast.h"
#include "build/lang/lang.h"
#include "build/sema/ctx.h"

static void print_global(struct buf *b, const struct sym *g)
{
	int i;

	buf_adds(b, g->name);
	if (g->wrap)
		buf_addc(b, '%');
	if (g->max_entries)
		buf_printf(b, "[%lld]", (long long)g->max_entries);
	buf_printf(b, ":%s", ty_name(g->type));
	if (g->arity > 0)
		buf_adds(b, " [");
	for (i = 0; i < g->arity && i < TAPRT_MAXKEYS; i++)
		buf_printf(b, "%s%s", i ? ", " : "", ty_name(g->keys[i]));
	if (g->arity > 0)
		buf_addc(b, ']');
	if (g->init) {
		buf_adds(b, " = ");
		lang_print_expr(b, g->init);
	}
	buf_addc(b, '\n');
}

static void print_locals(struct buf *b, struct sym *const *v, size_t n)
{
	size_t i;

	if (n)
		buf_adds(b, "  # locals\n");
	for (i = 0; i < n; i++)
		buf_printf(b, "  %s:%s\n", v[i]->name, ty_name(v[i]->type));
}

static void print_function(struct buf *b, const struct ast_func *f, int verbose)
{
	size_t i;

	buf_printf(b, "%s:%s (", f->name, ty_name(f->type));
	for (i = 0; i < f->nparams; i++)
		buf_printf(b, "%s%s:%s", i ? ", " : "", f->params[i]->name,
			   ty_name(f->params[i]->type));
	buf_adds(b, ")\n");
	print_locals(b, f->locals.v, f->locals.n);
	if (verbose && f->body)
		lang_print_stmt(b, f->body, 1);
}

/* In the module's text; of a place that only has a name, from that. */
static void print_module_place(struct buf *b, const struct dpoint *d)
{
	const char *from = d->module;
	uint64_t off = d->offset;

	if (d->addr == TAPRT_ADDR_BY_NAME && off)
		from = d->symbol ? d->symbol : d->func;
	else if (d->addr != TAPRT_ADDR_BY_NAME)
		off += d->addr;
	buf_printf(b, " /* pc=%s", from);
	if (off || d->addr != TAPRT_ADDR_BY_NAME)
		buf_printf(b, "+0x%llx", (unsigned long long)off);
	buf_adds(b, " */");
}

void sema_print_place(struct buf *b, const struct program *prog,
		      const struct dpoint *d)
{
	if (d->mech > TAPRT_MECH_KRETPROBE)
		return;
	if (d->module)
		print_module_place(b, d);
	else
		buf_printf(b, " /* pc=_stext+0x%llx */",
			   (unsigned long long)(d->addr + d->offset -
						prog->stext));
}

static void print_points(struct buf *b, const struct program *prog,
			 const struct dprobe *p)
{
	static const char *const mech[] = {
		"", "ftrace", "kprobe", "kretprobe", "tracepoint", "syscall"
	};
	const struct dpoint *d;

	vec_foreach(d, &p->points) {
		buf_adds(b, d->pp);
		sema_print_place(b, prog, d);
		buf_printf(b, " /* %s */ /* <- %s */\n",
			   d->mech < sizeof(mech) / sizeof(*mech)
				   ? mech[d->mech]
				   : "?",
			   d->from);
	}
}

static void print_probe(struct buf *b, const struct program *prog,
			const struct dprobe *p, int verbose)
{
	const struct saved *sv;

	if (p->points.n)
		print_points(b, prog, p);
	else
		buf_printf(b, "%s /* <- %s */\n", p->name, p->from);
	if (p->cond) {
		buf_adds(b, "  # condition\n  ");
		lang_print_expr(b, p->cond);
		buf_addc(b, '\n');
	}
	if (p->saved.n)
		buf_adds(b, "  # at entry\n");
	vec_foreach(sv, &p->saved) {
		buf_printf(b, "  %s ", ty_name(sv->e->type));
		lang_print_expr(b, sv->e);
		buf_addc(b, '\n');
	}
	print_locals(b, p->locals.v, p->locals.n);
	if (verbose && p->body)
		lang_print_stmt(b, p->body, 1);
}

void sema_print(struct buf *out, const struct program *p, int verbose)
{
	size_t i;

	if (p->globals.n)
		buf_adds(out, "# globals\n");
	for (i = 0; i < p->globals.n; i++)
		print_global(out, p->globals.v[i]);
	if (p->funcs.n)
		buf_adds(out, "# functions\n");
	for (i = 0; i < p->funcs.n; i++)
		if (!p->funcs.v[i]->embed || !p->funcs.v[i]->embed->is_expr)
			print_function(out, p->funcs.v[i], verbose);
	if (p->probes.n)
		buf_adds(out, "# probes\n");
	for (i = 0; i < p->probes.n; i++)
		print_probe(out, p, p->probes.v[i], verbose);
}
