#!/usr/bin/env bash
# Healthy when the broker answers an ApiVersions request (key 18, version 0, no client id) on the inner listener.
# Kafka's own tools would start a Java machine for each look.
set -euo pipefail

exec 3<>/dev/tcp/127.0.0.1/9092
printf '\x00\x00\x00\x0a\x00\x12\x00\x00\x00\x00\x00\x01\xff\xff' >&3
# Length of the answer, the correlation id sent above, error code.
[ "$(timeout 4 head -c 10 <&3 | wc -c)" -eq 10 ]
