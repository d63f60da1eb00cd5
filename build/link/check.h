/* SPDX-License-Identifier: GPL-2.0-only */
/* A second reader of what we linked: libkmod, as the distribution's tools see it. */
#ifndef BUILD_LINK_CHECK_H
#define BUILD_LINK_CHECK_H

struct err;
struct kit;

/**
 * module_check() - read a finished module back and compare it with the kit
 * @path: the .ko; @module: the name it must have
 *
 * Name, vermagic and licence are as meant, it depends on the modules whose symbols
 * it needs, and every one of those is exported with the CRC it carries.
 * Return: 0, ERR_CORRUPT with what differs, ERR_IO.
 * Source: libkmod-module.h; kernel/module/version.c (what the kernel compares).
 */
int module_check(const char *path, const char *module, const struct kit *kit,
		 struct err *e);

#endif
