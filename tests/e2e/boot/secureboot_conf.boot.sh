# shellcheck shell=sh
# The same where nobody may read the kernel's memory either.
want_lockdown=confidentiality
. /cases/secureboot.boot.sh
