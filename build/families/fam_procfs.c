// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files in /proc/systemtap/MODULE: procfs("PATH").read, .write.
 *
 * dprobe.text is the path; dprobe.num the mode bits and, of readers, how many
 * bytes the file has at most.
 */
#include "build/families/family.h"

#include "build/base/diag.h"
#include "build/elab/expand.h"
#include "build/sema/ctx.h"
#include "build/sema/intrinsic.h"
#include "build/session.h"

#include <string.h>

#define DEFAULT_PATH  "command"
#define READ_UMASK    0044 /* features.md 2.11: over 0444 and 0222 */
#define WRITE_UMASK   0022
#define MAX_PATH_LEN  200
#define MAX_FILE_SIZE (16LL << 20)

enum { FORM_READ = 1, FORM_WRITE = 2 };

static const struct fam_form forms[] = {
	{ "procfs.read", FORM_READ },
	{ "procfs.read.maxsize(N)", FORM_READ },
	{ "procfs.write", FORM_WRITE },
	{ "procfs.umask(N).read", FORM_READ },
	{ "procfs.umask(N).read.maxsize(N)", FORM_READ },
	{ "procfs.umask(N).write", FORM_WRITE },
	{ "procfs(S).read", FORM_READ },
	{ "procfs(S).read.maxsize(N)", FORM_READ },
	{ "procfs(S).write", FORM_WRITE },
	{ "procfs(S).umask(N).read", FORM_READ },
	{ "procfs(S).umask(N).read.maxsize(N)", FORM_READ },
	{ "procfs(S).umask(N).write", FORM_WRITE },
};

static bool is_reader(const struct dprobe *p)
{
	return p->num[1];
}

/* ---- points -------------------------------------------------------------- */

static const char *path_mistake(const char *path)
{
	const char *s = path, *end;
	size_t n;

	if (!*path)
		return "is empty";
	if (strlen(path) > MAX_PATH_LEN)
		return "is too long";
	if (*path == '/')
		return "begins with '/'";
	for (;; s = end + 1) {
		end = strchrnul(s, '/');
		n = (size_t)(end - s);
		if (!n)
			return *end ? "has an empty part" : "ends with '/'";
		if (s[0] == '.' && (n == 1 || (n == 2 && s[1] == '.')))
			return "has a part that is '.' or '..'";
		if (!*end)
			return NULL;
	}
}

/* Is one of them a directory that the other one is in? */
static bool is_above(const char *dir, const char *path)
{
	size_t n = strlen(dir);

	return !strncmp(dir, path, n) && path[n] == '/';
}

static bool check_others(struct sema *sm, const struct span *at,
			 const struct dprobe *p)
{
	struct handler **h;

	vec_foreach(h, &sm->handlers) {
		const struct dprobe *o = (*h)->p;

		if (o->kind != &kind_procfs)
			continue;
		if (is_above(o->text, p->text) || is_above(p->text, o->text)) {
			diag_error(sm->d, at, DIAG_PROCFS,
				   "procfs path \"%s\" cannot be a file and "
				   "\"%s\" too",
				   p->text, o->text);
			return false;
		}
		if (is_reader(o) && is_reader(p) && !strcmp(o->text, p->text)) {
			diag_error(sm->d, at, DIAG_PROCFS,
				   "only one read procfs probe can exist for "
				   "procfs path \"%s\"",
				   p->text);
			diag_note(sm->d, &o->at, "the other one is here");
			return false;
		}
	}
	return true;
}

static bool read_umask(struct sema *sm, const struct ast_point *pt,
		       int64_t *mask)
{
	const struct ast_comp *c = family_comp(pt, "umask");

	if (!c)
		return true;
	*mask = c->num;
	if (c->num >= 0 && c->num <= 0777)
		return true;
	diag_error(sm->d, &c->at, DIAG_PROCFS,
		   "procfs umask out of range (0, 0777)");
	return false;
}

static bool read_size(struct sema *sm, const struct ast_point *pt,
		      int64_t *size)
{
	const struct ast_comp *c = family_comp(pt, "maxsize");
	const struct limits *l = &sm->s->limits;

	*size = l->procfs_bufsize > 0 ? l->procfs_bufsize : l->maxstringlen;
	if (!c)
		return true;
	*size = c->num;
	if (c->num > 0 && c->num <= MAX_FILE_SIZE)
		return true;
	diag_error(sm->d, &c->at, DIAG_PROCFS,
		   "procfs maxsize out of range (1, %lld)", MAX_FILE_SIZE);
	return false;
}

static enum fam_result procfs_expand(struct sema *sm,
				     const struct ast_point *pt,
				     unsigned int form, struct fam_probe *ret)
{
	const struct ast_comp *c = &pt->comp[0];
	int64_t mask = form == FORM_READ ? READ_UMASK : WRITE_UMASK;
	struct dprobe *p = ret->p;
	const char *mistake;

	p->kind = &kind_procfs;
	p->name = expand_point_text(sm, pt);
	p->text = c->arg_kind == ARG_STR ? c->str : DEFAULT_PATH;
	mistake = path_mistake(p->text);
	if (mistake) {
		diag_error(sm->d, &c->at, DIAG_PROCFS, "procfs path \"%s\" %s",
			   p->text, mistake);
		return FAM_REFUSED;
	}
	if (!read_umask(sm, pt, &mask) ||
	    (form == FORM_READ && !read_size(sm, pt, &p->num[1])))
		return FAM_REFUSED;
	p->num[0] = (form == FORM_READ ? 0444 : 0222) & ~mask;
	return check_others(sm, &c->at, p) ? FAM_OK : FAM_REFUSED;
}

/* ---- $value -------------------------------------------------------------- */

static enum fam_result procfs_var(struct sema *sm, const struct dprobe *p,
				  const struct fam_point *fp, struct span at,
				  const char *name, struct fam_value *ret)
{
	(void)fp;
	if (strcmp(name, "$value"))
		return FAM_NOT_MINE;
	ret->e = intrinsic_call(sm->a, at, "__procfs_value", 0);
	ret->write_only = is_reader(p);
	return FAM_OK;
}

static enum fam_result procfs_assign(struct sema *sm, const struct dprobe *p,
				     const struct ast_expr *e,
				     struct ast_expr **ret)
{
	if (strcmp(e->a->target->name, "$value"))
		return FAM_NOT_MINE;
	if (!is_reader(p)) {
		diag_error(sm->d, &e->at, DIAG_TARGET_WRITE,
			   "'$value' can only be read in a procfs write probe");
		return FAM_REFUSED;
	}
	if (e->op != OP_SET && e->op != OP_CONCAT) {
		diag_error(sm->d, &e->at, DIAG_TARGET_WRITE,
			   "only = and .= can write to '$value'");
		return FAM_REFUSED;
	}
	*ret = intrinsic_call(sm->a, e->at,
			      e->op == OP_SET ? "__procfs_set" : "__procfs_add",
			      1, e->b);
	return FAM_OK;
}

static void procfs_names(struct sema *sm, const struct dprobe *p,
			 const struct fam_point *fp,
			 void (*add)(void *arg, const char *name), void *arg)
{
	(void)sm;
	(void)p;
	(void)fp;
	add(arg, "$value");
}

extern const struct family fam_procfs;
const struct family fam_procfs = {
	.name = "procfs",
	.forms = forms,
	.nforms = sizeof(forms) / sizeof(forms[0]),
	.expand = procfs_expand,
	.var = procfs_var,
	.assign = procfs_assign,
	.names = procfs_names,
};
