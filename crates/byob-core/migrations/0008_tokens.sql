-- A restricted token reaches the integrations named below and no others. That is said here, so that one whose integrations are all removed
-- reaches none, and never all.
ALTER TABLE tokens ADD COLUMN restricted BOOLEAN NOT NULL DEFAULT FALSE;
-- When it was last shown, to the minute.
ALTER TABLE tokens ADD COLUMN last_used_at BIGINT;

CREATE TABLE token_integrations (
    organization_id TEXT NOT NULL,
    token_id TEXT NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    integration_id TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    PRIMARY KEY (organization_id, token_id, integration_id)
);
