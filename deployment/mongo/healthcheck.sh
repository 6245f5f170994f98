#!/usr/bin/env bash
# Healthy when the mongod or mongos of this container answers {ping: 1}.
# mongosh would cost a second of CPU for each look at each of the fourteen servers.
set -euo pipefail

exec 3<>/dev/tcp/127.0.0.1/27017
# OP_MSG: length 51, request 1, opcode 2013; no flags, one section with the document {ping: 1, $db: 'admin'}.
printf '\x33\0\0\0\x01\0\0\0\0\0\0\0\xdd\x07\0\0\0\0\0\0\0' >&3
printf '\x1e\0\0\0\x10ping\0\x01\0\0\0\x02\x24db\0\x06\0\0\0admin\0\0' >&3
# The header of the answer.
[ "$(timeout 4 head -c 16 <&3 | wc -c)" -eq 16 ]
