// SPDX-License-Identifier: GPL-2.0-only
/* Decodes one function: ranges, scopes, variables, calls; format.h has the form. */
#include "build/base/vec.h"
#include "build/dwarf/dloc.h"
#include "build/dwarf/dwx.h"
#include "build/dwarf/dwx_priv.h"
#include "build/dwarf/enc.h"
#include "bundle/base/err.h"

#include <string.h>

#define MAX_DEPTH 128

struct dec {
	struct dwx_dir *d;
	const struct dwx_unit *u;
	struct dwx_body *body;
	struct arena *a;
	struct cur c;
	bool is_bare, is_top;
	VEC(struct dwx_scope *) inlined;
};

static bool count_ok(struct cur *c, uint64_t n)
{
	if (n > cur_left(c))
		c->failed = true;
	return cur_ok(c);
}

struct dwx_loc dwx_read_loc(struct cur *c, const struct dwx_dom *m,
			    const struct dwx_range *in, struct arena *a)
{
	uint64_t kind = cur_uleb(c), n, i, last = in->lo;
	struct dwx_loc l = { .kind = DWX_LOC_NONE };

	if (kind == DLOC_CONST) {
		l.kind = DWX_LOC_CONST;
		l.value = dec_s(c);
	} else if (kind == DLOC_EXPR || kind == DLOC_BYTES) {
		l.kind = kind == DLOC_EXPR ? DWX_LOC_EXPR : DWX_LOC_BYTES;
		l.nentries = 1;
		l.entry = arena_new(a, struct dwx_loc_entry);
		l.entry->range = *in;
		l.entry->expr = dwx_dom_expr(m, cur_uleb(c));
	} else if (kind >= DLOC_LIST) {
		n = kind - DLOC_LIST + 1;
		if (!count_ok(c, n))
			return l;
		l.kind = DWX_LOC_LIST;
		l.nentries = n;
		l.entry = arena_array(a, struct dwx_loc_entry, n);
		for (i = 0; i < n; i++) {
			struct dwx_loc_entry *x = &l.entry[i];
			uint64_t len;

			x->range.lo = last + (uint64_t)dec_s(c);
			len = cur_uleb(c);
			x->range.hi = len ? x->range.lo + len : in->hi;
			x->expr = dwx_dom_expr(m, cur_uleb(c));
			last = x->range.hi;
		}
	}
	return l;
}

static void skip_loc(struct cur *c)
{
	uint64_t kind = cur_uleb(c), n, i;

	if (kind == DLOC_CONST || kind == DLOC_EXPR || kind == DLOC_BYTES)
		cur_uleb(c);
	for (i = 0, n = kind >= DLOC_LIST ? kind - DLOC_LIST + 1 : 0;
	     i < n && cur_ok(c); i++) {
		cur_uleb(c);
		cur_uleb(c);
		cur_uleb(c);
	}
}

static const char *dom_str(const struct dec *x, uint64_t i)
{
	return dwx_dom_str(x->d, x->u->dom, i);
}

/* A variable with the domain's numbers. */
static void read_var(struct dec *x, struct cur *c, struct dwx_var *v)
{
	v->name = dom_str(x, cur_uleb(c));
	v->type = dwx_dom_type(x->u->dom, cur_uleb(c));
	v->line = (uint32_t)cur_uleb(c);
	v->flags = (uint32_t)cur_uleb(c);
}

static const char *file_str(const struct dec *x, struct cur *c)
{
	uint64_t off = cur_uleb(c);

	return off < UINT32_MAX ? dwx_str(x->d, (uint32_t)off) : "";
}

/* What @p is of but its variables. */
static bool read_proto(const struct dec *x, struct dwx_proto *p)
{
	struct cur c = cur_init(p->bytes.p, p->bytes.n);
	const char *name = file_str(x, &c);
	uint64_t n;

	p->linkage = file_str(x, &c);
	p->file = file_str(x, &c);
	p->line = (uint32_t)cur_uleb(&c);
	p->flags = (uint32_t)cur_uleb(&c);
	p->type = (uint32_t)cur_uleb(&c);
	n = cur_uleb(&c);
	if (!count_ok(&c, n))
		return false;
	p->nvars = n;
	p->vars = (uint32_t)cur_off(&c);
	p->name = name;
	return true;
}

/* NULL: no such number; the input is damaged. */
static struct dwx_proto *get_proto(struct dec *x, uint64_t i)
{
	struct dwx_proto *p =
		i < x->u->nprotos ? dwx_proto(x->d, x->u->dom, x->u->proto[i])
				  : NULL;

	if (p && !p->name && !read_proto(x, p))
		p = NULL;
	if (!p)
		x->c.failed = true;
	return p;
}

