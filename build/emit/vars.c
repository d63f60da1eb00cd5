// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the variables of one C function live.
 *
 * Longs are C locals, strings stand on the context's string stack.  Where parts of
 * the function are C functions of their own (outline.c), all are members of a
 * struct at the start of its frame on that stack: the parts reach them there, and
 * the kernel's stack holds none, however many there are.
 */
#include "build/emit/em.h"

enum storage {
	STORE_LONG,
	STORE_STRING,  /* with room of its own */
	STORE_POINTER, /* a string parameter that nobody assigns to */
};

/**
 * struct var - one variable
 * @name: without the struct it may be in
 * @first: C text of its first value: a parameter, or "0" (for strings: empty)
 */
struct var {
	const char *name, *first;
	enum storage storage;
	bool is_param;
};

struct vars {
	VEC(struct var) v;
};

/* Compilers take the '$' of a script name: a$b and a_b stay apart. */
static const char *var_name(struct em *em, const struct sym *sym)
{
	return em_text(em, "%s%s", sym->type == TY_STRING ? "s_" : "l_",
		       sym->name);
}

const char *em_local(struct em *em, const struct sym *sym)
{
	const char *name = var_name(em, sym);

	return em->fn->outlined ? em_text(em, "v->%s", name) : name;
}

static void add(struct em *em, struct vars *vs, const char *name,
		enum storage storage, const char *param)
{
	struct var v = { name, param ? param : "0", storage, param != NULL };

	vec_apush(&em->arena, &vs->v, v);
}

static void add_params(struct em *em, struct vars *vs, const struct ast_func *f)
{
	for (size_t i = 0; i < f->nparams; i++) {
		const struct sym *p = f->params[i];
		enum storage st = p->type != TY_STRING	       ? STORE_LONG
				  : effect_assigns(f->body, p) ? STORE_STRING
							       : STORE_POINTER;

		add(em, vs, var_name(em, p), st, em_text(em, "a%zu", i));
	}
}

/* "next" hands the arguments on as they came, from whatever part it is in. */
static void add_passed(struct em *em, struct vars *vs, const struct ast_func *f)
{
	for (size_t i = 0; f->next_overload && i < f->nparams; i++) {
		const char *a = em_text(em, "a%zu", i);

		add(em, vs, a,
		    f->params[i]->type == TY_STRING ? STORE_POINTER
						    : STORE_LONG,
		    a);
	}
}

/* ---- C locals ------------------------------------------------------------------ */

static void declare(struct em *em, const struct var *v)
{
	switch (v->storage) {
	case STORE_LONG:
		cw_line(&em->w, "s64 %s = %s;", v->name, v->first);
		break;
	case STORE_POINTER:
		cw_line(&em->w, "const char *const %s = %s;", v->name,
			v->first);
		break;
	case STORE_STRING:
		cw_line(&em->w, "char *const %s = %s;", v->name,
			em_string_slot(em));
		break;
	}
}

static void set_string(struct em *em, const char *name, const struct var *v)
{
	if (v->is_param)
		cw_line(&em->w, "taprt_strcpy(%s, %s, STRSIZE);", name,
			v->first);
	else
		cw_line(&em->w, "*%s = 0;", name);
}

/* ---- a struct ------------------------------------------------------------------- */

static void member(struct em *em, const struct var *v)
{
	switch (v->storage) {
	case STORE_LONG:
		cw_line(&em->w, "s64 %s;", v->name);
		break;
	case STORE_POINTER:
		cw_line(&em->w, "const char *%s;", v->name);
		break;
	case STORE_STRING:
		cw_line(&em->w, "char %s[STRSIZE];", v->name);
		break;
	}
}

/* Strings come last: they may have any length. */
static void declare_struct(struct em *em, const struct vars *vs,
			   const struct ast_func *f)
{
	uint32_t bytes = 0;
	const struct var *v;

	cw_open(&em->w, "struct %s_vars", em->fn->name);
	if (f && f->type != TY_UNKNOWN) {
		cw_line(&em->w,
			f->type == TY_STRING ? "char *ret;" : "s64 ret;");
		bytes += 8;
	}
	for (int strings = 0; strings < 2; strings++) {
		vec_foreach(v, &vs->v) {
			if ((v->storage == STORE_STRING) != strings)
				continue;
			member(em, v);
			bytes += strings ? em->strsize : 8;
		}
	}
	cw_close(&em->w, ";");
	cw_blank(&em->w);
	/* the first of the frame, and never nothing: the parts get its address */
	em_slot(em, bytes ? bytes : 8);
}

static void set_struct(struct em *em, const struct vars *vs,
		       const struct ast_func *f)
{
	const struct var *v;

	if (f && f->type != TY_UNKNOWN)
		cw_line(&em->w, "v->ret = %s;",
			f->type == TY_STRING ? "ret" : "0");
	vec_foreach(v, &vs->v) {
		const char *name = em_text(em, "v->%s", v->name);

		if (v->storage == STORE_STRING)
			set_string(em, name, v);
		else
			cw_line(&em->w, "%s = %s;", name, v->first);
	}
}

/* ---- both ------------------------------------------------------------------------ */

void em_vars(struct em *em, const struct ast_func *f, struct sym *const *locals,
	     size_t n, struct buf *head)
{
	struct em_fn *fn = em->fn;
	struct buf *body = em->w.out;
	struct vars vs = { 0 };
	const struct var *v;

	if (f)
		add_params(em, &vs, f);
	for (size_t i = 0; i < n; i++)
		add(em, &vs, var_name(em, locals[i]),
		    locals[i]->type == TY_STRING ? STORE_STRING : STORE_LONG,
		    NULL);
	if (fn->outlined) {
		if (f)
			add_passed(em, &vs, f);
		em->w.out = &fn->parts;
		em->w.indent = 0;
		declare_struct(em, &vs, f);
		em->w.indent = 1;
		em->w.out = head;
		cw_line(&em->w, "struct %s_vars *const v = (void *)f;",
			fn->name);
		em->w.out = body;
		set_struct(em, &vs, f);
		return;
	}
	em->w.out = head;
	vec_foreach(v, &vs.v)
		declare(em, v);
	em->w.out = body;
	vec_foreach(v, &vs.v)
		if (v->storage == STORE_STRING)
			set_string(em, v->name, v);
}

const char *em_ret(struct em *em)
{
	return em->fn->outlined ? "v->ret" : "ret";
}

const char *em_passed(struct em *em, size_t i)
{
	return em_text(em, em->fn->outlined ? "v->a%zu" : "a%zu", i);
}
