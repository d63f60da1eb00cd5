/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes the per-target object with libelf, without an assembler. */
#include "build/link/glue.h"
#include "build/base/buf.h"
#include "build/base/vec.h"
#include "build/kit/kit.h"
#include "build/lang/ast.h"
#include "bundle/base/err.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MODVERSION_ENTRY 64 /* u64 crc + char name[56] */
#define MODVERSION_NAME	 (MODVERSION_ENTRY - sizeof(uint64_t))

enum { SYM_INIT = 1, SYM_EXIT }; /* fixed places in the symbol table */

/* One output section and, for this_module, its relocations. */
struct sec {
	const char *name;
	struct buf data;
	uint32_t type;
	uint64_t flags, align;
	uint32_t link, info; /* for SHT_RELA and SHT_SYMTAB */
	uint64_t entsize;
};

struct object {
	VEC(struct sec) secs;
	struct buf strtab, symtab;
};

static size_t add_sec(struct object *o, const char *name, uint32_t type,
		      uint64_t flags, uint64_t align)
{
	struct sec s = {
		.name = name, .type = type, .flags = flags, .align = align
	};

	buf_init(&s.data);
	vec_push(&o->secs, s);
	return o->secs.n - 1;
}

/* Section indices in the file start at 1. */
static void add_symbol(struct object *o, const char *name, size_t sec,
		       uint64_t value, uint64_t size, int type)
{
	Elf64_Sym s = {
		.st_name = (Elf64_Word)o->strtab.len,
		.st_info = ELF64_ST_INFO(STB_GLOBAL, type),
		.st_shndx = (Elf64_Section)sec,
		.st_value = value,
		.st_size = size,
	};

	buf_add(&o->strtab, name, strlen(name) + 1);
	buf_add(&o->symtab, &s, sizeof(s));
}

static void add_modinfo(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, "%s=%s", key, value);
	buf_addc(b, '\0');
}

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word), len;

	for (; *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		if (len == n && !memcmp(list, word, n))
			return true;
	}
	return false;
}

/* The modules that export what embedded C uses, each once. */
static void add_depends(struct buf *b, const struct glue_spec *s)
{
	struct buf list = BUF_INIT;
	size_t i;

	for (i = 0; i < s->nundefs; i++) {
		const char *m = kit_export_module(s->kit, s->undefs[i]);

		if (m && !has_word(list.p, m))
			buf_printf(&list, "%s%s", list.len ? "," : "", m);
	}
	add_modinfo(b, "depends", list.p);
	buf_deinit(&list);
}

static void make_modinfo(struct object *o, const struct glue_spec *s)
{
	const struct kit_info *ki = kit_info(s->kit);
	size_t i = add_sec(o, ".modinfo", SHT_PROGBITS, SHF_ALLOC, 1);
	struct buf *b = &o->secs.v[i].data;
	const char *extra;
	size_t n;

	add_depends(b, s);
	add_modinfo(b, "name", s->module);
	add_modinfo(b, "vermagic", ki->vermagic);
	extra = kit_modinfo(s->kit, &n);
	if (extra)
		buf_add(b, extra, n);
	for (i = 0; i < s->nmodinfo; i++)
		buf_add(b, s->modinfo[i], strlen(s->modinfo[i]) + 1);
}

static void add_rela(struct buf *b, uint64_t off, uint32_t sym)
{
	Elf64_Rela r = { .r_offset = off,
			 .r_info = ELF64_R_INFO(sym, R_X86_64_64) };

	buf_add(b, &r, sizeof(r));
}

static int make_this_module(struct object *o, const struct glue_spec *s,
			    struct err *e)
{
	const struct kit_info *ki = kit_info(s->kit);
	size_t i = add_sec(o, ".gnu.linkonce.this_module", SHT_PROGBITS,
			   SHF_ALLOC | SHF_WRITE, ki->module_align);
	size_t len = strlen(s->module), r;
	struct buf *b = &o->secs.v[i].data;

