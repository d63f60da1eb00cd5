/* SPDX-License-Identifier: GPL-2.0-only */
/* How a bundle was made, as strict text. */
#include "build/pack/recipe.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/elab/library.h"
#include "build/kit/kit.h"
#include "build/opts.h"
#include "build/target.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/limits.h"
#include "bundle/tar.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES ((size_t)1 << 20)

static const char *const how_names[] = {
	[RECIPE_FILE] = "file",
	[RECIPE_TEXT] = "text",
	[RECIPE_STDIN] = "stdin",
};

/* ---- words as values --------------------------------------------------------- */

/* A value is never empty and has no blanks: "=", then bytes or %xx. */
static void add_word(struct buf *out, const char *word)
{
	buf_addc(out, '=');
	for (const unsigned char *p = (const void *)word; *p; p++)
		if (*p <= ' ' || *p > '~' || *p == '%')
			buf_printf(out, "%%%02x", *p);
		else
			buf_addc(out, (char)*p);
	buf_addc(out, '\n');
}

static const char *get_word(struct arena *a, const char *value)
{
	char *out, *to;

	if (*value != '=')
		return NULL;
	out = to = arena_strdup(a, value + 1);
	for (const char *p = out; *p; p++) {
		char hex[3] = { 0 };

		if (*p != '%') {
			*to++ = *p;
			continue;
		}
		memcpy(hex, p + 1, strnlen(p + 1, 2));
		if (!hex_bytes(hex, (uint8_t *)to, 1) || !*to)
			return NULL;
		to++;
		p += 2;
	}
	*to = '\0';
	return out;
}

/* ---- write --------------------------------------------------------------------- */

/* struct maker - @text: of the recipe; @log: what the passes said; @dirs: files of -I */
struct maker {
	const struct recipe_in *in;
	struct arena *a;
	recipe_files *files;
	struct buf text, log, dirs;
};

static const char *add_file(struct maker *m, const char *name, const void *p,
			    size_t n)
{
	struct bundle_script s = { .name = name, .len = n };

	s.p = arena_strndup(m->a, p, n);
	vec_apush(m->a, m->files, s);
	return name;
}

static enum recipe_how script_how(const struct opts *o)
{
	if (o->script)
		return RECIPE_TEXT;
	return strcmp(o->file, "-") ? RECIPE_FILE : RECIPE_STDIN;
}

static void add_option(void *arg, const char *word)
{
	struct maker *m = arg;

	buf_adds(&m->text, "option: ");
	add_word(&m->text, word);
}

static void add_extras(struct maker *m)
{
	const struct opts *o = m->in->o;

	for (size_t i = 0; i < o->extra.n; i++)
		buf_printf(
			&m->text, "extra: %s\n",
			add_file(m,
				 arena_printf(m->a, "tap.extra-%zu.stp", i + 1),
				 o->extra.v[i], strlen(o->extra.v[i])));
}

/* The file of -I directory @dir that @f is, or NULL. */
static const char *below(const char *dir, const char *path)
{
	size_t n = strlen(dir);

	while (n && dir[n - 1] == '/')
		n--;
	if (strncmp(path, dir, n) != 0 || path[n] != '/')
		return NULL;
	return path + n + strspn(path + n, "/");
}

/* One file of -I, as N/PATH. */
static void add_include(void *arg, const struct lib_file *f)
{
	struct maker *m = arg;
	const struct session *s = m->in->s;
	uint8_t h[TAR_BLOCK];

	for (size_t i = 1; i < s->ninclude; i++) {
		const char *path = below(s->include[i], f->path);
		size_t n = f->src->len;

		if (!path)
			continue;
		if (!tar_header(h, arena_printf(m->a, "%zu/%s", i, path), n,
				0)) {
			fprintf(stderr,
				"WARNING: '%s' is too long a name for the "
				"bundle: tapbuild rebuild will miss it\n",
				path);
			return;
		}
		buf_add(&m->dirs, h, sizeof(h));
		buf_add(&m->dirs, f->src->text, n);
		buf_zero(&m->dirs, (size_t)tar_padded(n) - n);
		return;
	}
}

