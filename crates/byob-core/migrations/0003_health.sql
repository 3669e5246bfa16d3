-- What checks found: of an integration the newest, and the last that found it healthy; of a draft the newest alone.
CREATE TABLE checks (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL,
    integration_id TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    integration_version BIGINT NOT NULL,
    occasion TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    health TEXT NOT NULL,
    -- What became of each step, in short: lists and comparisons need no more.
    steps TEXT NOT NULL,
    report TEXT NOT NULL
);
CREATE INDEX checks_of_integration ON checks (organization_id, integration_id, id);

-- What the last check that decided anything says. Neither raises the version: sessions hang on it.
ALTER TABLE integrations ADD COLUMN health TEXT NOT NULL DEFAULT 'unknown';
-- When the last check ended.
ALTER TABLE integrations ADD COLUMN checked_at BIGINT;
-- What is known of each step. A step of which the last check learned nothing stands as it was before.
ALTER TABLE integrations ADD COLUMN known_steps TEXT NOT NULL DEFAULT '[]';

-- Work that is due at some time. Replicas share it: one that takes a job has it alone until `leased_until`.
CREATE TABLE jobs (
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    -- What it is about, such as an integration.
    subject TEXT NOT NULL,
    occasion TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    leased_by TEXT,
    leased_until BIGINT,
    -- How often it was begun since it last went well.
    attempts BIGINT NOT NULL,
    PRIMARY KEY (organization_id, kind, subject)
);
CREATE INDEX jobs_by_time ON jobs (kind, run_at);
INSERT INTO jobs (organization_id, kind, subject, occasion, run_at, attempts)
    SELECT organization_id, 'check', id, 'schedule', 0, 0 FROM integrations WHERE state = 'saved' AND enabled;

-- What happened in an organization, numbered without gaps in the order in which it was committed: whoever has read up to a number has
-- missed nothing before it.
CREATE TABLE events (
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    sequence BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, sequence)
);
-- The number of its newest event, which holds when old events are gone.
ALTER TABLE organizations ADD COLUMN last_event BIGINT NOT NULL DEFAULT 0;
