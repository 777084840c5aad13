package stay

import "context"

// Recover looks once, and returns when every payer was asked.
func (w *Ward) Recover(ctx context.Context) error {
	err := w.look(ctx)
	w.asking.Wait()
	return err
}
