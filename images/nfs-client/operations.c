/*
 * Nothing is cached, neither attributes nor data: several mounts of one export, on several hosts, show
 * the same bytes at any moment. Locks are the kernel's, between the processes of this host.
 */
#include "operations.h"
#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

static struct nfsfh *handle_of(const struct fuse_file_info *file)
{
	return (struct nfsfh *)file->fh;
}

static void keep_stat(struct call *call, const void *data)
{
	const struct nfs_stat_64 *from = data;
	struct stat *to = call->to;

	*to = (struct stat){
		.st_ino = from->nfs_ino,
		.st_mode = from->nfs_mode,
		.st_nlink = from->nfs_nlink,
		.st_uid = from->nfs_uid,
		.st_gid = from->nfs_gid,
		.st_rdev = from->nfs_rdev,
		.st_size = from->nfs_size,
		.st_blksize = from->nfs_blksize,
		.st_blocks = from->nfs_blocks,
		.st_atim = {from->nfs_atime, from->nfs_atime_nsec},
		.st_mtim = {from->nfs_mtime, from->nfs_mtime_nsec},
		.st_ctim = {from->nfs_ctime, from->nfs_ctime_nsec},
	};
}

static void keep_statfs(struct call *call, const void *data)
{
	const struct nfs_statvfs_64 *from = data;
	struct statvfs *to = call->to;

	*to = (struct statvfs){
		.f_bsize = from->f_bsize,
		.f_frsize = from->f_frsize,
		.f_blocks = from->f_blocks,
		.f_bfree = from->f_bfree,
		.f_bavail = from->f_bavail,
		.f_files = from->f_files,
		.f_ffree = from->f_ffree,
		.f_favail = from->f_favail,
		.f_namemax = 255,
	};
}

struct text {
	char *buffer;
	size_t size;
};

static void keep_text(struct call *call, const void *data)
{
	struct text *text = call->to;

	strncpy(text->buffer, data, text->size - 1);
	text->buffer[text->size - 1] = '\0';
}

static void *start(struct fuse_conn_info *connection, struct fuse_config *config)
{
	(void)connection;
	config->use_ino = 1;
	config->entry_timeout = 0;
	config->attr_timeout = 0;
	config->negative_timeout = 0;
	return NULL;
}

static int get_attributes(const char *path, struct stat *stat, struct fuse_file_info *file)
{
	if (file)
		return CALL(keep_stat, stat, nfs_fstat64_async, handle_of(file));
	return CALL(keep_stat, stat, nfs_lstat64_async, path);
}

static int read_link(const char *path, char *buffer, size_t size)
{
	struct text text = {buffer, size};
	int status = CALL(keep_text, &text, nfs_readlink_async, path);

	return status < 0 ? status : 0;
}

static int make_directory(const char *path, mode_t mode)
{
	return CALL(keep_nothing, NULL, nfs_mkdir2_async, path, mode);
}

static int remove_file(const char *path)
{
	return CALL(keep_nothing, NULL, nfs_unlink_async, path);
}

static int remove_directory(const char *path)
{
	return CALL(keep_nothing, NULL, nfs_rmdir_async, path);
}

static int make_symlink(const char *target, const char *path)
{
	return CALL(keep_nothing, NULL, nfs_symlink_async, target, path);
}

static int make_link(const char *path, const char *new_path)
{
	return CALL(keep_nothing, NULL, nfs_link_async, path, new_path);
}

static int rename_file(const char *path, const char *new_path, unsigned int flags)
{
	if (flags)
		return -EINVAL;
	return CALL(keep_nothing, NULL, nfs_rename_async, path, new_path);
}

static int change_mode(const char *path, mode_t mode, struct fuse_file_info *file)
{
	if (file)
		return CALL(keep_nothing, NULL, nfs_fchmod_async, handle_of(file), mode);
	return CALL(keep_nothing, NULL, nfs_chmod_async, path, mode);
}

static int change_owner(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *file)
{
	if (file)
		return CALL(keep_nothing, NULL, nfs_fchown_async, handle_of(file), uid, gid);
	return CALL(keep_nothing, NULL, nfs_lchown_async, path, uid, gid);
}

static int change_size(const char *path, off_t size, struct fuse_file_info *file)
{
	if (file)
		return CALL(keep_nothing, NULL, nfs_ftruncate_async, handle_of(file), size);
	return CALL(keep_nothing, NULL, nfs_truncate_async, path, size);
}

