/* SPDX-License-Identifier: GPL-2.0-only */
/* Times as people give them to options. */
#ifndef BUILD_BASE_WHEN_H
#define BUILD_BASE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#define WHEN_FORMS "unix seconds, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"

/**
 * when_parse() - WHEN_FORMS to unix seconds, UTC
 * @is_end: a day alone means its last second, not its first
 *
 * Return: false for another form, a day that no calendar has, and times before
 * 1970-01-01T00:00:01Z: 0 is "not stated" in bundles.
 */
bool when_parse(const char *text, bool is_end, uint64_t *ret);

#endif
