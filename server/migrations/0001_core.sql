-- The ground everything stands on: places, devices, people, the catalogue and the ledger.
--
-- Portable subset: ids, codes, hashes and JSON are TEXT, moments are BIGINT microseconds since 1970 in UTC,
-- yes and no are BIGINT 1 and 0. Nothing here depends on one database.

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- A hub is one pool of clerks and the sites they serve: tickets are paired only within it.
CREATE TABLE sites (
    code TEXT NOT NULL PRIMARY KEY,
    hub TEXT NOT NULL,
    name TEXT NOT NULL,
    name_zh_hk TEXT NOT NULL,
    name_en TEXT NOT NULL,
    kind TEXT NOT NULL,
    area_code TEXT NOT NULL,
    languages TEXT NOT NULL,
    place TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE terminals (
    id TEXT NOT NULL PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites (code),
    public_key TEXT NOT NULL,
    thumbprint TEXT NOT NULL UNIQUE,
    enrolled_at BIGINT NOT NULL,
    last_seen_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX terminals_by_site ON terminals (site);

-- Only a digest of the code is kept; a code works once.
CREATE TABLE enrolment_codes (
    code_hash TEXT NOT NULL PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites (code),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    used_by TEXT REFERENCES terminals (id)
);

CREATE TABLE roles (
    code TEXT NOT NULL PRIMARY KEY
);
INSERT INTO roles (code) VALUES
    ('clerk'), ('supervisor'), ('system_admin'), ('security_admin'), ('audit_admin');

CREATE TABLE staff (
    id TEXT NOT NULL PRIMARY KEY,
    hub TEXT NOT NULL,
    login TEXT NOT NULL UNIQUE,
    number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    department TEXT,
    languages TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    password_changed_at BIGINT NOT NULL,
    failed_sign_ins BIGINT NOT NULL,
    locked_until BIGINT,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    version BIGINT NOT NULL
);

CREATE TABLE staff_roles (
    staff TEXT NOT NULL REFERENCES staff (id),
    role TEXT NOT NULL REFERENCES roles (code),
    PRIMARY KEY (staff, role)
);

CREATE TABLE staff_skill_groups (
    staff TEXT NOT NULL REFERENCES staff (id),
    skill_group TEXT NOT NULL,
    PRIMARY KEY (staff, skill_group)
);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('staff', 'terminal')),
    subject TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_by_subject ON sessions (kind, subject);
CREATE INDEX sessions_by_revocation ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;

-- The newest version is in force; older ones stay, because cases refer to what was published then.
CREATE TABLE catalogue_versions (
    version BIGINT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    source TEXT NOT NULL,
    imported_at BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE catalogue_items (
    version BIGINT NOT NULL REFERENCES catalogue_versions (version),
    code TEXT NOT NULL,
    department TEXT NOT NULL,
    skill_group TEXT NOT NULL,
    name TEXT NOT NULL,
    initials TEXT NOT NULL,
    PRIMARY KEY (version, code)
);

CREATE TABLE working_calendar (
    year BIGINT NOT NULL PRIMARY KEY,
    provisional BIGINT NOT NULL,
    body TEXT NOT NULL,
    imported_at BIGINT NOT NULL
);

-- Every event of legal weight, chained within its aggregate. Rows are only ever added.
CREATE TABLE ledger (
    aggregate_kind TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (aggregate_kind, aggregate_id, sequence)
);

-- A convenience for writers and for sealing. Verification recomputes it and trusts none of it.
CREATE TABLE ledger_heads (
    aggregate_kind TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    length BIGINT NOT NULL,
    head TEXT NOT NULL,
    sealed BIGINT NOT NULL,
    PRIMARY KEY (aggregate_kind, aggregate_id)
);
CREATE INDEX ledger_heads_unsealed ON ledger_heads (aggregate_kind, aggregate_id) WHERE length > sealed;

-- Personal parts of events, encrypted. A row may go, if an event in the same chain says so.
CREATE TABLE ledger_payloads (
    event TEXT NOT NULL PRIMARY KEY REFERENCES ledger (id),
    sealed TEXT NOT NULL
);

CREATE TABLE checkpoints (
    number BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL
);

-- What was answered to a request, so that its repetition gets the same answer and does nothing.
CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    status BIGINT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