static void read_proto_vars(const struct dec *x, struct dwx_proto *p)
{
	struct cur c = cur_init(p->bytes.p, p->bytes.n);
	size_t i;

	cur_seek(&c, p->vars);
	p->var = xcalloc(p->nvars + 1, sizeof(*p->var));
	for (i = 0; i < p->nvars; i++) {
		struct dwx_var *v = &p->var[i];

		v->name = file_str(x, &c);
		v->type = (uint32_t)cur_uleb(&c);
		v->line = (uint32_t)cur_uleb(&c);
		v->flags = (uint32_t)cur_uleb(&c);
	}
}

/* ---- scopes ---------------------------------------------------------------------- */

/* First and last address: what lists and inner ranges are written against. */
static struct dwx_range extent(const struct dwx_scope *s)
{
	if (s->kind == DWX_SCOPE_FUNC)
		return (struct dwx_range){
			s->entry, s->nranges ? s->range[s->nranges - 1].hi : 0
		};
	return s->nranges ? (struct dwx_range){ s->range[0].lo,
						s->range[s->nranges - 1].hi }
			  : (struct dwx_range){ 0, 0 };
}

static void read_ranges(struct dec *x, struct dwx_scope *s, uint64_t from,
			struct dwx_range around)
{
	uint64_t n = cur_uleb(&x->c), i;

	if (!count_ok(&x->c, n))
		return;
	s->range = arena_array(x->a, struct dwx_range, n + 1);
	s->nranges = n;
	for (i = 0; i < n; i++) {
		struct dwx_range *r = &s->range[i];
		uint64_t len;

		r->lo = from + (uint64_t)dec_s(&x->c);
		len = cur_uleb(&x->c);
		r->hi = len ? r->lo + len : around.hi;
		from = r->hi;
	}
}

static void skip_vars(struct dec *x, struct dwx_proto *owner)
{
	uint64_t n = cur_uleb(&x->c), i, head;
	struct dwx_var v;

	if (!count_ok(&x->c, n))
		return;
	for (i = 0; i < n && cur_ok(&x->c); i++) {
		head = cur_uleb(&x->c);
		if (!head)
			read_var(x, &x->c, &v);
		else if (!(head & 1) || head >> 1 >= owner->nvars)
			x->c.failed = true;
		skip_loc(&x->c);
	}
}

static void read_vars(struct dec *x, struct dwx_scope *s,
		      struct dwx_proto *owner, struct dwx_range in)
{
	uint64_t n = cur_uleb(&x->c), i, head;

	if (!count_ok(&x->c, n))
		return;
	if (n && !owner->var)
		read_proto_vars(x, owner);
	s->var = arena_array(x->a, struct dwx_var, n + 1);
	s->nvars = n;
	for (i = 0; i < n && cur_ok(&x->c); i++) {
		struct dwx_var *v = &s->var[i];

		v->name = "";
		head = cur_uleb(&x->c);
		if (!head)
			read_var(x, &x->c, v);
		else if (head & 1 && head >> 1 < owner->nvars)
			*v = owner->var[head >> 1];
		else
			x->c.failed = true;
		v->loc = dwx_read_loc(&x->c, x->u->dom, &in, x->a);
	}
}

static void read_labels(struct dec *x, struct dwx_scope *s, uint64_t lo)
{
	uint64_t n = cur_uleb(&x->c), i;

	if (!n || !count_ok(&x->c, n))
		return;
	s->label = arena_array(x->a, struct dwx_label, n + 1);
	s->nlabels = n;
	for (i = 0; i < n; i++) {
		s->label[i].name = dom_str(x, cur_uleb(&x->c));
		s->label[i].pc = lo + (uint64_t)dec_s(&x->c);
	}
}

static void read_calls(struct dec *x, struct dwx_scope *s, uint64_t last)
{
	uint64_t n = cur_uleb(&x->c), i;

	if (!n || !count_ok(&x->c, n))
		return;
	s->call = arena_array(x->a, struct dwx_call, n + 1);
	s->ncalls = n;
	for (i = 0; i < n; i++) {
		int64_t delta;

		s->call[i].callee = dom_str(x, cur_uleb(&x->c));
		delta = dec_s(&x->c);
		s->call[i].is_tail = delta & 1;
		last += (uint64_t)((delta - (delta & 1)) / 2);
		s->call[i].return_pc = last;
	}
}

static void read_scope(struct dec *x, struct dwx_scope *s,
		       struct dwx_proto *owner, int depth);

/* What the children of a scope are written against. */
struct before {
	uint64_t lo;
	int64_t line;
};

static void name_scope(struct dwx_scope *s, struct dwx_proto *p)
{
	s->name = p->name;
	s->linkage = p->linkage;
	s->file = p->file;
	s->line = p->line;
	s->flags = p->flags;
	s->type = p->type;
}

