/* SPDX-License-Identifier: GPL-2.0-only */
/* A sibling's module: flags of the build, names in /proc/kallsyms, which is nearest. */
#include "runner/fallback.c"
#include "runner/sys.c"
#include "tests/tap.h"

#include <errno.h>
#include <stdlib.h>

/* ---- flags --------------------------------------------------------------- */

static void t_flags(void)
{
	static const struct {
		const char *vermagic, *version, *says;
	} rows[] = {
		{ "6.1.0 SMP preempt mod_unload modversions",
		  "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-01)", "" },
		{ "6.1.0 SMP preempt_rt mod_unload modversions",
		  "#1 SMP PREEMPT_RT Debian 6.1.192-2", "" },
		{ "6.1.0 mod_unload modversions", "#1 Debian", "" },
		{ "6.1.0 SMP preempt_rt mod_unload modversions",
		  "#1 SMP PREEMPT_DYNAMIC Debian",
		  "its kernel is PREEMPT_RT, this is not" },
		{ "6.1.0 SMP preempt mod_unload modversions",
		  "#1 SMP PREEMPT_RT Debian",
		  "its kernel is not PREEMPT_RT, this is" },
		{ "6.1.0 SMP modversions", "#1 Debian",
		  "its kernel is SMP, this is not" },
		{ "6.1.0 SMP preempt mod_unload", "#1 SMP PREEMPT Debian",
		  "its kernel compares no CRCs of symbols" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char why[RELY_TEXT_MAX] = "";
		bool fits =
			fallback_flags(rows[i].vermagic, rows[i].version, why);

		ok(fits == !*rows[i].says && !strcmp(why, rows[i].says),
		   "%s on %s: %s", rows[i].vermagic, rows[i].version, why);
	}
}

/* ---- symbols ------------------------------------------------------------- */

static const char kallsyms[] = "0000000000000000 T vfs_read\n"
			       "0000000000000000 t vfs_readv\n"
			       "0000000000000000 t twice\n"
			       "0000000000000000 T other\n"
			       "0000000000000000 t twice\n"
			       "0000000000000000 D data\n"
			       "0000000000000000 t both\n"
			       "0000000000000000 d both\n"
			       "0000000000000000 t of_module\t[ext4]\n"
			       "0000000000000000 t too\t[ext4]\n"
			       "0000000000000000 W too\n"
			       "0\n\nx y\n0 T\n0 T \n"
			       "0000000000000000 t last";

static void t_symbols(void)
{
	static const struct {
		const char *name, *says;
	} rows[] = {
		{ "vfs_read", "" },
		{ "vfs_readv", "" },
		{ "other", "" },
		{ "last", "" },
		{ "too", "" },
		{ "vfs", "there is no function 'vfs' here" },
		{ "vfs_readx", "there is no function 'vfs_readx' here" },
		{ "data", "there is no function 'data' here" },
		{ "of_module", "there is no function 'of_module' here" },
		{ "twice", "2 symbols are called 'twice' here" },
		{ "both", "2 symbols are called 'both' here" },
	};
	char why[RELY_TEXT_MAX];
	static struct rely many[26];
	static char names[26][8];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rely r = { .kind = RELY_FUNCTION, .name = rows[i].name };
		bool fits;

		*why = '\0';
		fits = symbols_fit(&r, 1, kallsyms, why);
		ok(fits == !*rows[i].says && !strcmp(why, rows[i].says),
		   "%s: %s", rows[i].name, why);
	}
	ok(!symbols_fit(many, 0, NULL, why) && strstr(why, "cannot be read"),
	   "no /proc/kallsyms: %s", why);
	for (int i = 0; i < 26; i++) {
		snprintf(names[i], sizeof(names[i]), "f%c", 'a' + i);
		many[i] = (struct rely){ .kind = RELY_FUNCTION,
					 .name = names[i] };
	}
	for (int i = 0; i < 26; i++) {
		char text[400];
		size_t n = 0;

		for (int k = 0; k < 26; k++)
			if (k != i)
				n += (size_t)sprintf(text + n, "0 t f%c\n",
						     'a' + k);
		ok(!symbols_fit(many, 26, text, why) && strstr(why, names[i]),
		   "one of 26 is not there: %s", why);
	}
}

/* ---- choice -------------------------------------------------------------- */

static unsigned int reads;

static ssize_t fake_read_file(const char *path, char *buf, size_t cap)
{
	reads++;
	if (strcmp(path, FALLBACK_SYMS) == 0)
		return snprintf(buf, cap, "%s", kallsyms);
	errno = ENOENT;
	return -1;
}

static const struct sys_ops fake = { .read_file = fake_read_file };

static void t_pick(void)
{
	static struct manifest m;
	struct target_host h = { .machine = "x86_64",
				 .release = "6.1.0-57-amd64",
				 .version = "#1 SMP PREEMPT_DYNAMIC Debian" };
	const struct manifest_target *t = NULL, *without[2];
	struct err e = { 0 };
	int r;

	sys = &fake;
	m.ntargets = 2;
	for (unsigned int i = 0; i < 2; i++)
		m.targets[i] = (struct manifest_target){
			.machine = "x86_64",
			.release = i ? "6.1.0-56-amd64" : "6.1.0-50-amd64",
			.is_ok = true,
			.vermagic = "x SMP preempt mod_unload modversions",
		};
	err_set(&e, -BERR_NO_KERNEL, "no module");
	ok(fallback_pick(&m, &h, NULL, 0, &t, &e) == -BERR_NO_KERNEL &&
		   !reads && !strcmp(e.text, "no module"),
	   "a bundle without requirements: nothing is read or said");
	m.has_fallback = true;
	m.targets[1].bound = "it has C of its own";
	m.targets[0].bound = "so";
	r = fallback_pick(&m, &h, NULL, 0, &t, &e);
	ok(r == -BERR_NO_KERNEL &&
		   !strcmp(e.text,
			   "no module; the module of 6.1.0-56-amd64 cannot run "
			   "here: it is bound to it: it has C of its own"),
	   "the nearest says why: %s", e.text);
	m.targets[0].bound = NULL;
	m.targets[0].nrelies = 1;
	m.relies[0] = (struct rely){ .kind = RELY_TYPE, .name = "file" };
	err_set(&e, -BERR_NO_KERNEL, "no module");
	r = fallback_pick(&m, &h, NULL, 0, &t, &e);
	ok(r == -BERR_NO_KERNEL, "no types to compare with: %s", e.text);
	without[0] = &m.targets[1];
	err_set(&e, -BERR_NO_KERNEL, "no module");
	r = fallback_pick(&m, &h, without, 1, &t, &e);
	ok(r == -BERR_NO_KERNEL && strstr(e.text, "module of 6.1.0-50-amd64"),
	   "without one that was refused: %s", e.text);
	without[1] = &m.targets[0];
	err_set(&e, -BERR_NO_KERNEL, "no module");
	r = fallback_pick(&m, &h, without, 2, &t, &e);
	ok(r == -BERR_NO_KERNEL && !strcmp(e.text, "no module"),
	   "none is left");
	m.targets[0].build_id = "0011";
	h.build_id[1] = 0x11;
	h.build_id_len = 2;
	reads = 0;
	err_set(&e, -BERR_BUILD_ID, "calls itself");
	ok(fallback_pick(&m, &h, NULL, 0, &t, &e) == -BERR_BUILD_ID && !reads,
	   "a listed build under another name is no sibling");
	sys = &sys_host;
}

int main(void)
{
	t_flags();
	t_symbols();
	t_pick();
	return tap_done();
}
