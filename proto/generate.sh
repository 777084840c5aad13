#!/bin/sh
# Writes the Go code, the gateway and the OpenAPI file beside the contract.
#
#   generate.sh                 lint, then generate
#   generate.sh lint            lint only
#   generate.sh breaking REF    compare with the contract as of a git revision
#
# The contract imports four published sets of files. Each is taken from a Go
# module of a fixed version, whose sum is checked here, and laid into the
# ignored folder third_party, the second module of the workspace.
set -eu
cd "$(dirname "$0")"

# import_from MODULE@VERSION SUM FOLDER FILE... copies FILEs of a module, with
# their paths below FOLDER, into third_party.
import_from() {
	module=$1 sum=$2 folder=$3
	shift 3
	found=$(go mod download -json "$module")
	root=$(printf '%s\n' "$found" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
	case "$found" in
	*"\"Sum\": \"$sum\""*) ;;
	*) echo "$module has another sum than expected: $found" >&2; exit 1 ;;
	esac
	for file in "$@"; do
		mkdir -p "third_party/$(dirname "$file")"
		cp -f "$root/$folder/$file" "third_party/$file"
		chmod u+w "third_party/$file"
	done
}

import_all() {
	rm -rf third_party
	import_from github.com/bufbuild/protovalidate@v1.2.2 \
		h1:2H/9/Kr97etSRqW3IJjTTb09z+zutkK2GDhDRbOnqr4= \
		proto/protovalidate buf/validate/validate.proto
	import_from github.com/go-kratos/kratos/v2@v2.9.1 \
		h1:EGif6/S/aK/RCR5clIbyhioTNyoSrii3FC118jG40Z0= \
		third_party google/api/annotations.proto google/api/field_behavior.proto \
		google/api/http.proto google/api/httpbody.proto
	import_from github.com/grpc-ecosystem/grpc-gateway/v2@v2.32.0 \
		h1:QMILzF8BA7xftE4zVORkRrlv08m12St3csK4RsyRgRs= \
		. protoc-gen-openapiv2/options/annotations.proto protoc-gen-openapiv2/options/openapiv2.proto
}

# breaking REF lays the contract of REF beside the same imports and compares.
breaking() {
	before=$(mktemp -d)
	trap 'rm -rf "$before"' EXIT
	git archive "$1" . | tar -x -C "$before"
	cp -r third_party "$before/"
	go tool buf breaking --against "$before"
}

import_all
case "${1:-generate}" in
generate)
	go tool buf lint --path onestop
	go tool buf format --write --path onestop
	go tool buf generate
	;;
lint)
	go tool buf lint --path onestop
	go tool buf format --diff --exit-code --path onestop
	;;
breaking)
	breaking "${2:?generate.sh breaking REF: which revision?}"
	;;
*)
	echo "generate.sh: generate, lint or breaking REF" >&2
	exit 2
	;;
esac