static struct dwx_proto *read_call_site(struct dec *x, struct dwx_scope *s,
					struct dwx_proto *owner,
					struct before *b)
{
	struct dwx_proto *p = get_proto(x, cur_uleb(&x->c));
	uint64_t file = cur_uleb(&x->c);

	if (!p)
		return NULL;
	name_scope(s, p);
	s->call_file = file ? dom_str(x, file - 1) : owner->file;
	b->line = (int64_t)((uint64_t)b->line + (uint64_t)dec_s(&x->c));
	s->call_line = (uint32_t)b->line;
	s->entry = extent(s).lo + (uint64_t)dec_s(&x->c);
	s->ordinal = (uint32_t)x->inlined.n;
	vec_apush(x->a, &x->inlined, s);
	return p;
}

static struct dwx_scope *read_child(struct dec *x, struct dwx_scope *parent,
				    struct dwx_proto *owner, struct before *b,
				    int depth)
{
	struct dwx_scope *s = arena_new(x->a, struct dwx_scope);
	uint64_t kind = cur_uleb(&x->c);

	s->kind = kind == DX_CHILD_INLINE ? DWX_SCOPE_INLINE : DWX_SCOPE_BLOCK;
	s->parent = parent;
	s->name = s->linkage = s->file = s->call_file = "";
	read_ranges(x, s, b->lo, extent(parent));
	if (!s->nranges) {
		s->range = parent->range;
		s->nranges = parent->nranges;
	} else {
		b->lo = s->range[0].lo;
	}
	if (s->kind == DWX_SCOPE_INLINE)
		owner = read_call_site(x, s, owner, b);
	if (owner && cur_ok(&x->c))
		read_scope(x, s, owner, depth + 1);
	return s;
}

static void read_scope(struct dec *x, struct dwx_scope *s,
		       struct dwx_proto *owner, int depth)
{
	struct dwx_range in = extent(s);
	struct before b = { in.lo, owner->line };
	struct dwx_scope **tail = &s->child;
	uint64_t n, i;

	if (depth > MAX_DEPTH)
		x->c.failed = true;
	s->body = x->body;
	if (x->is_bare) {
		s->proto = owner;
		s->vars_at = (uint32_t)cur_off(&x->c);
		skip_vars(x, owner);
	} else {
		read_vars(x, s, owner, in);
	}
	if (x->is_top)
		return;
	read_labels(x, s, in.lo);
	read_calls(x, s, in.lo);
	n = cur_uleb(&x->c);
	if (!count_ok(&x->c, n))
		return;
	for (i = 0; i < n && cur_ok(&x->c); i++) {
		*tail = read_child(x, s, owner, &b, depth);
		tail = &(*tail)->next;
	}
}

/* ---- bodies -------------------------------------------------------------------------- */

static int read_body(struct dec *x, uint32_t unit, uint64_t off,
		     struct dwx_body **ret, struct err *e)
{
	struct dwx_body *b = arena_new(x->a, struct dwx_body);
	struct dwx_scope *s = arena_new(x->a, struct dwx_scope);
	struct dwx_proto *p;
	struct dwx_range in;

	x->body = b;
	x->c = x->u->bodies;
	cur_seek(&x->c, off);
	p = get_proto(x, cur_uleb(&x->c));
	if (!p || !cur_ok(&x->c))
		return dwx_bad(x->d, "a function", e);
	name_scope(s, p);
	s->call_file = "";
	s->entry = x->u->base + (uint64_t)dec_s(&x->c);
	read_ranges(x, s, s->entry, (struct dwx_range){ 0, 0 });
	in = extent(s);
	b->prologue_end = s->entry + cur_uleb(&x->c);
	b->frame_base = dwx_read_loc(&x->c, x->u->dom, &in, x->a);
	read_scope(x, s, p, 0);
	if (!cur_ok(&x->c))
		return dwx_bad(x->d, "a function", e);
	b->top = s;
	b->inlined = x->inlined.v;
	b->ninlined = x->inlined.n;
	b->unit = unit;
	b->dir = x->d;
	b->image = x->u;
	b->a = x->a;
	*ret = b;
	return 0;
}

static int one_body(struct dec x, struct dwx_ref ref, struct dwx_body **ret,
		    struct err *e)
{
	int rc;

	if (ref.is_inline)
		return err_set(e, ERR_INVALID,
			       "no body but places of inlining");
	rc = dwx_load_unit(x.d, ref.unit, &x.u, e);
	return rc == 0 ? read_body(&x, ref.unit, ref.off, ret, e) : rc;
}

int dwx_body(struct dwx_dir *d, struct dwx_ref ref, struct arena *a,
	     struct dwx_body **ret, struct err *e)
{
	return one_body((struct dec){ .d = d, .a = a }, ref, ret, e);
}

int dwx_body_bare(struct dwx_dir *d, struct dwx_ref ref, struct arena *a,
		  struct dwx_body **ret, struct err *e)
{
	return one_body((struct dec){ .d = d, .a = a, .is_bare = true }, ref,
			ret, e);
}

