#!/bin/sh
# Looks at all tenants and says nothing if consent is in place in all of them: for cron, which sends what is said by mail.
# The exit code is that of appleconsent: 2 is drift, 1 that not all tenants could be looked at. See docs/drift-alarm.md.
#
#   drift-alarm.sh FOLDER      FOLDER/customers.csv names the tenants; drift.md, failed.csv and plans.jsonl are written beside it
set -eu
if [ $# -ne 1 ] || ! cd "$1"; then
  echo "COULD NOT LOOK: drift-alarm.sh needs the folder of customers.csv."
  exit 1
fi
rm -f drift.md failed.csv plans.jsonl log.txt # of last night
touch log.txt                                 # or exit code 1: where a shell cannot write, it would end with 2, which is drift here

code=0
appleconsent status --tenants customers.csv --out drift.md --failed failed.csv --quiet >/dev/null 2>log.txt || code=$?
case $code in
  0) exit 0 ;;
  2) echo "DRIFT: consent is not in place in some tenants." ;;
  *) echo "COULD NOT LOOK: not all tenants could be looked at (exit code $code)." ;;
esac
cat log.txt
if [ -s drift.md ]; then
  cat drift.md
fi
if [ "$code" = 2 ] && appleconsent plan --tenants customers.csv --out plans.jsonl --quiet >/dev/null; then
  echo "To grant what is missing, after a look at it: appleconsent apply $PWD/plans.jsonl"
fi
exit "$code"
