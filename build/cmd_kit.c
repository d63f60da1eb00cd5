// SPDX-License-Identifier: GPL-2.0-only
/* tapbuild kit add|list|show|check|export|import|refresh|rm|fetch */
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/cmd.h"
#include "build/dwarf/dmake.h"
#include "build/dwarf/dwx.h"
#include "build/elab/lst.h"
#include "build/kit/fetch.h"
#include "build/kit/kit.h"
#include "build/kit/kit_file.h"
#include "build/kit/make.h"
#include "build/kit/refresh.h"
#include "build/kit/rtobj.h"
#include "build/kit/store.h"
#include "bundle/base/err.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/**
 * struct sub - one sub-command
 * @min, @max: how many words may follow its name and its options
 * @usage: what may follow its name; @args: the most of that in the list of all
 */
struct sub {
	const char *name;
	int (*fn)(struct arena *a, int argc, char **argv);
	int min, max;
	const char *usage, *args, *help;
};

#define MAX_JOBS 1024

static void say(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "kit: %s\n", line);
}

static void step(void *arg, const char *name, double seconds)
{
	(void)arg;
	fprintf(stderr, "kit:   %-8s %6.2f s\n", name, seconds);
}

static void print_usage(FILE *to, const char *name);

static int usage(const char *name)
{
	print_usage(stderr, name);
	return EXIT_USAGE;
}

static bool set_jobs(struct kit_maker *m, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || n > MAX_JOBS) {
		fprintf(stderr, "tapbuild: -j wants a number, not '%s'\n",
			text);
		return false;
	}
	m->jobs = (unsigned int)n;
	return true;
}

/* Options of add and fetch; false when @c is none of them. */
static bool maker_option(struct kit_maker *m, int c)
{
	if (c == 'v')
		m->step = step;
	else if (c == 'q')
		m->say = NULL;
	else if (c == 'j')
		return set_jobs(m, optarg);
	else if (c == 'c')
		m->cc = optarg;
	else
		return false;
	return true;
}

static const struct option maker_longs[] = {
	{ "debuginfo", no_argument, NULL, 'd' }, { NULL, 0, NULL, 0 }
};

/*
 * What wildcards of kernels list is found out once, here: with debug information, and by
 * import and refresh.  Without it they are slower, and that is all.
 */
static void list_kernels(struct arena *a, const struct kit_maker *m,
			 const char *release)
{
	const char **paths, *where;
	struct err e = { 0 };
	int i, n = kit_find(a, release, &paths, &e);

	for (i = 0; i < n; i++)
		if (lst_make(a, paths[i], m->jobs, &where, &e) < 0 && m->say)
			m->say(m->arg, arena_printf(a,
						    "%s: not listed, wildcards "
						    "of -L will be slow: %s",
						    release, e.text));
}

/* The same, of the kernel that the file at @path in the store is of. */
static void list_stored(struct arena *a, const struct kit_maker *m,
			const char *path)
{
	const char *name = strrchr(path, '/') + 1, *id = strrchr(name, '_');

	if (id)
		list_kernels(a, m, arena_strndup(a, name, (size_t)(id - name)));
}

static int do_add(struct arena *a, int argc, char **argv)
{
	struct kit_maker m = { .runtime = home_dir(a, "runtime"), .say = say };
	int (*make)(struct arena * a, const struct kit_maker *m,
		    const char *const *inputs, size_t n, const char ***ret,
		    size_t *nret, struct err *e) = kit_make;
	const char **paths = NULL;
	struct err e = { 0 };
	size_t n, i;
	int c, rc;

	while ((c = getopt_long(argc, argv, "vqj:c:", maker_longs, NULL)) != -1)
		if (c == 'd')
			make = dmake_index;
		else if (!maker_option(&m, c))
			return usage("add");
	if (optind == argc)
		return usage("add");
	rc = make(a, &m, (const char *const *)argv + optind,
		  (size_t)(argc - optind), &paths, &n, &e);
	for (i = 0; i < n; i++) {
		/* of a kit alone it takes longer than the few questions there may be */
		if (make == dmake_index)
			list_stored(a, &m, paths[i]);
		printf("%s\n", paths[i]);
	}
	return rc < 0 ? cmd_fail(&e) : EXIT_DONE;
}