int dwx_body_top(struct dwx_dir *d, struct dwx_ref ref, struct arena *a,
		 struct dwx_body **ret, struct err *e)
{
	return one_body(
		(struct dec){ .d = d, .a = a, .is_bare = true, .is_top = true },
		ref, ret, e);
}

int dwx_instance_refs(struct dwx_dir *d, struct dwx_ref ref, struct arena *a,
		      struct dwx_instance **ret, size_t *n, struct err *e)
{
	VEC(struct dwx_instance) v = { 0 };
	uint64_t count, i, body = 0;
	const struct dwx_unit *u;
	struct cur c;
	int rc;

	*n = 0;
	if (!ref.is_inline)
		return err_set(e, ERR_INVALID, "no places of inlining");
	rc = dwx_load_unit(d, ref.unit, &u, e);
	if (rc < 0)
		return rc;
	c = u->insts;
	cur_seek(&c, ref.off);
	cur_uleb(&c); /* the proto, which each of them names too */
	count = cur_uleb(&c);
	for (i = 0; i < count && cur_ok(&c); i++) {
		struct dwx_instance in = { .body = { .unit = ref.unit } };

		body += cur_uleb(&c);
		in.ordinal = (uint32_t)cur_uleb(&c);
		in.body.off = (uint32_t)body;
		if (body > UINT32_MAX)
			c.failed = true;
		vec_apush(a, &v, in);
	}
	*ret = v.v;
	*n = v.n;
	return cur_ok(&c) ? 0 : dwx_bad(d, "places of inlining", e);
}

int dwx_instances(struct dwx_dir *d, struct dwx_ref ref, struct arena *a,
		  struct dwx_scope ***ret, size_t *n, struct err *e)
{
	struct dwx_instance *in;
	struct dwx_body *b = NULL;
	size_t i, count;
	int rc = dwx_instance_refs(d, ref, a, &in, &count, e);

	*n = 0;
	if (rc < 0)
		return rc;
	*ret = arena_array(a, struct dwx_scope *, count + 1);
	for (i = 0; i < count; i++) {
		if (!i || in[i].body.off != in[i - 1].body.off)
			rc = dwx_body(d, in[i].body, a, &b, e);
		if (rc < 0)
			return rc;
		if (!b || in[i].ordinal >= b->ninlined)
			return dwx_bad(d, "a place of inlining", e);
		(*ret)[i] = b->inlined[in[i].ordinal];
	}
	*n = count;
	return 0;
}

bool dwx_in_ranges(const struct dwx_range *r, size_t n, uint64_t pc)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (pc >= r[i].lo && pc < r[i].hi)
			return true;
	return false;
}

struct dwx_scope *dwx_scope_at(const struct dwx_body *b, uint64_t pc)
{
	struct dwx_scope *s = b->top, *c;

	if (!dwx_in_ranges(s->range, s->nranges, pc))
		return NULL;
	for (c = s->child; c;) {
		if (dwx_in_ranges(c->range, c->nranges, pc)) {
			s = c;
			c = c->child;
		} else {
			c = c->next;
		}
	}
	return s;
}

/* What was skipped can be read: nothing in it was damaged. */
static void read_later(struct dwx_scope *s)
{
	struct dwx_body *b = s->body;
	struct dec x = { .d = b->dir, .u = b->image, .a = b->a, .body = b };

	x.c = x.u->bodies;
	cur_seek(&x.c, s->vars_at);
	s->vars_at = 0; /* where no variables are: a function stands before */
	read_vars(&x, s, s->proto, extent(s));
}

size_t dwx_vars_at(struct dwx_scope *s, struct arena *a, struct dwx_var ***ret)
{
	VEC(struct dwx_var *) v = { 0 };
	size_t i, k;

	for (; s; s = s->parent) {
		if (s->vars_at)
			read_later(s);
		for (i = 0; i < s->nvars; i++) {
			for (k = 0; k < v.n; k++)
				if (!strcmp(v.v[k]->name, s->var[i].name))
					break;
			if (k == v.n)
				vec_apush(a, &v, &s->var[i]);
		}
		if (s->kind != DWX_SCOPE_BLOCK)
			break;
	}
	*ret = v.v;
	return v.n;
}

bool dwx_loc_at(const struct dwx_loc *l, uint64_t pc, struct dwx_expr *ret)
{
	size_t i;

	if (l->kind != DWX_LOC_EXPR && l->kind != DWX_LOC_LIST)
		return false;
	for (i = 0; i < l->nentries; i++)
		if (l->kind == DWX_LOC_EXPR ||
		    dwx_in_ranges(&l->entry[i].range, 1, pc)) {
			*ret = l->entry[i].expr;
			return true;
		}
	return false;
}
