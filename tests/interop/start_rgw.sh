#!/bin/bash
# A throw-away Ceph RADOS Gateway on loopback: S3, STS and IAM roles that enforce what they are told.
#
#   start_rgw.sh DIR RGW_PORT MON_PORT
#
# DIR must not exist yet. The script prints "ready" when the gateway listens, and runs until its standard input closes (Ctrl-D,
# or the death of the test run that started it) or it gets a signal; everything it started ends with it.
# No systemd, no keyrings, objects in memory. It installs nothing.
set -euo pipefail

fail() { echo "start_rgw.sh: $*" >&2; exit 1; }

[ $# = 3 ] || fail "usage: start_rgw.sh DIR RGW_PORT MON_PORT"
dir=$1 rgw_port=$2 mon_port=$3
[ ! -e "$dir" ] || fail "$dir exists already; name a directory that does not"

for tool in ceph-mon ceph-osd radosgw radosgw-admin ceph monmaptool setpriv; do
  command -v "$tool" >/dev/null || fail "$tool is missing; on Debian: apt-get install --no-install-recommends" \
    "ceph-mon ceph-osd radosgw ceph-common util-linux"
done

mkdir -p "$dir"/{mon,osd,rgw,run,log}
fsid=$(cat /proc/sys/kernel/random/uuid)
export CEPH_CONF="$dir/ceph.conf"
cat >"$CEPH_CONF" <<CONF
[global]
fsid = $fsid
mon_host = [v2:127.0.0.1:$mon_port]
# Everything on loopback, and only the newer of Ceph's two wire protocols: half the ports. The OSD takes free ones by itself.
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_msgr1 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
keyring = $dir/keyring
run_dir = $dir/run
admin_socket = $dir/run/\$name.\$pid.asok
crash_dir = $dir/log
log_file = $dir/log/\$name.log
# One disk, one copy, and a monitor that does not wait to gather changes.
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pgp_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 2000
paxos_propose_interval = 0.05
paxos_min_wait = 0.01

[mon]
mon_data = $dir/mon
mon_cluster_log_file = $dir/log/cluster.log
# It would stop itself on a developer's nearly full disk.
mon_data_avail_crit = 0

[osd]
osd_data = $dir/osd
osd_objectstore = memstore
memstore_device_bytes = 1073741824
osd_class_update_on_start = false

[client.rgw]
rgw_data = $dir/rgw
# The gateway talks to the monitor in "secure" mode only, which needs the keys that are switched off above.
ms_mon_client_mode = crc secure
rgw_frontends = beast endpoint=127.0.0.1:$rgw_port
rgw_dns_name = s3.localhost
rgw_s3_auth_use_sts = true
# Seals the session tokens; 16 characters, of no value to anybody.
rgw_sts_key = interop-sts-key1
CONF
touch "$dir/keyring"

# The daemons get SIGKILL when this script is gone, however it went: there is nothing worth saving, and asked nicely the OSD takes
# five seconds to say goodbye.
start() { local log=$1; shift; setpriv --pdeathsig KILL "$@" >"$dir/log/$log.out" 2>&1 </dev/null & }
trap 'kill -KILL $(jobs -p) 2>/dev/null || true; wait 2>/dev/null' EXIT
trap 'exit 143' TERM INT HUP
trap 'echo "start_rgw.sh: line $LINENO failed; the logs are in $dir/log" >&2' ERR

# wait_for WHAT LOG COMMAND...: until the command succeeds, at most a minute.
wait_for() {
  local what=$1 log=$2 deadline=$((SECONDS + 60)); shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || { tail -n 20 "$dir/log/$log.out" >&2; fail "$what did not start within 60 s"; }
    sleep 0.2
  done
}
osd_is_up() { ceph --connect-timeout 5 osd stat | grep -q '1 up'; }
gateway_listens() { (exec 3<>"/dev/tcp/127.0.0.1/$rgw_port"); }

monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port]" "$dir/monmap" >"$dir/log/monmap.out"
ceph-mon -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring" >"$dir/log/mon-mkfs.out" 2>&1
start mon ceph-mon -i a -f
wait_for "ceph-mon" mon ceph --connect-timeout 5 mon stat

osd=$(ceph osd create)
ceph-osd -i "$osd" --mkfs --mkkey >"$dir/log/osd-mkfs.out" 2>&1
start osd ceph-osd -i "$osd" -f
wait_for "ceph-osd" osd osd_is_up

# The zone group's name is the region that buckets are made in and that GetBucketLocation answers. Listing users makes the zone.
admin() { radosgw-admin -n client.rgw "$@" 2>>"$dir/log/admin.out"; }
admin user list >/dev/null
admin zonegroup get | sed 's/"api_name": "default"/"api_name": "us-east-1"/' >"$dir/zonegroup.json"
admin zonegroup set <"$dir/zonegroup.json" >/dev/null
start rgw radosgw -n client.rgw -f
wait_for "radosgw" rgw gateway_listens

echo ready
# A builtin, for a signal would have to wait for the end of any other command.
while read -r _; do :; done
