#!/bin/bash
# Makes a primary fail under load on a cluster made for it, and judges what
# came of it. Usage, as root on a Linux with Debian's patroni, etcd-server,
# postgresql-15, iproute2, curl and the Go toolchain:
#
#   trial.sh d1|d4|d7 [times]
#
#   d1  kill -9 of Patroni and of the postmaster of the primary
#   d4  the primary is cut off from etcd and from the other nodes, but not
#       from the gateways
#   d7  planned switchover
#
# NODES (3) says how many nodes there are, DOWN (15) how many seconds a killed
# node stays down, or a cut one cut off, after another one has taken over or
# OVER (60) seconds have passed; KEEP=1 keeps the logs of a trial that went well.
# Every node has a network namespace with two links: one to etcd and the other
# nodes, one to the gateways. Addresses are those for benchmarks (RFC 2544);
# nothing leaves this machine.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
NODES=${NODES:-3} DOWN=${DOWN:-15} OVER=${OVER:-60}
hub=onestop-hub
export NODES DOWN OVER

namespace() { echo "onestop-db$1"; }
address() { echo "198.18.$1.2"; } # of node $1, as the gateways reach it

# as_owner NAMESPACE COMMAND...: run as postgres, in place of this shell.
as_owner() {
	local in=$1
	shift
	exec ip netns exec "$in" setpriv --reuid postgres --regid postgres --init-groups -- "$@"
}

node_environment() {
	cat <<-END
		PATRONI_NAME=db$1
		PATRONI_RESTAPI_LISTEN=0.0.0.0:8008
		PATRONI_RESTAPI_CONNECT_ADDRESS=198.18.0.$1:8008
		PATRONI_RESTAPI_USERNAME=patroni
		PATRONI_RESTAPI_PASSWORD=$password
		PATRONI_ETCD3_HOSTS=198.18.0.254:2379
		PATRONI_POSTGRESQL_LISTEN=0.0.0.0:543$1
		PATRONI_POSTGRESQL_CONNECT_ADDRESS=198.18.0.$1:543$1
		PATRONI_POSTGRESQL_DATA_DIR=$TRIAL/db$1/data
		PATRONI_POSTGRESQL_PGPASS=$TRIAL/db$1/pgpass
		PATRONI_SUPERUSER_PASSWORD=$password
		PATRONI_REPLICATION_PASSWORD=$password
		PATRONI_REWIND_PASSWORD=$password
	END
}

make_network() {
	local i
	ip netns add $hub
	ip -n $hub link set lo up
	ip -n $hub link add name bridge0 type bridge
	ip -n $hub address add 198.18.0.254/24 dev bridge0
	ip -n $hub link set bridge0 up
	for i in $(seq "$NODES"); do
		local in
		in=$(namespace "$i")
		ip netns add "$in"
		ip -n "$in" link set lo up
		ip -n $hub link add "db$i" type veth peer name cluster netns "$in"
		ip -n $hub link set "db$i" master bridge0 up
		ip -n "$in" address add "198.18.0.$i/24" dev cluster
		ip -n "$in" link set cluster up
		ip link add "onestop-db$i" type veth peer name gateways netns "$in"
		ip address add "198.18.$i.1/30" dev "onestop-db$i"
		ip link set "onestop-db$i" up
		ip -n "$in" address add "198.18.$i.2/30" dev gateways
		ip -n "$in" link set gateways up
	done
}

start_etcd() {
	local url=http://198.18.0.254
	(as_owner $hub etcd --name etcd1 --data-dir "$TRIAL/etcd" --logger zap \
		--listen-client-urls $url:2379 --advertise-client-urls $url:2379 \
		--listen-peer-urls $url:2380 --initial-advertise-peer-urls $url:2380 \
		--initial-cluster etcd1=$url:2380) >>"$TRIAL/etcd.log" 2>&1 &
	echo $! >"$TRIAL/etcd.pid"
	disown
}

start_node() {
	local environment
	mapfile -t environment < <(node_environment "$1")
	(as_owner "$(namespace "$1")" env "${environment[@]}" patroni "$here/patroni.yml") \
		</dev/null >>"$TRIAL/db$1.log" 2>&1 &
	echo $! >"$TRIAL/db$1.pid"
	disown # bash would tell of its end
}

# leader: the number of the node that Patroni itself says is primary.
leader() {
	local i
	for i in $(seq "$NODES"); do
		if curl -sf -m 2 -o /dev/null "http://$(address "$i"):8008/primary"; then
			echo "$i"
			return
		fi
	done
	return 1
}

# whole: every node runs and follows one leader's history, and commits have a
# standby to wait for.
whole() {
	local now running histories
	now=$(curl -sf -m 2 "http://$(address "$(leader)"):8008/cluster") || return 1
	running=$(grep -oE '"state": "(running|streaming)"' <<<"$now" | wc -l)
	histories=$(grep -oE '"timeline": [0-9]+' <<<"$now" | sort -u | wc -l)
	[ "$running" -eq "$NODES" ] && [ "$histories" -eq 1 ] && grep -q '"role": "sync_standby"' <<<"$now"
}

