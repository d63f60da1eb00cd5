/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a finished module back with libkmod. */
#include "build/link/check.h"
#include "build/kit/kit.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <libkmod.h>
#include <string.h>

static int check_info(struct kmod_module *m, const char *module,
		      const struct kit_info *ki, struct err *e)
{
	const struct want {
		const char *key, *value;
	} want[] = {
		{ "name", module },
		{ "vermagic", ki->vermagic },
		{ "depends", NULL }, /* check_symbols() knows of what */
		{ "license", "GPL" },
	};
	struct kmod_list *info = NULL, *l;
	unsigned int seen[sizeof(want) / sizeof(want[0])] = { 0 };
	int rc = 0;

	if (kmod_module_get_info(m, &info) < 0)
		return err_set(e, ERR_CORRUPT, "%s: cannot read its modinfo",
			       module);
	kmod_list_foreach(l, info)
	{
		const char *key = kmod_module_info_get_key(l);
		const char *value = kmod_module_info_get_value(l);

		for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
			if (strcmp(key, want[i].key))
				continue;
			seen[i]++;
			if (want[i].value && strcmp(value, want[i].value))
				rc = err_set(e, ERR_CORRUPT,
					     "%s: %s is '%s', not '%s'", module,
					     key, value, want[i].value);
		}
	}
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		if (seen[i] != 1 && rc == 0)
			rc = err_set(e, ERR_CORRUPT, "%s: %u times '%s'",
				     module, seen[i], want[i].key);
	kmod_module_info_free_list(info);
	return rc;
}

/* kmod_module_get_versions() answers ENODATA where there is no such section. */
static int check_versions(struct kmod_module *m, const char *module,
			  const struct kit *kit, struct err *e)
{
	const struct kit_info *ki = kit_info(kit);
	struct kmod_list *ver = NULL, *l;
	int n = kmod_module_get_versions(m, &ver), rc = 0;
	uint32_t crc;
	bool gpl;

	if (!ki->modversions)
		return n > 0 ? err_set(e, ERR_CORRUPT,
				       "%s: versions without MODVERSIONS",
				       module)
			     : 0;
	if (n <= 0)
		return err_set(e, ERR_CORRUPT, "%s: no symbol versions",
			       module);
	kmod_list_foreach(l, ver)
	{
		const char *name = kmod_module_version_get_symbol(l);
		uint64_t have = kmod_module_version_get_crc(l);

		crc = ki->layout_crc;
		if (strcmp(name, "module_layout") &&
		    !kit_export(kit, name, &crc, &gpl))
			rc = err_set(e, ERR_CORRUPT,
				     "%s: needs '%s', which is not exported",
				     module, name);
		else if (have != crc)
			rc = err_set(e, ERR_CORRUPT,
				     "%s: CRC of '%s' is %08x, not %08x",
				     module, name, (unsigned int)have, crc);
	}
	kmod_module_versions_free_list(ver);
	return rc;
}

/* Is @dep one of the names in depends= ? */
static bool depends_on(struct kmod_module *m, const char *dep)
{
	struct kmod_list *info = NULL, *l;
	size_t n = strlen(dep);
	bool found = false;

	if (kmod_module_get_info(m, &info) < 0)
		return false;
	kmod_list_foreach(l, info)
	{
		const char *p = kmod_module_info_get_value(l);

		if (strcmp(kmod_module_info_get_key(l), "depends"))
			continue;
		for (; *p; p += strcspn(p, ","), p += *p == ',')
			found |= strcspn(p, ",") == n && !memcmp(p, dep, n);
	}
	kmod_module_info_free_list(info);
	return found;
}

/* What the kernel will look up: undefined symbols of the final object. */
static int check_symbols(struct kmod_module *m, const char *module,
			 const struct kit *kit, struct err *e)
{
	struct kmod_list *sym = NULL, *l;
	int rc = 0;
	uint32_t crc;
	bool gpl;

	if (kmod_module_get_dependency_symbols(m, &sym) < 0)
		return err_set(e, ERR_CORRUPT, "%s: cannot read its symbols",
			       module);
	kmod_list_foreach(l, sym)
	{
		const char *name = kmod_module_dependency_symbol_get_symbol(l);
		const char *dep = kit_export_module(kit, name);

		if (dep && !depends_on(m, dep))
			rc = err_set(e, ERR_CORRUPT,
				     "%s: '%s' is of %s, which it does not "
				     "depend on",
				     module, name, dep);
		if (strcmp(name, "module_layout") &&
		    kmod_module_dependency_symbol_get_bind(l) !=
			    KMOD_SYMBOL_WEAK &&
		    !kit_export(kit, name, &crc, &gpl))
			rc = err_set(e, ERR_CORRUPT,
				     "%s: needs '%s', which kernel %s does not "
				     "export",
				     module, name, kit_info(kit)->release);
	}
	kmod_module_dependency_symbols_free_list(sym);
	return rc;
}

int module_check(const char *path, const char *module, const struct kit *kit,
		 struct err *e)
{
	const char *no_config = NULL;
	struct kmod_ctx *ctx = kmod_new("/nonexistent", &no_config);
	struct kmod_module *m = NULL;
	int rc = ctx ? kmod_module_new_from_path(ctx, path, &m) : -ENOMEM;

	if (rc < 0) {
		errno = -rc;
		rc = err_sys(e, "cannot read back '%s'", path);
	}
	if (rc == 0)
		rc = check_info(m, module, kit_info(kit), e);
	if (rc == 0)
		rc = check_versions(m, module, kit, e);
	if (rc == 0)
		rc = check_symbols(m, module, kit, e);
	kmod_module_unref(m);
	kmod_unref(ctx);
	return rc;
}
