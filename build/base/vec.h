/* SPDX-License-Identifier: GPL-2.0-only */
/* Growable arrays: struct { T *v; size_t n, cap; } with four macros. */
#ifndef BUILD_BASE_VEC_H
#define BUILD_BASE_VEC_H

#include "build/base/arena.h"

#include <stdlib.h>
#include <string.h>

/** VEC() - declare a growable array of T; zero-initialise */
#define VEC(T)                 \
	struct {               \
		T *v;          \
		size_t n, cap; \
	}

/** vec_push() - append by value; memory from malloc, vec_deinit() frees */
#define vec_push(vec, ...)                                                   \
	do {                                                                 \
		if ((vec)->n == (vec)->cap) {                                \
			(vec)->cap = (vec)->cap ? (vec)->cap * 2 : 8;        \
			(vec)->v = xrealloc((vec)->v,                        \
					    (vec)->cap * sizeof(*(vec)->v)); \
		}                                                            \
		(vec)->v[(vec)->n++] = __VA_ARGS__;                          \
	} while (0)

/** vec_apush() - append; memory from arena @a (old blocks stay until it goes) */
#define vec_apush(a, vec, ...)                                             \
	do {                                                               \
		if ((vec)->n == (vec)->cap) {                              \
			size_t vec_cap_ = (vec)->cap ? (vec)->cap * 2 : 8; \
			void *vec_p_ = arena_alloc(                        \
				(a), vec_cap_ * sizeof(*(vec)->v));        \
			if ((vec)->n)                                      \
				memcpy(vec_p_, (vec)->v,                   \
				       (vec)->n * sizeof(*(vec)->v));      \
			(vec)->v = vec_p_;                                 \
			(vec)->cap = vec_cap_;                             \
		}                                                          \
		(vec)->v[(vec)->n++] = __VA_ARGS__;                        \
	} while (0)

#define vec_deinit(vec)          \
	do {                     \
		free((vec)->v);  \
		(vec)->v = NULL; \
		(vec)->n = 0;    \
		(vec)->cap = 0;  \
	} while (0)

/** vec_foreach() - @p walks the elements by pointer */
#define vec_foreach(p, vec) \
	for ((p) = (vec)->v; (p) && (p) < (vec)->v + (vec)->n; (p)++)

#endif