static struct timeval time_to_set(struct timespec wanted, struct timespec present)
{
	if (wanted.tv_nsec == UTIME_NOW)
		clock_gettime(CLOCK_REALTIME, &wanted);
	else if (wanted.tv_nsec == UTIME_OMIT)
		wanted = present;
	return (struct timeval){wanted.tv_sec, wanted.tv_nsec / 1000};
}

static int change_times(const char *path, const struct timespec times[2], struct fuse_file_info *file)
{
	struct stat present;
	int status = get_attributes(path, &present, file);

	if (status < 0)
		return status;

	struct timeval both[2] = {time_to_set(times[0], present.st_atim), time_to_set(times[1], present.st_mtim)};

	return CALL(keep_nothing, NULL, nfs_lutimes_async, path, both);
}

static void opened(struct fuse_file_info *file, struct nfsfh *handle)
{
	file->fh = (uint64_t)handle;
	file->direct_io = 1;
	file->parallel_direct_writes = 1;
}

static int create_file(const char *path, mode_t mode, struct fuse_file_info *file)
{
	struct nfsfh *handle;
	int status = CALL(keep_pointer, &handle, nfs_create_async, path, file->flags & ~O_APPEND, mode);

	if (status < 0)
		return status;
	opened(file, handle);
	return 0;
}

static int open_file(const char *path, struct fuse_file_info *file)
{
	struct nfsfh *handle;
	/* The kernel itself gives the offsets of what is appended. */
	int status = CALL(keep_pointer, &handle, nfs_open_async, path, file->flags & ~O_APPEND);

	if (status < 0)
		return status;
	opened(file, handle);
	return 0;
}

/* The server may give less than is asked for; nothing means the end of the file. */
static int read_file(const char *path, char *buffer, size_t size, off_t offset, struct fuse_file_info *file)
{
	size_t done = 0;

	(void)path;
	while (done < size) {
		int status = CALL(keep_bytes, buffer + done, nfs_pread_async, handle_of(file), offset + done,
				  size - done);
		if (status < 0)
			return status;
		if (status == 0)
			break;
		done += status;
	}
	return done;
}

static int write_file(const char *path, const char *buffer, size_t size, off_t offset,
		      struct fuse_file_info *file)
{
	size_t done = 0;

	(void)path;
	while (done < size) {
		int status = CALL(keep_nothing, NULL, nfs_pwrite_async, handle_of(file), offset + done,
				  size - done, buffer + done);
		if (status < 0)
			return status;
		done += status;
	}
	return done;
}

static int sync_file(const char *path, int data_only, struct fuse_file_info *file)
{
	(void)path;
	(void)data_only;
	return CALL(keep_nothing, NULL, nfs_fsync_async, handle_of(file));
}

static int close_file(const char *path, struct fuse_file_info *file)
{
	(void)path;
	return CALL(keep_nothing, NULL, nfs_close_async, handle_of(file));
}

static int read_directory(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset,
			  struct fuse_file_info *file, enum fuse_readdir_flags flags)
{
	struct nfsdir *directory;
	struct nfsdirent *entry;
	int status = CALL(keep_pointer, &directory, nfs_opendir_async, path);

	(void)offset;
	(void)file;
	(void)flags;
	if (status < 0)
		return status;
	while ((entry = nfs_readdir(nfs, directory)))
		fill(buffer, entry->name, NULL, 0, 0);
	nfs_closedir(nfs, directory);
	return 0;
}

static int get_statfs(const char *path, struct statvfs *statvfs)
{
	return CALL(keep_statfs, statvfs, nfs_statvfs64_async, path);
}

const struct fuse_operations operations = {
	.init = start,
	.getattr = get_attributes,
	.readlink = read_link,
	.mkdir = make_directory,
	.unlink = remove_file,
	.rmdir = remove_directory,
	.symlink = make_symlink,
	.link = make_link,
	.rename = rename_file,
	.chmod = change_mode,
	.chown = change_owner,
	.truncate = change_size,
	.utimens = change_times,
	.create = create_file,
	.open = open_file,
	.read = read_file,
	.write = write_file,
	.fsync = sync_file,
	.release = close_file,
	.readdir = read_directory,
	.statfs = get_statfs,
};
