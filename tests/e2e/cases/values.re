^lseek -5 2$
^fsync 0 9223372036854775807 1$
^rmdir=-39$
^rmdir=0$
^read 1=-9 null$
^write user bytes 777 mode 2[0-7]{4} type (devtmpfs|tmpfs|ramfs)$
^rdev 1048579 bits [0-9]+ chain 1$
^name null \[file=0xff[0-9a-f]{14} buf=0x[0-9a-f]+ count=0x309 pos=0x[0-9a-f]+\]$
^user string copy fault -14 at 0x0*8 
^fallback$
