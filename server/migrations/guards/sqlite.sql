-- What the database itself refuses, whoever asks. Raised anew at every migration, so that they are never missing.
CREATE TRIGGER IF NOT EXISTS case_events_are_only_added_1 BEFORE UPDATE ON case_events
BEGIN SELECT RAISE(ABORT, 'case events are only added'); END;

CREATE TRIGGER IF NOT EXISTS case_events_are_only_added_2 BEFORE DELETE ON case_events
BEGIN SELECT RAISE(ABORT, 'case events are only added'); END;

-- The ledger grows and does nothing else. Whoever owns the file can drop these; then the seals outside of it tell.
CREATE TRIGGER IF NOT EXISTS ledger_is_only_added_1 BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;

CREATE TRIGGER IF NOT EXISTS ledger_is_only_added_2 BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;

CREATE TRIGGER IF NOT EXISTS payloads_are_erased_and_never_changed BEFORE UPDATE ON ledger_payloads
BEGIN SELECT RAISE(ABORT, 'a payload is never changed'); END;

CREATE TRIGGER IF NOT EXISTS checkpoints_are_only_added_1 BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are only added'); END;

CREATE TRIGGER IF NOT EXISTS checkpoints_are_only_added_2 BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are only added'); END;

CREATE TRIGGER IF NOT EXISTS cases_begin_in_intake BEFORE INSERT ON cases
WHEN NEW.state <> 'intake' OR NEW.version <> 1
BEGIN SELECT RAISE(ABORT, 'a case begins in intake at version 1'); END;

CREATE TRIGGER IF NOT EXISTS cases_only_go_forward BEFORE UPDATE OF state ON cases
WHEN NEW.state <> OLD.state AND OLD.state <> 'intake'
BEGIN SELECT RAISE(ABORT, 'only intake leads to another state'); END;

CREATE TRIGGER IF NOT EXISTS cases_count_changes BEFORE UPDATE ON cases
WHEN NEW.version <> OLD.version + 1
BEGIN SELECT RAISE(ABORT, 'every change raises the version by one'); END;

CREATE TRIGGER IF NOT EXISTS cases_stay BEFORE DELETE ON cases
BEGIN SELECT RAISE(ABORT, 'cases are not deleted'); END;

CREATE TRIGGER IF NOT EXISTS cases_keep_their_origin BEFORE UPDATE ON cases
WHEN NEW.id <> OLD.id OR NEW.number <> OLD.number OR NEW.hub <> OLD.hub OR NEW.call_id <> OLD.call_id
  OR NEW.received_at <> OLD.received_at OR NEW.opened_by <> OLD.opened_by OR NEW.applicant <> OLD.applicant
BEGIN SELECT RAISE(ABORT, 'the origin of a case does not change'); END;

CREATE TRIGGER IF NOT EXISTS cases_are_accepted_complete BEFORE UPDATE OF state ON cases
WHEN NEW.state = 'accepted' AND OLD.state <> 'accepted' AND (OLD.competent_elsewhere IS NOT NULL
  OR EXISTS (SELECT 1 FROM materials m WHERE m.case_id = OLD.id AND m.state <> 'accepted'))
BEGIN SELECT RAISE(ABORT, 'materials stand in the way of acceptance'); END;

-- The owner moves only with a handoff that was accepted by the new owner, the last that the case had: an older one has
-- moved it already. The handoff is ended first, then the case moves.
CREATE TRIGGER IF NOT EXISTS cases_move_by_handoff BEFORE UPDATE OF owner ON cases
WHEN NEW.owner <> OLD.owner AND NOT EXISTS (
  SELECT 1 FROM handoffs h WHERE h.case_id = OLD.id AND h.state = 'accepted' AND h.from_staff = OLD.owner
    AND h.ended_by = NEW.owner
    AND NOT EXISTS (SELECT 1 FROM handoffs l WHERE l.case_id = OLD.id AND l.rowid > h.rowid))
BEGIN SELECT RAISE(ABORT, 'a case moves only by an accepted handoff'); END;

CREATE TRIGGER IF NOT EXISTS handoffs_end_once BEFORE UPDATE ON handoffs
WHEN OLD.state <> 'offered'
BEGIN SELECT RAISE(ABORT, 'a handoff ends once'); END;

CREATE TRIGGER IF NOT EXISTS handoffs_keep_their_terms BEFORE UPDATE ON handoffs
WHEN NEW.id <> OLD.id OR NEW.case_id <> OLD.case_id OR NEW.from_staff <> OLD.from_staff
  OR NEW.to_staff IS NOT OLD.to_staff OR NEW.to_department IS NOT OLD.to_department
  OR NEW.offered_at <> OLD.offered_at OR NEW.expires_at <> OLD.expires_at
BEGIN SELECT RAISE(ABORT, 'a handoff keeps its terms'); END;

CREATE TRIGGER IF NOT EXISTS handoffs_stay BEFORE DELETE ON handoffs
BEGIN SELECT RAISE(ABORT, 'handoffs are not deleted'); END;

CREATE TRIGGER IF NOT EXISTS handoffs_come_from_the_owner BEFORE INSERT ON handoffs
WHEN NEW.from_staff <> (SELECT c.owner FROM cases c WHERE c.id = NEW.case_id)
BEGIN SELECT RAISE(ABORT, 'only the owner offers a case'); END;

CREATE TRIGGER IF NOT EXISTS papers_stay_as_issued BEFORE UPDATE ON papers
WHEN NEW.id <> OLD.id OR NEW.case_id <> OLD.case_id OR NEW.number <> OLD.number OR NEW.digest <> OLD.digest
  OR NEW.issued_at <> OLD.issued_at OR (OLD.received_at IS NOT NULL AND NEW.received_at <> OLD.received_at)
BEGIN SELECT RAISE(ABORT, 'a paper stays as it was issued'); END;

CREATE TRIGGER IF NOT EXISTS papers_stay BEFORE DELETE ON papers
BEGIN SELECT RAISE(ABORT, 'papers are not deleted'); END;

CREATE TRIGGER IF NOT EXISTS materials_are_judged_in_intake BEFORE UPDATE OF code, is_primary, is_deferrable, state
ON materials
WHEN (SELECT c.state FROM cases c WHERE c.id = OLD.case_id) <> 'intake'
BEGIN SELECT RAISE(ABORT, 'materials are judged in intake'); END;

CREATE TRIGGER IF NOT EXISTS materials_stay BEFORE DELETE ON materials
BEGIN SELECT RAISE(ABORT, 'materials are not deleted'); END;
