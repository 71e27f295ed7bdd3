#!/bin/sh
# report-accounts.sh <folder> <userId>…: leaves the connected accounts of each user in a file, if all is well with Rollout.
# It ends with 1 at the first thing that is wrong; doctor.json says what it was and what to do.
set -eu
folder=$1
shift
npx --no rollout-client doctor --json > "$folder/doctor.json"
npx --no rollout-client connectors --json > "$folder/connectors.json"
for user in "$@"; do
  npx --no rollout-client credentials "$user" --json > "$folder/$user.json"
done
