^a-bshort1$
^5
