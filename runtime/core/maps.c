// SPDX-License-Identifier: GPL-2.0-only
/* Arrays: one part of the runtime of three files, for their hot paths' sake. */
#include "runtime/core/map.c"
#include "runtime/core/share.c"
#include "runtime/core/iter.c"

static int rt_maps_init(void)
{
	const struct taprt_global *g = taprt_program.globals;
	u32 i;

	rt_own_wait_ns *= taprt_patience;
	taprt_release = rt_maps_release;
	for (i = 0; i < taprt_program.nglobals; i++, g++) {
		if (!g->array)
			continue;
		if (rt_hist_is_bad(&g->hist) || !g->nkeys ||
		    g->nkeys > TAPRT_MAXKEYS)
			return taprt_global_failed(g, -EINVAL);
		*(struct taprt_map **)g->ptr =
			rt_map_new(g, taprt_program.strsize, taprt_seed);
		if (!*(struct taprt_map **)g->ptr)
			return taprt_global_failed(g, -ENOMEM);
	}
	return 0;
}

static void rt_maps_exit(void)
{
	const struct taprt_global *g = taprt_program.globals;
	u32 i;

	for (i = 0; i < taprt_program.nglobals; i++, g++) {
		if (!g->array)
			continue;
		rt_map_free(*(struct taprt_map **)g->ptr);
		*(struct taprt_map **)g->ptr = NULL;
	}
}

const struct taprt_part taprt_part_map = {
	.init = rt_maps_init,
	.exit = rt_maps_exit,
};