/* Stored kits that match @pattern; 0 and an error line when there is none. */
static int find(struct arena *a, const char *pattern, const char ***paths,
		int *code)
{
	struct err e = { 0 };
	int n = kit_find(a, pattern, paths, &e);

	*code = EXIT_DONE;
	if (n < 0) {
		*code = cmd_fail(&e);
		return 0;
	}
	if (!n) {
		err_set(&e, ERR_NOT_FOUND, "no kit matches '%s'", pattern);
		err_hint(&e, "tapbuild kit list");
		*code = cmd_fail(&e);
	}
	return n;
}

/* "  + 54.0 MB debug info", or "" */
static const char *debug_size(struct arena *a, const struct kit_info *i)
{
	struct stat st;

	if (stat(store_debug_path(a, i->release, i->build_id), &st) < 0)
		return "";
	return arena_printf(a, "  + %.1f MB debug info",
			    (double)st.st_size / 1e6);
}

static int do_list(struct arena *a, int argc, char **argv)
{
	char runtime[RTOBJ_ID_LEN + 1] = "";
	const char **paths;
	struct err e = { 0 };
	int n, i, code = EXIT_DONE;

	n = kit_find(a, argc > 1 ? argv[1] : "*", &paths, &e);
	if (n < 0)
		return cmd_fail(&e);
	if (!n && argc == 1)
		fprintf(stderr,
			"no kits in '%s'\n"
			"hint: tapbuild kit fetch MANIFEST or kit add PACKAGE... makes some\n",
			fs_cache_dir(a, "kits"));
	/* Without a runtime at hand there is nothing to be older than. */
	if (rtobj_source_id(a, home_dir(a, "runtime"), runtime, &e) < 0)
		runtime[0] = '\0';
	for (i = 0; i < n; i++) {
		const struct kit_info *info;
		struct stat st;
		struct kit *k;

		if (kit_open(paths[i], &k, &e) < 0 || stat(paths[i], &st) < 0) {
			code = cmd_fail(&e);
			continue;
		}
		info = kit_info(k);
		printf("%-28s %-8s %.12s  %-10s %6.1f MB%s%s\n", info->release,
		       info->machine, info->id, info->distro,
		       (double)st.st_size / 1e6, debug_size(a, info),
		       !*runtime || !strcmp(runtime, info->runtime)
			       ? ""
			       : "  (older runtime)");
		kit_close(k);
	}
	return code;
}

static void show_list(const char *name, const char *const *v)
{
	printf("%-14s", name);
	for (; *v; v++)
		printf(" %s", *v);
	printf("\n");
}

/* The debug index of a kit's kernel; what is wrong with it is told too. */
static void show_debug(const struct kit *k)
{
	struct err e = { 0 };
	struct dwx_info i;
	struct dwx *x;

	if (dwx_open_kit(k, &x, &e) < 0) {
		printf("debug info     %s\n",
		       e.code == ERR_NOT_FOUND ? "none" : e.text);
		return;
	}
	i = dwx_info(x);
	printf("debug info     %.1f MB of %zu files\n", (double)i.bytes / 1e6,
	       i.files);
	printf("  functions    %llu, inlined %llu times\n",
	       (unsigned long long)i.functions, (unsigned long long)i.inlined);
	printf("  variables    %llu, %llu with a location\n",
	       (unsigned long long)i.variables, (unsigned long long)i.located);
	printf("  labels       %llu\n", (unsigned long long)i.labels);
	printf("  calls        %llu\n", (unsigned long long)i.calls);
	printf("  lines        %llu\n", (unsigned long long)i.lines);
	dwx_close(x);
}

