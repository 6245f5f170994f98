#!/usr/bin/env bash
# Starts one more dialogue node: add-dialogue.sh ID docker compose -f ...
# It is dialogue01's service with another SERVICE_ID and SERVICE_HOST, and no port on the host.
set -euo pipefail

id=$1
shift
if ! [[ $id =~ ^[a-z0-9][a-z0-9-]{0,62}$ ]]; then
  echo 'name the node by lower-case letters, digits and hyphens: make addDialogue ID=dialogue03' >&2
  exit 1
fi
if docker container inspect "$id" >/dev/null 2>&1; then
  docker start "$id" >/dev/null
else
  "$@" --progress quiet run --detach --no-deps --name "$id" \
    --env "SERVICE_ID=$id" --env "SERVICE_HOST=http://$id" dialogue01 >/dev/null
  # `run` leaves the restart policy out.
  docker update --restart unless-stopped "$id" >/dev/null
fi
"$(dirname "$0")/await-nodes.sh" "$id"
echo "$id serves; docker logs $id shows its requests, docker stop $id takes it out"
