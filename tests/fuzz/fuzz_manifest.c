// SPDX-License-Identifier: GPL-2.0-only
/* Manifest text: whatever is accepted must be safe to use in every way. */
#include "bundle/base/err.h"
#include "bundle/manifest.h"
#include "bundle/tar.h"
#include "bundle/target.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct manifest m;

/* What the reader relies on after manifest_parse() said yes. */
static void check_packs(void)
{
	for (uint32_t i = 0; i < m.ntargets; i++) {
		const struct manifest_target *t = &m.targets[i];
		const struct manifest_pack *pk;
		char path[TAR_NAME_MAX + 2];

		if (!t->machine || !t->release || !t->version || !t->distro)
			abort();
		if (!t->is_ok)
			continue;
		if (t->pack >= m.npacks)
			abort();
		pk = &m.packs[t->pack];
		if (pk->member >= m.nmembers ||
		    m.members[pk->member].kind != MEMBER_PACK ||
		    t->ko_offset < TAR_BLOCK || t->ko_offset > pk->raw_size ||
		    t->ko_size > pk->raw_size - t->ko_offset ||
		    pk->raw_size > BUNDLE_PACK_RAW_MAX)
			abort();
		manifest_ko_path(t, path, sizeof(path));
		if (strlen(path) > TAR_NAME_MAX)
			abort();
		if (t->ksig_first + t->nksigs > m.nksigs)
			abort();
	}
}

static void pick_each(void)
{
	const struct manifest_target *t;
	struct err e;

	for (uint32_t i = 0; i < m.ntargets && i < 8; i++) {
		struct target_host h = { .machine = m.targets[i].machine,
					 .release = m.targets[i].release,
					 .version = m.targets[i].version };

		if (!target_pick(&m, &h, &t, &e) && !t->is_ok)
			abort();
		h.release = "6.1.0-56-amd64";
		if (!target_pick(&m, &h, &t, &e) && !t->is_ok)
			abort();
		target_nearest(&m, h.machine, h.release);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct manifest_param *p;
	char *copy = malloc(size ? size : 1);
	struct err e = { 0 };
	int64_t v;
	int r;

	memcpy(copy, data, size);
	r = manifest_parse(&m, copy, size, &e);
	if (r && (r != e.code || !e.text[0]))
		abort();
	if (!r) {
		if (!m.name || !m.ntargets || !m.nscripts)
			abort();
		check_packs();
		pick_each();
		manifest_check_param(&m, "threshold", "7", &p, &v, &e);
	}
	free(copy);
	return 0;
}
