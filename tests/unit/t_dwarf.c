// SPDX-License-Identifier: GPL-2.0-only
/* Debug information of every shape, to an index and back. */
#include "tests/unit/dwarf_fix.h"
#include "tests/tap.h"

#include <dwarf.h>
#include <elf.h>
#include <unistd.h>

static struct arena a;

static const struct {
	const char *name, *cc, *flags[6];
} shapes[] = {
	{ "DWARF 2", "gcc", { "-gdwarf-2" } },
	{ "DWARF 3", "gcc", { "-gdwarf-3" } },
	{ "DWARF 4", "gcc", { "-gdwarf-4" } },
	{ "DWARF 5", "gcc", { "-gdwarf-5" } },
	{ "DWARF 4, 64-bit", "gcc", { "-gdwarf-4", "-gdwarf64" } },
	{ "DWARF 5, 64-bit", "gcc", { "-gdwarf-5", "-gdwarf64" } },
	{ "compressed", "gcc", { "-g", "-gz=zlib" } },
	{ "compressed GNU style", "gcc", { "-gdwarf-4", "-gz=zlib-gnu" } },
	{ "split 4", "gcc", { "-gdwarf-4", "-gsplit-dwarf" } },
	{ "split 5", "gcc", { "-gdwarf-5", "-gsplit-dwarf" } },
	{ "type units 4", "gcc", { "-gdwarf-4", "-fdebug-types-section" } },
	{ "type units 5", "gcc", { "-gdwarf-5", "-fdebug-types-section" } },
	{ "functions in sections", "gcc", { "-g", "-ffunction-sections" } },
	{ "clang, DWARF 4", "clang", { "-gdwarf-4" } },
	{ "clang, DWARF 5", "clang", { "-gdwarf-5" } },
	{ "clang, split 5", "clang", { "-gdwarf-5", "-gsplit-dwarf" } },
};

static bool have(const char *cc)
{
	const char *argv[] = { cc, "--version", NULL };
	struct spawn s = { .argv = argv };
	bool yes = spawn_run(&s, NULL) == 0;

	buf_deinit(&s.out);
	return yes;
}

static bool same_places(const struct dwx_scope *x, const struct dwx_scope *y)
{
	for (; x && y; x = x->next, y = y->next)
		if (x->kind != y->kind || strcmp(x->name, y->name) != 0 ||
		    x->entry != y->entry || x->nranges != y->nranges ||
		    x->nlabels != y->nlabels || x->ncalls != y->ncalls ||
		    y->nvars || !same_places(x->child, y->child))
			return false;
	return !x && !y;
}

/* Without its variables a function is as it is with them. */
static bool same_bare(struct dwx_dir *d, struct dwx_ref r,
		      const struct dwx_body *b)
{
	struct dwx_body *bare;
	struct err e;

	return dwx_body_bare(d, r, &a, &bare, &e) == 0 &&
	       bare->ninlined == b->ninlined && same_places(b->top, bare->top);
}

/* The only function that matches, decoded; NULL when there is no such. */
static struct dwx_body *body(struct dwx_dir *d, const char *name)
{
	struct dwx_body *b = NULL;
	struct dwx_func f;
	uint32_t *v;
	struct err e;
	size_t k;

	if (dwx_find_funcs(d, name, NULL, &a, &v) != 1)
		return NULL;
	f = dwx_func(d, v[0]);
	for (k = 0; k < f.nrefs; k++) {
		struct dwx_ref r = dwx_ref(d, v[0], k);

		if (r.is_inline)
			continue;
		if (dwx_body(d, r, &a, &b, &e) < 0 || !same_bare(d, r, b))
			return NULL;
	}
	return b;
}

static struct dwx_var *var(const struct dwx_scope *s, const char *name)
{
	size_t i;

	for (i = 0; s && i < s->nvars; i++)
		if (!strcmp(s->var[i].name, name))
			return &s->var[i];
	return NULL;
}

/* Depth first. */
static struct dwx_var *var_below(const struct dwx_scope *s, const char *name)
{
	struct dwx_var *v = var(s, name);

	for (s = s->child; s && !v; s = s->next)
		v = var_below(s, name);
	return v;
}