	if (len > 55 || ki->module_name_off > ki->module_size ||
	    ki->module_size - ki->module_name_off < 56)
		return err_set(e, ERR_LIMIT, "module name '%s' is too long",
			       s->module);
	buf_zero(b, ki->module_size);
	memcpy(b->p + ki->module_name_off, s->module, len);
	add_symbol(o, "__this_module", i + 1, 0, ki->module_size, STT_OBJECT);
	r = add_sec(o, ".rela.gnu.linkonce.this_module", SHT_RELA,
		    SHF_INFO_LINK, 8);
	o->secs.v[r].info = (uint32_t)i + 1;
	o->secs.v[r].entsize = sizeof(Elf64_Rela);
	add_rela(&o->secs.v[r].data, ki->module_init_off, SYM_INIT);
	add_rela(&o->secs.v[r].data, ki->module_exit_off, SYM_EXIT);
	return 0;
}

static int add_version(struct buf *b, const char *name, uint32_t crc,
		       struct err *e)
{
	char entry[MODVERSION_ENTRY] = { 0 };
	uint64_t wide = crc;
	size_t len = strlen(name);

	if (len >= MODVERSION_NAME)
		return err_set(e, ERR_LIMIT,
			       "symbol name '%s' is longer than %zu bytes",
			       name, MODVERSION_NAME - 1);
	memcpy(entry, &wide, sizeof(wide));
	memcpy(entry + sizeof(wide), name, len);
	buf_add(b, entry, sizeof(entry));
	return 0;
}

static bool in_runtime(const struct glue_spec *s, const char *name)
{
	for (size_t i = 0; i < kit_nundefs(s->kit); i++) {
		struct kit_undef u = kit_undef(s->kit, i);

		if (!strcmp(u.name, name))
			return u.parts & s->parts;
	}
	return false;
}

/* CRCs of module_layout and of every symbol the kernel has to supply. */
static int make_versions(struct object *o, const struct glue_spec *s,
			 struct err *e)
{
	const struct kit_info *ki = kit_info(s->kit);
	struct buf *b = NULL;
	int rc = 0;

	if (ki->modversions) {
		size_t i =
			add_sec(o, "__versions", SHT_PROGBITS, SHF_ALLOC, 32);

		b = &o->secs.v[i].data;
		rc = add_version(b, "module_layout", ki->layout_crc, e);
		for (size_t j = 0; rc == 0 && j < kit_nundefs(s->kit); j++) {
			struct kit_undef u = kit_undef(s->kit, j);

			if (u.parts & s->parts)
				rc = add_version(b, u.name, u.crc, e);
		}
	}
	for (size_t j = 0; rc == 0 && j < s->nundefs; j++) {
		uint32_t crc;
		bool gpl;

		if (in_runtime(s, s->undefs[j]))
			continue;
		if (!kit_export(s->kit, s->undefs[j], &crc, &gpl))
			return err_set(e, ERR_NOT_FOUND,
				       "kernel %s does not export '%s'",
				       ki->release, s->undefs[j]);
		if (b)
			rc = add_version(b, s->undefs[j], crc, e);
	}
	return rc;
}

static uint32_t add_text(struct buf *strings, const char *s)
{
	size_t at = strings->len;

	buf_add(strings, s, strlen(s) + 1);
	return (uint32_t)at;
}

/* The text that a run of points shares is there once. */
struct last {
	const char *s;
	uint32_t at;
};

static uint32_t add_shared(struct buf *strings, struct last *last,
			   const char *s)
{
	if (!s)
		return 0;
	if (!last->s || strcmp(last->s, s) != 0)
		last->at = add_text(strings, s);
	last->s = s;
	return last->at;
}

static void make_points(const struct glue_spec *s, struct buf *points,
			struct buf *strings, struct buf *nums)
{
	uint32_t index = 0;
	struct dprobe **dp;

	vec_foreach(dp, &s->program->probes) {
		struct last pp = { 0 }, func = { 0 }, pn = { 0 }, mod = { 0 },
			    symbol = { 0 };
		struct dpoint *pt;

		vec_foreach(pt, &(*dp)->points) {
			struct taprt_point out = { .addr = pt->addr,
						   .probe = index,
						   .mech = pt->mech };

			out.pp = add_shared(strings, &pp, pt->pp);
			out.func = add_shared(strings, &func, pt->func);
			out.pn = pt->pn ? add_shared(strings, &pn, pt->pn)
					: out.pp;
			out.module = add_shared(strings, &mod, pt->module);
			out.symbol = add_shared(strings, &symbol, pt->symbol);
			out.offset = pt->offset;
			out.caller = (uint32_t)(nums->len / sizeof(int64_t));
			out.ncallers = (uint32_t)pt->ncallers;
			buf_add(nums, pt->caller,
				pt->ncallers * sizeof(*pt->caller));
			buf_add(points, &out, sizeof(out));
		}
		index++;
	}
}

