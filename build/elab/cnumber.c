// SPDX-License-Identifier: GPL-2.0-only
/* Names of C's number types, as a script writes them and as compilers do. */
#include "build/elab/cnumber.h"

#include "build/debuginfo/btf.h"

#include <string.h>

/* Words of C that a number's type is made of, any of them in any order. */
enum { W_CHAR, W_SHORT, W_INT, W_LONG, W_SIGNED, W_UNSIGNED, W_WORDS };

static bool count_words(const char *s, unsigned int n[W_WORDS])
{
	static const char *const words[W_WORDS] = {
		"char", "short", "int", "long", "signed", "unsigned"
	};
	size_t len, i;

	for (s += strspn(s, " "); *s; s += len, s += strspn(s, " ")) {
		len = strcspn(s, " ");
		for (i = 0; i < W_WORDS; i++)
			if (len == strlen(words[i]) &&
			    !strncmp(s, words[i], len))
				break;
		if (i == W_WORDS)
			return false;
		n[i]++;
	}
	return true;
}

/* What gcc and what clang calls such a type; NULL: the words are none. */
static const char *const *number_names(const char *name)
{
	static const char *const whole[4][2][2] = {
		{ { "int", "int" }, { "unsigned int", "unsigned int" } },
		{ { "long int", "long" },
		  { "long unsigned int", "unsigned long" } },
		{ { "long long int", "long long" },
		  { "long long unsigned int", "unsigned long long" } },
		{ { "short int", "short" },
		  { "short unsigned int", "unsigned short" } },
	};
	static const char *const one[3][2] = {
		{ "char", "char" },
		{ "signed char", "signed char" },
		{ "unsigned char", "unsigned char" },
	};
	unsigned int n[W_WORDS] = { 0 };

	if (!*name || !count_words(name, n) || n[W_CHAR] > 1 || n[W_INT] > 1 ||
	    n[W_SHORT] > 1 || n[W_LONG] > 2 ||
	    n[W_SIGNED] + n[W_UNSIGNED] > 1 || (n[W_SHORT] && n[W_LONG]))
		return NULL;
	if (!n[W_CHAR])
		return whole[n[W_SHORT] ? 3 : n[W_LONG]][n[W_UNSIGNED]];
	return n[W_SHORT] || n[W_LONG] || n[W_INT]
		       ? NULL
		       : one[n[W_SIGNED] + 2 * n[W_UNSIGNED]];
}

uint32_t cnumber_find(const struct btfv *b, const char *name)
{
	const char *const *real = number_names(name);
	uint32_t id;

	if (!real)
		return strcmp(name, "_Bool") ? 0 : btf_find(b, BTFK_INT, name);
	id = btf_find(b, BTFK_INT, real[0]);
	return id ? id : btf_find(b, BTFK_INT, real[1]);
}