static void test_functions(struct dwx_dir *d, const char *n)
{
	struct dwx_func f;
	uint32_t *v;
	size_t i;

	ok(dwx_find_funcs(d, "*", NULL, &a, &v) == 4, "%s: four functions", n);
	ok(dwx_find_funcs(d, "wor*", "work.c", &a, &v) == 1, "%s: one by globs",
	   n);
	f = dwx_func(d, v[0]);
	ok(!strcmp(f.name, "work") && !strcmp(f.file, "work.c") &&
		   f.line == LINE_WORK && f.flags & DWX_FN_EXTERNAL,
	   "%s: declared at its place (%s:%u)", n, f.file, f.line);
	ok(dwx_find_funcs(d, "work", "*/other.c", &a, &v) == 0,
	   "%s: not in another file", n);
	i = dwx_find_funcs(d, "twice", NULL, &a, &v);
	f = dwx_func(d, i ? v[0] : 0);
	ok(i == 1 && f.flags & DWX_FN_INLINE && f.nrefs == 1 &&
		   dwx_ref(d, v[0], 0).is_inline,
	   "%s: inlined only", n);
}

static void test_body(struct dwx_dir *d, const char *n)
{
	struct dwx_body *b = body(d, "work");
	struct dwx_scope *top = b ? b->top : NULL;
	struct dwx_ref r;
	const char *sect;
	uint64_t off;
	size_t i, others = 0;

	ok(b && top->nranges >= 1 && top->range[0].lo == top->entry,
	   "%s: has a body", n);
	if (!b)
		return;
	ok(dwx_section_at(d, top->entry, &sect, &off) &&
		   !strncmp(sect, ".text", 5),
	   "%s: in .text", n);
	ok(b->prologue_end >= top->entry && b->prologue_end < top->range[0].hi,
	   "%s: end of prologue inside", n);
	ok(b->frame_base.kind == DWX_LOC_EXPR ||
		   b->frame_base.kind == DWX_LOC_LIST,
	   "%s: frame base", n);
	ok(dwx_func_at(d, top->entry + 1, &r) && r.unit == b->unit,
	   "%s: found by address", n);
	ok(!dwx_func_at(d, 0, &r) && !dwx_func_at(d, UINT64_MAX, &r),
	   "%s: not by others", n);
	for (i = 0; i < top->ncalls; i++)
		others += !strcmp(top->call[i].callee, "other") &&
			  dwx_in_ranges(top->range, top->nranges,
					top->call[i].return_pc - 1);
	ok(others >= 1, "%s: %zu calls of other()", n, others);
	ok(top->nlabels == 1 && !strcmp(top->label[0].name, "done") &&
		   dwx_in_ranges(top->range, top->nranges, top->label[0].pc),
	   "%s: label", n);
}

static void test_inlined(struct dwx_dir *d, const char *n)
{
	struct dwx_scope **s = NULL;
	size_t k = 0, i, one = 0, two = 0, inside = 0, params = 0;
	struct dwx_ref r;
	struct err e = { 0 };
	uint32_t *v;

	dwx_find_funcs(d, "twice", NULL, &a, &v);
	r = dwx_ref(d, v[0], 0);
	i = dwx_instances(d, r, &a, &s, &k, &e) == 0;
	ok(i && k >= 3, "%s: %zu places of inlining %s", n, k, e.text);
	for (i = 0; i < k; i++) {
		const struct dwx_scope *p = s[i];

		one += p->call_line == LINE_CALL_1;
		two += p->call_line == LINE_CALL_2;
		while (p->parent)
			p = p->parent;
		inside += dwx_in_ranges(p->range, p->nranges, s[i]->entry) &&
			  !strcmp(s[i]->call_file, "work.c") &&
			  !strcmp(s[i]->name, "twice") &&
			  s[i]->line == LINE_TWICE;
		params +=
			var(s[i], "x") && var(s[i], "x")->flags & DWX_VAR_PARAM;
	}
	ok(one >= 1 && two >= 1, "%s: called where it is", n);
	ok(inside == k, "%s: %zu of %zu are inside", n, inside, k);
	ok(params >= k - 1, "%s: %zu with their parameter", n, params);
}

