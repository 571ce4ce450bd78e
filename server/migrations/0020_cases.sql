-- Cases (办件), what belongs to them, and how they change hands.
--
-- Calls are the desk's: a case names the call it was opened in without a foreign key, because the two are written by
-- different transactions and neither may wait for the other.

-- One row per application, as it was given then; a later application with another telephone number changes nothing here.
-- What is sealed is unreadable without the key beside the database; equal terms are found by keyed digests.
CREATE TABLE applicants (
    id TEXT NOT NULL PRIMARY KEY,
    name_sealed TEXT,
    name_digest TEXT,
    id_number_sealed TEXT,
    id_number_digest TEXT,
    phone_sealed TEXT,
    identity_method TEXT NOT NULL CHECK (identity_method IN ('by_eye', 'card_reader')),
    identity_result TEXT NOT NULL CHECK (identity_result IN ('matches', 'doubtful')),
    identity_note_sealed TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX applicants_by_id_number ON applicants (id_number_digest);
CREATE INDEX applicants_by_name ON applicants (name_digest);

-- The last number given out in each year.
CREATE TABLE case_numbers (
    year BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

CREATE TABLE cases (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    hub TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('intake', 'accepted', 'not_accepted')),
    version BIGINT NOT NULL CHECK (version >= 1),
    owner TEXT NOT NULL REFERENCES staff (id),
    skill_group TEXT NOT NULL,
    department TEXT NOT NULL,
    item TEXT NOT NULL,
    scenario TEXT NOT NULL,
    catalogue_version BIGINT NOT NULL,
    competent_elsewhere TEXT,
    applicant TEXT NOT NULL REFERENCES applicants (id),
    call_id TEXT NOT NULL,
    terminal TEXT NOT NULL,
    opened_by TEXT NOT NULL REFERENCES staff (id),
    received_at BIGINT NOT NULL,
    accepted_at BIGINT,
    accepted_by TEXT REFERENCES staff (id),
    basis TEXT CHECK (basis IN ('declared', 'deemed')),
    deadlines TEXT,
    due_on TEXT,
    due_provisional BIGINT NOT NULL DEFAULT 0 CHECK (due_provisional IN (0, 1)),
    refused_at BIGINT,
    refused_by TEXT REFERENCES staff (id),
    ground TEXT CHECK (ground IN ('no_such_procedure', 'other_authority')),
    authority TEXT,
    explanation_sealed TEXT,
    -- Each state has its own fields, all of them and no others.
    CHECK ((state = 'accepted') = (accepted_at IS NOT NULL)),
    CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
    CHECK ((accepted_at IS NULL) = (basis IS NULL)),
    CHECK ((accepted_at IS NULL) = (deadlines IS NULL)),
    CHECK ((state = 'not_accepted') = (refused_at IS NOT NULL)),
    CHECK ((refused_at IS NULL) = (refused_by IS NULL)),
    CHECK ((refused_at IS NULL) = (ground IS NULL)),
    CHECK ((ground IS NOT NULL AND ground = 'other_authority') = (authority IS NOT NULL))
);
CREATE INDEX cases_by_owner ON cases (owner, id);
CREATE INDEX cases_by_department ON cases (hub, department, id);
CREATE INDEX cases_by_call ON cases (call_id);
CREATE INDEX cases_provisional ON cases (id) WHERE due_provisional = 1;
CREATE INDEX cases_by_applicant ON cases (applicant);

CREATE TABLE materials (
    case_id TEXT NOT NULL REFERENCES cases (id),
    code TEXT NOT NULL,
    place BIGINT NOT NULL,
    is_primary BIGINT NOT NULL,
    is_deferrable BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('missing', 'captured', 'accepted', 'rejected')),
    reason TEXT,
    CHECK ((state = 'rejected') = (reason IS NOT NULL)),
    PRIMARY KEY (case_id, code)
);

CREATE TABLE handoffs (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    from_staff TEXT NOT NULL REFERENCES staff (id),
    to_staff TEXT REFERENCES staff (id),
    to_department TEXT,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'refused', 'expired', 'withdrawn')),
    offered_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT REFERENCES staff (id),
    end_reason TEXT,
    CHECK ((to_staff IS NULL) <> (to_department IS NULL)),
    CHECK ((state = 'offered') = (ended_at IS NULL))
);
-- The database itself cannot hold two open offers of one case.
CREATE UNIQUE INDEX handoffs_one_open ON handoffs (case_id) WHERE state = 'offered';
CREATE INDEX handoffs_to_staff ON handoffs (to_staff) WHERE state = 'offered';
CREATE INDEX handoffs_to_department ON handoffs (to_department) WHERE state = 'offered';
CREATE INDEX handoffs_by_case ON handoffs (case_id, offered_at);
CREATE INDEX handoffs_by_expiry ON handoffs (expires_at) WHERE state = 'offered';

-- What happened to a case, to be listed; each row is an event of the case's chain in the ledger. Rows are only added.
CREATE TABLE case_events (
    id TEXT NOT NULL PRIMARY KEY REFERENCES ledger (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    facts TEXT NOT NULL
);
CREATE INDEX case_events_by_case ON case_events (case_id, at);

CREATE TABLE papers (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL CHECK (kind IN ('intake_receipt', 'acceptance_notice', 'non_acceptance_notice')),
    number TEXT NOT NULL UNIQUE,
    call_id TEXT NOT NULL,
    terminal TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    issued_by TEXT NOT NULL REFERENCES staff (id),
    digest TEXT NOT NULL,
    pages BIGINT NOT NULL,
    content_sealed TEXT,
    pdf_sealed TEXT,
    received_at BIGINT
);
CREATE INDEX papers_by_case ON papers (case_id, issued_at);

-- Pictures of the document camera. The file's name is its id; while it arrives, its length says how much is there.
CREATE TABLE stills (
    id TEXT NOT NULL PRIMARY KEY,
    call_id TEXT NOT NULL,
    terminal TEXT NOT NULL,
    material TEXT NOT NULL,
    case_id TEXT REFERENCES cases (id),
    length BIGINT NOT NULL,
    digest TEXT NOT NULL,
    media_type TEXT,
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    CHECK ((completed_at IS NULL) = (media_type IS NULL))
);
CREATE INDEX stills_by_call ON stills (call_id);
CREATE INDEX stills_by_case ON stills (case_id);
