# shellcheck shell=bash
# What a command must not take over from who types it: a language with a decimal comma, and a umask that hides from
# containers what is theirs to read.
export LC_ALL=C.UTF-8
umask 022