static void test_vars(struct dwx_dir *d, const char *n)
{
	struct dwx_body *b = body(d, "work");
	struct dwx_scope *top = b ? b->top : NULL;
	struct dwx_var *p, *k, **all;
	struct dwx_expr x;
	size_t i;

	p = var(top, "p");
	ok(p && p->flags & DWX_VAR_PARAM && p->line == LINE_WORK,
	   "%s: parameter", n);
	if (!p)
		return;
	ok(dwx_loc_at(&p->loc, top->entry, &x) && x.n == 1 &&
		   x.p[0] == DW_OP_reg5,
	   "%s: the first parameter comes in rdi", n);
	k = var_below(top, "k");
	ok(k && !(k->flags & DWX_VAR_PARAM) && !var(top, "k"),
	   "%s: a variable of a block", n);
	i = dwx_vars_at(dwx_scope_at(b, top->entry), &a, &all);
	ok(i >= 4, "%s: %zu variables at the entry", n, i);
	ok(!dwx_scope_at(b, top->entry - 1), "%s: none before it", n);
}

static void test_types(struct dwarf_fix *f, struct dwx_dir *d, const char *n)
{
	struct dwx_body *b = body(d, "work");
	struct dwx_var *p = b ? var(b->top, "p") : NULL;
	struct buf bytes = BUF_INIT;
	struct dwx_gvar *g;
	struct btf_memb m;
	struct err e = { 0 };
	struct btfv t;
	struct btft y;
	size_t k;

	ok(dwx_types(d, &f->btf, &bytes, &t, &e) == 0, "%s: types %s", n,
	   e.text);
	ok(p && p->type < f->btf.start_id + f->btf.ntypes &&
		   btf_type(&t, p->type).kind == BTFK_PTR &&
		   btf_find_member(&t, btf_type(&t, p->type).ref, "b", &m) &&
		   m.bit_off == 64,
	   "%s: struct pair * is the kernel's", n);
	p = b ? var(b->top, "n") : NULL;
	ok(p && !strcmp(btf_type_name(&t, p->type, &a), "u32"), "%s: typedef",
	   n);
	ok(dwx_find_vars(d, "owned", NULL, &a, &g, &k, &e) == 0 && k == 1,
	   "%s: a variable of a type the kernel has not", n);
	if (k != 1)
		goto out;
	y = btf_type(&t, g->type);
	ok(y.kind == BTFK_PTR && g->type >= f->btf.start_id + f->btf.ntypes &&
		   !strcmp(btf_type_name(&t, g->type, &a), "struct own *"),
	   "%s: it was added: %s", n, btf_type_name(&t, g->type, &a));
	ok(btf_find_member(&t, y.ref, "c", &m) && m.bit_off == 96,
	   "%s: with a member of its anonymous union", n);
	ok(btf_find_member(&t, y.ref, "next", &m) &&
		   btf_type(&t, m.type).ref == y.ref,
	   "%s: with a pointer to itself", n);
out:
	buf_deinit(&bytes);
}

static void test_globals(struct dwx_dir *d, const char *n)
{
	struct dwx_gvar *g = NULL;
	struct err e = { 0 };
	const char *sect;
	uint64_t addr = 0, off;
	size_t k = 0;

	ok(dwx_find_vars(d, "counter", "work.c", &a, &g, &k, &e) == 0 &&
		   k == 1 && g->line == LINE_COUNTER &&
		   !(g->flags & DWX_VAR_EXTERNAL),
	   "%s: a static variable %s", n, e.text);
	if (k == 1 && g->loc.kind == DWX_LOC_EXPR &&
	    g->loc.entry[0].expr.n == 9 &&
	    g->loc.entry[0].expr.p[0] == DW_OP_addr)
		memcpy(&addr, g->loc.entry[0].expr.p + 1, 8);
	ok(dwx_section_at(d, addr, &sect, &off) && !strcmp(sect, ".data"),
	   "%s: in .data", n);
	ok(dwx_find_vars(d, "shared*", NULL, &a, &g, &k, &e) == 0 && k == 1 &&
		   g->flags & DWX_VAR_EXTERNAL,
	   "%s: an external one", n);
	ok(dwx_find_vars(d, "other*", NULL, &a, &g, &k, &e) == 0 && k == 0,
	   "%s: none of that name", n);
}

