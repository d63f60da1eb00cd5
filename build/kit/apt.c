// SPDX-License-Identifier: GPL-2.0-only
/* apt-get and apt-cache, told by APT_CONFIG to look nowhere else. */
#include "build/kit/apt.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/digest.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/base/vec.h"
#include "build/kit/manifest.h"
#include "bundle/base/err.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LIST_MAX ((size_t)1 << 20)
#define DEB_MAX	 ((size_t)1 << 30)
#define KEYRING	 "/usr/share/keyrings/debian-archive-keyring.gpg"

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/* Is the last part of @uri the archive's name ("…/debian")? */
static bool names_archive(const char *uri, const char *archive)
{
	size_t n = strlen(uri), k = strlen(archive);

	while (n && uri[n - 1] == '/')
		n--;
	return n > k && uri[n - k - 1] == '/' &&
	       !strncmp(uri + n - k, archive, k) && strstr(uri, "://");
}

/* Words of a sources.list or .sources file that are URIs of @archive. */
static const char *uri_in_file(struct arena *a, const char *path,
			       const char *archive)
{
	struct buf b = BUF_INIT;
	const char *ret = NULL, *s, *end;
	struct err e;

	if (fs_read(path, &b, LIST_MAX, &e) < 0) {
		buf_deinit(&b);
		return NULL;
	}
	for (s = b.p; *s && !ret; s = end + (*end == '\n')) {
		end = s + strcspn(s, "\n");
		if (!starts(s, "deb ") && !starts(s, "deb\t") &&
		    !starts(s, "URIs:"))
			continue;
		while (s < end && !ret) {
			size_t n = strcspn(s, " \t\n");
			char *w = arena_strndup(a, s, n);

			if (names_archive(w, archive))
				ret = w;
			s += n;
			while (s < end && (*s == ' ' || *s == '\t'))
				s++;
		}
	}
	buf_deinit(&b);
	return ret;
}

static const char *find_uri(struct arena *a, const struct manifest *m,
			    const char *archive)
{
	static const char *const pat[] = { "/etc/apt/sources.list",
					   "/etc/apt/sources.list.d/*.sources",
					   "/etc/apt/sources.list.d/*.list" };
	const char *ret = NULL;
	size_t i, k, n = strlen(archive);

	for (i = 0; i < m->archives.n; i++)
		if (starts(m->archives.v[i], archive) &&
		    m->archives.v[i][n] == ' ')
			return m->archives.v[i] + n + 1;
	for (i = 0; i < sizeof(pat) / sizeof(*pat) && !ret; i++) {
		glob_t g = { 0 };

		if (!glob(pat[i], 0, NULL, &g))
			for (k = 0; k < g.gl_pathc && !ret; k++)
				ret = uri_in_file(a, g.gl_pathv[k], archive);
		globfree(&g);
	}
	return ret;
}

/* A machine without, say, debian-security in its sources: most mirrors keep it
 * beside debian.  apt checks the signatures whichever it is. */
static const char *guess_uri(struct arena *a, const struct manifest *m,
			     const char *archive)
{
	const char *base =
		starts(archive, "debian-") ? find_uri(a, m, "debian") : NULL;
	size_t n = base ? strlen(base) : 0;

	while (n && base[n - 1] == '/')
		n--;
	return base ? arena_printf(a, "%.*s%s", (int)n, base,
				   archive + strlen("debian"))
		    : NULL;
}

/* A new modification time would make apt read all lists again. */
static int write_if_new(const char *path, const char *text, struct err *e)
{
	struct buf b = BUF_INIT;
	bool same =
		fs_read(path, &b, LIST_MAX, NULL) == 0 && !strcmp(b.p, text);

	buf_deinit(&b);
	return same ? 0 : fs_write_atomic(path, text, strlen(text), 0644, e);
}

