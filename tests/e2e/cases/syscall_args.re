^openat\(AT_FDCWD, "/tmp/sysc.file", O_RDWR\|O_CREAT\|O_CLOEXEC, 0640\)$
^-100 AT_FDCWD "/tmp/sysc.file" /tmp/sysc.file 2 O_RDWR\|O_CREAT\|O_CLOEXEC 640$
^openat = [3-9]$
^entry /tmp/sysc.file 2$
^write\([3-9], "say \\"hi\\"\\n", 9\)$
^write 1 "say \\"hi\\"\\n" 9$
^write = 9$
^lseek\([3-9], -5, SEEK_END\)$
^lseek = 4$
^read\([3-9], 0x[0-9a-f]+, 8\)$
^read = 5$
^pread\([3-9], 0x[0-9a-f]+, 4, 2\)$
^pread = 4$
^openat\(-1, "/none", O_WRONLY\|O_APPEND\)$
^openat = -2 \(ENOENT\)$
^close\(-1\)$
^close = -9 \(EBADF\)$
^open\(0x8, O_RDONLY\)$
^open = -14 \(EFAULT\)$
^mmap2\(0x0, 4096, PROT_READ, MAP_PRIVATE, [3-9], 0\)$
^mmap2 = 0x7[0-9a-f]+$
^socket\(AF_LOCAL, SOCK_STREAM\|SOCK_CLOEXEC, IPPROTO_IP\)$
^kill\(0, 0\)$
^nanosleep\(\[0.000000001\], 0x0\)$
^setrlimit\(RLIMIT_NOFILE, \[64,RLIM_INFINITY\]\)$
^fcntl\([3-9], F_GETFL, 0x0\)$
^unlink\("/tmp/sysc.file"\)$
^fchmodat\(AT_FDCWD, "/tmp/sysc.file", 0755\)$
^fchmodat = -2 \(ENOENT\)$
^open\("/tmp/sysc.file", O_WRONLY\)$
^lseek\(77, -3, SEEK_CUR\)$
^unknown 9999 9999 1 3$
