-- Who changed what in an organization, each entry bound to the one before it. No statement changes or removes one, and the database is told
-- to refuse that (src/store/audit.rs). An organization that has entries is never deleted.
CREATE TABLE audit_entries (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- `member`, `operator`, `service` or `nobody`.
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    -- Names are those of that time.
    actor_name TEXT,
    token_id TEXT,
    token_name TEXT,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    object_name TEXT,
    details TEXT NOT NULL,
    request_id TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (organization_id, number)
);
CREATE INDEX audit_entries_of_object ON audit_entries (organization_id, object_id, number);

-- How many entries there are and the hash of the last one, so that entries that are missing at the end are missed. Counting one also makes
-- those who write them wait for each other.
ALTER TABLE organizations ADD COLUMN audit_entries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN audit_head TEXT NOT NULL DEFAULT '';
