#!/usr/bin/env bash
# Waits until Consul lists the given dialogue nodes as passing: await-nodes.sh dialogue01 ...
# A container is healthy a moment before Consul's first check of it.
set -euo pipefail

for ((i = 0; i < 120; i++)); do
  passing=$(docker exec consul wget -q -O - 'http://127.0.0.1:8500/v1/health/service/dialogue?passing' || true)
  missing=
  for id; do
    [[ $passing == *"\"ID\":\"$id\""* ]] || missing+=" $id"
  done
  [ -n "$missing" ] || exit 0
  sleep 0.5
done
echo "Consul does not list as passing:$missing. Their logs may say why (docker logs)." >&2
exit 1
