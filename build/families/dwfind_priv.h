/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of a search share. */
#ifndef BUILD_FAMILIES_DWFIND_PRIV_H
#define BUILD_FAMILIES_DWFIND_PRIV_H

#include "build/families/dwfind.h"

struct dwx_body;
struct dwx_func;
struct dwx_ref;
struct dwx_scope;

/** dwfind_body() - a function, decoded once in a search; 0, ERR_CORRUPT */
int dwfind_body(struct dwfind *w, struct dwx_ref ref, struct dwx_body **ret,
		struct err *e);
/** dwfind_function_of() - @s or what it is a block of */
struct dwx_scope *dwfind_function_of(struct dwx_scope *s);
/** dwfind_spot() - @pc as a spot of the function that @scope is in */
struct dwspot dwfind_spot(const struct dwfind *w, const struct dwx_body *b,
			  struct dwx_scope *scope, uint64_t pc);
void dwfind_add(struct dwfind *w, const struct dwspot *s);
/**
 * dwfind_may_have_line() - can a function have code in a unit, of lines that are asked for?
 * @ret: also when it is declared in one of them; most cannot, and need no decoding
 * Return: 0, ERR_CORRUPT.
 */
int dwfind_may_have_line(struct dwfind *w, const struct spec *s,
			 const struct dwx_func *f, uint32_t unit, bool *ret,
			 struct err *e);

#endif
