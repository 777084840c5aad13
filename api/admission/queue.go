package admission

import "slices"

// waiter is a call that stands in a queue.
type waiter struct {
	tenant    string
	called    chan struct{} // closed when it may enter, or is displaced
	displaced bool          // read once called is closed or under the gate's lock
}

// queue is the calls of one class: each tenant's in the order they came, the
// tenants in turn, so that one that sends many waits for itself only.
type queue struct {
	of   map[string][]*waiter // never empty lists
	turn []string             // the tenants of "of"
}

func (q *queue) push(w *waiter) {
	if q.of == nil {
		q.of = make(map[string][]*waiter)
	}
	if len(q.of[w.tenant]) == 0 {
		q.turn = append(q.turn, w.tenant)
	}
	q.of[w.tenant] = append(q.of[w.tenant], w)
}

// pop takes the first call of the tenant whose turn it is, or nil.
func (q *queue) pop() *waiter {
	if len(q.turn) == 0 {
		return nil
	}
	tenant := q.turn[0]
	q.turn = q.turn[1:]
	line := q.of[tenant]
	if len(line) > 1 {
		q.of[tenant] = line[1:]
		q.turn = append(q.turn, tenant)
	} else {
		delete(q.of, tenant)
	}
	return line[0]
}

// newest is the call of a tenant that came last, or nil.
func (q *queue) newest(tenant string) *waiter {
	line := q.of[tenant]
	if len(line) == 0 {
		return nil
	}
	return line[len(line)-1]
}

// spare is the call that can best be spared: the newest of the tenant that has
// most, or nil.
func (q *queue) spare() *waiter {
	most := ""
	for _, tenant := range q.turn {
		if len(q.of[tenant]) > len(q.of[most]) {
			most = tenant
		}
	}
	return q.newest(most)
}

// remove takes w out and reports whether it was there.
func (q *queue) remove(w *waiter) bool {
	line := q.of[w.tenant]
	i := slices.Index(line, w)
	if i < 0 {
		return false
	}
	if line = slices.Delete(line, i, i+1); len(line) > 0 {
		q.of[w.tenant] = line
		return true
	}
	delete(q.of, w.tenant)
	q.turn = slices.DeleteFunc(q.turn, func(tenant string) bool { return tenant == w.tenant })
	return true
}