/* What -l and -L of wildcards need not find out again. */
static void show_listing(const struct kit *k)
{
	const struct kit_info *i = kit_info(k);
	struct arena a;
	struct stat st;

	arena_init(&a);
	if (stat(store_listing_path(&a, i->release, i->build_id), &st) < 0)
		printf("listing        none\n");
	else
		printf("listing        %.1f MB\n", (double)st.st_size / 1e6);
	arena_deinit(&a);
}

static void show_counts(const struct kit *k)
{
	size_t i, n = kit_nfuncs(k), traceable = 0, black = 0, typed = 0, len;

	for (i = 0; i < n; i++) {
		struct kit_func f = kit_func(k, i);

		traceable += f.flags & KIT_FN_FTRACE ? 1 : 0;
		black += f.flags & KIT_FN_BLACKLIST ? 1 : 0;
		typed += f.btf ? 1 : 0;
	}
	printf("functions      %zu (%zu typed, %zu ftrace-able, %zu blacklisted)\n",
	       n, typed, traceable, black);
	printf("types          %u\n", kit_btf(k)->ntypes);
	printf("tracepoints    %zu, of modules %zu\n", kit_ntracepoints(k),
	       kit_nmod_tracepoints(k));
	printf("modules        %zu\n", kit_nmodules(k));
	printf("runtime parts  %zu, which need %zu symbols\n", kit_nparts(k),
	       kit_nundefs(k));
	if (kit_section(k, KF_HEADERS, &len))
		printf("headers        %zu bytes, packed\n", len);
	show_debug(k);
	show_listing(k);
}

static void show(const struct kit *k)
{
	const struct kit_info *i = kit_info(k);

	printf("release        %s\n", i->release);
	printf("version        %s\n", i->version);
	printf("machine        %s\n", i->machine);
	printf("distribution   %s\n", i->distro);
	printf("flavour        %s\n", i->flavour);
	printf("id             %s\n", i->id);
	printf("build-id       %s\n", i->build_id);
	printf("vermagic       '%s'\n", i->vermagic);
	printf("layout CRC     %s0x%08x\n", i->modversions ? "" : "none ",
	       i->layout_crc);
	printf("struct module  %u bytes, aligned %u; name %u, init %u, exit %u\n",
	       i->module_size, i->module_align, i->module_name_off,
	       i->module_init_off, i->module_exit_off);
	printf("compiler       %s\n", i->cc);
	printf("runtime        %s\n", i->runtime);
	show_list("flags", kit_cflags(k));
	show_list("objtool", kit_objtool(k));
	show_list("link flags", kit_ldflags(k));
	show_list("header flags", kit_header_flags(k));
	show_counts(k);
}

static int do_show(struct arena *a, int argc, char **argv)
{
	const char **paths;
	struct err e = { 0 };
	int n, i, code;

	(void)argc; /* one word, as the table says */
	n = find(a, argv[1], &paths, &code);
	for (i = 0; i < n; i++) {
		struct kit *k;

		if (kit_open(paths[i], &k, &e) < 0)
			return cmd_fail(&e);
		if (i)
			printf("\n");
		show(k);
		kit_close(k);
	}
	return code;
}

static void check_file(const char *path, int *code)
{
	struct err e = { 0 };

	if (store_check(path, &e) < 0)
		*code = cmd_fail(&e);
	else
		printf("%s: ok\n", strrchr(path, '/') + 1);
}

/* Those that are beside kits: older kits of one kernel share them. */
static void check_beside(const char *path, const char **last, int *code)
{
	if (fs_exists(path) && (!*last || strcmp(*last, path) != 0))
		check_file(path, code);
	*last = path;
}

static int do_check(struct arena *a, int argc, char **argv)
{
	const char **paths, *debug = NULL, *listing = NULL;
	struct err e = { 0 };
	struct kit *k;
	int n, i, code;

	n = find(a, argc > 1 ? argv[1] : "*", &paths, &code);
	for (i = 0; i < n; i++) {
		const struct kit_info *info;

		check_file(paths[i], &code);
		if (kit_open(paths[i], &k, &e) < 0)
			continue; /* told already */
		info = kit_info(k);
		check_beside(store_debug_path(a, info->release, info->build_id),
			     &debug, &code);
		check_beside(
			store_listing_path(a, info->release, info->build_id),
			&listing, &code);
		kit_close(k);
	}
	return code;
}

