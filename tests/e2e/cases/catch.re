^1 kernel string copy fault at 0x0*1 .*
^caught kernel string copy fault at 0x0*10 
^mine$
^inner and outer$
^same$
^user string copy fault .*0x0*8 
^default none$
^no text$
^0x2x4$