static void test_lines(struct dwx_dir *d, const char *n)
{
	struct dwx_body *b = body(d, "work");
	struct dwx_site *v = NULL;
	struct dwx_row row;
	struct err e = { 0 };
	size_t k = 0, i, in = 0;

	if (!b)
		return;
	ok(dwx_find_lines(d, "work.c", LINE_CALL_2 + 2, LINE_CALL_2 + 2, false,
			  &a, &v, &k, &e) == 0 &&
		   k >= 1,
	   "%s: addresses of a line %s", n, e.text);
	for (i = 0; i < k; i++)
		in += dwx_in_ranges(b->top->range, b->top->nranges, v[i].addr);
	ok(in == k, "%s: they are in the function", n);
	ok(k && dwx_line_at(d, v[0].addr, &a, &row, &e) == 0 &&
		   row.line == LINE_CALL_2 + 2 && !strcmp(row.file, "work.c"),
	   "%s: and back", n);
	ok(dwx_find_lines(d, "work.c", 2, 2, false, &a, &v, &k, &e) == 0 &&
		   k == 0,
	   "%s: no code in line 2", n);
	i = dwx_find_lines(d, "work.c", 2, 2, true, &a, &v, &k, &e) == 0;
	ok(i && k >= 1 && v[0].line > 2 && v[0].line <= LINE_WORK,
	   "%s: the nearest to it is %u", n, k ? v[0].line : 0);
	ok(dwx_line_at(d, 1, &a, &row, &e) == ERR_NOT_FOUND, "%s: no line at 1",
	   n);
}

static void test_shape(size_t i)
{
	const char *n = shapes[i].name;
	struct dwx_dir *d = NULL;
	struct dwarf_fix f;
	struct err e = { 0 };
	int rc = dwarf_fix_make(&a, &f, shapes[i].cc, shapes[i].flags, false,
				&e);

	ok(rc == 0 && dwx_dir(f.x, 0, &d, &e) == 0, "%s: made %s", n, e.text);
	if (d) {
		test_functions(d, n);
		test_body(d, n);
		test_inlined(d, n);
		test_vars(d, n);
		test_types(&f, d, n);
		test_globals(d, n);
		test_lines(d, n);
	}
	dwarf_fix_free(&f);
}

/* Two structs of one name and size: members decide. */
static void test_ambiguous(void)
{
	static const char *const flags[] = { "-g", NULL };
	struct dwx_dir *d = NULL;
	struct dwarf_fix f;
	struct err e = { 0 };
	struct dwx_body *b;
	struct dwx_var *p;

	ok(dwarf_fix_make(&a, &f, "gcc", flags, true, &e) == 0 &&
		   dwx_dir(f.x, 0, &d, &e) == 0,
	   "two structs of one name %s", e.text);
	b = d ? body(d, "work") : NULL;
	p = b ? var(b->top, "p") : NULL;
	ok(p && btf_type(&f.btf, p->type).ref == 7,
	   "the one with the right members is taken");
	dwarf_fix_free(&f);
}

/* The constant that variable @name of user() is, in a variable's own words. */
static void constant(struct dwx_body *b, const char *name, int64_t want)
{
	struct dwx_var *v = b ? var_below(b->top, name) : NULL;

	ok(v && v->loc.kind == DWX_LOC_CONST && v->loc.value == want,
	   "%s is the constant %lld: %lld", name, (long long)want,
	   v ? (long long)v->loc.value : 0);
}

