package store

// readReconciliation adds the documents of reconciliation.
func (w *whole) readReconciliation(documents map[string][]byte) (err error) {
	w.Run, err = DecodeRun(documents["run"])
	if err != nil {
		return err
	}
	w.Ending, err = DecodeEnding(documents["ending"])
	if err != nil {
		return err
	}
	w.Finding, err = DecodeFinding(documents["finding"])
	if err != nil {
		return err
	}
	w.Remark, err = DecodeRemark(documents["remark"])
	return err
}

// came2 are the documents that the second version brought.
var came2 = map[string]bool{"quote": true, "holds": true, "run": true, "ending": true, "finding": true, "remark": true, "notice": true, "stay": true}
