// SPDX-License-Identifier: GPL-2.0-only
/* A header's types: it is compiled as a kernel module's C would be, or as a program's. */
#include "build/kit/hdrtypes.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/debuginfo/btf.h"
#include "build/debuginfo/elf.h"
#include "build/kit/flags.h"
#include "build/kit/headers.h"
#include "build/kit/kit.h"
#include "bundle/base/err.h"

#include <stdlib.h>
#include <string.h>

#define OBJECT_MAX ((size_t)64 << 20)

/** struct hdrtypes - one header; @rc, @err: why there are none */
struct hdrtypes {
	struct hdrtypes *next;
	char *header;
	bool is_user;
	int rc;
	struct err err;
	struct buf bytes, index;
	struct btfv btf;
};

void hdrtypes_deinit(struct hdrtypes *h)
{
	struct hdrtypes *next;

	for (; h; h = next) {
		next = h->next;
		buf_deinit(&h->bytes);
		buf_deinit(&h->index);
		free(h->header);
		free(h);
	}
}

/* It becomes a line of C: nothing that could end that line. */
static bool is_header_name(const char *s)
{
	return *s && *s != '/' && !strstr(s, "..") &&
	       !s[strspn(s,
			 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789_./+-")];
}

/* The first thing the compiler calls an error, without the place in our file. */
static int said(const struct hdrtypes *h, const struct spawn *s, struct err *e)
{
	const char *text = s->out.len ? strstr(s->out.p, "error: ") : NULL;

	if (text)
		text += strlen("error: ");
	return err_set(e, ERR_TOOL, "<%s>: %.*s", h->header,
		       text ? (int)strcspn(text, "\n") : 12,
		       text ? text : "no compiler");
}

static int compile(const struct kit *k, const struct hdrtypes *h,
		   struct arena *a, const char *dir, struct err *e)
{
	static const char *const extra[] = {
		"-gbtf", "-fno-eliminate-unused-debug-types",
		"-w",	 "-fno-diagnostics-show-caret",
		"-c",	 "header.c",
		"-o",	 "header.o",
	};
	const char *text = arena_printf(a, "#include <%s>\n", h->header), *hdrs;
	const char *cc = kit_info(k)->cc;
	struct words argv = { 0 };
	struct spawn s = { .cwd = dir };
	size_t i;
	int rc = fs_write_scratch(arena_printf(a, "%s/header.c", dir), text,
				  strlen(text), e);

	if (rc < 0)
		return rc;
	words_add(a, &argv, cc);
	if (!h->is_user) {
		rc = kit_headers_dir(k, a, &hdrs, e);
		if (rc < 0)
			return rc;
		headers_place(a, kit_header_flags(k), hdrs, cc, &argv);
	}
	for (i = 0; i < sizeof(extra) / sizeof(*extra); i++)
		words_add(a, &argv, extra[i]);
	s.argv = words_end(a, &argv);
	rc = spawn_run(&s, e);
	buf_addc(&s.out, '\0');
	if (rc == ERR_TOOL)
		rc = said(h, &s, e);
	buf_deinit(&s.out);
	return rc;
}

static int read_btf(struct hdrtypes *h, const char *object, struct err *e)
{
	const struct efile_sect *s;
	struct buf file = BUF_INIT;
	struct efile f;
	int rc = fs_read(object, &file, OBJECT_MAX, e);

	if (rc == 0)
		rc = efile_open(&f, file.p, file.len, e);
	if (rc < 0) {
		buf_deinit(&file);
		return rc;
	}
	s = efile_section(&f, ".BTF");
	if (s && s->data)
		buf_add(&h->bytes, s->data, s->len);
	else
		rc = err_set(e, ERR_UNSUPPORTED,
			     "the compiler writes no BTF (gcc 12 does)");
	efile_close(&f);
	buf_deinit(&file);
	if (rc == 0)
		rc = btf_make_index(h->bytes.p, h->bytes.len, NULL, &h->index,
				    e);
	if (rc == 0)
		rc = btf_open(&h->btf, h->bytes.p, h->bytes.len, h->index.p,
			      h->index.len, NULL, e);
	return rc;
}

static int make(const struct kit *k, struct hdrtypes *h, struct err *e)
{
	struct arena a;
	char *dir;
	int rc = ERR_IO;

	if (!is_header_name(h->header))
		return err_set(e, ERR_INVALID, "<%s> is no name of a header",
			       h->header);
	arena_init(&a);
	dir = fs_tmpdir(&a, "tap-header", e);
	if (dir)
		rc = compile(k, h, &a, dir, e);
	if (rc == 0)
		rc = read_btf(h, arena_printf(&a, "%s/header.o", dir), e);
	if (dir)
		fs_rmtree(dir, NULL);
	arena_deinit(&a);
	return rc;
}

const struct btfv *kit_header_types(const struct kit *k, const char *header,
				    bool is_user, struct err *e)
{
	struct hdrtypes **list = kit_hdrtypes(k), *h;

	for (h = *list; h; h = h->next)
		if (h->is_user == is_user && !strcmp(h->header, header))
			break;
	if (!h) {
		h = xcalloc(1, sizeof(*h));
		buf_init(&h->bytes);
		buf_init(&h->index);
		h->header = xstrdup(header);
		h->is_user = is_user;
		h->rc = make(k, h, &h->err);
		h->next = *list;
		*list = h;
	}
	if (h->rc == 0)
		return &h->btf;
	*e = h->err;
	return NULL;
}