/* Compilers write what is not negative in as few bytes as it takes. */
static void test_constants(const char *cc)
{
	static const char *const flags[] = { "-g", NULL };
	static const char source[] =
		"enum sign { LOW = -128, MID = 127, HIGH = 128, TOP = 40000 };\n"
		"enum plain { ZERO, BYTE = 200, WORD = 65535 };\n"
		"enum sign sign = HIGH;\n"
		"enum plain plain = WORD;\n"
		"extern void use(int);\n"
		"int user(void)\n"
		"{\n"
		"	int timeout = 200, less = -56, more = 40000;\n"
		"	unsigned int many = 0xfffffff0;\n"
		"	long far = 0x80000000;\n"
		"	use(1);\n"
		"	return 3;\n"
		"}\n";
	static const int64_t want[2][4] = { { -128, 127, 128, 40000 },
					    { 0, 200, 65535 } };
	struct buf bytes = BUF_INIT;
	struct dwx_dir *d = NULL;
	struct dwx_body *b;
	struct dwarf_fix f;
	struct err e = { 0 };
	struct dwx_gvar *g;
	struct btfv t;
	size_t i, n;

	ok(dwarf_fix_make_of(&a, &f, cc, flags, false, source, &e) == 0 &&
		   dwx_dir(f.x, 0, &d, &e) == 0 &&
		   dwx_types(d, &f.btf, &bytes, &t, &e) == 0,
	   "constants of %s %s", cc, e.text);
	b = d ? body(d, "user") : NULL;
	constant(b, "timeout", 200);
	constant(b, "less", -56);
	constant(b, "more", 40000);
	if (b) {
		struct dwx_var *v = var_below(b->top, "many");

		ok(v && (uint32_t)v->loc.value == 0xfffffff0,
		   "the low half of an unsigned int");
	}
	constant(b, "far", 0x80000000);
	for (i = 0; d && i < 2; i++) {
		struct btft y;
		uint32_t k;

		dwx_find_vars(d, i ? "plain" : "sign", NULL, &a, &g, &n, &e);
		y = btf_type(&t, n ? g->type : 0);
		for (k = 0; k < 4U - i; k++) {
			const char *name = "";
			int64_t v = 0;

			btf_enumerator(&t, &y, k, &name, &v);
			ok(*name && v == want[i][k], "%s is %lld: %lld", name,
			   (long long)want[i][k], (long long)v);
		}
	}
	buf_deinit(&bytes);
	dwarf_fix_free(&f);
}

/* Let another file define what object @p does. */
static void undefine(uint8_t *p, const char *name)
{
	Elf64_Ehdr *eh = (void *)p;
	Elf64_Shdr *sh = (void *)(p + eh->e_shoff);
	size_t i, k;

	for (i = 0; i < eh->e_shnum; i++) {
		Elf64_Sym *sym = (void *)(p + sh[i].sh_offset);
		const char *names;

		if (sh[i].sh_type != SHT_SYMTAB)
			continue;
		names = (char *)p + sh[sh[i].sh_link].sh_offset;
		for (k = 1; k < sh[i].sh_size / sizeof(*sym); k++)
			if (!strcmp(names + sym[k].st_name, name)) {
				sym[k].st_shndx = SHN_UNDEF;
				sym[k].st_value = 0;
			}
	}
}

/* Is every address that @l gives one that no section has?  How many it gives. */
static size_t elsewhere(struct dwx_dir *d, const struct dwx_loc *l)
{
	size_t i, n = 0;

	for (i = 0; i < l->nentries; i++) {
		const struct dwx_expr *x = &l->entry[i].expr;
		const char *sect;
		uint64_t addr, off;

		if (x->n != 10 || x->p[0] != DW_OP_addr)
			continue;
		memcpy(&addr, x->p + 1, 8);
		ok(addr >= DFILE_ELSEWHERE &&
			   !dwx_section_at(d, addr, &sect, &off),
		   "p is elsewhere: 0x%llx", (unsigned long long)addr);
		n++;
	}
	return n;
}