bool glue_defines(const char *symbol)
{
	static const char *const names[] = { "taprt_target", "taprt_points",
					     "taprt_nums", "taprt_strings" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(symbol, names[i]))
			return true;
	return false;
}

/* taprt_target, then points, numbers and strings, in one read-only section. */
static void make_tables(struct object *o, const struct glue_spec *s)
{
	const struct program *p = s->program;
	struct buf points = BUF_INIT, strings = BUF_INIT, nums = BUF_INIT;
	size_t i = add_sec(o, ".rodata", SHT_PROGBITS, SHF_ALLOC, 32);
	struct buf *b = &o->secs.v[i].data;
	struct taprt_target t = { 0 };

	buf_addc(&strings, '\0');
	buf_add(&nums, p->nums.v, p->nums.n * sizeof(p->nums.v[0]));
	make_points(s, &points, &strings, &nums);
	t.ref_addr = kit_symbol(s->kit, "register_kprobe");
	t.npoints = (u32)(points.len / sizeof(struct taprt_point));
	t.nnums = (u32)(nums.len / sizeof(p->nums.v[0]));
	t.strings_len = (u32)strings.len;
	t.flags = s->by_name ? TAPRT_T_BY_NAME : 0;

	add_symbol(o, "taprt_target", i + 1, b->len, sizeof(t), STT_OBJECT);
	buf_add(b, &t, sizeof(t));
	buf_align(b, 32);
	add_symbol(o, "taprt_points", i + 1, b->len, points.len, STT_OBJECT);
	buf_add(b, points.p, points.len);
	buf_align(b, 32);
	add_symbol(o, "taprt_nums", i + 1, b->len, nums.len, STT_OBJECT);
	buf_add(b, nums.p, nums.len);
	add_symbol(o, "taprt_strings", i + 1, b->len, strings.len, STT_OBJECT);
	buf_add(b, strings.p, strings.len);
	buf_deinit(&points);
	buf_deinit(&nums);
	buf_deinit(&strings);
}

/* The hooks of what is linked in, in the order of the kit, and NULL. */
static void make_parts(struct object *o, const struct glue_spec *s)
{
	size_t i = add_sec(o, ".data..ro_after_init", SHT_PROGBITS,
			   SHF_ALLOC | SHF_WRITE, 8);
	size_t r = add_sec(o, ".rela.data..ro_after_init", SHT_RELA,
			   SHF_INFO_LINK, 8);
	size_t n = 0;

	o->secs.v[r].info = (uint32_t)i + 1;
	o->secs.v[r].entsize = sizeof(Elf64_Rela);
	for (size_t k = 0; k < kit_nparts(s->kit); k++) {
		struct kit_part p = kit_part(s->kit, k);
		char name[64];

		if (!(s->parts >> k & 1) || !p.has_hooks)
			continue;
		snprintf(name, sizeof(name), "taprt_part_%s", p.name);
		add_rela(&o->secs.v[r].data, n++ * sizeof(uint64_t),
			 (uint32_t)(o->symtab.len / sizeof(Elf64_Sym)));
		add_symbol(o, name, SHN_UNDEF, 0, 0, STT_NOTYPE);
	}
	buf_zero(&o->secs.v[i].data, (n + 1) * sizeof(uint64_t));
	add_symbol(o, "taprt_parts", i + 1, 0, (n + 1) * sizeof(uint64_t),
		   STT_OBJECT);
}

/* Symbol and string tables come last, when every symbol is known. */
static void make_symtab(struct object *o)
{
	size_t n = o->secs.n;
	size_t sym = add_sec(o, ".symtab", SHT_SYMTAB, 0, 8);
	size_t str = add_sec(o, ".strtab", SHT_STRTAB, 0, 1);

	buf_add(&o->secs.v[sym].data, o->symtab.p, o->symtab.len);
	buf_add(&o->secs.v[str].data, o->strtab.p, o->strtab.len);
	o->secs.v[sym].link = (uint32_t)str + 1;
	o->secs.v[sym].info = 1; /* first global */
	o->secs.v[sym].entsize = sizeof(Elf64_Sym);
	for (size_t i = 0; i < n; i++)
		if (o->secs.v[i].type == SHT_RELA)
			o->secs.v[i].link = (uint32_t)sym + 1;
}

