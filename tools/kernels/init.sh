#!/bin/busybox sh
# The first process of a guest: this machine's root, read only, below a layer in memory; then /script, by bash.
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in $(cat /modules/order); do insmod "/modules/$module.ko" || echo "no module $module"; done
mount -t virtiofs -o ro host /lower || poweroff -f
mount -t tmpfs -o mode=755 upper /upper
mkdir /upper/files /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /root || poweroff -f
cd /root
mkdir -p proc sys dev run tmp
for folder in proc sys dev; do mount --move "/$folder" "$folder"; done
mkdir -p dev/shm dev/pts
mount -t tmpfs shm dev/shm
mount -t devpts devpts dev/pts
mount -t tmpfs run run
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t bpf bpf sys/fs/bpf
ip link set lo up
ulimit -l unlimited
cp /script run/script
exec switch_root -c /dev/console /root /bin/bash /run/script
