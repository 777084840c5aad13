// Package measure turns what the lifecycle and the stores tell their observers
// into Prometheus metrics and OpenTelemetry spans. It decides nothing and never
// fails a settlement. Every label is bounded by configuration or by a closed
// list of the domain, units are seconds and bytes, and no label, attribute or
// exemplar holds personal data: of a settlement only its id, region, scheme,
// states and reasons are told. What each metric answers is written in
// deploy/prometheus/README.md, which a test compares with what is exposed.
package measure
