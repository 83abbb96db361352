#pragma once

#define FUSE_USE_VERSION 317
#include <fuse.h>

/* File operations as calls to the NFS server. */
extern const struct fuse_operations operations;