led_by_other() {
	local now
	now=$(leader) && [ "$now" != "$1" ]
}

# within SECONDS COMMAND...: wait until the command succeeds.
within() {
	local until=$((SECONDS + $1))
	shift
	until "$@" 2>/dev/null; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.5
	done
}

say() { echo "$(date -u +%T.%1N) $*"; }

# waiting: how many commits wait for a standby on node $1, asked on the node.
waiting() {
	(as_owner "$(namespace "$1")" env PGPASSWORD="$password" psql -qXtA -h 127.0.0.1 -p "543$1" -U postgres -d postgres \
		-c "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
}

# strike SCENARIO: make the primary fail, and end when the cluster is whole.
strike() {
	local old
	old=$(leader)
	say "$1: db$old is primary"
	case $1 in
	d1) kill -9 "$(cat "$TRIAL/db$old.pid")" "$(head -1 "$TRIAL/db$old/data/postmaster.pid")" ;;
	d4)
		ip -n "$(namespace "$old")" link set cluster down
		sleep 3
		say "d4: db$old is cut off; commits that wait there for a standby: $(waiting "$old")"
		;;
	d7)
		local environment
		mapfile -t environment < <(node_environment "$old")
		(as_owner $hub env "${environment[@]}" patronictl -c "$here/patroni.yml" switchover --primary "db$old" --force) \
			>>"$TRIAL/patronictl.log" 2>&1
		;;
	esac
	within "$OVER" led_by_other "$old" || true
	say "$1: db$(leader || echo -none) is primary"
	[ "$1" = d7 ] || sleep "$DOWN"
	case $1 in
	d1) start_node "$old" ;;
	d4) ip -n "$(namespace "$old")" link set cluster up ;;
	esac
	within 120 whole
	say "$1: the cluster is whole"
}

# end_all ends whatever runs in the namespaces, which are ours alone, removes
# them, and leaves the logs behind after a failure.
end_all() {
	local status=$? i in pid
	trap - EXIT
	for i in $(seq "$NODES"); do
		in=$(namespace "$i")
		for pid in $(ip netns pids "$in" 2>/dev/null); do
			if [ "$pid" = "$(cat "$TRIAL/db$i.pid")" ]; then kill -9 "$pid" || true; fi
		done
		for pid in $(ip netns pids "$in" 2>/dev/null); do
			if [ "$pid" = "$(head -1 "$TRIAL/db$i/data/postmaster.pid" 2>/dev/null)" ]; then kill -QUIT "$pid" || true; fi
		done
		within 10 deserted "$in" || ip netns pids "$in" 2>/dev/null | xargs -r kill -9
		ip link delete "onestop-db$i" 2>/dev/null || true
		ip netns delete "$in" 2>/dev/null || true
	done
	ip netns pids $hub 2>/dev/null | xargs -r kill
	within 10 deserted $hub || true
	ip netns delete $hub 2>/dev/null || true
	if [ $status -eq 0 ] && [ -z "${KEEP:-}" ]; then rm -r "$TRIAL"; else echo "kept in $TRIAL"; fi
	exit $status
}

deserted() { [ -z "$(ip netns pids "$1")" ]; }

# dsn: the connection string an operator gives the gateways; its password is
# in the passfile.
dsn() {
	local hosts="" i
	for i in $(seq "$NODES"); do hosts+="${hosts:+,}$(address "$i"):543$i"; done
	echo "postgres://onestop@$hosts/onestop?target_session_attrs=read-write&connect_timeout=2&sslmode=disable"
}

main() {
	local i
	TRIAL=$(mktemp -d) password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	export TRIAL password
	chmod 711 "$TRIAL"
	trap end_all EXIT
	make_network
	install -d -o postgres -g postgres -m 700 "$TRIAL/etcd"
	start_etcd
	for i in $(seq "$NODES"); do
		install -d -o postgres -g postgres -m 700 "$TRIAL/db$i"
		start_node "$i"
	done
	within 120 whole
	say "the cluster is whole, in $TRIAL"
	i=$(leader)
	(as_owner "$(namespace "$i")" env PGPASSWORD="$password" psql -qX -v ON_ERROR_STOP=1 \
		-h 127.0.0.1 -p "543$i" -U postgres -d postgres \
		-c "CREATE ROLE onestop LOGIN PASSWORD '$password'" -c "CREATE DATABASE onestop OWNER onestop")
	(umask 077 && echo "*:*:*:onestop:$password" >"$TRIAL/passfile")
	cd "$here"
	PGPASSFILE=$TRIAL/passfile go run ../../loadtest failover --keep "$TRIAL/load" --dsn "$(dsn)" --times "${2:-1}" -- "$here/trial.sh" strike "$1"
}

case ${1:-} in
strike) strike "$2" ;;
d1 | d4 | d7) main "$@" ;;
*)
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
	exit 2
	;;
esac
