^ponr 1 secure 0 argc 4$
^ponr 1 secure 0 argc 3$
^buf 7f ELF$
^file /bin/work path work$
^buf again ELF
^fork sh by sh same 1 tid 1$