/* The address of what another file has is none of this one's. */
static void test_elsewhere(void)
{
	static const char *const flags[] = { "-g", "-fno-pic", NULL };
	static const char source[] =
		"char there[1];\n"
		"extern void use(char *), note(void);\n"
		"static inline __attribute__((always_inline)) void show(char *p)\n"
		"{\n"
		"	note();\n"
		"	use(p);\n"
		"	note();\n"
		"}\n"
		"void user(void)\n"
		"{\n"
		"	show(there);\n"
		"	show(there + 0x10001);\n"
		"}\n";
	struct dwarf_fix f = { .file = BUF_INIT };
	struct buf obj = BUF_INIT;
	struct dwx_dir *d = NULL;
	struct err e = { 0 };
	struct dwx_scope *s;
	struct dwx_body *b;
	size_t n = 0;
	uint8_t *p;

	f.dir = fs_tmpdir(&a, "t-dwarf", &e);
	dwarf_fix_btf(&f, NULL, false);
	ok(dwarf_fix_compile(&a, f.dir, "gcc", flags, source, &e) == 0 &&
		   fs_read(arena_printf(&a, "%s/work.o", f.dir), &obj, 1 << 24,
			   &e) == 0,
	   "an object %s", e.text);
	p = (uint8_t *)buf_detach(&obj, &n);
	undefine(p, "there");
	ok(dwarf_fix_index(&a, f.dir, p, n, &f.btf, UINT64_MAX, &f.file, &e) ==
			   0 &&
		   dwx_open_bytes(f.file.p, f.file.len, &f.x, &e) == 0 &&
		   dwx_dir(f.x, 0, &d, &e) == 0,
	   "a file that refers to another %s", e.text);
	n = 0;
	b = d ? body(d, "user") : NULL;
	for (s = b ? b->top->child : NULL; s; s = s->next)
		if (var(s, "p"))
			n += elsewhere(d, &var(s, "p")->loc);
	ok(n >= 2, "%zu addresses of another file", n);
	dwarf_fix_free(&f);
}

/* Frames that CFI describes are written as what it says. */
static void test_frames(void)
{
	static const char *const flags[] = { "-g",
					     "-fno-asynchronous-unwind-tables",
					     NULL };
	struct dwx_dir *d = NULL;
	struct dwarf_fix f;
	struct err e = { 0 };
	struct dwx_range r = { 0 };
	struct dwx_loc *l;
	struct dwx_body *b;
	size_t i, odd = 0;

	ok(dwarf_fix_make(&a, &f, "gcc", flags, false, &e) == 0 &&
		   dwx_dir(f.x, 0, &d, &e) == 0,
	   "a file with .debug_frame %s", e.text);
	b = d ? body(d, "work") : NULL;
	l = b ? &b->frame_base : NULL;
	ok(l && l->kind == DWX_LOC_LIST && l->nentries > 2, "a list of frames");
	if (l && l->nentries) {
		r = l->entry[0].range;
		/* zigzag: 8 behind the stack pointer is the return address */
		ok(r.lo == b->top->entry && l->entry[0].expr.n == 2 &&
			   l->entry[0].expr.p[0] == DW_OP_breg7 &&
			   l->entry[0].expr.p[1] == 16,
		   "at the entry: the stack pointer + 8");
	}
	for (i = 1; l && i < l->nentries; i++) {
		odd += l->entry[i].range.lo != r.hi;
		r = l->entry[i].range;
	}
	ok(l && !odd && r.hi == b->top->range[b->top->nranges - 1].hi,
	   "they cover the function");
	dwarf_fix_free(&f);
}

/* The bytes depend on the input and on nothing else. */
static void test_twice(void)
{
	static const char *const flags[] = { "-g", NULL };
	struct buf again = BUF_INIT, obj = BUF_INIT;
	struct dwarf_fix f;
	struct err e = { 0 };
	uint8_t *p;
	size_t n;

	ok(dwarf_fix_make(&a, &f, "gcc", flags, false, &e) == 0, "made once");
	ok(fs_read(arena_printf(&a, "%s/work.o", f.dir), &obj, 1 << 24, &e) ==
		   0,
	   "read");
	p = (uint8_t *)buf_detach(&obj, &n);
	ok(dwarf_fix_index(&a, f.dir, p, n, &f.btf, UINT64_MAX, &again, &e) ==
			   0 &&
		   again.len == f.file.len &&
		   !memcmp(again.p, f.file.p, again.len),
	   "made twice: the same bytes");
	buf_deinit(&again);
	dwarf_fix_free(&f);
}

