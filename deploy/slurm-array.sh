#!/usr/bin/env bash
#SBATCH --job-name=crosswind-sweep
#SBATCH --cpus-per-task=2
#SBATCH --output=crosswind-sweep-%A-%a.log
# One part of a sweep for each task of a Slurm array:
#
#     sbatch --array=1-8 deploy/slurm-array.sh SWEEP.yaml DIRECTORY [SEED]
#     crosswind merge DIRECTORY/part-* --output DIRECTORY/whole --report report.html
#
# DIRECTORY must be on a file system that the nodes share. All parts need one seed: 1 unless said. A part that is
# requeued goes on where it was. Points share a node's processors, so give a task whole processors (--cpus-per-task,
# --exclusive) and keep other work away: a late link proves nothing.
set -euo pipefail
sweep=${1:?usage: sbatch --array=1-N slurm-array.sh SWEEP.yaml DIRECTORY [SEED]}
directory=${2:?usage: sbatch --array=1-N slurm-array.sh SWEEP.yaml DIRECTORY [SEED]}
seed=${3:-1}
first=${SLURM_ARRAY_TASK_MIN:?no array task: submit with --array=1-N}
part=$((SLURM_ARRAY_TASK_ID - first + 1))
mkdir -p "$directory"
exec "${CROSSWIND:-crosswind}" sweep "$sweep" --seed "$seed" --shard "$part/$SLURM_ARRAY_TASK_COUNT" \
    --output "$directory/part-$part"
