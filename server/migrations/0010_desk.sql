-- The desk: tickets, calls, who was in them, what citizens consented to and how they rated it.
--
-- `desk_records` is what the machine is restored from: every record of a visit or a clerk, encrypted as a whole. The other
-- tables say the same to whoever asks the database; they hold nothing personal that is not sealed.

CREATE TABLE desk_records (
    sequence BIGINT NOT NULL PRIMARY KEY,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('visit', 'clerk')),
    subject_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    sealed TEXT NOT NULL
);
CREATE INDEX desk_records_by_subject ON desk_records (subject_kind, subject_id, sequence);

-- A clerk's newest record of each kind: all that a restart needs of a clerk.
CREATE TABLE desk_clerks (
    clerk TEXT NOT NULL REFERENCES staff (id),
    kind TEXT NOT NULL,
    record BIGINT NOT NULL REFERENCES desk_records (sequence),
    PRIMARY KEY (clerk, kind)
);

-- `day` counts from 1970-01-01 in local time; `n` starts again with each queue and day and is never given out twice.
CREATE TABLE tickets (
    id TEXT NOT NULL PRIMARY KEY,
    request_key TEXT NOT NULL,
    number TEXT NOT NULL,
    day BIGINT NOT NULL,
    n BIGINT NOT NULL CHECK (n >= 1),
    hub TEXT NOT NULL,
    site TEXT NOT NULL,
    terminal TEXT NOT NULL REFERENCES terminals (id),
    skill_group TEXT NOT NULL,
    item TEXT,
    scenario TEXT,
    locale TEXT NOT NULL,
    spoken TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'offered', 'in_call', 'served', 'cancelled', 'abandoned', 'revoked')),
    taken_at BIGINT NOT NULL,
    -- The last call ended, or the ticket was given up.
    ended_at BIGINT,
    -- Nothing of the visit can happen any more; a restart does not read it.
    closed_at BIGINT,
    CHECK ((state IN ('waiting', 'offered', 'in_call')) = (ended_at IS NULL)),
    CHECK (closed_at IS NULL OR ended_at IS NOT NULL),
    UNIQUE (skill_group, day, n),
    UNIQUE (terminal, request_key)
);
CREATE INDEX tickets_open ON tickets (id) WHERE closed_at IS NULL;
CREATE INDEX tickets_by_day ON tickets (day, hub);
-- The database itself cannot hold two tickets of one terminal that still wait or are served.
CREATE UNIQUE INDEX tickets_one_per_terminal ON tickets (terminal) WHERE state IN ('waiting', 'offered', 'in_call');

CREATE TABLE calls (
    id TEXT NOT NULL PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES tickets (id),
    -- An offer is accepted once.
    offer TEXT NOT NULL UNIQUE,
    terminal TEXT NOT NULL REFERENCES terminals (id),
    clerk TEXT NOT NULL REFERENCES staff (id),
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    how TEXT CHECK (how IN ('by_citizen', 'by_clerk', 'terminal_gone', 'clerk_gone', 'revoked')),
    result TEXT,
    wrapped_up_at BIGINT,
    CHECK ((ended_at IS NULL) = (how IS NULL)),
    CHECK ((wrapped_up_at IS NULL) = (result IS NULL))
);
CREATE INDEX calls_by_ticket ON calls (ticket, started_at);
CREATE INDEX calls_by_clerk ON calls (clerk, started_at);
-- Nobody is in two calls.
CREATE UNIQUE INDEX calls_one_per_ticket ON calls (ticket) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX calls_one_per_terminal ON calls (terminal) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX calls_one_per_clerk ON calls (clerk) WHERE ended_at IS NULL;

CREATE TABLE call_parties (
    call TEXT NOT NULL REFERENCES calls (id),
    party_kind TEXT NOT NULL CHECK (party_kind IN ('terminal', 'staff')),
    party_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('citizen', 'clerk')),
    joined_at BIGINT NOT NULL,
    left_at BIGINT,
    PRIMARY KEY (call, party_kind, party_id, joined_at)
);
CREATE INDEX call_parties_by_party ON call_parties (party_kind, party_id, joined_at);

-- Answers to questions, one row per purpose: those of the checklist page belong to the ticket, assistance to a call.
CREATE TABLE consents (
    ticket TEXT NOT NULL REFERENCES tickets (id),
    place BIGINT NOT NULL,
    at BIGINT NOT NULL,
    call TEXT REFERENCES calls (id),
    purpose TEXT NOT NULL,
    text_version TEXT,
    locale TEXT,
    granted BIGINT NOT NULL CHECK (granted IN (0, 1)),
    -- 1: by the citizen's hand. 0: the time ran out, which is a no.
    answered BIGINT NOT NULL CHECK (answered IN (0, 1)),
    withdrawn_at BIGINT,
    PRIMARY KEY (ticket, place)
);
CREATE INDEX consents_by_call ON consents (call);

CREATE TABLE ratings (
    call TEXT NOT NULL PRIMARY KEY REFERENCES calls (id),
    score BIGINT NOT NULL CHECK (score BETWEEN 1 AND 5),
    reason_sealed TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX ratings_by_score ON ratings (score, at);