static int write_sources(struct arena *a, const struct manifest *m,
			 const struct suite *s, const char *dir, struct err *e)
{
	const char *opt = fs_exists(KEYRING) ? "[signed-by=" KEYRING "] " : "";
	struct buf b = BUF_INIT;
	size_t i;
	int rc = 0;

	for (i = 0; i < s->sources.n && rc == 0; i++) {
		const char *src = s->sources.v[i];
		size_t n = strcspn(src, " ");
		const char *name = arena_strndup(a, src, n);
		const char *uri = find_uri(a, m, name);

		if (!uri)
			uri = guess_uri(a, m, name);
		if (uri) {
			buf_printf(&b, "deb %s%s%s\n", opt, uri, src + n);
			continue;
		}
		rc = err_set(e, ERR_NOT_FOUND,
			     "this machine's apt sources name no archive '%s'",
			     name);
		err_hint(e, "put 'archive: %s URI' into the manifest", name);
	}
	if (rc == 0)
		rc = write_if_new(arena_printf(a, "%s/sources.list", dir), b.p,
				  e);
	buf_deinit(&b);
	return rc;
}

int apt_setup(struct arena *a, const struct manifest *m, const struct suite *s,
	      struct apt *ret, struct err *e)
{
	const char *d =
		arena_printf(a, "%s/%s", fs_cache_dir(a, "apt"), s->name);
	char *conf = arena_printf(a, "%s/apt.conf", d), *text;
	int rc;

	ret->dir = d;
	ret->env[0] = arena_printf(a, "APT_CONFIG=%s", conf);
	ret->env[1] = NULL;
	rc = fs_mkdirs(arena_printf(a, "%s/lists/partial", d), e);
	if (rc == 0)
		rc = fs_mkdirs(arena_printf(a, "%s/cache/archives/partial", d),
			       e);
	if (rc == 0)
		rc = write_sources(a, m, s, d, e);
	if (rc == 0)
		rc = write_if_new(arena_printf(a, "%s/status", d), "", e);
	/* Lists of archived suites expire but stay signed. */
	text = arena_printf(
		a,
		"Dir::State \"%s\";\nDir::State::lists \"%s/lists\";\n"
		"Dir::State::status \"%s/status\";\nDir::Cache \"%s/cache\";\n"
		"Dir::Etc::sourcelist \"%s/sources.list\";\n"
		"Dir::Etc::sourceparts \"/dev/null\";\n"
		"Dir::Etc::preferences \"/dev/null\";\n"
		"Dir::Etc::preferencesparts \"/dev/null\";\n"
		"APT::Architecture \"amd64\";\nAPT::Architectures { \"amd64\"; };\n"
		"APT::Get::List-Cleanup \"0\";\nAcquire::Languages \"none\";\n"
		"Acquire::Check-Valid-Until \"false\";\n"
		"Acquire::Retries \"3\";\nAPT::Sandbox::User \"root\";\n",
		d, d, d, d, d);
	if (rc == 0)
		rc = write_if_new(conf, text, e);
	return rc;
}

/* Run apt; its first line of complaint is what the user gets to see. */
static int run(const struct apt *apt, struct words *argv, struct arena *a,
	       const char *cwd, struct buf *out, struct err *e)
{
	struct spawn s = { .argv = words_end(a, argv),
			   .env = apt->env,
			   .cwd = cwd,
			   .inherit = true /* proxies, credentials */ };
	int rc = spawn_run(&s, e);
	const char *line;

	if (rc == 0 && out)
		buf_add(out, s.out.p, s.out.len);
	if (rc == ERR_TOOL) {
		line = strstr(s.out.p, "E: ");
		line = line ? line + 3 : s.out.p;
		rc = err_set(e, ERR_TOOL, "%s: %.*s", argv->v[0],
			     (int)strcspn(line, "\n"), line);
	}
	buf_deinit(&s.out);
	return rc;
}

/*
 * @tool with the options that must win over this machine's apt.conf.d, which
 * is read after APT_CONFIG (container images switch the binary cache off, and
 * then each call parses all lists again).
 */
static void begin(struct arena *a, struct words *argv, const char *tool)
{
	*argv = (struct words){ 0 };
	words_add(a, argv, tool);
	words_add(a, argv, "-q");
	words_add(a, argv, "-oDir::Cache::pkgcache=pkgcache.bin");
	words_add(a, argv, "-oDir::Cache::srcpkgcache=srcpkgcache.bin");
}

static const char *stamp_path(struct arena *a, const struct apt *apt)
{
	return arena_printf(a, "%s/updated", apt->dir);
}