static int do_export(struct arena *a, int argc, char **argv)
{
	const char **paths, *out;
	struct err e = { 0 };
	int n, code;

	n = find(a, argv[1], &paths, &code);
	if (!n)
		return code;
	if (n > 1) {
		err_set(&e, ERR_INVALID, "%d kits match '%s', name one", n,
			argv[1]);
		return cmd_fail(&e);
	}
	out = argc == 3 ? argv[2]
			: arena_printf(a, "%s.zst", strrchr(paths[0], '/') + 1);
	if (store_export(paths[0], out, &e) < 0)
		return cmd_fail(&e);
	printf("%s\n", out);
	return EXIT_DONE;
}

static int do_import(struct arena *a, int argc, char **argv)
{
	struct kit_maker m = { .say = say };
	struct err e = { 0 };
	const char *path;
	int i, code = EXIT_DONE;

	for (i = 1; i < argc; i++) {
		if (store_import(a, argv[i], &path, &e) < 0) {
			code = cmd_fail(&e);
			continue;
		}
		list_stored(a, &m, path);
		printf("%s\n", path);
	}
	return code;
}

static int do_rm(struct arena *a, int argc, char **argv)
{
	const char **paths;
	struct err e = { 0 };
	int n, i, k, code = EXIT_DONE, one;

	for (k = 1; k < argc; k++) {
		n = find(a, argv[k], &paths, &one);
		for (i = 0; i < n; i++)
			if (store_remove(a, paths[i], &e) < 0)
				one = cmd_fail(&e);
		code = one != EXIT_DONE ? one : code;
	}
	return code;
}

static int do_fetch(struct arena *a, int argc, char **argv)
{
	struct kit_maker m = { .runtime = home_dir(a, "runtime"), .say = say };
	struct fetch_result *v;
	struct err e = { 0 };
	bool update = false;
	size_t n, i;
	int c, rc;

	while ((c = getopt_long(argc, argv, "uvqj:c:", maker_longs, NULL)) !=
	       -1) {
		if (c == 'u')
			update = true;
		else if (c == 'd')
			m.debug = dmake_index;
		else if (!maker_option(&m, c))
			return usage("fetch");
	}
	if (optind + 1 != argc)
		return usage("fetch");
	rc = kit_fetch(a, &m, argv[optind], update, &v, &n, &e);
	for (i = 0; i < n; i++) {
		printf("%-28s %s\n", v[i].release,
		       v[i].error	  ? v[i].error->text
		       : v[i].has_debug	  ? "made, with debug information"
		       : v[i].was_current ? "up to date"
					  : "made");
	}
	return rc < 0 ? cmd_fail(&e) : EXIT_DONE;
}

static bool is_current(const char *path, const char *runtime_id)
{
	struct err e;
	struct kit *k;
	bool same;

	if (kit_open(path, &k, &e) < 0)
		return false;
	same = !strcmp(kit_info(k)->runtime, runtime_id);
	kit_close(k);
	return same;
}

static int do_refresh(struct arena *a, int argc, char **argv)
{
	struct kit_maker m = { .runtime = home_dir(a, "runtime"), .say = say };
	char id[RTOBJ_ID_LEN + 1];
	const char **paths, *path;
	struct err e = { 0 };
	int n, i, code;

	n = find(a, argc > 1 ? argv[1] : "*", &paths, &code);
	if (n && rtobj_source_id(a, m.runtime, id, &e) < 0)
		return cmd_fail(&e);
	for (i = 0; i < n; i++) {
		if (is_current(paths[i], id)) {
			list_stored(a, &m, paths[i]);
			continue;
		}
		if (kit_refresh(a, &m, paths[i], id, &path, &e) < 0) {
			code = cmd_fail(&e);
			continue;
		}
		list_stored(a, &m, path);
		printf("%s\n", path);
	}
	return code;
}

