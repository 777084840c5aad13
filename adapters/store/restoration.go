package store

import "github.com/onestop-gateway/onestop/settlement/lifecycle"

// Restoration is what the two columns of a restoration say; 0 in done is not
// yet.
func Restoration(begun, done int64) lifecycle.Restoration {
	r := lifecycle.Restoration{BegunAt: Time(begun)}
	if done != 0 {
		r.DoneAt = Time(done)
	}
	return r
}

// RestorationMicros are the two columns of a restoration.
func RestorationMicros(r lifecycle.Restoration) (begun, done int64) {
	if !r.DoneAt.IsZero() {
		done = Micros(r.DoneAt)
	}
	return Micros(r.BegunAt), done
}
