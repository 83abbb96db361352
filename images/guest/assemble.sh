# shellcheck shell=bash
# Runs in the tree of unpacked packages (see build.sh): makes /build/dietguest.{qcow2,vmlinuz,vmlinux.zst,initrd} of it.
set -Eeuo pipefail
trap 'echo "assemble.sh: failed in line $LINENO" >&2' ERR

readonly source=/build/source
# The disk: a boot file system for syslinux, then the root file system, last so that it can grow.
readonly boot_mib=24
readonly root_mib=72
kernel=$(basename /usr/lib/modules/*)
readonly kernel

# The lines of a list file, without its comments.
list() {
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$source/$1"
}

# The loader says 1 to what is not for it, and 2 to a library.
is_static() {
    local answer=0
    /lib64/ld-linux-x86-64.so.2 --verify "$1" || answer=$?
    [[ $answer == 1 ]]
}

# The programs and the shared libraries that they load.
with_libraries() {
    local loader=/lib64/ld-linux-x86-64.so.2 program
    for program in "$@"; do
        echo "$program"
        is_static "$program" || "$loader" --list "$program" | grep -o -E '/[^ ]+\.so[^ ]*'
    done | sort -u
}

# make_root DIRECTORY PROGRAM...: a root file system of programs, their libraries and nothing else.
make_root() {
    local root=$1 name file
    shift
    mkdir -p "$root"/{dev,proc,sys,run,tmp,root,usr/{bin,lib,lib64}}
    ln -s bin "$root/usr/sbin"
    for name in bin sbin lib lib64; do
        ln -s "usr/$name" "$root/$name"
    done
    with_libraries "$@" | while read -r file; do
        mkdir -p "$root${file%/*}"
        cp --dereference "$file" "$root$file"
    done
    link_applets "$root"
}

# An applet stands back where the program itself is there.
link_applets() {
    local root=$1 applet
    for applet in $(busybox --list); do
        [[ -e $root/bin/$applet ]] || ln -s busybox "$root/bin/$applet"
    done
}

# extract_kernel BZIMAGE VMLINUX: the kernel inside, found by the header (Linux, Documentation/arch/x86/boot.rst). QEMU
# enters it directly; under emulation the guest would take a second to decompress it.
extract_kernel() {
    local image=$1 vmlinux=$2 sectors offset length start
    sectors=$(od --address-radix n --format u1 --skip-bytes $((0x1f1)) --read-bytes 1 "$image")
    offset=$(od --address-radix n --format u4 --skip-bytes $((0x248)) --read-bytes 4 "$image")
    length=$(od --address-radix n --format u4 --skip-bytes $((0x24c)) --read-bytes 4 "$image")
    start=$(((sectors + 1) * 512 + offset))
    # The last four bytes of the payload are its size when decompressed.
    head --bytes $((start + length - 4)) "$image" | tail --bytes +$((start + 1)) | zstd --quiet --decompress -o "$vmlinux"
}

# drivers STAGES: the names of the drivers of the stages (boot, root, idle; several with | between them).
drivers() {
    list drivers | sed -n -E "s/^($1) //p"
}

# Their files, in the order in which they have to be loaded.
driver_files() {
    local name
    drivers "$1" | while read -r name; do
        modprobe --set-version "$kernel" --show-depends "$name"
    done | gawk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# Unpacked here: under emulation the guest takes longer to decompress a driver than to read it.
copy_driver() {
    xz --decompress --stdout "$1" >"$2"
}

make_initrd() {
    local root=/build/initrd number=10 driver
    make_root "$root" /usr/bin/busybox
    mkdir "$root/modules"
    driver_files boot | while read -r driver; do
        copy_driver "$driver" "$root/modules/$number-$(basename "$driver" .xz)"
        number=$((number + 1))
    done
    install "$source/initramfs/init" "$root/init"
    (cd "$root" && find . | sort | cpio --quiet --create --format newc --owner 0:0) >/build/dietguest.initrd
}

make_root_file_system() {
    local root=/build/root driver file
    # shellcheck disable=SC2046 # one word a line
    make_root "$root" $(list programs)
    driver_files 'root|idle' | while read -r driver; do
        file=$root${driver%.xz}
        mkdir -p "${file%/*}"
        copy_driver "$driver" "$file"
    done
    cp "/usr/lib/modules/$kernel"/modules.{builtin,builtin.modinfo,order} "$root/usr/lib/modules/$kernel/"
    depmod --basedir "$root" "$kernel"
    mkdir -p "$root"/{home/dietguest,mnt,var/{lib/dietguest,log,tmp},etc/dropbear}
    chmod 0700 "$root/root"
    chmod 1777 "$root/tmp"
    chown 1000:1000 "$root/home/dietguest"
    cp -r "$source/rootfs/." "$root/"
    drivers root >"$root/etc/modules"
    ln -s /run/dietguest/resolv.conf "$root/etc/resolv.conf"
    ln -s /proc/mounts "$root/etc/mtab"
    ln -s /run "$root/var/run"
    # A lease must not come along when the disk is copied to another instance.
    ln -s /run/dhcpcd "$root/var/lib/dhcpcd"
    ln -s openssh/sftp-server "$root/usr/lib/sftp-server"
    # busybox runs its own applets before programs, which suits the boot, but not a person's shell.
    ln -sf dash "$root/bin/sh"
    ln -s mke2fs "$root/bin/mkfs.ext4"
    ln -s mkfs.fat "$root/bin/mkfs.vfat"
    ln -s e2fsck "$root/bin/fsck.ext4"
    chmod 4755 "$root/usr/bin/sudo"
    chmod 0440 "$root/etc/sudoers"
    chmod 0600 "$root/etc/shadow"
    mke2fs -q -t ext4 -b 4096 -m 0 -L dietguest -E lazy_itable_init=0,resize=8388608 -d "$root" /build/root.img "${root_mib}M"
}

make_boot_file_system() {
    truncate --size "${boot_mib}M" /build/boot.img
    mformat -i /build/boot.img -v DIETBOOT ::
    mcopy -i /build/boot.img "/build/dietguest.vmlinuz" ::/vmlinuz
    mcopy -i /build/boot.img /build/dietguest.initrd ::/initrd
    mcopy -i /build/boot.img "$source/syslinux.cfg" ::/syslinux.cfg
    syslinux --install /build/boot.img
}

make_disk() {
    local disk=/build/disk.img
    truncate --size "$((1 + boot_mib + root_mib))M" "$disk"
    sfdisk --quiet "$disk" <<EOF
label: dos
start=1MiB, size=${boot_mib}MiB, type=e, bootable
start=$((1 + boot_mib))MiB, size=${root_mib}MiB, type=83
EOF
    dd if=/usr/lib/syslinux/mbr/mbr.bin of="$disk" conv=notrunc status=none
    dd if=/build/boot.img of="$disk" bs=1M seek=1 conv=notrunc,sparse status=none
    dd if=/build/root.img of="$disk" bs=1M seek=$((1 + boot_mib)) conv=notrunc,sparse status=none
    qemu-img convert -c -O qcow2 -o compression_type=zstd "$disk" /build/dietguest.qcow2
}

ln -s /proc/mounts /etc/mtab
depmod "$kernel"
cp "/boot/vmlinuz-$kernel" /build/dietguest.vmlinuz
extract_kernel /build/dietguest.vmlinuz /build/dietguest.vmlinux
zstd --quiet -12 /build/dietguest.vmlinux
make_initrd
make_root_file_system
make_boot_file_system
make_disk