static void add_includes(struct maker *m)
{
	size_t n = m->in->s->ninclude - 1;

	if (!n)
		return;
	library_each(m->in->lib, add_include, m);
	buf_zero(&m->dirs, TAR_END);
	add_file(m, RECIPE_DIRS, m->dirs.p, m->dirs.len);
	buf_printf(&m->text, "include: %zu\n", n);
}

/* How many bytes of a line are the directory of file or tapset, which is another where
 * the build is made again; what stands for it. */
static size_t place_of(const struct maker *m, const char *line,
		       const char **ret)
{
	const struct session *s = m->in->s;
	size_t n = strlen(s->script->name);

	*ret = s->script_name;
	if (!strncmp(line, s->script->name, n) && line[n] == ':')
		return n;
	for (size_t i = 0; i < s->ninclude; i++) {
		const char *path = below(s->include[i], line);

		*ret = i ? arena_printf(m->a, "include-%zu/", i) : "tapset/";
		if (path)
			return (size_t)(path - line);
	}
	*ret = "";
	return 0;
}

static void add_log_text(struct maker *m, const char *text)
{
	while (*text) {
		const char *place;

		text += place_of(m, text, &place);
		buf_printf(&m->log, "  %s%.*s\n", place,
			   (int)strcspn(text, "\n"), text);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

static void add_target(struct maker *m, const struct target *t)
{
	const struct kit_info *ki = kit_info(t->kit);

	buf_printf(&m->text, "kit: %s %s\n", ki->release, ki->id);
	if (t->status == TARGET_OK)
		buf_printf(&m->log, "%s: ok, module %s, %zu bytes\n",
			   ki->release, t->module, t->ko.len);
	else
		buf_printf(&m->log, "%s: unsupported: %s\n", ki->release,
			   t->reason);
	if (t->diags.text.len)
		add_log_text(m, t->diags.text.p);
}

void recipe_files_make(const struct recipe_in *in, struct arena *a,
		       recipe_files *ret)
{
	struct maker m = { .in = in, .a = a, .files = ret };
	const struct opts *o = in->o;

	buf_init(&m.text);
	buf_init(&m.log);
	buf_init(&m.dirs);
	add_file(&m, in->s->script_name, in->s->script->text,
		 in->s->script->len);
	buf_printf(&m.text, "tap-recipe: 1\ntapbuild: %s\nscript: %s %s ",
		   TAP_VERSION, how_names[script_how(o)],
		   write_script_name(a, in->s->script_name));
	add_word(&m.text, in->s->script_name);
	opts_recipe(o, a, add_option, &m);
	add_extras(&m);
	add_includes(&m);
	for (size_t i = 0; i < o->args.n; i++) {
		buf_adds(&m.text, "argument: ");
		add_word(&m.text, o->args.v[i]);
	}
	for (size_t i = 0; i < in->n; i++)
		add_target(&m, &in->target[i]);
	add_file(&m, RECIPE_NAME, m.text.p, m.text.len);
	add_file(&m, RECIPE_LOG, m.log.p, m.log.len);
	buf_deinit(&m.text);
	buf_deinit(&m.log);
	buf_deinit(&m.dirs);
}

/* ---- read ---------------------------------------------------------------------- */

struct reading {
	struct arena *a;
	struct recipe *r;
};

static bool is_file_name(const char *s)
{
	return s && *s != '.' && text_only(s, "A-Za-z0-9._+-", 100);
}

/* A file name that a file of this name can be written under. */
static bool is_base_name(const char *s)
{
	return s && *s && strcmp(s, ".") != 0 && strcmp(s, "..") != 0 &&
	       !strchr(s, '/');
}

static bool is_below(const char *path)
{
	for (const char *p = path; p && *p;
	     p += strcspn(p, "/"), p += *p == '/')
		if (*p == '/' || (*p == '.' && p[1] == '.'))
			return false;
	return path && *path;
}

static bool on_magic(struct reading *x, char *v)
{
	(void)x;
	return !strcmp(v, "1");
}

static bool on_tapbuild(struct reading *x, char *v)
{
	x->r->tapbuild = v;
	return true;
}

static bool on_script(struct reading *x, char *v)
{
	const char *how = word_next(&v);

	x->r->file = word_next(&v);
	x->r->script = v ? get_word(x->a, v) : NULL;
	for (size_t i = 0; how && i < sizeof(how_names) / sizeof(*how_names);
	     i++) {
		x->r->how = (enum recipe_how)i;
		if (!strcmp(how, how_names[i]))
			return is_file_name(x->r->file) &&
			       is_base_name(x->r->script);
	}
	return false;
}

static bool on_option(struct reading *x, char *v)
{
	const char *w = get_word(x->a, v);

	if (w)
		vec_apush(x->a, &x->r->options, w);
	return w && *w == '-';
}

static bool on_extra(struct reading *x, char *v)
{
	vec_apush(x->a, &x->r->extra, v);
	return is_file_name(v);
}

static bool on_include(struct reading *x, char *v)
{
	uint64_t n = 0;

	if (x->r->ndirs || !num_u64(v, 1000, &n) || !n)
		return false;
	x->r->ndirs = (unsigned int)n;
	return true;
}

static bool on_argument(struct reading *x, char *v)
{
	const char *w = get_word(x->a, v);

	if (w)
		vec_apush(x->a, &x->r->args, w);
	return w;
}

static bool on_kit(struct reading *x, char *v)
{
	struct recipe_kit k = { .release = word_next(&v), .id = v };
	uint8_t id[32];

	if (!k.release || !k.id || !hex_bytes(k.id, id, sizeof(id)))
		return false;
	vec_apush(x->a, &x->r->kits, k);
	return true;
}

/* In the order in which they stand; the first three once. */
static const struct {
	const char *key;
	bool (*fn)(struct reading *x, char *v);
} keys[] = {
	{ "tap-recipe", on_magic },  { "tapbuild", on_tapbuild },
	{ "script", on_script },     { "option", on_option },
	{ "extra", on_extra },	     { "include", on_include },
	{ "argument", on_argument }, { "kit", on_kit },
};

#define NKEYS  (sizeof(keys) / sizeof(keys[0]))
#define NHEADS 3

/* The heads are the first lines; behind them each kind in the order of the table. */
static bool is_next(const struct lines *l, size_t last, size_t k)
{
	return l->no <= NHEADS ? k == l->no - 1 : k >= NHEADS && k >= last;
}

int recipe_read(struct arena *a, const char *text, size_t n, struct recipe *ret,
		struct err *e)
{
	struct reading x = { a, ret };
	struct lines l;
	size_t last = 0;
	int r;

	memset(ret, 0, sizeof(*ret));
	lines_init(&l, RECIPE_NAME, arena_strndup(a, text, n), n,
		   LINE_MAX_BYTES);
	while ((r = lines_next(&l, e)) > 0) {
		size_t k = 0;

		while (k < NKEYS && strcmp(keys[k].key, l.key) != 0)
			k++;
		if (k == NKEYS || !is_next(&l, last, k))
			return lines_bad(&l, e, "key '%s' is not expected here",
					 l.key);
		if (!keys[k].fn(&x, l.value))
			return lines_bad(&l, e, "'%s' has a wrong value",
					 l.key);
		last = k;
	}
	if (r == 0 && last < NHEADS - 1)
		return lines_bad(&l, e, "the text ends too early");
	return r;
}

/* ---- files of -I ------------------------------------------------------------------ */

int recipe_each_dir_file(const void *tar, size_t n,
			 int (*fn)(void *arg, const char *path, const void *p,
				   size_t len, struct err *e),
			 void *arg, struct err *e)
{
	const uint8_t *p = tar;

	while (n > TAR_END) {
		char name[TAR_NAME_MAX + 1] = { 0 };
		uint8_t want[TAR_BLOCK];
		uint64_t size, mtime;
		int r;

		memcpy(name, p, TAR_NAME_MAX);
		if (!tar_peek(p, &size, &mtime) ||
		    !tar_header(want, name, size, mtime) ||
		    tar_differs(p, want) >= 0 || !is_below(name) ||
		    tar_padded(size) > n - TAR_BLOCK)
			return err_set(e, -BERR_FORMAT,
				       RECIPE_DIRS
				       ": not what tapbuild writes");
		r = fn(arg, name, p + TAR_BLOCK, (size_t)size, e);
		if (r < 0)
			return r;
		n -= TAR_BLOCK + (size_t)tar_padded(size);
		p += TAR_BLOCK + (size_t)tar_padded(size);
	}
	return 0;
}

/* ---- parts together ---------------------------------------------------------------- */

const struct bundle_script *recipe_file(const struct bundle_spec *spec,
					const char *name)
{
	for (size_t i = 0; i < spec->nscripts; i++)
		if (!strcmp(spec->script[i].name, name))
			return &spec->script[i];
	return NULL;
}

/* Bytes up to the @nth section of @s, which begins with a line that @is_head accepts. */
static size_t section(const struct bundle_script *s, size_t nth,
		      bool (*is_head)(const char *line, size_t left))
{
	const char *p = s->p;
	size_t at = 0, seen = 0;

	while (at < s->len) {
		const char *nl = memchr(p + at, '\n', s->len - at);

		if (is_head(p + at, s->len - at) && seen++ == nth)
			return at;
		if (!nl)
			break;
		at = (size_t)(nl - p) + 1;
	}
	return s->len;
}

static bool is_kit_line(const char *line, size_t left)
{
	return left >= 5 && !memcmp(line, "kit: ", 5);
}

static bool is_log_head(const char *line, size_t left)
{
	(void)left;
	return *line != ' ';
}

static void add_section(struct buf *out, const struct bundle_script *s,
			size_t nth,
			bool (*is_head)(const char *line, size_t left))
{
	size_t from = section(s, nth, is_head);

	buf_add(out, (const char *)s->p + from,
		section(s, nth + 1, is_head) - from);
}

static void set_file(struct bundle_spec *spec, struct arena *a,
		     const char *name, const struct buf *text)
{
	struct bundle_script *all =
		arena_array(a, struct bundle_script, spec->nscripts);

	for (size_t i = 0; i < spec->nscripts; i++) {
		all[i] = spec->script[i];
		if (strcmp(all[i].name, name) != 0)
			continue;
		all[i].p = arena_strndup(a, text->p, text->len);
		all[i].len = text->len;
	}
	spec->script = all;
}

/* Everything before the kits is about the whole build. */
static bool same_head(const struct bundle_script *a,
		      const struct bundle_script *b)
{
	size_t n = section(a, 0, is_kit_line);

	return n == section(b, 0, is_kit_line) && !memcmp(a->p, b->p, n);
}

int recipe_join(const struct recipe_piece *piece, size_t n,
		struct bundle_spec *spec, struct arena *a, struct err *e)
{
	const struct bundle_script *first = recipe_file(spec, RECIPE_NAME);
	struct buf text = BUF_INIT, log = BUF_INIT;
	bool is_alike = true;

	if (!first)
		return 0;
	buf_add(&text, first->p, section(first, 0, is_kit_line));
	for (size_t i = 0; i < n; i++) {
		const struct bundle_script *r =
			recipe_file(piece[i].spec, RECIPE_NAME);
		const struct bundle_script *l =
			recipe_file(piece[i].spec, RECIPE_LOG);

		if (!r || !l || !same_head(first, r)) {
			is_alike = false;
			break;
		}
		add_section(&text, r, piece[i].nth, is_kit_line);
		add_section(&log, l, piece[i].nth, is_log_head);
	}
	set_file(spec, a, RECIPE_NAME, &text);
	set_file(spec, a, RECIPE_LOG, &log);
	buf_deinit(&text);
	buf_deinit(&log);
	return is_alike ? 0
			: err_set(e, ERR_FORMAT,
				  "the parts were not built alike: their "
				  "recipes differ");
}