#define MAKER "[--debuginfo] [-v] [-q] [-j JOBS] [-c CC]"

#define ANY 1000000

static const struct sub subs[] = {
	{ "add", do_add, 0, ANY, MAKER " PACKAGE|DIRECTORY|FILE...",
	  "PACKAGE|DIRECTORY...", "make a kit of each kernel in the packages" },
	{ "add", do_add, 0, ANY, NULL, "--debuginfo FILE...",
	  "index debug information of kernels that have kits" },
	{ "fetch", do_fetch, 0, ANY, "[-u] " MAKER " MANIFEST", "MANIFEST",
	  "download packages, make the kits that are missing or old" },
	{ "list", do_list, 0, 1, "[PATTERN]", "[PATTERN]", "list stored kits" },
	{ "show", do_show, 1, 1, "RELEASE|ID", "RELEASE|ID",
	  "what a kit knows" },
	{ "check", do_check, 0, 1, "[PATTERN]", "[PATTERN]",
	  "verify contents against the id" },
	{ "export", do_export, 1, 2, "RELEASE|ID [FILE]", "RELEASE|ID [FILE]",
	  "write a kit as one compressed file" },
	{ "import", do_import, 1, ANY, "FILE...", "FILE...",
	  "check and store exported kits" },
	{ "refresh", do_refresh, 0, 1, "[PATTERN]", "[PATTERN]",
	  "bring kits to this tapbuild's runtime; needs no package" },
	{ "rm", do_rm, 1, ANY, "RELEASE|ID...", "RELEASE|ID...",
	  "remove kits" },
};

#define NSUBS (sizeof(subs) / sizeof(*subs))

/* Of one sub-command; NULL: of all. */
static void print_usage(FILE *to, const char *name)
{
	size_t i;

	if (!name)
		fprintf(to, "usage: tapbuild kit COMMAND ...\n");
	for (i = 0; i < NSUBS; i++) {
		if (!name)
			fprintf(to, "  %-7s %-22s %s\n", subs[i].name,
				subs[i].args, subs[i].help);
		else if (!strcmp(name, subs[i].name) && subs[i].usage)
			fprintf(to, "usage: tapbuild kit %s %s\n", name,
				subs[i].usage);
	}
}

static const struct sub *find_sub(const char *name)
{
	size_t i;

	for (i = 0; name && i < NSUBS; i++)
		if (!strcmp(name, subs[i].name))
			return &subs[i];
	return NULL;
}

/*
 * Words that nobody would look at are a mistake, and so is an option where none is: a
 * file or kit of such a name is ./-name.
 */
static bool fits(const struct sub *sub, int argc, char **argv)
{
	if (sub->fn == do_add || sub->fn == do_fetch)
		return true; /* getopt looks */
	for (int i = 0; i < argc; i++)
		if (argv[i][0] == '-') {
			fprintf(stderr, "tapbuild: kit %s has no option '%s'\n",
				sub->name, argv[i]);
			return false;
		}
	return argc >= sub->min && argc <= sub->max;
}

int cmd_kit(int argc, char **argv)
{
	const struct sub *sub = find_sub(argc > 1 ? argv[1] : NULL);
	struct arena a;
	int code;

	if (cmd_wants_help(argc, argv)) {
		print_usage(stdout, sub ? sub->name : NULL);
		return EXIT_DONE;
	}
	if (!sub)
		return usage(NULL);
	if (!fits(sub, argc - 2, argv + 2))
		return usage(sub->name);
	arena_init(&a);
	/* what getopt's messages begin with */
	argv[1] = arena_printf(&a, "tapbuild: kit %s", sub->name);
	optind = 1;
	code = sub->fn(&a, argc - 1, argv + 1);
	arena_deinit(&a);
	return code;
}
