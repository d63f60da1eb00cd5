// SPDX-License-Identifier: GPL-2.0-only
/* Rows that say nothing new are left out; the rest takes two bytes each. */
#include "build/dwarf/dline.h"
#include "build/dwarf/enc.h"
#include "build/dwarf/format.h"

#include <dwarf.h>
#include <string.h>

/* "a/./b/../c" -> "a/c"; leading ".." stay. */
static void normalise(const char *s, struct buf *out)
{
	size_t floor = 0;

	if (*s == '/') {
		buf_addc(out, '/');
		floor = 1;
	}
	while (*s) {
		size_t n = strcspn(s, "/");

		if (n == 2 && s[0] == '.' && s[1] == '.' && out->len > floor) {
			while (out->len > floor && out->p[out->len - 1] != '/')
				out->len--;
			if (out->len > floor)
				out->len--;
			out->p[out->len] = '\0';
		} else if (n && !(n == 1 && s[0] == '.')) {
			if (out->len && out->p[out->len - 1] != '/')
				buf_addc(out, '/');
			buf_add(out, s, n);
			if (n == 2 && s[0] == '.' && s[1] == '.')
				floor = out->len;
		}
		s += n + (s[n] == '/');
	}
}

uint32_t dlines_path(struct dlines *l, struct pool *strs, const char *path)
{
	size_t n = l->comp_dir ? strlen(l->comp_dir) : 0;
	struct buf b = BUF_INIT;
	const char *s = path;
	uint64_t known;

	if (!path)
		return pool_str(strs, "");
	if (ptrmap_get(&l->paths, path, &known))
		return (uint32_t)known;
	if (n && !strncmp(s, l->comp_dir, n) && s[n] == '/')
		s += n + 1;
	normalise(s, &b);
	known = pool_put(strs, b.p, b.len);
	buf_deinit(&b);
	ptrmap_put(&l->paths, path, known);
	return (uint32_t)known;
}

const char *dlines_decl_file(Dwarf_Die *die)
{
	Dwarf_Attribute a;
	Dwarf_Files *files;
	Dwarf_Word i;
	Dwarf_Die cu;
	size_t n;

	if (!dwarf_attr_integrate(die, DW_AT_decl_file, &a) ||
	    dwarf_formudata(&a, &i) != 0 ||
	    !dwarf_cu_die(a.cu, &cu, NULL, NULL, NULL, NULL, NULL, NULL) ||
	    dwarf_getsrcfiles(&cu, &files, &n) != 0 || i >= n)
		return NULL;
	return dwarf_filesrc(files, i, NULL, NULL);
}

static int read_row(struct dlines *l, struct pool *strs, Dwarf_Line *line)
{
	struct drow r = { 0 };
	Dwarf_Addr addr;
	bool is_stmt = false, is_end = false, is_prologue = false;
	int no = 0;

	if (dwarf_lineaddr(line, &addr) != 0 || dwarf_lineno(line, &no) != 0 ||
	    dwarf_linebeginstatement(line, &is_stmt) != 0 ||
	    dwarf_lineendsequence(line, &is_end) != 0 ||
	    dwarf_lineprologueend(line, &is_prologue) != 0)
		return -1;
	r.addr = addr;
	r.line = (uint32_t)no;
	r.file = dlines_path(l, strs, dwarf_linesrc(line, NULL, NULL));
	r.flags = (is_stmt ? DLINE_STMT : 0) | (is_end ? DLINE_END : 0) |
		  (is_prologue ? DLINE_PROLOGUE : 0);
	/* libdw sorts; what is not sorted all the same is damaged */
	if (l->row.n && l->row.v[l->row.n - 1].addr > r.addr)
		return -1;
	vec_push(&l->row, r);
	return 0;
}

int dlines_read(struct dlines *l, struct pool *strs, Dwarf_Die *cu)
{
	Dwarf_Lines *lines;
	size_t i, n;

	if (!dwarf_hasattr(cu, DW_AT_stmt_list))
		return 0;
	if (dwarf_getsrclines(cu, &lines, &n) != 0)
		return -1;
	for (i = 0; i < n; i++) {
		Dwarf_Line *line = dwarf_onesrcline(lines, i);

		if (!line || read_row(l, strs, line) < 0)
			return -1;
	}
	return 0;
}

/* First row at @addr or later. */
static size_t lower(const struct dlines *l, uint64_t addr)
{
	size_t lo = 0, hi = l->row.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (l->row.v[mid].addr < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint64_t dlines_prologue_end(const struct dlines *l, uint64_t entry,
			     uint64_t end)
{
	uint64_t second = 0;
	size_t i = lower(l, entry), first = i;

	for (; i < l->row.n && l->row.v[i].addr < end; i++) {
		const struct drow *r = &l->row.v[i];

		if (r->flags & DLINE_END) {
			if (r->addr > entry)
				break;
			first = i + 1; /* of the function before */
			continue;
		}
		if (r->flags & DLINE_PROLOGUE)
			return r->addr;
		if (!second && r->addr > entry && first < i &&
		    r->line != l->row.v[first].line)
			second = r->addr;
	}
	return second ? second : entry;
}

static bool says_nothing(const struct drow *last, const struct drow *r)
{
	return last && !(last->flags & DLINE_END) && !(r->flags & DLINE_END) &&
	       last->line == r->line && last->file == r->file &&
	       (!(r->flags & DLINE_STMT) || last->flags & DLINE_STMT);
}

void dlines_write(const struct dlines *l, uint64_t base, struct buf *out)
{
	const struct drow *r, *last = NULL;
	struct buf b = BUF_INIT;
	uint64_t n = 0;

	vec_foreach(r, &l->row) {
		bool new_file = !last || r->file != last->file;
		uint64_t delta = last ? r->addr - last->addr : 0;

		if (says_nothing(last, r))
			continue;
		enc_u(&b, delta << 3 | (new_file ? DX_LINE_FILE : 0) |
				  (r->flags & (DLINE_STMT | DLINE_END)));
		if (new_file)
			enc_u(&b, r->file);
		enc_s(&b, (int64_t)r->line - (last ? last->line : 0));
		last = r;
		n++;
	}
	enc_u(out, n);
	if (n)
		enc_s(out, (int64_t)(l->row.v[0].addr - base));
	buf_add(out, b.p, b.len);
	buf_deinit(&b);
}

void dlines_clear(struct dlines *l)
{
	l->row.n = 0;
	ptrmap_clear(&l->paths);
	l->comp_dir = NULL;
}

void dlines_deinit(struct dlines *l)
{
	vec_deinit(&l->row);
	ptrmap_deinit(&l->paths);
}
