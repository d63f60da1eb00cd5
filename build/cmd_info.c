/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild info: what a bundle is, for people and as JSON. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/cmd.h"
#include "build/cmd_bundle.h"
#include "build/cmd_bundle_json.h"
#include "bundle/base/err.h"
#include "bundle/line.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                       \
	"info [--json] [--keys DIR] BUNDLE.tap\n\n" \
	"Describes a bundle; its signature and digests must hold first."

typedef unsigned long long ull; /* for printf */

/* ---- text ---------------------------------------------------------------- */

static void text_time(const char *what, uint64_t t)
{
	char at[40];

	if (!t)
		return;
	bundle_cmd_time(t, at);
	printf("%-12s %s\n", what, at);
}

static void text_params(const struct manifest *m)
{
	for (uint32_t i = 0; i < m->nparams; i++) {
		const struct manifest_param *p = &m->params[i];

		if (p->type == PARAM_STRING)
			printf("parameter    %s = \"%s\" (string, at most %u "
			       "bytes)\n",
			       p->name, p->def_str, p->len);
		else if (p->min == INT64_MIN && p->max == INT64_MAX)
			printf("parameter    %s = %lld\n", p->name,
			       (long long)p->def);
		else
			printf("parameter    %s = %lld (%lld .. %lld)\n",
			       p->name, (long long)p->def, (long long)p->min,
			       (long long)p->max);
	}
}

static void text_head(const struct bundle *b)
{
	const struct manifest *m = &b->man;
	char hex[65];

	printf("name         %s\nversion      %llu", m->name, (ull)m->version);
	if (m->epoch)
		printf(" (epoch %u)", m->epoch);
	printf("\nsize         %llu bytes\n", (ull)b->size);
	text_time("created", m->created);
	text_time("not before", m->not_before);
	text_time("not after", m->not_after);
	if (m->audience)
		printf("audience     %s\n", m->audience);
	printf("bundle id    %s\n", m->bundle_id);
	hex_text(b->manifest_sha256, 32, hex);
	printf("manifest     %s\nbuilder      %s\n", hex, m->builder);
	if (m->description)
		printf("description  %s\n", m->description);
	if (m->contact)
		printf("contact      %s\n", m->contact);
	for (uint32_t i = 0; i < m->nscripts; i++)
		printf("script       %s (%llu bytes)\n", m->scripts[i].name,
		       (ull)m->scripts[i].size);
	printf("privilege    %s, %s, writes %s\nprobes      ",
	       manifest_privilege_name(m->privilege),
	       m->is_guru ? "guru" : "not guru",
	       manifest_writes_name(m->writes));
	for (uint32_t i = 0; i < m->nprobes; i++)
		printf(" %s %llu", m->probes[i].kind, (ull)m->probes[i].count);
	printf("\n");
	for (uint32_t i = 0; i < m->nneeds; i++)
		printf("needs        %s\n", m->needs[i]);
	if (m->limit_runtime_s)
		printf("limit        %llu s\n", (ull)m->limit_runtime_s);
	if (m->limit_output_bytes)
		printf("limit        %llu bytes of output\n",
		       (ull)m->limit_output_bytes);
	text_params(m);
}

static void text_sigs(const struct bundle *b)
{
	for (unsigned int i = 0; i < b->sigs.n; i++) {
		const struct sig_line *l = &b->sigs.line[i];
		char id[17];

		hex_text(l->keyid, 8, id);
		printf("signature    %s.. %s%s\n", id,
		       l->is_known ? sig_role_name(l->role) : "other",
		       l->key < 0 ? " (key not trusted here)" : "");
	}
}

/* Each signer of modules once, with how many of them it signed. */
static void text_ksigs(const struct manifest *m)
{
	uint32_t nok = 0;

	for (uint32_t i = 0; i < m->ntargets; i++)
		nok += m->targets[i].is_ok;
	for (uint32_t i = 0; i < m->nksigs; i++) {
		uint32_t n = 0, k = 0;

		while (k < i && strcmp(m->ksigs[k].skid, m->ksigs[i].skid) != 0)
			k++;
		if (k < i)
			continue;
		for (; k < m->nksigs; k++)
			n += !strcmp(m->ksigs[k].skid, m->ksigs[i].skid);
		printf("kernel key   %s, %u of %u modules\n", m->ksigs[i].skid,
		       n, nok);
	}
}

static void text_targets(const struct manifest *m)
{
	int wide = 7, machine = 7;

	for (uint32_t i = 0; i < m->ntargets; i++) {
		int n = (int)strlen(m->targets[i].release);
		int k = (int)strlen(m->targets[i].machine);

		wide = n > wide ? n : wide;
		machine = k > machine ? k : machine;
	}
	printf("\n%-*s  %-*s  %-12s  %8s  %s\n", wide, "KERNEL", machine,
	       "MACHINE", "BUILD-ID", "BYTES", "MODULE");
	for (uint32_t i = 0; i < m->ntargets; i++) {
		const struct manifest_target *t = &m->targets[i];

		printf("%-*s  %-*s  %-12.12s  ", wide, t->release, machine,
		       t->machine, t->build_id ? t->build_id : "unknown");
		if (t->is_ok)
			printf("%8llu  %s%s%s\n", (ull)t->ko_size, t->module,
			       t->nksigs ? " (kernel-signed)" : "",
			       t->nrelies ? " (fallback)" : "");
		else
			printf("%8s  unsupported: %s %s\n", "-", t->status_code,
			       t->status_text);
	}
}

static void print_json(const struct bundle *b)
{
	struct buf o = BUF_INIT;

	buf_adds(&o, "{\"schema\":\"tap-info-1\",");
	bundle_json(&o, b);
	buf_adds(&o, "}\n");
	fwrite(o.p, 1, o.len, stdout);
	buf_deinit(&o);
}

/* -------------------------------------------------------------------------- */

struct info {
	const char *keys, *bundle;
	bool is_json;
};

static bool parse_args(struct info *in, int argc, char **argv)
{
	const struct bundle_opt opt[] = {
		{ "keys", .value = &in->keys },
		{ "json", .flag = &in->is_json },
	};

	if (!bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)) ||
	    optind + 1 != argc)
		return false;
	in->bundle = argv[optind];
	return true;
}

static int show(void *p, struct bundle *b, struct arena *a, struct err *e)
{
	const struct info *x = p;

	(void)a;
	(void)e;
	if (x->is_json) {
		print_json(b);
		return 0;
	}
	text_head(b);
	text_sigs(b);
	text_ksigs(&b->man);
	text_targets(&b->man);
	return 0;
}

int cmd_info(int argc, char **argv)
{
	struct info x = { 0 };

	if (!parse_args(&x, argc, argv))
		return bundle_cmd_usage(argc, argv, USAGE);
	return bundle_cmd_run(x.bundle, x.keys, show, &x);
}
