#!/usr/bin/env bash
# Runs a small sweep as a Slurm array on this machine alone and checks that the merged parts are the whole:
#
#     scripts/test-slurm.sh [SWEEP.yaml]      default: Scenarios/capacity/capacity-smoke.yaml
#
# Needs slurm-wlm and munge (apt-get install slurm-wlm munge) and root. Everything that it starts listens on loopback, keeps
# its state in a temporary directory, and is ended by its process id.
set -euo pipefail
cd "$(dirname "$0")/.."
sweep=${1:-Scenarios/capacity/capacity-smoke.yaml}
crosswind=${CROSSWIND:-$PWD/.build/release/crosswind}
parts=${PARTS:-3}
for program in munged slurmctld slurmd sbatch squeue; do
    command -v "$program" >/dev/null || { echo "test-slurm: $program is missing; apt-get install slurm-wlm munge" >&2; exit 69; }
done
[ "$(id -u)" -eq 0 ] || { echo "test-slurm: only root may start slurmd" >&2; exit 69; }

work=$(mktemp -d)
pids=()
finish() {
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do kill "${pids[i]}" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    if [ -z "${KEEP:-}" ]; then rm -rf "$work"; else echo "test-slurm: kept $work"; fi
}
trap finish EXIT

mkdir -p "$work"/{state,spool,records}
chmod 755 "$work"
dd if=/dev/urandom of="$work/munge.key" bs=1024 count=1 status=none
chmod 400 "$work/munge.key"
cat >"$work/slurm.conf" <<CONF
ClusterName=crosswind
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName=crosswind NodeHostname=localhost NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=crosswind Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf

munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge.socket" --pid-file="$work/munge.pid" \
    --log-file="$work/munge.log" --seed-file="$work/munge.seed" &
pids+=($!)
for _ in $(seq 100); do [ -S "$work/munge.socket" ] && break; sleep 0.1; done
slurmctld -D -f "$SLURM_CONF" >"$work/slurmctld.log" 2>&1 &
pids+=($!)
slurmd -D -f "$SLURM_CONF" -N crosswind >"$work/slurmd.log" 2>&1 &
pids+=($!)
for _ in $(seq 300); do sinfo -h -o %T 2>/dev/null | grep -q idle && break; sleep 0.2; done
sinfo -h -o %T | grep -q idle || { tail -20 "$work"/*.log >&2; exit 1; }

export CROSSWIND=$crosswind
job=$(sbatch --parsable --array="1-$parts" --output="$work/part-%a.log" deploy/slurm-array.sh "$sweep" "$work/records" 7)
echo "test-slurm: job $job, $parts parts"
while [ -n "$(squeue -h -j "$job" 2>/dev/null)" ]; do sleep 1; done
cat "$work"/part-*.log

"$crosswind" merge "$work"/records/part-* --output "$work/records/whole" && status=0 || status=$?
[ "$status" -le 2 ] || exit "$status"
"$crosswind" sweep "$sweep" --seed 7 --output "$work/records/alone" && status=0 || status=$?
[ "$status" -le 2 ] || exit "$status"
# The same points with the same seeds; what was measured differs by noise.
python3 - "$work/records/whole/sweep.json" "$work/records/alone/sweep.json" <<'PY'
import json, sys
whole, alone = (json.load(open(path)) for path in sys.argv[1:])
def seeds(results): return {point["id"]: point["seed"] for point in results["points"]}
assert seeds(whole) == seeds(alone), (seeds(whole), seeds(alone))
def rates(results): return {p["id"]: p["observation"].get("throughput_records_per_s", 0) for p in results["points"]}
for name, rate in rates(alone).items():
    other = rates(whole)[name]
    print(f"test-slurm: {name}: {rate:.0f} records/s alone, {other:.0f} merged")
    assert abs(rate - other) <= 0.1 * max(rate, other), name
print(f"test-slurm: {len(whole['points'])} points are the same")
PY
