# SPDX-License-Identifier: GPL-2.0-only
# One program of tests/lang made ready to stand beside others in one script: its
# globals, functions and macros get the suffix -v S=…, all else stays.
{ text = text $0 "\n" }

# The length of the token at the head of s; sets kind.
function token(s,   c, n) {
	c = substr(s, 1, 1)
	if (match(s, /^[ \t\n\r\f\v]+/)) { kind = "space"; return RLENGTH }
	if (c == "#" || substr(s, 1, 2) == "//") {
		kind = "space"
		n = index(s, "\n")
		return n ? n - 1 : length(s)
	}
	if (substr(s, 1, 2) == "/*") {
		kind = "space"
		n = index(substr(s, 3), "*/")
		return n ? n + 3 : length(s)
	}
	if (match(s, /^"([^"\\]|\\.)*"/)) { kind = "string"; return RLENGTH }
	if (match(s, /^@?[A-Za-z_][A-Za-z0-9_$]*/)) { kind = "word"; return RLENGTH }
	if (match(s, /^[0-9][0-9A-Za-z]*/)) { kind = "number"; return RLENGTH }
	kind = "punct"
	return 1
}

END {
	while (text != "") {
		n = token(text)
		t[++nt] = substr(text, 1, n)
		k[nt] = kind
		text = substr(text, n + 1)
	}
	# declarations: a name after the word, and after each comma of a list
	for (i = 1; i <= nt; i++) {
		if (k[i] == "space")
			continue
		if (t[i] == "global" || t[i] == "private" || t[i] == "function" || t[i] == "@define")
			want = t[i]
		else if (want != "" && k[i] == "word") {
			mine[(want == "@define" ? "@" : "") t[i]] = 1
			last = (want == "global" || want == "private") ? want : ""
			want = ""
		} else if (last != "" && t[i] == ",")
			want = last
		else if (k[i] == "word" || t[i] == "{" || t[i] == ";")
			last = ""
	}
	for (i = 1; i <= nt; i++) {
		if (k[i] == "word" && prev == "@define" && ("@" t[i]) in mine)
			printf "%s%s", t[i], S
		else
			printf "%s%s", t[i], k[i] == "word" && (t[i] in mine) ? S : ""
		if (k[i] != "space")
			prev = t[i]
	}
}
