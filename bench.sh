#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: ./bench.sh NAME|all
#
# Builds and runs the benches: the programs bench/NAME_bench and the scripts
# bench/NAME.py. Each prints one JSON line a measure on standard output;
# everything else goes to standard error.
set -euo pipefail
cd "$(dirname "$0")"

case ${1:-} in
-h | --help)
	sed -n '3,7s/^# \{0,1\}//p' "$0"
	exit 0
	;;
'')
	echo "usage: ./bench.sh NAME|all" >&2
	exit 2
	;;
esac
{
	tools/setup test
	tools/build build all
} >&2

names() {
	ninja -C build -t targets all |
		sed -n 's|^bench/\([a-z0-9_]*\)_bench: .*|\1|p'
	for f in bench/*.py; do
		[ -x "$f" ] && basename "$f" .py
	done
	return 0
}
if [ "$1" = all ]; then
	mapfile -t wanted < <(names | sort -u)
else
	wanted=("$1")
fi
[ ${#wanted[@]} -gt 0 ] || {
	echo "bench: there is none yet" >&2
	exit 1
}
failed=0
for name in "${wanted[@]}"; do
	echo "bench: $name" >&2
	if [ -x "build/bench/${name}_bench" ]; then
		"build/bench/${name}_bench" || failed=1
	elif [ -x "bench/$name.py" ]; then
		"bench/$name.py" || failed=1
	else
		echo "bench: no bench $name; there are: $(names | xargs)" >&2
		exit 2
	fi
done
exit $failed