double apt_age(struct arena *a, const struct apt *apt)
{
	struct stat st;

	if (stat(stamp_path(a, apt), &st) < 0)
		return -1;
	return difftime(time(NULL), st.st_mtime);
}

int apt_update(struct arena *a, const struct apt *apt, struct err *e)
{
	struct words argv = { 0 };
	int rc;

	begin(a, &argv, "apt-get");
	words_add(a, &argv, "-oAPT::Update::Error-Mode=any");
	words_add(a, &argv, "update");
	rc = run(apt, &argv, a, NULL, NULL, e);
	if (rc == 0)
		rc = fs_write_atomic(stamp_path(a, apt), "", 0, 0644, e);
	return rc;
}

static int newest_first(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)b, *(const char *const *)a);
}

int apt_kernels(struct arena *a, const struct apt *apt, const char *regex,
		struct words *ret, struct err *e)
{
	static const char prefix[] = "linux-headers-";
	struct words argv = { 0 };
	struct buf out = BUF_INIT;
	const char *s;
	regex_t re;
	int rc;

	if (regcomp(&re, arena_printf(a, "^(%s)$", regex),
		    REG_EXTENDED | REG_NOSUB))
		return err_set(e, ERR_FORMAT, "bad expression '%s'", regex);
	begin(a, &argv, "apt-cache");
	words_add(a, &argv, "pkgnames");
	words_add(a, &argv, prefix);
	rc = run(apt, &argv, a, NULL, &out, e);
	for (s = out.p; rc == 0 && *s;) {
		size_t n = strcspn(s, "\n");
		char *name = arena_strndup(a, s, n);

		s += n + (s[n] == '\n');
		if (starts(name, prefix) &&
		    !regexec(&re, name + sizeof(prefix) - 1, 0, NULL, 0))
			words_add(a, ret, name + sizeof(prefix) - 1);
	}
	regfree(&re);
	buf_deinit(&out);
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), newest_first);
	return rc;
}

/* What @pkg depends on directly; false when the suite has no such package. */
static bool depends(struct arena *a, const struct apt *apt, const char *pkg,
		    struct words *ret)
{
	struct words argv = { 0 };
	struct buf out = BUF_INIT;
	struct err e;
	const char *s;
	bool ok;

	begin(a, &argv, "apt-cache");
	words_add(a, &argv, "show");
	words_add(a, &argv, "--no-all-versions");
	words_add(a, &argv, pkg);
	ok = run(apt, &argv, a, NULL, &out, &e) == 0 &&
	     strstr(out.p, "Package: ");
	s = ok ? strstr(out.p, "\nDepends: ") : NULL;
	s = s ? s + 10 : "";
	while (*s && *s != '\n') {
		size_t n = strcspn(s, " ,|\n");

		if (n && *s != '(')
			words_add(a, ret, arena_strndup(a, s, n));
		s += n;
		if (s[0] == ' ' && s[1] == '(')
			s += strcspn(s, ")\n");
		s += strspn(s, " ,|)");
	}
	buf_deinit(&out);
	return ok;
}

/* From 7.2 on the image is three packages, and its old name an empty one. */
static bool image_packages(struct arena *a, const struct apt *apt,
			   const char *release, struct words *ret)
{
	static const char *const part[] = { "modules", "base" };
	struct words dep = { 0 };
	char *image = arena_printf(a, "linux-image-%s", release), *name;
	size_t i;

	name = arena_printf(a, "linux-modules-%s", release);
	if (depends(a, apt, image, &dep) && !words_has(&dep, name)) {
		words_add(a, ret, image);
		return true;
	}
	for (i = 0; i < 2; i++) {
		name = arena_printf(a, "linux-%s-%s", part[i], release);
		if (!depends(a, apt, name, &dep))
			return false;
		words_add(a, ret, name);
	}
	for (i = 0; i < 2; i++) {
		name = arena_printf(
			a, i ? "linux-binary-unsigned-%s" : "linux-binary-%s",
			release);
		if (!depends(a, apt, name, &dep))
			continue;
		words_add(a, ret, name);
		return true;
	}
	return false;
}

