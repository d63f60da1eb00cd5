// SPDX-License-Identifier: GPL-2.0-only
/* C in a script: what it asks for, who may call it, which blocks belong to it. */
#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/lang/lang.h"
#include "build/sema/ctx.h"
#include "build/session.h"

/* What comments ask for that this runtime has not; C that needs it would not
 * compile, and this says why. */
static const struct {
	uint32_t flag;
	const char *needs;
} absent[] = {
	{ EMBED_BPF, "is assembler for another runtime" },
	{ EMBED_VMA, "needs the tracker of memory maps" },
	{ EMBED_UNWIND, "needs unwind tables" },
	{ EMBED_SYMBOLS, "needs symbol tables" },
	{ EMBED_LINES, "needs line tables" },
	{ EMBED_UPROBES, "needs user-space probes" },
};

static void check_use(struct sema *sm, const struct embed_use *u)
{
	if (!u->sym)
		return;
	if (u->is_write)
		u->sym->is_written = true;
	else
		u->sym->is_read = true;
	if (u->sym->type == TY_STAT)
		diag_error(sm->d, &u->at, DIAG_EMBEDDED_PRAGMA,
			   "'%s' is a statistic, which C can neither read nor "
			   "write",
			   u->name);
}

void sema_check_embed(struct sema *sm, struct ast_func *f)
{
	const struct embed *em = f->embed;
	const struct embed_use *u;
	size_t i;

	for (i = 0; i < sizeof(absent) / sizeof(*absent); i++)
		if (em->flags & absent[i].flag)
			diag_error(sm->d, &f->at, DIAG_UNSUPPORTED,
				   "'%s' says /* %s */: it %s, which is not "
				   "supported yet",
				   f->name, embed_flag_text(absent[i].flag),
				   absent[i].needs);
	if (em->flags & EMBED_STABLE && !(em->flags & EMBED_PURE))
		diag_error(sm->d, &f->at, DIAG_EMBEDDED_PRAGMA,
			   "stable function '%s' must also be /* pure */",
			   f->name);
	if (em->flags & EMBED_STABLE && f->nparams)
		diag_error(sm->d, &f->at, DIAG_EMBEDDED_PRAGMA,
			   "stable function '%s' must not have parameters",
			   f->name);
	vec_foreach(u, &em->uses)
		check_use(sm, u);
}

void sema_check_guru(struct sema *sm, const struct ast_expr *e)
{
	const struct span *at = &e->at;

	if (!e->func || !e->func->embed ||
	    !(e->func->embed->flags & EMBED_GURU) || sm->s->guru)
		return;
	/* As for C itself: a macro has the rights of whoever uses it. */
	while (at->from)
		at = at->from;
	if (at->src && !at->src->is_library) {
		diag_error(sm->d, &e->at, DIAG_NEED_GURU,
			   "function '%s' may only be called with -g", e->name);
		diag_note(sm->d, &e->func->at, "it is defined here");
	}
}

/*
 * The user's blocks may stand for themselves.  A library file is often there for
 * something else than its C.
 */
void sema_embed_blocks(struct sema *sm)
{
	struct scope_file **sf;
	struct ast_func **f;
	bool used = false;
	size_t i;

	vec_foreach(f, &sm->prog->funcs)
		used |= (*f)->embed != NULL;
	for (i = 0; i < sm->nuser; i++)
		used |= sm->files.v[i]->ast->embedded.n > 0;
	if (!used)
		return;
	vec_foreach(sf, &sm->files)
		for (i = 0; i < (*sf)->ast->embedded.n; i++)
			vec_apush(sm->a, &sm->prog->blocks,
				  (*sf)->ast->embedded.v[i]->embed);
}