static bool write_sections(Elf *elf, struct object *o, struct buf *names)
{
	for (size_t i = 0; i < o->secs.n; i++) {
		struct sec *s = &o->secs.v[i];
		Elf_Scn *scn = elf_newscn(elf);
		Elf_Data *d = scn ? elf_newdata(scn) : NULL;
		Elf64_Shdr *sh = scn ? elf64_getshdr(scn) : NULL;

		if (!d || !sh)
			return false;
		d->d_buf = s->data.p;
		d->d_size = s->data.len;
		d->d_align = s->align;
		d->d_type = ELF_T_BYTE;
		sh->sh_name = add_text(names, s->name);
		sh->sh_type = s->type;
		sh->sh_flags = s->flags;
		sh->sh_addralign = s->align;
		sh->sh_link = s->link;
		sh->sh_info = s->info;
		sh->sh_entsize = s->entsize;
	}
	return true;
}

static bool write_elf(Elf *elf, struct object *o, struct buf *names)
{
	Elf64_Ehdr *eh = elf64_newehdr(elf);
	Elf_Scn *scn;
	Elf_Data *d;
	Elf64_Shdr *sh;

	if (!eh)
		return false;
	eh->e_ident[EI_DATA] = ELFDATA2LSB;
	eh->e_type = ET_REL;
	eh->e_machine = EM_X86_64;
	eh->e_version = EV_CURRENT;
	buf_addc(names, '\0');
	if (!write_sections(elf, o, names))
		return false;
	scn = elf_newscn(elf);
	d = scn ? elf_newdata(scn) : NULL;
	sh = scn ? elf64_getshdr(scn) : NULL;
	if (!d || !sh)
		return false;
	sh->sh_name = add_text(names, ".shstrtab");
	sh->sh_type = SHT_STRTAB;
	sh->sh_addralign = 1;
	d->d_buf = names->p;
	d->d_size = names->len;
	d->d_align = 1;
	eh->e_shstrndx = (Elf64_Half)elf_ndxscn(scn);
	return elf_update(elf, ELF_C_WRITE) >= 0;
}

/* libelf writes to a descriptor; a memfd keeps it off the disk. */
static int to_bytes(struct object *o, struct buf *out, struct err *e)
{
	int fd = memfd_create("glue", MFD_CLOEXEC);
	struct buf names = BUF_INIT;
	Elf *elf;
	off_t len;
	int rc = 0;

	if (fd < 0)
		return err_sys(e, "cannot make a memory file");
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_WRITE, NULL);
	if (!elf || !write_elf(elf, o, &names))
		rc = err_set(e, ERR_TOOL, "cannot write the target object: %s",
			     elf_errmsg(-1));
	elf_end(elf);
	buf_deinit(&names);
	len = rc ? 0 : lseek(fd, 0, SEEK_END);
	buf_reserve(out, (size_t)len);
	if (rc == 0 && pread(fd, out->p + out->len, (size_t)len, 0) != len)
		rc = err_sys(e, "cannot read back the target object");
	out->len += (size_t)len;
	close(fd);
	return rc;
}

int glue_make(const struct glue_spec *s, struct buf *out, struct err *e)
{
	struct object o = { .strtab = BUF_INIT, .symtab = BUF_INIT };
	Elf64_Sym null = { 0 };
	int rc;

	buf_addc(&o.strtab, '\0');
	buf_add(&o.symtab, &null, sizeof(null));
	add_symbol(&o, "init_module", SHN_UNDEF, 0, 0, STT_NOTYPE);
	add_symbol(&o, "cleanup_module", SHN_UNDEF, 0, 0, STT_NOTYPE);
	make_modinfo(&o, s);
	rc = make_this_module(&o, s, e);
	if (rc == 0)
		rc = make_versions(&o, s, e);
	if (rc == 0) {
		make_tables(&o, s);
		make_parts(&o, s);
		make_symtab(&o);
		rc = to_bytes(&o, out, e);
	}
	for (size_t i = 0; i < o.secs.n; i++)
		buf_deinit(&o.secs.v[i].data);
	vec_deinit(&o.secs);
	buf_deinit(&o.strtab);
	buf_deinit(&o.symtab);
	return rc;
}