int apt_packages(struct arena *a, const struct apt *apt, const char *release,
		 struct words *ret, struct err *e)
{
	const char *headers = arena_printf(a, "linux-headers-%s", release);
	struct words dep = { 0 };
	size_t i;

	*ret = (struct words){ 0 };
	if (!depends(a, apt, headers, &dep))
		return err_set(e, ERR_NOT_FOUND, "no package '%s'", headers);
	words_add(a, ret, headers);
	for (i = 0; i < dep.n; i++)
		if (starts(dep.v[i], "linux-headers-") ||
		    starts(dep.v[i], "linux-kbuild-"))
			words_add(a, ret, dep.v[i]);
	if (ret->n < 3)
		return err_set(e, ERR_NOT_FOUND,
			       "'%s' names no common headers or no kbuild",
			       headers);
	if (!image_packages(a, apt, release, ret))
		return err_set(e, ERR_NOT_FOUND,
			       "no image packages of kernel %s", release);
	return 0;
}

/* Does the file have the digest that is at @sum, "SHA256:" and 64 digits? */
static bool has_digest(const char *path, const char *sum)
{
	static const char kind[] = "SHA256:";
	char hex[DIGEST_HEX];
	struct buf b = BUF_INIT;
	bool same;

	if (fs_read(path, &b, DEB_MAX, NULL) < 0)
		return false;
	digest_hex(b.p, b.len, hex);
	same = starts(sum, kind) &&
	       !strncmp(sum + sizeof(kind) - 1, hex, DIGEST_HEX - 1);
	buf_deinit(&b);
	return same;
}

/*
 * Lines of --print-uris: 'URI' FILE SIZE SHA256:…  Adds the files; returns how
 * many are not in @dir with their full size, or -1 for a line of another form.
 * @bad: as apt_download(); such a file is removed.
 */
static long missing_files(struct arena *a, const char *dir, const char *s,
			  struct words *files, size_t *bad)
{
	long missing = 0;

	while (*s) {
		const char *end = s + strcspn(s, "\n"), *file, *size;
		long long bytes;
		struct stat st;
		char *path, *sum;

		if (*s != '\'') {
			s = end + (*end == '\n');
			continue; /* a notice */
		}
		file = memchr(s + 1, '\'', (size_t)(end - s - 1));
		file = file && file[1] == ' ' ? file + 2 : NULL;
		size = file ? memchr(file, ' ', (size_t)(end - file)) : NULL;
		if (!size || memchr(file, '/', (size_t)(size - file)))
			return -1;
		bytes = strtoll(size + 1, &sum, 10);
		path = arena_printf(a, "%s/%.*s", dir, (int)(size - file),
				    file);
		words_add(a, files, path);
		if (bad && fs_exists(path) &&
		    (*sum != ' ' || !has_digest(path, sum + 1))) {
			unlink(path);
			++*bad;
		}
		missing += stat(path, &st) < 0 || st.st_size != bytes;
		s = end + (*end == '\n');
	}
	return missing;
}

int apt_download(struct arena *a, const struct apt *apt, const char *dir,
		 const struct words *packages, struct words *files, size_t *bad,
		 struct err *e)
{
	struct words uris = { 0 }, get = { 0 };
	struct buf out = BUF_INIT;
	size_t i;
	long missing;
	int rc = fs_mkdirs(dir, e);

	if (rc < 0)
		return rc;
	begin(a, &uris, "apt-get");
	words_add(a, &uris, "download");
	words_add(a, &uris, "--print-uris");
	begin(a, &get, "apt-get");
	words_add(a, &get, "download");
	for (i = 0; i < packages->n; i++) {
		words_add(a, &uris, packages->v[i]);
		words_add(a, &get, packages->v[i]);
	}
	/* In @dir it would leave out the files that are there already. */
	rc = run(apt, &uris, a, apt->dir, &out, e);
	missing = rc == 0 ? missing_files(a, dir, out.p, files, bad) : 0;
	buf_deinit(&out);
	if (rc == 0 && (missing < 0 || files->n != packages->n))
		return err_set(e, ERR_FORMAT,
			       "apt-get names %zu files for %zu packages",
			       files->n, packages->n);
	if (rc == 0 && missing)
		rc = run(apt, &get, a, dir, NULL, e);
	return rc;
}
