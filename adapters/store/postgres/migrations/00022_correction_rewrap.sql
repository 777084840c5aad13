-- +goose Up

-- What was proposed of a person is encrypted, too, and may be encrypted anew.
DROP TRIGGER correction_kept ON correction;
CREATE TRIGGER correction_kept BEFORE UPDATE OR DELETE ON correction FOR EACH ROW EXECUTE FUNCTION kept('document');