/* A split unit whose other half is gone is an error that names it. */
static void test_missing_dwo(void)
{
	static const char *const flags[] = { "-g", "-gsplit-dwarf", NULL };
	struct dwarf_fix f;
	struct err e = { 0 };

	dwarf_fix_make(&a, &f, "gcc", flags, false, &e);
	unlink(arena_printf(&a, "%s/work.dwo", f.dir));
	buf_reset(&f.file);
	ok(dwarf_fix_read(&a, &f, "work.o", &e) == ERR_NOT_FOUND &&
		   strstr(e.text, "work.dwo") && strstr(e.text, ".debug_info"),
	   "missing half: %s", e.text);
	dwarf_fix_free(&f);
}

static int tool(const char *dir, const char *const *argv)
{
	struct spawn s = { .argv = argv, .cwd = dir };
	int rc = spawn_run(&s, NULL);

	buf_deinit(&s.out);
	return rc;
}

/* dwz moves what two files share to a third: partial units, .gnu_debugaltlink. */
static void test_dwz(void)
{
	static const char *const flags[] = { "-g", "-fPIC", NULL };
	static const char *const link[][8] = {
		{ "gcc", "-shared", "-nostdlib", "-o", "a.so", "work.o" },
		{ "gcc", "-shared", "-nostdlib", "-o", "b.so", "work.o" },
	};
	static const char *const dwz[] = { "dwz",  "-m",   "common.dbg",
					   "a.so", "b.so", NULL };
	struct dwx_dir *d = NULL;
	struct dwarf_fix f;
	struct err e = { 0 };

	if (!have("dwz")) {
		ok(true, "dwz # SKIP no dwz");
		return;
	}
	dwarf_fix_make(&a, &f, "gcc", flags, false, &e);
	ok(!tool(f.dir, link[0]) && !tool(f.dir, link[1]) && !tool(f.dir, dwz),
	   "two files for dwz");
	dwx_close(f.x);
	f.x = NULL;
	buf_reset(&f.file);
	ok(dwarf_fix_read(&a, &f, "a.so", &e) == 0 &&
		   dwx_open_bytes(f.file.p, f.file.len, &f.x, &e) == 0 &&
		   dwx_dir(f.x, 0, &d, &e) == 0,
	   "made of dwz's output %s", e.text);
	if (d) {
		test_functions(d, "dwz");
		test_types(&f, d, "dwz");
		test_lines(d, "dwz");
	}
	unlink(arena_printf(&a, "%s/common.dbg", f.dir));
	buf_reset(&f.file);
	ok(dwarf_fix_read(&a, &f, "a.so", &e) == ERR_NOT_FOUND &&
		   strstr(e.text, "common.dbg"),
	   "the third file gone: %s", e.text);
	dwarf_fix_free(&f);
}

/* Every eighth byte of the object and of the index altered: never a crash. */
static void test_damage(void)
{
	static const char *const flags[] = { "-g", NULL };
	struct buf obj = BUF_INIT, out = BUF_INIT;
	struct dwarf_fix f;
	struct err e = { 0 };
	size_t i, refused = 0, n = 0;

	dwarf_fix_make(&a, &f, "gcc", flags, false, &e);
	fs_read(arena_printf(&a, "%s/work.o", f.dir), &obj, 1 << 24, &e);
	for (i = 64; i < obj.len; i += 7) {
		uint8_t *p = malloc(obj.len);

		memcpy(p, obj.p, obj.len);
		p[i] ^= 0x81;
		e = (struct err){ 0 };
		buf_reset(&out);
		refused += dwarf_fix_index(&a, f.dir, p, obj.len, &f.btf,
					   UINT64_MAX, &out, &e) < 0;
		n++;
		if (e.code && !strstr(e.text, "work.o"))
			ok(false, "no file in '%s'", e.text);
	}
	ok(refused > 0 && refused < n, "%zu of %zu damaged objects refused",
	   refused, n);
	buf_deinit(&obj);
	buf_deinit(&out);
	dwarf_fix_free(&f);
}

int main(void)
{
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		if (!have(shapes[i].cc)) {
			ok(true, "%s # SKIP no %s", shapes[i].name,
			   shapes[i].cc);
			continue;
		}
		test_shape(i);
	}
	test_ambiguous();
	test_constants("gcc");
	if (have("clang"))
		test_constants("clang");
	test_elsewhere();
	test_frames();
	test_twice();
	test_missing_dwo();
	test_dwz();
	test_damage();
	arena_deinit(&a);
	return tap_done();
}
