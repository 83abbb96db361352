/*
 * nfs-fuse URL SOURCE DIRECTORY: mounts the NFS export at URL (libnfs's form) on DIRECTORY, under the
 * name SOURCE, and serves it in the background until it is unmounted. Exits with 32, as mount(8) does,
 * if it can not.
 */
#include "connection.h"
#include "operations.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOUNT_FAILED 32

static struct fuse *mount_as(const char *source, const char *directory)
{
	struct fuse_args arguments = FUSE_ARGS_INIT(0, NULL);
	struct fuse *fuse = NULL;
	char *options;

	if (asprintf(&options, "-ofsname=%s,subtype=nfs,allow_other,default_permissions", source) < 0)
		return NULL;
	if (!fuse_opt_add_arg(&arguments, "nfs-fuse") && !fuse_opt_add_arg(&arguments, options))
		fuse = fuse_new(&arguments, &operations, sizeof(operations), NULL);
	if (fuse && fuse_mount(fuse, directory) < 0)
		fuse = NULL;
	fuse_opt_free_args(&arguments);
	free(options);
	return fuse;
}

int main(int argc, char *argv[])
{
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	struct fuse *fuse;

	if (argc != 4) {
		fprintf(stderr, "nfs-fuse: URL SOURCE DIRECTORY are needed\n");
		return MOUNT_FAILED;
	}
	if (connection_open(argv[1]) < 0)
		return MOUNT_FAILED;
	fuse = mount_as(argv[2], argv[3]);
	if (!fuse || fuse_daemonize(0) < 0 || connection_start() < 0)
		return MOUNT_FAILED;
	fuse_loop_mt(fuse, config);
	/* Calls that no server answers any more are given up with the process. */
	_exit(0);
}
