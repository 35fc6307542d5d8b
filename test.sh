#!/usr/bin/env bash
# Installs what the tests need, runs every test, ends with "N passed, N failed". Exit code 0 only if none failed.
set -u
cd "$(dirname "$0")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

if ! command -v dotnet >/dev/null; then echo "dotnet was not found. Install the .NET SDK 10."; exit 1; fi
if ! command -v npm >/dev/null; then echo "npm was not found. Install Node.js 20 or newer."; exit 1; fi

# Pages are tested in Debian's Chromium.
export CHROMIUM_PATH="${CHROMIUM_PATH:-/usr/bin/chromium}"
if [ ! -x "$CHROMIUM_PATH" ] && compgen -G 'tests/*/*Pages*' >/dev/null; then
  if [ "$(id -u)" = 0 ]; then
    apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
  else
    echo "The page tests need Chromium and will fail without it. Type: sudo apt-get install -y chromium"
  fi
fi

suites=${SUITES_DIR:-../shared/data}
if [ -d "$suites" ]; then
  SUITES_DIR=$(cd "$suites" && pwd); export SUITES_DIR
elif [ "${CI:-}" = true ]; then
  echo "The suites of other people are not at $suites. Set SUITES_DIR."; echo "0 passed, 1 failed"; exit 1
else
  echo "The suites of other people are not at $suites: their tests are not started. Set SUITES_DIR to run them."
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! dotnet build MseEpr.sln -warnaserror -v quiet; then echo "The solution does not build."; echo "0 passed, 1 failed"; exit 1; fi

passed=0 failed=0
for project in tests/*.Tests; do
  name=$(basename "$project")
  if [ "$name" = Suites.Tests ] && [ ! -d "$suites" ]; then continue; fi
  echo "== $name"
  dotnet test "$project/$name.csproj" --no-build --logger "console;verbosity=normal" >"$log" 2>&1
  code=$?
  p=$(sed -nE 's/^ *Passed: +([0-9]+).*/\1/p' "$log" | tail -1); f=$(sed -nE 's/^ *Failed: +([0-9]+).*/\1/p' "$log" | tail -1)
  if [ "$code" -ne 0 ] && [ "${f:-0}" = 0 ]; then f=1; fi # a crash of the test host is a failure too
  if [ "${f:-0}" -ne 0 ]; then grep -vE '^ +Passed ' "$log"; fi
  echo "   ${p:-0} passed, ${f:-0} failed"
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0}))
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
