# shellcheck shell=bash
# What a command must not take over from who types it: a language with a decimal comma, a umask that hides from
# containers what is theirs to read, and a PATH without what is for root, as plain su leaves it.
export LC_ALL=C.UTF-8
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
umask 022
