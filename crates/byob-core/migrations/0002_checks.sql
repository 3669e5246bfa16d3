-- What checks wrote into customers' buckets and have to remove: noted down before it is written, so that a later check finds it again.
CREATE TABLE canaries (
    organization_id TEXT NOT NULL,
    integration_id TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    bucket TEXT NOT NULL,
    object_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, integration_id, bucket, object_key)
);

-- Whether the role was seen to refuse those who do not know the external ID: `unproven`, `proven` or `unsafe`. An unsafe one is not used.
ALTER TABLE integrations ADD COLUMN safety TEXT NOT NULL DEFAULT 'unproven';
